"""In whatever order and however often lines come: what the one who has a case erased shows nowhere again."""

from __future__ import annotations

import secrets
from random import Random
from typing import Any

import pytest
from late_lines_kit import (
    CASE,
    FORMER,
    HERE,
    NEW,
    NOW,
    OFFICE,
    Writing,
    bundles,
    memory,
    withheld,
)
from sqlalchemy import select

from imsa_desk.domain.lines import make_line
from imsa_desk.store.project import differences
from imsa_desk.store.records import CaseRow, MeetingRow
from imsa_desk.store.store import Store
from imsa_desk.store.tables import journal_body, waiting_body
from imsa_desk.store.take_in import take_in

HISTORIES = 12


def _open(maker: Writing) -> None:
    fields = {"code": "K7Q-M2T-3", "nation": "wales", "tier": "t1", "status": "active"}
    maker.say("case", fields | {"opened_on": "2026-11-01", "sensitivity": "L2"}, record=CASE)


def _erase(writing: Writing, spans: list[list[Any]]) -> None:
    body = writing.lines[-1].parsed() | {
        "base": {}, "case": CASE, "fields": {"lines": spans}, "kind": "case", "op": "erase", "record": CASE,
        "salt": secrets.token_hex(16),
    }  # fmt: skip
    at = len(writing.lines) + 1
    writing.lines.append(make_line(writing.writer, at, writing.lines[-1].link.line_hash, body))


def history(random: Random, *, given: bool) -> list[Writing]:
    """Make a case that goes to another, who erases all of it; or who was never given it and tries to."""
    former, office, new = Writing(FORMER), Writing(OFFICE), Writing(NEW)
    _open(former)
    for n in range(random.randint(1, 3)):
        former.meet(f"first {n}")
    assigned = {
        "name": "B. Practice", "role": "advocate", "from_on": "2026-11-20", "decided_by": "Llais",
        "most": "L4", "sensitivity": "L1", "why": random.choice(["leaving", "absence", "cover"]),
        "writer": NEW if given else "e" * 32, "after": f'{{"{FORMER}":{len(former.lines)}}}',
    }  # fmt: skip
    office.say("assignment", assigned)
    for n in range(random.randint(1, 3)):
        new.meet(f"second {n}")
    _erase(new, [[w.writer, 1, len(w.lines)] for w in (former, office, new)])
    return [former, office, new]


def state(store: Store, empty: bytes, random: Random, writings: list[Writing]) -> tuple[Any, ...]:
    """Take everything in, in an order of its own, into an empty journal; give what is left."""
    driver: Any = store.engine.raw_connection().driver_connection
    driver.deserialize(empty)
    found = bundles(random, writings)
    for n, lines in enumerate(found):
        with store.begin("take_in") as session:
            take_in(session, store.clock, lines if n >= len(found) - 3 else withheld(random, lines))
    with store.read() as session:
        assert differences(session.connection()) == []
        table = journal_body.c
        present = session.execute(select(table.writer, table.seq).where(table.body.is_not(None)))
        waits = session.execute(select(waiting_body.c.writer, waiting_body.c.seq))
        notes = sorted(session.scalars(select(MeetingRow.notes)))
        return sorted(map(tuple, present)), sorted(map(tuple, waits)), notes, session.query(CaseRow.id).all()


@pytest.mark.parametrize("given", [True, False])
def test_an_erasure_by_the_one_who_has_the_case_counts_in_any_order(given: bool) -> None:
    engine = memory()
    driver: Any = engine.raw_connection().driver_connection
    empty, store = driver.serialize(), Store(engine, HERE, lambda: NOW)
    for seed in range(HISTORIES):
        random = Random(f"erasing {seed}")
        writings = history(random, given=given)
        one, other = (state(store, empty, Random(f"{seed} {n}"), writings) for n in range(2))
        assert one == other, seed
        _, waits, notes, cases = one
        if given:
            assert (waits, notes, cases) == ([], [], []), seed
        else:
            assert cases and all(note.startswith("first") for note in notes) and notes, seed
