"""One trip: what is asked, in both directions, with new tries while the server is silent."""

from __future__ import annotations

import errno
import time
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from imsa_courier.alone import alone_in
from imsa_courier.connecting import connected
from imsa_courier.credentials import Credentials
from imsa_courier.errand import Errand
from imsa_courier.errors import Broken, Refused, Unreachable
from imsa_courier.fetch import fetch_all
from imsa_courier.local import check_folder
from imsa_courier.memory import Memory
from imsa_courier.remote import Remote
from imsa_courier.report import Report
from imsa_courier.send import send_all
from imsa_courier.settings import Settings

_FULL = {errno.ENOSPC, errno.EDQUOT}


class Direction(StrEnum):
    """Which way files go."""

    SEND = "send"
    FETCH = "fetch"


@dataclass(frozen=True, slots=True)
class Trip:
    """What one call of the courier does; `dry` changes nothing on either side."""

    settings: Settings
    credentials: Credentials
    ways: Collection[Direction]
    report: Report
    dry: bool = False

    def folders(self) -> list[Path]:
        """Give the folders here, checked. Raises `Refused` if one is missing, shared, or a vault."""
        wanted = {Direction.SEND: self.settings.out, Direction.FETCH: self.settings.inbox}
        found = [(way, wanted[way]) for way in Direction if way in self.ways]
        for way, folder in found:
            if folder is None:
                raise Refused(
                    f"The settings name no folder to {way} {'from' if way is Direction.SEND else 'into'}."
                )
            check_folder(folder)
        real = [folder.resolve() for _, folder in found if folder is not None]
        if len(set(real)) < len(real):
            raise Refused("`out` and `in` are the same folder: what is fetched would be sent back.")
        return real

    def go(self) -> None:
        """Carry everything there is to carry. Raises what stopped it; `Broken` after the last try."""
        folders = self.folders()
        if self.dry:
            self._with_patience()
            return
        try:
            with alone_in(folders):
                self._with_patience()
        except OSError as error:
            raise _plain(error, folders) from error

    def _with_patience(self) -> None:
        patience, failed = self.settings.patience, 0
        while True:
            before = self.report.moved()
            try:
                with connected(self.settings, self.credentials) as remote:
                    self._both_ways(remote)
                return
            except Unreachable as error:
                failed = 1 if self.report.moved() > before else failed + 1
                if failed >= patience.tries:
                    text = f"{error.message} Gave up after {failed} {'try' if failed == 1 else 'tries'}."
                    raise Broken(text, code=error.code) from None
                wait = patience.wait(failed)
                self.report.note(f"{error.message} Trying again in {wait:.1f} s.")
                time.sleep(wait)

    def _both_ways(self, remote: Remote) -> None:
        """Fetch after sending, so that answers to what was just sent may come along."""
        if Direction.SEND in self.ways:
            send_all(self._errand(remote, Direction.SEND))
        if Direction.FETCH in self.ways:
            fetch_all(self._errand(remote, Direction.FETCH))

    def _errand(self, remote: Remote, way: Direction) -> Errand:
        settings, sending = self.settings, way is Direction.SEND
        here = settings.out if sending else settings.inbox
        assert here is not None  # `folders` has seen to it
        there = settings.address.below(settings.out_there if sending else settings.in_there)
        address = settings.address
        memory = Memory(here, f"{way} {address.scheme}://{address.user}@{address.place} {there}")
        if not self.dry:
            memory.settle_name()
        move = settings.move_sent if sending else settings.move_fetched
        return Errand(remote, here, there, memory, self.report, move, settings.settle, self.dry)


def _plain(error: OSError, folders: Collection[Path]) -> Broken:
    """Say a fault of this computer's disks in words."""
    if gone := [folder for folder in folders if not folder.is_dir()]:
        return Broken(f"The folder {gone[0]} is gone.", code="E_FOLDER")
    if error.errno in _FULL:
        return Broken(
            "The disk here is full. What came so far is kept; make room and call again.", code="E_FULL"
        )
    where = f": {error.filename}" if error.filename else ""
    return Broken(
        f"The computer refused this: {error.strerror or type(error).__name__}{where}", code="E_FILE"
    )
