"""Taking in what others wrote, when it is malformed, forged, doubled, out of order or very much."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from desk_kit import Clock, new_desk

from imsa_desk.domain.lines import FIRST, Line, make_line
from imsa_desk.errors import Broken, ImsaError, Refused
from imsa_desk.services.desk import Desk
from imsa_desk.store.project import differences
from imsa_desk.store.records import MeetingRow, ReflectionRow
from imsa_desk.store.take_in import TakenIn, take_in
from imsa_desk.store.verify import verify_chains

WRITER = "f" * 32
OTHER = "e" * 32
RECORD = "a" * 32
CASE = "c" * 32


def body(**changes: Any) -> dict[str, Any]:
    """A well-formed body of a note that belongs to no case."""
    made: dict[str, Any] = {
        "act": {"id": "b" * 32, "verb": "write_reflection"},
        "at": "2026-11-20T09:30:00Z",
        "base": {},
        "case": None,
        "fields": {"on": "2026-11-20", "reflection_kind": "reflection", "author": "x", "sensitivity": "L2"},
        "hlc": "019aa0000000-0000",
        "kind": "reflection",
        "op": "create",
        "reason": "",
        "record": RECORD,
        "salt": "d" * 32,
        "sensitivity": "L2",
    }
    return made | changes


def chain(*bodies: dict[str, Any], writer: str = WRITER) -> list[Line]:
    lines: list[Line] = []
    for made in bodies:
        prev = lines[-1].link.line_hash if lines else FIRST
        lines.append(make_line(writer, len(lines) + 1, prev, made))
    return lines


def give(desk: Desk, lines: list[Line]) -> TakenIn:
    with desk.store.begin("take_in") as session:
        return take_in(session, desk.store.clock, lines)


def problems(desk: Desk) -> list[str]:
    with desk.store.read() as session:
        verify_chains(session.connection(), {}, bodies=True)
        return differences(session.connection())


def changed(**fields: Any) -> dict[str, Any]:
    return body(fields=body()["fields"] | fields)


def update(lines: list[Line], fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    base = {name: [lines[0].link.line_hash] for name in fields}
    return body(op="update", fields=fields, base=base, hlc="019aa0000001-0000", **more)


MALFORMED: list[dict[str, Any]] = [
    {k: v for k, v in body().items() if k != "salt"},
    body(extra=1),
    body(act={"id": "b" * 32}),
    body(act={"id": "x", "verb": "v"}),
    body(act={"id": "b" * 32, "verb": 7}),
    body(act=[]),
    body(at="yesterday"),
    body(at="2026-11-20T09:30:00"),
    body(at="2026-11-20T09:30:00+00:00"),
    body(base={"on": []}),
    body(base=[]),
    body(case=""),
    body(case="C" * 32),
    body(case=5),
    body(fields=[]),
    body(fields={}),
    changed(on="20261120"),
    changed(on="2026-02-30"),
    changed(on=20261120),
    changed(on=None),
    changed(text=None),
    changed(text=1),
    changed(text="\0"),
    changed(private="yes"),
    changed(private=1),
    changed(deleted_at="2026-11-20T09:30:00"),
    changed(sensitivity="L9"),
    changed(sensitivity=None),
    changed(unknown="x"),
    body(hlc=""),
    body(hlc="ffffffffffff-ffff"),
    body(hlc=3),
    body(kind="dragon"),
    body(kind=["reflection"]),
    body(kind="case", case=CASE),
    body(op="erase"),
    body(op="delete"),
    body(op=["create"]),
    body(op="update"),
    body(op="update", base={"on": "x"}, fields={"on": "2026-11-20"}),
    body(op="update", base={"on": ["x"]}, fields={"on": "2026-11-20"}),
    body(op="update", base={"on": [5]}, fields={"on": "2026-11-20"}),
    body(op="update", base={}, fields={"on": "2026-11-20"}),
    body(reason=None),
    body(record="../../etc/passwd"),
    body(record=None),
    body(salt=""),
    body(sensitivity="L0"),
    body(sensitivity=["L2"]),
    body(kind="document", fields={"size": 2**40}),
]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    opened = new_desk(tmp_path_factory.mktemp("shared") / "vault", Clock())
    yield opened
    opened.store.close()


@pytest.mark.parametrize("made", MALFORMED, ids=range(len(MALFORMED)))
def test_a_malformed_body_is_refused_in_words_and_changes_nothing(shared: Desk, made: dict[str, Any]) -> None:
    before = shared.store.heads()
    with pytest.raises(Broken) as error:
        give(shared, chain(made))
    assert error.value.code == "E_RECORD"
    assert shared.store.heads() == before


def test_lines_in_our_own_name_that_we_never_wrote_are_an_alarm(desk: Desk) -> None:
    seq, prev = desk.store.heads()[desk.store.writer]
    forged = make_line(desk.store.writer, seq + 1, prev, body())
    with pytest.raises(Refused) as error:
        give(desk, [forged])
    assert error.value.code == "E_FORK"
    assert problems(desk) == []


def test_doubled_and_unsorted_lines_are_taken_in_once(desk: Desk) -> None:
    first = chain(body())
    lines = chain(body(), update(first, {"text": "later"}))
    withheld = Line(lines[0].link, None)
    taken = give(desk, [lines[1], withheld, lines[0], lines[1]])
    assert (taken.links, taken.bodies, taken.records) == (2, 2, frozenset({RECORD}))
    assert taken.kinds == {"reflection"}
    with desk.store.read() as session:
        assert session.get_one(ReflectionRow, RECORD).text == "later"
    assert problems(desk) == []


@pytest.mark.parametrize("first", [0, 1])
def test_another_kind_under_the_same_id_neither_breaks_nor_mixes(desk: Desk, first: int) -> None:
    meeting = body(
        kind="meeting",
        case=CASE,
        fields={
            "at": "2026-11-20T09:30:00Z",
            "recorded_at": "2026-11-20T09:30:00Z",
            "author": "x",
            "how": "phone",
            "sensitivity": "L2",
        },
    )
    both = [chain(body()), chain(meeting, writer=OTHER)]
    give(desk, both[first])
    give(desk, both[1 - first])
    with desk.store.read() as session:
        found = [session.get(ReflectionRow, RECORD), session.get(MeetingRow, RECORD)]
    assert sum(row is not None for row in found) == 1
    wanted = ReflectionRow if both[0][0].link.line_hash < both[1][0].link.line_hash else MeetingRow
    assert isinstance(next(row for row in found if row is not None), wanted)
    assert problems(desk) == []


def test_privacy_and_a_raised_sensitivity_win_over_a_concurrent_change(desk: Desk) -> None:
    made = chain(body())
    give(desk, made)
    open_again = update(made, {"private": False, "sensitivity": "L1"}, salt="1" * 32)
    hidden = update(made, {"private": True, "sensitivity": "L4"}, salt="2" * 32)
    give(desk, chain(hidden, writer=OTHER))
    give(desk, [*made, make_line(WRITER, 2, made[0].link.line_hash, open_again)])
    with desk.store.read() as session:
        row = session.get_one(ReflectionRow, RECORD)
        assert (row.private, row.sensitivity) == (True, "L4")
    assert problems(desk) == []


def test_a_stamp_from_a_wild_clock_does_not_carry_ours_away(desk: Desk) -> None:
    give(desk, chain(body(hlc="07ffffffffff-ffff")))
    assert desk.store.clock.tick() < "04"


def test_an_import_of_many_lines_fits_every_limit_of_the_database(tmp_path: Path) -> None:
    desk = new_desk(tmp_path / "many", Clock())
    bodies = [body(record=f"{n:032x}", salt=f"{n:032x}") for n in range(2_500)]
    taken = give(desk, chain(*bodies))
    assert (taken.links, taken.bodies, len(taken.records)) == (2_500, 2_500, 2_500)
    assert problems(desk) == []
    desk.store.close()


def test_whatever_is_refused_says_nothing_of_what_it_holds(shared: Desk) -> None:
    secret = "Selam lives at 4 Elm Street"
    for made in (changed(on=secret), changed(text=["x", secret]), body(kind=secret), body(hlc=secret)):
        with pytest.raises(ImsaError) as error:
            give(shared, chain(made))
        assert secret not in repr(error.value) + str(error.value)
