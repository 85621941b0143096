"""A refused file is kept: where it is, or out of the way of a watched folder, with a word on why."""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path

from imsa_desk.errors import Broken, ImsaError
from imsa_desk.exchange.words import moment_out

REFUSED = "refused"
"""The folder, inside a watched one, of files that were refused."""
_STEP = 1024 * 1024
_ATTEMPTS = 10_000


def put_aside(path: Path, folder: Path | None, error: ImsaError, now: datetime | None = None) -> Path:
    """Keep a refused file and say why; give the place where it is now.

    `folder` None: it came from a person's folder and stays where it is. Otherwise it moves into the folder
    `refused` of this watched folder, never over another file, with a report `<name>.txt` beside it: code,
    message, time, size and hash, never content. Raises Broken (E_WRITE) where it cannot be moved; then it
    stays where it is.
    """
    if folder is None:
        return path
    try:
        place = folder / REFUSED
        place.mkdir(mode=0o700, exist_ok=True)
        report = _report(path, error, now or datetime.now(UTC))
        target = _taken(place, path.name)
        try:
            path.replace(target)
        except OSError:
            target.unlink()
            raise
        _write(target.with_name(target.name + ".txt"), report)
    except OSError as cause:
        raise Broken(
            f"A refused file could not be put aside: {cause.strerror or 'the disk refused'}.", code="E_WRITE"
        ) from cause
    return target


def _taken(place: Path, name: str) -> Path:
    """Take a name that neither a file nor a report has, by making it: two watchers never take the same."""
    for number in range(_ATTEMPTS):
        target = place / (f"{number}-{name}" if number else name)
        if target.with_name(target.name + ".txt").exists():
            continue
        try:
            os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            continue
        return target
    raise FileExistsError(17, "too many refused files of one name")


def _report(path: Path, error: ImsaError, now: datetime) -> str:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while data := file.read(_STEP):
            digest.update(data)
            size += len(data)
    lines = (
        f"{error.code}: {error.message}",
        f"Refused: {moment_out(now)}",
        f"Size: {size} bytes",
        f"SHA-256: {digest.hexdigest()}",
        "Nothing was changed.",
    )
    return "\n".join(lines) + "\n"


def _write(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
