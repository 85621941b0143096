"""What the vault knows about its backups: where they are, when the last was verified, what is due.

Local value `backups`, which is in every backup too: {first, last: {at, file, heads}, second: {folder, at,
file, problem}, drill: {at, ok}}; times are ISO, a part that never was is absent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from imsa_desk.crypto.keys import wipe
from imsa_desk.domain.canonical import parse_canonical
from imsa_desk.errors import Broken, Refused
from imsa_desk.services.desk import Desk
from imsa_desk.store import backup, local
from imsa_desk.store.tables import draft, journal_body
from imsa_desk.store.vault import OpenVault
from imsa_desk.store.writers import writers
from imsa_desk.vocab import AccessKind, Kind

STATE = "backups"
DAY, WEEK, QUARTER = timedelta(days=1), timedelta(days=7), timedelta(days=91)
Place = Literal["here", "second"]
_QUIET = {AccessKind.UNLOCK, AccessKind.LOCK, AccessKind.BACKUP, AccessKind.FAILED_UNLOCK}
"""Accesses that a backup need not hold: each opening and each backup would call for the next one."""


@dataclass(frozen=True, slots=True)
class BackupInfo:
    """One backup: its file, when it was made, its bytes, where it is, whether today's keys open it."""

    file: Path
    made: datetime
    bytes: int
    place: Place
    key: bool


@dataclass(frozen=True, slots=True)
class BackupState:
    """How a vault's backups stand; `second_problem` says what kept the last copy from the second place."""

    last_verified: datetime | None
    second_verified: datetime | None
    second_place: Path | None
    second_here: bool
    changed_since: bool
    remind_second: bool
    drill_due: bool
    last_drill: datetime | None
    second_problem: str = ""


def known(session: Session) -> dict[str, Any]:
    """Give what was noted about backups; empty before the first."""
    found = local.get(session, STATE)
    return dict(found) if found else {}


def state(desk: Desk) -> BackupState:
    """Say when backups were made, and what is due."""
    with desk.store.read() as session:
        noted = known(session)
        last = _last(desk, noted)
        changed = last is None or _changed_since(session, last)
    second, drill = noted.get("second", {}), noted.get("drill")
    first, now = noted.get("first"), desk.now()
    second_at = _moment(second.get("at"))
    drilled = _moment(drill["at"]) if drill else None
    place = Path(second["folder"]) if second.get("folder") else None
    return BackupState(
        last_verified=_moment(last["at"]) if last else None,
        second_verified=second_at,
        second_place=place,
        second_here=place is not None and place.is_dir(),
        changed_since=changed,
        remind_second=_older(second_at or _moment(first), now, WEEK),
        drill_due=_older(drilled or _moment(first), now, QUARTER),
        last_drill=drilled,
        second_problem=second.get("problem", ""),
    )


def due(desk: Desk, now: datetime) -> bool:
    """Say whether a day went by since the last backup and something changed."""
    with desk.store.read() as session:
        last = _last(desk, known(session))
        if last is None:
            return True
        return now - datetime.fromisoformat(last["at"]) >= DAY and _changed_since(session, last)


def _last(desk: Desk, noted: dict[str, Any]) -> dict[str, Any] | None:
    """Give the last verified backup, unless its file was taken away."""
    last: dict[str, Any] | None = noted.get("last")
    there = last is not None and (backup.backups_folder(desk.folder) / last["file"]).exists()
    return last if there else None


def _changed_since(session: Session, last: dict[str, Any]) -> bool:
    at = datetime.fromisoformat(last["at"])
    newest = session.execute(select(func.max(draft.c.saved_at))).scalar_one()
    if newest is not None and datetime.fromisoformat(newest) > at:
        return True
    return any(True for _ in lines_after(session, last["heads"]))


def lines_after(session: Session, heads: dict[str, Any]) -> Iterator[dict[str, Any] | None]:
    """Give the bodies of lines after known heads, without quiet accesses; None for an absent one."""
    body = journal_body.c
    for writer in writers(session.connection()):
        query = select(body.body).where(body.writer == writer, body.seq > heads.get(writer, (0, ""))[0])
        for text in session.execute(query.order_by(body.seq)).scalars():
            value = None if text is None else parse_canonical(text.encode())
            if value is None or not _is_quiet(value):
                yield value


def _is_quiet(body: dict[str, Any]) -> bool:
    return body["kind"] == Kind.ACCESS and body["fields"].get("access_kind") in _QUIET


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _older(since: datetime | None, now: datetime, than: timedelta) -> bool:
    return since is not None and now - since > than


def backups_of(desk: Desk) -> tuple[BackupInfo, ...]:
    """List the backups here and in the second place, newest first; a damaged file is none."""
    with desk.store.read() as session:
        second = known(session).get("second", {}).get("folder")
    here = listed(desk.vault, backup.backups_folder(desk.folder), "here")
    there = listed(desk.vault, Path(second), "second") if second else []
    return tuple(sorted(here + there, key=lambda each: each.made, reverse=True))


def listed(vault: OpenVault, folder: Path, place: Place) -> list[BackupInfo]:
    """List this vault's backups in a folder."""
    key = vault.key(backup.MAC_LABEL)
    try:
        found = []
        for file in backup.files_in(folder, vault.vault_id):
            try:
                trailer = backup.read_trailer(file)
                size = file.stat().st_size
            except (Broken, OSError):
                continue
            if trailer.vault == vault.vault_id:
                found.append(BackupInfo(file, trailer.at, size, place, backup.genuine(trailer, key)))
        return found
    finally:
        wipe(key)


def set_second_place(desk: Desk, folder: Path | None) -> None:
    """Say where a second copy of each backup goes, such as a stick; None for nowhere.

    Raises Refused (E_FOLDER) for a folder that is not there, cannot be written to, or would be lost together
    with the vault because it is the vault, its backups, or the folder both are in.
    """
    if folder is not None:
        folder = folder.expanduser().absolute()
        _refuse_place(desk, folder)
    with desk.store.begin("set_second_place") as session:
        noted = known(session)
        if folder is None:
            noted.pop("second", None)
        elif noted.get("second", {}).get("folder") != str(folder):
            noted["second"] = {"folder": str(folder)}
        local.put(session, STATE, noted)


def _refuse_place(desk: Desk, folder: Path) -> None:
    vault, here = desk.folder.resolve(), backup.backups_folder(desk.folder).resolve()
    wanted = folder.resolve()
    why = ""
    if not folder.is_dir():
        why = "Choose a folder that is there. If it is on a stick, plug it in first."
    elif wanted in (vault, here) or vault in wanted.parents or here in wanted.parents:
        why = "This folder belongs to the vault itself. Choose one on a stick or another disk."
    elif wanted == vault.parent:
        why = "The vault and its backups are already in this folder. Choose one on a stick or another disk."
    if why:
        raise Refused(why, code="E_FOLDER")
    probe = folder / backup.work_name(desk.vault.vault_id)
    try:
        probe.mkdir(mode=0o700)
        probe.rmdir()
    except OSError as error:
        raise Refused("This folder cannot be written to. Choose another one.", code="E_FOLDER") from error
