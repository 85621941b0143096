"""The search index: full text of the records, written in the same transaction as they are.

FTS5 inside the encrypted database; on PostgreSQL there is none, because the Office reads no notes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, select, text

from imsa_desk.domain.finding import other_spellings
from imsa_desk.store.records.base import Record
from imsa_desk.store.tables import search_row
from imsa_desk.vocab import Sensitivity

COVERED = frozenset({Sensitivity.L3.value, Sensitivity.L4.value})
_NUMBER = re.compile(r"\+?\d[\d\s().\-/]{4,}\d")
_PUT = text("INSERT INTO search(rowid, text, forms) VALUES (:n, :text, :forms)")
_DROP = text("INSERT INTO search(search, rowid, text, forms) VALUES ('delete', :n, :text, :forms)")


def words_of(record: Record) -> str:
    """Give a record's searchable text."""
    return "\n".join(str(v) for name in record.searched if (v := getattr(record, name)))


def other_forms(words: str) -> str:
    """Give what else finds a text: numbers as one run of digits, codes without dashes, other spellings."""
    runs = [re.sub(r"\D", "", m.group()) for m in _NUMBER.finditer(words)]
    codes = [re.sub(r"[^A-Za-z0-9]", "", w) for w in words.split() if "-" in w]
    return " ".join([*runs, *[r[2:] for r in runs if r.startswith("44")], *codes, *other_spellings(words)])


def _row(record: Record) -> dict[str, Any] | None:
    if record.deleted_at is not None or not record.searched:
        return None
    words = words_of(record)
    if not words.strip():
        return None
    return {
        "record": record.id,
        "kind": record.kind.value,
        "case_id": record.case_id,
        "text": words,
        "forms": other_forms(words),
        "covered": int(record.sensitivity in COVERED),
    }


def put(connection: Connection, created: Sequence[Record], updated: Sequence[Record]) -> None:
    """Bring the index to what these records now say."""
    if connection.dialect.name != "sqlite":
        return
    changed = [r.id for r in updated if r.searched]
    if changed:
        drop(connection, changed)
    rows = [row for r in (*created, *updated) if (row := _row(r))]
    if not rows:
        return
    first = connection.execute(text("SELECT coalesce(max(n), 0) FROM search_row")).scalar_one() + 1
    for n, row in enumerate(rows, first):
        row["n"] = n
    connection.execute(search_row.insert(), rows)
    connection.execute(_PUT, [{k: row[k] for k in ("n", "text", "forms")} for row in rows])


def kinds_of(connection: Connection, ids: Sequence[str]) -> set[str]:
    """Give the kinds that records stand in the index as."""
    kept = search_row.c
    return set(connection.execute(select(kept.kind).where(kept.record.in_(ids)).distinct()).scalars())


def drop(connection: Connection, ids: Sequence[str]) -> None:
    """Take records out of the index, with the words they left in it."""
    kept = search_row.c
    old = connection.execute(select(kept.n, kept.text, kept.forms).where(kept.record.in_(ids))).all()
    if not old:
        return
    connection.execute(_DROP, [{"n": n, "text": words, "forms": forms} for n, words, forms in old])
    connection.execute(delete(search_row).where(kept.n.in_([n for n, _, _ in old])))
