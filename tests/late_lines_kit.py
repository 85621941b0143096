"""Lines of several writers about one case, and the bundles in which they come, for tests of taking in."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from random import Random
from typing import Any

from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import StaticPool

from imsa_desk.domain.lines import FIRST, Line, make_line
from imsa_desk.store.tables import metadata

FORMER, OFFICE, NEW, HERE = "a" * 32, "0" * 32, "b" * 32, "d" * 32
CASE = "c" * 32
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def memory() -> Engine:
    """Give an empty database in memory with every table that taking in touches."""
    engine = create_engine("sqlite+pysqlite://", poolclass=StaticPool)
    with engine.begin() as connection:
        metadata.create_all(connection)
        connection.exec_driver_sql(
            "CREATE VIRTUAL TABLE search USING fts5(text, forms, content='search_row', content_rowid='n')"
        )
    return engine


class Writing:
    """Makes the lines of one writer, each chained to the one before."""

    def __init__(self, writer: str) -> None:
        self.writer = writer
        self.lines: list[Line] = []

    def say(
        self, kind: str, fields: dict[str, Any], *, record: str = "", base: dict[str, Any] | None = None
    ) -> str:
        made = record or secrets.token_hex(16)
        body = {
            "act": {"id": secrets.token_hex(16), "verb": "a_test"},
            "at": "2026-11-20T09:30:00Z",
            "base": base or {},
            "case": CASE,
            "fields": fields,
            "hlc": f"019aa00{len(self.lines):05x}-0000",
            "kind": kind,
            "op": "update" if base else "create",
            "reason": "",
            "record": made,
            "salt": secrets.token_hex(16),
            "sensitivity": "L2",
        }
        prev = self.lines[-1].link.line_hash if self.lines else FIRST
        self.lines.append(make_line(self.writer, len(self.lines) + 1, prev, body))
        return made

    def meet(self, notes: str) -> str:
        at = "2026-11-19T09:30:00Z"
        fields = {"at": at, "recorded_at": at, "author": "x", "how": "phone", "notes": notes}
        return self.say("meeting", fields | {"sensitivity": "L2"})

    def change(self, record: str, line: Line, **fields: Any) -> None:
        base = {name: [line.link.line_hash] for name in fields}
        self.say(line.parsed()["kind"], fields, record=record, base=base)


def bundles(random: Random, writings: list[Writing]) -> list[list[Line]]:
    """Cut the lines into cumulative bundles as an office does: some are lost, some come twice or late."""
    made, known = [], [0] * len(writings)
    while any(known[n] < len(w.lines) for n, w in enumerate(writings)):
        reach = [min(len(w.lines), known[n] + random.randint(0, 4)) for n, w in enumerate(writings)]
        made.append([line for n, w in enumerate(writings) for line in w.lines[: reach[n]]])
        known = reach
    kept = [each for each in made[:-1] if random.random() < 0.7]
    kept += random.sample(made, min(len(made), 2))
    random.shuffle(kept)
    return [*kept, made[-1], *random.sample(made, min(len(made), 2))]


def withheld(random: Random, lines: list[Line]) -> list[Line]:
    """Keep some contents back, as an earlier bundle may."""
    return [Line(line.link, None if random.random() < 0.2 else line.body) for line in lines]
