"""A server reached by WebDAV, through fsspec's `webdav4` on httpx; TLS certificates are always checked."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any, BinaryIO

import httpx
from webdav4.client import (
    ClientError,
    HTTPError,
    InsufficientStorage,
    ResourceAlreadyExists,
    ResourceNotFound,
)
from webdav4.fsspec import WebdavFileSystem

from imsa_courier.credentials import Credentials
from imsa_courier.errors import Broken, CannotResume, CourierError, Refused, Unreachable
from imsa_courier.local import CHUNK
from imsa_courier.remote import Entry
from imsa_courier.settings import Address

_TIMES = httpx.Timeout(60, read=300)
"""Seconds; a server may take its time to put a large file away."""
_READING = {HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE}
_LATER = {408, 423, 425, 429, 500, 502, 503, 504, 509}
"""What may be otherwise soon."""


class WebDav:
    """A connection by WebDAV. It has no way to add to a file, so an upload that was cut off begins anew."""

    can_append = False

    def __init__(self, address: Address, credentials: Credentials, ca_file: Path | None = None) -> None:
        """Make ready; nothing is sent yet. Raises `Refused` if the certificates to trust cannot be read."""
        self._place = address.place
        user = credentials.user or address.user
        if not user or not credentials.password:
            raise Refused("WebDAV needs a user and a password in the credentials.")
        self._fs = WebdavFileSystem(
            f"{address.scheme}://{address.place}",
            auth=httpx.BasicAuth(user, credentials.password),
            verify=_trusted(ca_file),
            timeout=_TIMES,
            retry=False,
            skip_instance_cache=True,
        )
        self._http: httpx.Client = self._fs.client.http

    def listing(self, folder: str) -> dict[str, Entry]:
        """List a folder by name."""
        with self._told(folder):
            found = [_entry(row) for row in self._fs.ls(folder, detail=True)]
        return {entry.name: entry for entry in found}

    def look(self, path: str) -> Entry | None:
        """Say what stands under a path, or None."""
        with self._told(path):
            try:
                return _entry(self._fs.info(path))
            except (FileNotFoundError, ResourceNotFound):
                return None

    def read(self, path: str, offset: int = 0) -> Iterator[bytes]:
        """Read from an offset to the end, in one request; a server that ignores the offset is noticed."""
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={offset}-"} if offset else {})
        url = self._fs.client.join_url(path)
        with self._told(path), self._http.stream("GET", url, headers=headers) as response:
            if response.status_code not in _READING:
                raise self._refusal(response.status_code, path)
            if offset and not response.headers.get("Content-Range", "").startswith(f"bytes {offset}-"):
                raise CannotResume(f"{self._place} gives files from their beginning only.")
            yield from response.iter_raw(CHUNK)

    def write(self, path: str, source: BinaryIO, offset: int, size: int) -> None:
        """Write a whole file; `offset` is 0, because WebDAV has no other."""
        if offset:
            raise CannotResume(f"{self._place} takes files from their beginning only.")
        with self._told(path):
            self._fs.client.upload_fileobj(source, path, overwrite=True, chunk_size=CHUNK, size=size)

    def place(self, part: str, final: str) -> bool:
        """Rename with `Overwrite: F`, which the server keeps in one step."""
        with self._told(final):
            try:
                self._fs.client.move(part, final, overwrite=False)
            except ResourceAlreadyExists:
                return False
        return True

    def remove(self, path: str) -> None:
        """Remove an unfinished copy."""
        with self._told(path):
            try:
                self._fs.rm_file(path)
            except (FileNotFoundError, ResourceNotFound):
                return

    def make_folder(self, path: str) -> None:
        """Make a folder unless it is there."""
        if self.look(path) is None:
            with self._told(path):
                self._fs.client.mkdir(path)

    def close(self) -> None:
        """End the connection."""
        self._http.close()

    @contextmanager
    def _told(self, path: str) -> Iterator[None]:
        """Say a fault of the libraries in the courier's words."""
        try:
            yield
        except CourierError:
            raise
        except HTTPError as error:
            raise self._refusal(error.status_code, path) from None
        except (FileNotFoundError, ResourceNotFound):
            raise Refused(f"{self._place} has no {path}", code="E_FOLDER_THERE") from None
        except InsufficientStorage:
            raise self._refusal(HTTPStatus.INSUFFICIENT_STORAGE, path) from None
        except httpx.TransportError as error:
            raise self._cut(error) from None
        except (ClientError, httpx.HTTPError, NotADirectoryError, IsADirectoryError, KeyError) as error:
            raise Broken(f"{self._place} could not do this: {path} ({type(error).__name__})") from None

    def _refusal(self, status: int, path: str) -> CourierError:
        """Say what a status means for the person."""
        if status == HTTPStatus.UNAUTHORIZED:
            return Refused(f"{self._place} refused the login.", code="E_LOGIN")
        if status == HTTPStatus.FORBIDDEN:
            return Refused(f"{self._place} does not permit this: {path}", code="E_PERMISSION")
        if status in (HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT):
            return Refused(f"{self._place} has no {path}", code="E_FOLDER_THERE")
        if status == HTTPStatus.INSUFFICIENT_STORAGE:
            return Broken(f"{self._place} has no room left.", code="E_FULL_THERE")
        if status in _LATER:
            return Unreachable(f"{self._place} cannot do this now (status {status}).")
        return Broken(f"{self._place} could not do this: {path} (status {status})")

    def _cut(self, error: httpx.TransportError) -> CourierError:
        """Tell a certificate that is not trusted from a line that is cut."""
        step: BaseException | None = error
        while step is not None:
            if isinstance(step, ssl.SSLCertVerificationError):
                return Refused(
                    f"The certificate of {self._place} is not trusted: {step.verify_message}.",
                    code="E_CERTIFICATE",
                )
            step = step.__cause__ or step.__context__
        if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
            return Unreachable(f"{self._place} does not answer.")
        return Unreachable(f"The line to {self._place} was cut.")


def _trusted(ca_file: Path | None) -> ssl.SSLContext:
    """Trust the system's authorities, or only those in a file."""
    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError):
        raise Refused(f"The certificates in {ca_file} cannot be read.") from None


def _entry(row: dict[str, Any]) -> Entry:
    name = row["name"].rstrip("/").rpartition("/")[2]
    mark = row.get("etag") or (row["modified"].isoformat() if row.get("modified") else "")
    return Entry(name, row["size"] or 0, row["type"] == "file", mark)
