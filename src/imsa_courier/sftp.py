"""A server reached by SFTP, through fsspec's `sshfs` on asyncssh.

Host keys are always checked: asyncssh asks `_Watchful` about every key that the known hosts do not hold.
Configuration files of the person's ssh are not read, so none of them can weaken this.
"""

from __future__ import annotations

from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

import asyncssh
from fsspec.asyn import FSTimeoutError, sync
from sshfs import SSHFileSystem

from imsa_courier.credentials import Credentials
from imsa_courier.errors import Broken, Refused, Unreachable
from imsa_courier.local import CHUNK
from imsa_courier.remote import Entry
from imsa_courier.settings import Address

_ANSWER_S, _LOGIN_S, _ALIVE_S = 300, 30, 15
"""Seconds for one piece of a file on a slow line, for the login, and between two signs of life."""
_FULL = (asyncssh.SFTPNoSpaceOnFilesystem, asyncssh.SFTPQuotaExceeded)
_GONE = (asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection, asyncssh.ConnectionLost, FSTimeoutError)


class _Watchful(asyncssh.SSHClient):
    """Accepts a host key by its fingerprint, and remembers the one that was shown."""

    shown = ""

    def __init__(self, pinned: tuple[str, ...]) -> None:
        self._pinned = pinned

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
        """Say whether this is a pinned key; asyncssh then checks that the server holds its other half."""
        self.shown = key.get_fingerprint()
        return self.shown in self._pinned


class Sftp:
    """A connection by SFTP."""

    can_append = True

    def __init__(
        self,
        address: Address,
        credentials: Credentials,
        known_hosts: Path | None = None,
        host_keys: tuple[str, ...] = (),
    ) -> None:
        """Connect and log in. Raises `Refused` for a host key or a login, `Unreachable` for silence."""
        self._place = address.place
        watch, trusted, login = (
            _Watchful(host_keys),
            _trusted(known_hosts, host_keys),
            _login(address, credentials),
        )
        with self._told("", watch):
            self._fs = SSHFileSystem(
                address.host,
                port=address.port,
                timeout=2 * _LOGIN_S,
                skip_instance_cache=True,
                client_factory=lambda: watch,
                known_hosts=trusted,
                config=None,
                connect_timeout=_LOGIN_S,
                login_timeout=_LOGIN_S,
                keepalive_interval=_ALIVE_S,
                keepalive_count_max=3,
                **login,
            )
            # A cut line fails every piece under way; the first one is reported, the others need no word.
            self._fs.loop.call_soon_threadsafe(self._fs.loop.set_exception_handler, _pass_over)
            self._client = self._start()

    def _start(self) -> asyncssh.SFTPClient:
        """Open a channel of its own for what fsspec has no word for: rename without overwriting."""
        connection: asyncssh.SSHClientConnection = self._fs.client

        async def opened() -> asyncssh.SFTPClient:
            return await connection.start_sftp_client()

        client = self._wait(opened())
        assert isinstance(client, asyncssh.SFTPClient)
        return client

    def _wait(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Let fsspec's loop do one piece of work and wait for it, not for ever."""

        async def done() -> Any:
            return await work

        return sync(self._fs.loop, done, timeout=_ANSWER_S)

    def listing(self, folder: str) -> dict[str, Entry]:
        """List a folder by name; a link shows as what it is."""
        with self._told(folder):
            rows = self._fs.ls(folder, detail=True, timeout=_ANSWER_S)
        found = [_entry(row) for row in rows]
        return {entry.name: entry for entry in found}

    def look(self, path: str) -> Entry | None:
        """Say what stands under a path, or None."""
        folder, _, name = path.rpartition("/")
        with self._told(path):
            try:
                about = self._wait(self._client.lstat(path))
            except asyncssh.SFTPNoSuchFile:
                return None
        row = self._fs._decode_attributes(about)
        return _entry({**row, "name": f"{folder}/{name}"})

    def read(self, path: str, offset: int = 0) -> Iterator[bytes]:
        """Read from an offset to the end."""
        with self._told(path), self._fs.open(path, "rb") as source:
            if offset:
                source.seek(offset, timeout=_ANSWER_S)
            while piece := source.read(CHUNK, timeout=_ANSWER_S):
                yield piece

    def write(self, path: str, source: BinaryIO, offset: int, size: int) -> None:
        """Write from an offset on; each piece is acknowledged before the next, so a cut leaves no hole."""
        with self._told(path):
            target = self._fs.open(path, "r+b" if offset else "wb")
        try:
            with self._told(path):
                target.seek(offset, timeout=_ANSWER_S)
            while piece := source.read(CHUNK):
                with self._told(path):
                    target.write(piece, timeout=_ANSWER_S)
            with self._told(path), suppress(asyncssh.SFTPOpUnsupported):
                target.fsync(timeout=_ANSWER_S)
        except BaseException:
            with suppress(Exception):  # the first fault is the one to report
                target.close()
            raise
        with self._told(path):
            target.close()

    def place(self, part: str, final: str) -> bool:
        """Rename by SFTP's own rename, which never overwrites (fsspec's `mv` would)."""
        with self._told(final):
            try:
                self._wait(self._client.rename(part, final))
            except (asyncssh.SFTPFailure, asyncssh.SFTPFileAlreadyExists):
                if self.look(final) is None:
                    raise
                return False
        return True

    def remove(self, path: str) -> None:
        """Remove an unfinished copy."""
        with self._told(path), suppress(asyncssh.SFTPNoSuchFile):
            self._wait(self._client.remove(path))

    def make_folder(self, path: str) -> None:
        """Make a folder unless it is there."""
        if self.look(path) is None:
            with self._told(path):
                self._wait(self._client.mkdir(path))

    def close(self) -> None:
        """End the connection; a line that is cut already is no fault now."""
        with suppress(Exception):
            self._wait(self._hang_up())

    async def _hang_up(self) -> None:
        self._client.exit()
        self._fs.client.close()
        await self._fs.client.wait_closed()

    @contextmanager
    def _told(self, path: str, watch: _Watchful | None = None) -> Iterator[None]:
        """Say a fault of the libraries in the courier's words."""
        try:
            yield
        except asyncssh.HostKeyNotVerifiable:
            raise Refused(self._untrusted(watch), code="E_HOST_KEY") from None
        except (asyncssh.PermissionDenied, PermissionError):
            raise Refused(f"{self._place} refused the login.", code="E_LOGIN") from None
        except asyncssh.SFTPPermissionDenied:
            raise Refused(f"{self._place} does not permit this: {path}", code="E_PERMISSION") from None
        except (FileNotFoundError, asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
            raise Refused(f"{self._place} has no {path}", code="E_FOLDER_THERE") from None
        except _FULL:
            raise Broken(f"{self._place} has no room left.", code="E_FULL_THERE") from None
        except asyncssh.KeyExchangeFailed as error:
            raise Broken(f"{self._place} and the courier share no safe method: {error.reason}") from None
        except _GONE:
            raise Unreachable(f"The line to {self._place} was cut.") from None
        except asyncssh.SFTPError as error:
            raise Broken(f"{self._place} could not do this: {path} ({error.reason})") from None
        except (asyncssh.Error, OSError, TimeoutError) as error:
            raise Unreachable(f"{self._place} does not answer ({_reason(error)}).") from None

    def _untrusted(self, watch: _Watchful | None) -> str:
        shown = (watch.shown if watch else "") or "a certificate or a revoked key"
        return (
            f"The host key of {self._place} is not a known one. It shows {shown}. "
            "Compare this with the server's keeper before you trust it."
        )


def _pass_over(_loop: object, _about: object) -> None:
    """Drop what a task says after its end."""


def _trusted(known_hosts: Path | None, host_keys: tuple[str, ...]) -> object:
    """Give the keys to trust: those of the file; with pinned keys and no file, none but the pinned."""
    if known_hosts is None and not host_keys:
        known_hosts = Path("~/.ssh/known_hosts").expanduser()
        if not known_hosts.is_file():
            return ([], [], [])
    if known_hosts is None:
        return ([], [], [])
    if not known_hosts.is_file():
        raise Refused(f"There is no file {known_hosts} with the known host keys.")
    try:
        return asyncssh.read_known_hosts(str(known_hosts))
    except ValueError:
        raise Refused(f"The known host keys in {known_hosts} cannot be read.") from None


def _login(address: Address, credentials: Credentials) -> dict[str, object]:
    """Say who logs in: only what the credentials name is offered; with `agent`, what ssh would offer."""
    user = credentials.user or address.user
    if not user:
        raise Refused("Neither the credentials nor the `url` name a user.")
    given: dict[str, object] = {"username": user, "password": credentials.password or None}
    given["client_keys"] = None
    if credentials.key_file is not None:
        try:
            key = asyncssh.read_private_key(credentials.key_file, credentials.key_passphrase or None)
        except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError):
            raise Refused(f"The key in {credentials.key_file.name} cannot be opened.") from None
        given["client_keys"] = [key]
    if credentials.agent:
        given["client_keys"] = () if credentials.key_file is None else given["client_keys"]
    else:
        given["agent_path"] = None
    return given


def _entry(row: dict[str, Any]) -> Entry:
    when = row["mtime"]
    mark = "" if when is None else f"{when.timestamp():.0f}"
    return Entry(row["name"].rpartition("/")[2], row["size"] or 0, row["type"] == "file", mark)


def _reason(error: Exception) -> str:
    if isinstance(error, asyncssh.Error):
        return error.reason
    return getattr(error, "strerror", None) or type(error).__name__
