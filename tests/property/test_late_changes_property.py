"""Whatever the order, repetition and loss in which lines come, the same ones wait and the same ones count."""

from __future__ import annotations

from random import Random
from typing import Any

from late_lines_kit import FORMER, HERE, NEW, NOW, OFFICE, Writing, bundles, memory, withheld
from sqlalchemy import select

from imsa_desk.domain.lines import Line
from imsa_desk.store.project import differences
from imsa_desk.store.records import MeetingRow
from imsa_desk.store.store import Store
from imsa_desk.store.tables import journal_body, journal_link, waiting_body
from imsa_desk.store.take_in import take_in
from imsa_desk.store.verify import verify_chains

COVER, SUPERVISOR = "e" * 32, "f" * 32
HISTORIES = 12


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
    return [former, office, new, *others(random, office, given, former)]


def others(random: Random, office: Writing, given: dict[str, Any], former: Writing) -> list[Writing]:
    """Add a cover that ends and goes on writing, and a supervisor who decides what is not theirs."""
    cover, supervisor = Writing(COVER), Writing(SUPERVISOR)
    row = office.say("assignment", given | {"writer": COVER, "why": "cover"})
    first = office.lines[-1]
    for n in range(random.randint(0, 2)):
        cover.meet(f"covering {n}")
    if random.random() < 0.7:
        after = f'{{"{COVER}":{len(cover.lines)}}}'
        office.change(row, first, ended_on="2026-11-20", after=after)
        cover.meet("after the cover")
    if random.random() < 0.3:
        office.say("assignment", given | {"writer": COVER, "why": "cover"})
    office.say("assignment", given | {"writer": SUPERVISOR, "why": "supervision", "read_only": True})
    fields = {
        "writer": FORMER, "first": 1, "last": len(former.lines), "decision": "taken", "author": "x",
        "decided_at": "2026-11-20T09:30:00Z", "sensitivity": "L2", "reason": "So.",
    }  # fmt: skip
    supervisor.say("late_decision", fields)
    return [cover, supervisor]


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
