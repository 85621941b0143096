"""Counts secrets that did not open the vault, beside it and without anything about anybody."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from imsa_desk.domain.canonical import canonical, parse_canonical
from imsa_desk.errors import Broken, Refused
from imsa_desk.store.atomic import flush_folder, replace_file
from imsa_desk.store.ways import WRONG_CODES

TRIES = "tries"
FREE = 5
"""So many may fail before each further one waits. That is no protection: files can be copied."""
WAIT_S = 1.0
_MOST = 1_000_000
_MAX_BYTES = 200
_DEPTH = 1


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    failed: Annotated[int, Meta(ge=0, le=_MOST)]
    last: Annotated[str, Meta(max_length=20)]


def failed(folder: Path) -> int:
    """Say how many secrets have failed since the last unlocking; a file without sense counts as none."""
    try:
        with (folder / TRIES).open("rb") as stream:
            return msgspec.convert(parse_canonical(stream.read(_MAX_BYTES), _DEPTH), _File).failed
    except (OSError, Broken, msgspec.ValidationError):
        return 0


def forget(folder: Path) -> None:
    """Begin anew, after the failed ones were recorded in the vault."""
    with suppress(OSError):
        (folder / TRIES).unlink()
        flush_folder(folder)


@contextmanager
def counted(folder: Path, now: datetime, sleep: Callable[[float], None] = time.sleep) -> Iterator[None]:
    """Wait where many have failed, and count the one inside if its secret is wrong.

    A folder that cannot be written keeps nobody from being told that a secret is wrong.
    """
    before = failed(folder)
    if before >= FREE:
        sleep(WAIT_S)
    try:
        yield
    except Refused as error:
        if error.code in WRONG_CODES:
            last = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            with suppress(OSError):
                replace_file(folder / TRIES, canonical({"failed": min(before + 1, _MOST), "last": last}))
        raise
