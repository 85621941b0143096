"""One courier at a time works in a folder: a lock that the system drops when the process ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from imsa_courier.errors import Broken, Refused

LOCK = ".imsa-courier.lock"


@contextmanager
def alone_in(folders: Iterable[Path]) -> Iterator[None]:
    """Hold the lock of each folder. Raises `Refused` if another courier is at work in one of them."""
    with ExitStack() as held:
        for folder in folders:
            held.enter_context(_locked(folder))
        yield


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    with os.fdopen(os.open(folder / LOCK, flags, 0o600), "r+b") as file:
        try:
            _lock(file)
        except BlockingIOError:
            raise Refused(f"Another courier is at work in {folder}.", code="E_IN_USE") from None
        except OSError as error:
            raise Broken(f"The folder {folder} cannot be locked: {error.strerror}.") from None
        yield


def _lock(file: IO[bytes]) -> None:
    if sys.platform == "win32":
        import msvcrt  # each system has one of the two

        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise BlockingIOError from error
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
