"""Takes what is whole of a damaged vault into a new one: history as far as it proves itself, then the rows.

Lines of the journal carry their own proof, so they come first: of each old writer the lines from the first
on that follow each other. A row that says something else than they do is then written by the new vault's own
writer, so that the new journal says what was taken over without its history.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.progress import Progress, quiet
from imsa_desk.store.blobs import has_blob, put_blob
from imsa_desk.store.cells import Found, Large, Value, read_all, read_large
from imsa_desk.store.clock import HybridClock
from imsa_desk.store.fields import columns_of
from imsa_desk.store.pages import Pages
from imsa_desk.store.project import Body, bodies_of, row_of
from imsa_desk.store.raw_lines import RawLines, Sorted, sort_out
from imsa_desk.store.raw_rows import NamedRow, Tables, name_of, tables_of, typed
from imsa_desk.store.records import DocumentRow, Record, record_classes
from imsa_desk.store.settle import settle
from imsa_desk.store.tables import draft
from imsa_desk.store.take_in import take_in
from imsa_desk.vocab import Operation

Heads = Mapping[str, tuple[int, str]]
LOST_CONTENT = "The content could not be read when the vault was salvaged."
_DRAFT = {column.name for column in draft.columns}


@dataclass(slots=True)
class Salvaged:
    """What was taken over, and what is known to be lost, in numbers."""

    damaged_pages: int = 0
    pages: int = 0
    damaged_frames: int = 0
    proven: bool = True
    lines: int = 0
    known_lines: int = 0
    lost_bodies: int = 0
    behind: int = 0
    rows_without_history: int = 0
    lost_rows: dict[str, int] = field(default_factory=dict)
    """By kind of record how many the vault's indexes know of that could not be read."""
    documents: int = 0
    lost_documents: int = 0
    drafts: int = 0
    values: dict[str, bytes] = field(default_factory=dict)
    """Local values of the damaged vault by name; the caller chooses which to keep."""


def take_over(
    session: Session, clock: HybridClock, pages: Pages, heads: Heads | None, progress: Progress = quiet
) -> Salvaged:
    """Write what is whole into a new vault's open act. `heads` are the anchor's, None where there is none.

    Raises Broken (E_NEWER) for tables of a later version, and what `take_in` does.
    """
    found = read_all(pages, progress)
    tables = tables_of(session.connection(), found)
    lines = sort_out(RawLines.of(tables, heads or {}))
    salvaged = _counted(pages, found, lines)
    take_in(session, clock, lines.whole)
    if pages.proven:
        _rows(session, tables, lines, salvaged, doubt=bool(pages.log.damaged) or not found.bad_pages)
    _later(session, tables, lines, salvaged)
    _documents(session, pages, tables, salvaged)
    _drafts(session, tables, salvaged)
    salvaged.values = {
        str(row["name"]): row["value"] for row in tables["local_value"] if isinstance(row["value"], bytes)
    }
    salvaged.lost_rows = _lost_rows(session, found, lines)
    return salvaged


def _counted(pages: Pages, found: Found, lines: Sorted) -> Salvaged:
    return Salvaged(
        damaged_pages=found.bad_pages,
        pages=max(pages.count, pages.here),
        damaged_frames=pages.log.damaged,
        proven=pages.proven,
        lines=len(lines.whole),
        known_lines=lines.known,
        lost_bodies=lines.lost_bodies,
        behind=lines.behind,
    )


def _rows(session: Session, tables: Tables, lines: Sorted, salvaged: Salvaged, *, doubt: bool) -> None:
    """Write rows that differ from what the lines say.

    With `doubt` an old version of a page may have come back: a value that the lines know and replaced is
    then taken for the old one, and stays replaced.
    """
    for cls in record_classes():
        readable = [row for raw in tables[name_of(cls)] if (row := typed(cls, raw))]
        rows = {row["id"]: row for row in readable if row["id"] not in lines.erased}
        if rows:
            salvaged.rows_without_history += _write(session, cls, rows, doubt=doubt)


def _write(session: Session, cls: type[Record], rows: dict[str, NamedRow], *, doubt: bool) -> int:
    there = {record.id: record for record in session.scalars(select(cls))}
    changed = {i for i, row in rows.items() if i not in there or _differing(there[i], row)}
    known = bodies_of(session.connection(), sorted(changed)) if changed else {}
    written = set()
    for i in sorted(changed):
        record = there.get(i)
        if record is None:
            session.add(cls(**rows[i]))
            written.add(i)
            continue
        for name, value in _differing(record, rows[i]).items():
            if not doubt or not _replaced(known.get(i, []), record, name, value):
                setattr(record, name, value)
                written.add(i)
    session.flush()
    settle(session, sorted(written))
    return len(written)


def _differing(record: Record, row: NamedRow) -> NamedRow:
    return {name: row[name] for name in columns_of(type(record)) if row[name] != getattr(record, name)}


def _replaced(lines: list[tuple[str, Body]], record: Record, name: str, value: Any) -> bool:
    """Say whether the record had this value at an earlier line."""
    for end in range(1, len(lines)):
        made = row_of(lines[:end])
        if made is not None and made[0] is type(record) and made[1][name] == value:
            return True
    return False


def _later(session: Session, tables: Tables, lines: Sorted, salvaged: Salvaged) -> None:
    """Write what lines behind a gap say of records whose row is not readable."""
    wanted: dict[str, list[tuple[str, Body]]] = {}
    for line in lines.apart:
        body = line.parsed()
        if body["op"] != Operation.ERASE:
            wanted.setdefault(body["record"], []).append((line.link.line_hash, body))
    here = {i for cls in record_classes() for i in tables.ids(cls)} if salvaged.proven else set()
    known = bodies_of(session.connection(), sorted(wanted)) if wanted else {}
    for i, later in wanted.items():
        made = row_of([*known.get(i, []), *later]) if i not in here | lines.erased else None
        if made is not None:
            salvaged.rows_without_history += _write(session, made[0], {i: made[1]}, doubt=False)


def _documents(session: Session, pages: Pages, tables: Tables, salvaged: Salvaged) -> None:
    """Keep the content of each document whose hash fits; say of the others that theirs is lost."""
    parts: dict[str, dict[int, Value]] = {}
    for row in tables["blob_chunk"]:
        if isinstance(row["n"], int):
            parts.setdefault(str(row["sha256"]), {})[row["n"]] = row["data"]
    wanted: dict[str, list[DocumentRow]] = {}
    for document in session.scalars(select(DocumentRow)):
        wanted.setdefault(document.sha256, []).append(document)
    for sha256, documents in sorted(wanted.items()):
        data = _joined(pages, parts.get(sha256, {}))
        if data is not None and hashlib.sha256(data).hexdigest() == sha256:
            put_blob(session, data)
            salvaged.documents += len(documents)
        elif not has_blob(session, sha256):
            salvaged.lost_documents += len(documents)
            _mark_lost(session, documents)
    session.flush()


def _joined(pages: Pages, parts: dict[int, Value]) -> bytes | None:
    pieces = []
    for n in range(len(parts)):
        part = parts.get(n)
        piece = read_large(pages, part) if isinstance(part, Large) else part
        if not isinstance(piece, bytes):
            return None
        pieces.append(piece)
    return b"".join(pieces) if pieces else None


def _mark_lost(session: Session, documents: list[DocumentRow]) -> None:
    """Remove documents without content, with the reason: what is not here must not look as if it were."""
    act = session.info["act"]
    for document in documents:
        document.sha256, document.size = put_blob(session, b""), 0
        document.deleted_at = document.deleted_at or act.now
        document.deleted_reason = document.deleted_reason or LOST_CONTENT


def _drafts(session: Session, tables: Tables, salvaged: Salvaged) -> None:
    """Keep what stood in open editors; of two versions of one draft the later."""
    latest: dict[tuple[Any, ...], NamedRow] = {}
    for row in tables["draft"]:
        if all(isinstance(row[name], str) for name in _DRAFT):
            place = (row["editor"], row["subject"], row["case_id"])
            if place not in latest or latest[place]["saved_at"] < row["saved_at"]:
                latest[place] = row
    rows = list({row["id"]: {name: row[name] for name in _DRAFT} for row in latest.values()}.values())
    if rows:
        session.execute(draft.insert(), rows)
    salvaged.drafts = len(rows)


def _lost_rows(session: Session, found: Found, lines: Sorted) -> dict[str, int]:
    """Count records that the damaged vault's indexes name and the new one does not have."""
    lost = {}
    for cls in record_classes():
        here = set(session.scalars(select(cls.id)))
        named = {key for key in found.keys.get(name_of(cls), set()) if isinstance(key, str)}
        gone = named - here - lines.erased
        if gone:
            lost[cls.kind.value] = len(gone)
    return lost
