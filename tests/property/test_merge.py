"""Taking in lines is a set union: repetition and order change nothing, and nothing is lost."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from desk_kit import Clock, meeting_draft, new_desk, open_case
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.domain.lines import Line, Link
from imsa_desk.errors import Broken, Refused
from imsa_desk.services import cases, meetings, people
from imsa_desk.services.desk import Desk
from imsa_desk.store.project import differences
from imsa_desk.store.records import CaseRow, SafeContactRow, record_classes
from imsa_desk.store.tables import journal_body, journal_head, journal_link
from imsa_desk.store.take_in import TakenIn, take_in
from imsa_desk.store.verify import verify_chains


def lines_of(desk: Desk, writer: str | None = None) -> list[Line]:
    joined = (journal_link.c.writer == journal_body.c.writer) & (journal_link.c.seq == journal_body.c.seq)
    query = select(journal_link, journal_body.c.body).join_from(
        journal_link, journal_body, joined, isouter=True
    )
    with desk.store.read() as session:
        rows = session.execute(query.order_by(journal_link.c.writer, journal_link.c.seq)).all()
    found = [Line(Link(*row[:5]), row[5]) for row in rows]
    return [line for line in found if writer in (None, line.link.writer)]


def give(desk: Desk, lines: list[Line]) -> TakenIn:
    with desk.store.begin("take_in") as session:
        return take_in(session, desk.store.clock, lines)


def tables(session: Session, writer: str) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every record that a writer made, and the heads."""
    own = set(session.execute(select(journal_body.c.record).where(journal_body.c.writer == writer)).scalars())
    found: dict[str, list[tuple[object, ...]]] = {}
    for cls in record_classes():
        rows = session.execute(select(cls.__table__)).all()
        found[cls.kind] = sorted((tuple(r) for r in rows if r.id in own), key=str)
    heads = session.execute(select(journal_head)).all()
    found["heads"] = sorted((tuple(r) for r in heads if r.record in own), key=str)
    return found


def same(one: Desk, other: Desk, writer: str) -> None:
    with one.store.read() as a, other.store.read() as b:
        assert tables(a, writer) == tables(b, writer)
        verify_chains(b.connection(), {}, bodies=True)
        assert differences(b.connection()) == []


@settings(max_examples=6, deadline=None)
@given(st.lists(st.integers(1, 8), min_size=1, max_size=5))
def test_any_partition_and_repetition_gives_the_same_tables(cuts: list[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        one, two = new_desk(Path(folder) / "1", Clock()), new_desk(Path(folder) / "2", Clock())
        case_id = open_case(one)
        for n in range(3):
            meetings.log_meeting(one, meeting_draft(case_id, f"Note {n}"))
        meeting = meetings.meetings_of(one, case_id)[0].id
        meetings.change_meeting(one, meeting, meeting_draft(case_id, "Changed"))
        lines = lines_of(one, one.store.writer)
        at = 0
        for size in cuts:
            give(two, lines[at : at + size])
            give(two, lines[max(0, at - 1) : at + size])
            at += size
        give(two, lines)
        assert give(two, lines) == TakenIn(0, 0, frozenset())
        same(one, two, one.store.writer)
        one.store.close()
        two.store.close()


def test_a_withheld_body_leaves_its_record_out_until_it_comes(desk: Desk, tmp_path: Path) -> None:
    case_id = open_case(desk)
    meeting = meetings.log_meeting(desk, meeting_draft(case_id))
    lines = lines_of(desk)
    withheld = [
        Line(line.link, None) if line.body and line.parsed()["record"] == meeting else line for line in lines
    ]
    other = new_desk(tmp_path / "other", Clock())
    give(other, withheld)
    with pytest.raises(Refused):
        meetings.meeting(other, meeting)
    assert give(other, lines).records == frozenset({meeting})
    assert meetings.meeting(other, meeting).notes == meeting_draft("").notes
    same(desk, other, desk.store.writer)
    other.store.close()


def test_concurrent_changes_of_one_field_are_both_kept(desk: Desk, tmp_path: Path) -> None:
    case_id = open_case(desk)
    other = new_desk(tmp_path / "other", Clock())
    give(other, lines_of(desk))
    for side, tier in ((desk, "t1"), (other, "t2")):
        with side.store.begin("change") as session:
            row = session.get(CaseRow, case_id)
            assert row is not None
            row.tier = tier
    give(desk, lines_of(other, other.store.writer))
    give(other, lines_of(desk, desk.store.writer))
    for side in (desk, other):
        with side.store.read() as session:
            query = select(journal_head.c.line).where(
                journal_head.c.record == case_id, journal_head.c.field == "tier"
            )
            assert len(session.execute(query).all()) == 2
    same(desk, other, desk.store.writer)
    shown = {cases.case_head(side, case_id).tier for side in (desk, other)}
    assert len(shown) == 1
    with desk.store.begin("settle") as session:
        row = session.get(CaseRow, case_id)
        assert row is not None
        row.tier = "t3"
    give(other, lines_of(desk, desk.store.writer))
    assert cases.case_head(other, case_id).tier == "t3"
    same(desk, other, desk.store.writer)
    other.store.close()


def test_a_restriction_wins_over_a_concurrent_permission(desk: Desk, tmp_path: Path) -> None:
    case_id = open_case(desk)
    other = new_desk(tmp_path / "other", Clock())
    give(other, lines_of(desk))
    for side, safe in ((other, "no"), (desk, "ask_first")):
        with side.store.begin("change") as session:
            row = session.scalars(select(SafeContactRow).where(SafeContactRow.case_id == case_id)).one()
            row.safe = safe
    give(desk, lines_of(other, other.store.writer))
    with desk.store.read() as session:
        person = session.scalars(select(SafeContactRow.person_id)).first() or ""
        assert [c.safe for c in people.safe_contacts_of(session, person)] == ["no"]
    other.store.close()


def test_a_gap_a_fork_and_an_altered_line_are_refused_and_change_nothing(desk: Desk, tmp_path: Path) -> None:
    open_case(desk)
    lines = lines_of(desk)
    other = new_desk(tmp_path / "other", Clock())
    before = other.store.heads()
    with pytest.raises(Refused) as gap:
        give(other, lines[1:])
    assert gap.value.code == "E_GAP"
    altered = [*lines[:-1], Line(lines[-1].link, (lines[-1].body or "").replace("labour", "sexual"))]
    with pytest.raises(Broken) as chain:
        give(other, altered)
    assert chain.value.code == "E_CHAIN"
    assert other.store.heads() == before
    give(other, lines)
    forked = Link(lines[-1].link.writer, lines[-1].link.seq, lines[-1].link.prev, "0" * 64, "1" * 64)
    with pytest.raises(Refused) as fork:
        give(other, [Line(forked, None)])
    assert fork.value.code == "E_FORK"
    other.store.close()
