"""Whatever the order, repetition and loss in which lines come, the same ones wait and the same ones count."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from random import Random
from typing import Any

from sqlalchemy import Engine, create_engine, select
from sqlalchemy.pool import StaticPool

from imsa_desk.domain.lines import FIRST, Line, make_line
from imsa_desk.store.project import differences
from imsa_desk.store.records import MeetingRow
from imsa_desk.store.store import Store
from imsa_desk.store.tables import journal_body, journal_link, metadata, waiting_body
from imsa_desk.store.take_in import take_in
from imsa_desk.store.verify import verify_chains

FORMER, OFFICE, NEW, HERE = "a" * 32, "0" * 32, "b" * 32, "d" * 32
CASE = "c" * 32
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
HISTORIES = 12


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


def history(random: Random) -> list[Writing]:
    """Make a case that changes hands once or twice, with changes before and after, decided or not."""
    former, office, new = Writing(FORMER), Writing(OFFICE), Writing(NEW)
    for n in range(random.randint(1, 4)):
        former.meet(f"in time {n}")
    given: dict[str, Any] = {
        "name": "B. Practice", "role": "advocate", "from_on": "2026-11-20", "decided_by": "Llais",
        "most": "L4", "sensitivity": "L1",
    }  # fmt: skip
    limit = len(former.lines)
    after = {"writer": NEW, "why": "leaving", "after": f'{{"{FORMER}":{limit}}}'}
    row = office.say("assignment", given | after)
    first = office.lines[-1]
    for n in range(random.randint(1, 5)):
        record = former.meet(f"late {n}")
        if random.random() < 0.4:
            former.change(record, former.lines[-1], notes=f"late and changed {n}")
    for seq in range(limit + 1, len(former.lines) + 1):
        if random.random() < 0.5:
            fields = {
                "writer": FORMER, "first": seq, "last": seq, "decision": random.choice(["taken", "left"]),
                "author": "x", "decided_at": "2026-11-20T09:30:00Z", "sensitivity": "L2", "reason": "So.",
            }  # fmt: skip
            decided = new.say("late_decision", fields)
            if random.random() < 0.3:
                new.change(decided, new.lines[-1], deleted_at="2026-11-20T09:30:00Z", deleted_reason="undone")
    if random.random() < 0.4:
        office.change(row, first, ended_on="2026-11-21")
        after = {"writer": FORMER, "why": "leaving", "after": f'{{"{NEW}":{len(new.lines)}}}'}
        office.say("assignment", given | after)
        former.meet("his again")
    return [former, office, new]


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


def state(store: Store, empty: bytes, random: Random, writings: list[Writing]) -> tuple[Any, ...]:
    """Take everything in, in an order of its own, into an empty journal; give what counts and what waits."""
    driver: Any = store.engine.raw_connection().driver_connection
    driver.deserialize(empty)
    found = bundles(random, writings)
    for n, lines in enumerate(found):
        whole = n >= len(found) - 3
        with store.begin("take_in") as session:
            for part in _cut(random, lines if whole else withheld(random, lines)):
                take_in(session, store.clock, part)
    with store.read() as session:
        connection = session.connection()
        verify_chains(connection, {}, bodies=True)
        assert differences(connection) == []
        body = journal_body.c
        present = connection.execute(select(body.writer, body.seq).where(body.body.is_not(None)))
        waits = connection.execute(select(waiting_body.c.writer, waiting_body.c.seq))
        links = connection.execute(select(journal_link.c.writer, journal_link.c.seq))
        notes = sorted(session.scalars(select(MeetingRow.notes)))
        return sorted(map(tuple, present)), sorted(map(tuple, waits)), sorted(map(tuple, links)), notes


def _cut(random: Random, lines: list[Line]) -> list[list[Line]]:
    at = random.randint(0, len(lines))
    return [part for part in (lines[:at], lines[at:]) if part]


def test_the_same_changes_wait_and_count_in_any_order() -> None:
    engine, waited = memory(), 0
    driver: Any = engine.raw_connection().driver_connection
    empty, store = driver.serialize(), Store(engine, HERE, lambda: NOW)
    for seed in range(HISTORIES):
        random = Random(seed)
        writings = history(random)
        one, other = (state(store, empty, Random(f"{seed} {n}"), writings) for n in range(2))
        assert one == other, seed
        bodies = sum(len(writing.lines) for writing in writings)
        assert len(one[0]) + len(one[1]) == bodies, seed
        waited += len(one[1])
    assert waited > HISTORIES
