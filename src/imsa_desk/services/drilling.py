"""The restore drill: a backup is restored into a temporary vault, checked, and compared with the journal."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Engine, select

from imsa_desk.domain.canonical import canonical, parse_canonical
from imsa_desk.errors import Broken, Refused
from imsa_desk.progress import Progress
from imsa_desk.services.access import note_access
from imsa_desk.services.backup_making import one_at_a_time, part_of, unwritten
from imsa_desk.services.backup_state import STATE, backups_of, known
from imsa_desk.services.desk import Desk
from imsa_desk.services.opened_backup import opened_backup, refuse_altered, work_folder
from imsa_desk.store import backup, local
from imsa_desk.store.backup import Trailer
from imsa_desk.store.check import is_current
from imsa_desk.store.fields import to_field
from imsa_desk.store.header import database_name
from imsa_desk.store.project import row_of
from imsa_desk.store.records import record_classes
from imsa_desk.store.restore import rebuild
from imsa_desk.store.tables import journal_body, journal_link
from imsa_desk.vocab import AccessKind, Kind

_LINES = 2_000


@dataclass(frozen=True, slots=True)
class DrillReport:
    """What a drill found: which backup, how much is in it, and what is wrong with it."""

    file: Path
    at: datetime
    ok: bool
    records: int
    lines: int
    problems: tuple[str, ...]


_Digests = dict[str, bytes]
"""By record, the hash of its row."""


def drill(desk: Desk, file: Path | None, progress: Progress) -> DrillReport:
    """Restore a backup into a temporary vault, check it in full, and compare its tables with the journal.

    Without a file the newest that today's keys open. Whatever the backup fails in is in the report, which is
    recorded. Raises Refused (E_BACKUP) where there is none, (E_READ_ONLY), Broken (E_FOLDER, E_DISK_FULL).
    """
    if desk.store.read_only:
        raise Refused("This vault is open to read only, so no drill was done.", code="E_READ_ONLY")
    with one_at_a_time(desk.store, progress):
        chosen = file or next((each.file for each in backups_of(desk) if each.key), None)
        if chosen is None:
            raise Refused("There is no backup yet. Make one first.", code="E_BACKUP")
        try:
            report = _tried(desk, chosen, progress)
        except Broken as error:
            if error.code not in ("E_BACKUP", "E_OTHER_DATABASE", "E_STORAGE"):
                raise
            report = DrillReport(chosen, desk.now(), False, 0, 0, (error.message,))
        except OSError as error:
            raise unwritten() from error
        _note(desk, report)
    return report


def _tried(desk: Desk, file: Path, progress: Progress) -> DrillReport:
    trailer = backup.read_trailer(file)
    if trailer.vault != desk.vault.vault_id:
        raise backup.refused("it belongs to another vault.")
    refuse_altered(trailer, desk.vault)
    with work_folder(desk.folder, trailer.vault, 2 * trailer.db_bytes) as work:
        dbid = uuid4().hex
        target = replace(desk.vault, folder=work, db_file=work / database_name(dbid), dbid=dbid)
        restored: list[_Digests] = []

        def look(engine: Engine) -> None:
            if is_current(engine):
                with engine.connect() as connection:
                    restored.append(_of_tables(connection))

        with opened_backup(file, trailer, desk.vault, work, part_of(progress, 0, 1, 4)) as source:
            checked = rebuild(source, target, look, part_of(progress, 1, 2, 4))
    problems = list(checked.problems)
    if not backup.same_heads(checked.heads, trailer.heads):
        problems.append("The journal in the backup does not end where it should.")
    if restored:
        problems += _compared(desk, trailer, restored[0], part_of(progress, 3, 1, 4))
    count = len(restored[0]) if restored else 0
    return DrillReport(file, desk.now(), not problems, count, checked.lines, tuple(problems))


def _compared(desk: Desk, trailer: Trailer, restored: _Digests, progress: Progress) -> list[str]:
    """Compare the restored tables with what this vault's journal says of that moment."""
    link = journal_link.c
    with desk.store.read() as session:
        for writer, (seq, known_hash) in trailer.heads.items():
            query = select(link.line_hash).where(link.writer == writer, link.seq == seq)
            if session.execute(query).scalar_one_or_none() != known_hash:
                return ["The vault's journal does not hold the line with which the backup ends."]
    lines, absent = _lines_until(desk, trailer, progress)
    wanted = _of_journal(lines)
    differing = {i for i in wanted.keys() | restored.keys() if wanted.get(i) != restored.get(i)} - absent
    return [f"{i}: the restored record differs from the journal" for i in sorted(differing)]


def _lines_until(
    desk: Desk, trailer: Trailer, progress: Progress
) -> tuple[dict[str, list[tuple[str, Any]]], set[str]]:
    """Read the journal up to a backup's end, some lines a turn so that nobody waits for long.

    Also gives the records of which something was erased: what they were then cannot be told any more.
    """
    found: dict[str, list[tuple[str, Any]]] = {}
    absent: set[str] = set()
    link, body = journal_link.c, journal_body.c
    joined = (link.writer == body.writer) & (link.seq == body.seq)
    for writer, (last, _) in trailer.heads.items():
        for first in range(1, last + 1, _LINES):
            query = (
                select(body.record, link.line_hash, body.body)
                .join_from(journal_body, journal_link, joined)
                .where(body.writer == writer, body.seq.between(first, min(first + _LINES - 1, last)))
                .order_by(body.seq)
            )
            with desk.store.read() as session:
                rows = session.execute(query).all()
            for record, line, text in rows:
                if text is None:
                    absent.add(record)
                else:
                    found.setdefault(record, []).append((line, parse_canonical(text.encode())))
            progress(min(first + _LINES, last), last)
    return found, absent


def _of_tables(connection: Connection) -> _Digests:
    found: _Digests = {}
    for cls in record_classes():
        rows = (dict(row._mapping) for row in connection.execute(select(cls.__table__)))
        found |= {row["id"]: _digest(cls.kind, row) for row in rows}
    return found


def _of_journal(lines: dict[str, list[tuple[str, Any]]]) -> _Digests:
    made = (row_of(found) for found in lines.values())
    return {row["id"]: _digest(cls.kind, row) for cls, row in (each for each in made if each is not None)}


def _digest(kind: Kind, row: dict[str, Any]) -> bytes:
    fields = {name: to_field(value) for name, value in row.items()}
    return hashlib.sha256(canonical([kind.value, fields])).digest()


def _note(desk: Desk, report: DrillReport) -> None:
    detail = "restore drill passed" if report.ok else "restore drill failed"
    with desk.store.begin("drill") as session:
        note_access(desk, session, AccessKind.BACKUP, detail=detail)
        noted = known(session)
        noted["drill"] = {"at": report.at.isoformat(), "ok": report.ok}
        local.put(session, STATE, noted)
