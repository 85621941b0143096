"""Verbs that check a vault in full, open or closed; a copy nobody else uses is checked by `full_check`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, select

from imsa_desk.domain.ids import AssessmentId
from imsa_desk.errors import Broken
from imsa_desk.progress import Progress, quiet
from imsa_desk.services import vaults
from imsa_desk.services.addenda import addenda_hold
from imsa_desk.services.assessments import seal_is_whole
from imsa_desk.services.desk import Desk
from imsa_desk.store.check import (
    PAGES,
    Checked,
    attempted,
    chains,
    content,
    full_check,
    missing,
    told_by,
)
from imsa_desk.store.project import differences
from imsa_desk.store.records import AssessmentRow
from imsa_desk.store.tables import blob_chunk
from imsa_desk.vocab import AssessmentState, SlotKind

__all__ = ["CheckReport", "Checked", "check", "check_open", "full_check"]

LOOKED_AT = ("pages", "tables", "references", "chain", "projection", "documents", "seals")


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a full check looked at, and what it found wrong."""

    looked_at: tuple[str, ...]
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Say whether nothing is wrong."""
        return not self.problems


def check(folder: Path, secret: str, *, way: SlotKind = SlotKind.PASSPHRASE) -> CheckReport:
    """Check a closed vault in full: pages, tables, every link and body, and that the tables follow."""
    desk = vaults.unlock(folder, secret, way=way)
    try:
        return check_open(desk)
    finally:
        desk.store.close()
        desk.vault.close()


def check_open(desk: Desk, progress: Progress = quiet) -> CheckReport:
    """Check an open vault in full; ids only in what it reports. Others have their turn between the parts."""
    if not desk.store.read_only:
        desk.store.fold_log()  # pages are checked in the file, not in the log
    parts: list[Callable[[Connection], list[str]]] = [told_by(name) for name in PAGES]
    parts += [chains, differences]
    problems: list[str] = []
    for done, part in enumerate(parts):
        progress(done, len(LOOKED_AT))
        problems += _asked(desk, part)
    progress(len(parts), len(LOOKED_AT))
    problems += _documents(desk)
    progress(len(parts) + 1, len(LOOKED_AT))
    problems += _seals(desk)
    progress(len(LOOKED_AT), len(LOOKED_AT))
    return CheckReport(LOOKED_AT, tuple(problems))


def _asked(desk: Desk, part: Callable[[Connection], list[str]]) -> list[str]:
    try:
        with desk.store.read() as session:
            return attempted(part, session.connection())
    except Broken as error:
        return [f"{error.code}: {error.message}"]


def _documents(desk: Desk) -> list[str]:
    known: list[str] = []

    def note(connection: Connection) -> list[str]:
        known.extend(connection.execute(select(blob_chunk.c.sha256).distinct()).scalars())
        return missing(connection)

    problems = _asked(desk, note)
    for sha256 in known:
        problems += _asked(desk, lambda connection, one=sha256: content(connection, one))  # type: ignore[misc]
    return problems


def _seals(desk: Desk) -> list[str]:
    signed: list[str] = []

    def note(connection: Connection) -> list[str]:
        query = select(AssessmentRow.id).where(AssessmentRow.state == AssessmentState.SIGNED)
        signed.extend(connection.execute(query).scalars())
        return []

    problems = _asked(desk, note)
    try:
        problems += [f"{i}: seal broken" for i in signed if not seal_is_whole(desk, AssessmentId(i))]
        problems += [
            f"{i}: seal of an addition broken" for i in signed if not addenda_hold(desk, AssessmentId(i))
        ]
    except Broken as error:
        problems.append(f"{error.code}: {error.message}")
    return problems
