"""Conflicts at the organisation: told without a value, read only by a grant, settled by the advocate."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from exchange_kit import new_case, new_meeting
from office_verbs_kit import Between, between, new_desk
from sqlalchemy import select

from imsa_desk.domain.ids import CaseId, MeetingId
from imsa_desk.errors import Refused
from imsa_desk.office.commands import parser
from imsa_desk.office.conflicts import _line as conflict_line
from imsa_desk.services import conflicts, meetings, office_conflicts, vaults
from imsa_desk.services.corrections import propose
from imsa_desk.services.grants import grant
from imsa_desk.store.records import AccessRow, CaseRow, MeetingRow

WORDS = "Northgate Constabulary"


@pytest.fixture(params=["encrypted file", "postgresql"])
def both(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Between]:
    """An office with each kind of database."""
    database = request.getfixturevalue("postgresql_url") if request.param == "postgresql" else ""
    with between(tmp_path, database) as made:
        yield made


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Between]:
    """An office, for what does not depend on the database."""
    with between(tmp_path) as made:
        yield made


def proposed(both: Between) -> CaseId:
    """A case for which the organisation proposes another police force."""
    case = new_case(both.a, "Abeba")
    new_meeting(both.a, case, "First meeting")
    both.deliver(both.a, case)
    propose(both.office, case, "police_force", WORDS, "They wrote so.")
    return case


def test_without_a_grant_no_value_is_told(both: Between) -> None:
    case = proposed(both)
    (fact,) = office_conflicts.conflicts(both.office)
    assert (fact.record, fact.kind, fact.field, fact.words) == (case, "case", "police_force", ())
    assert {name for name, _ in fact.sides} == {both.a.actor.name, both.office.about.name}
    assert WORDS not in repr(fact)
    assert office_conflicts.conflicts(both.office, case) == (fact,)
    with pytest.raises(Refused) as refused:
        office_conflicts.read_conflicts(both.office, "Rosa Manager", case)
    assert refused.value.code == "E_NO_GRANT"


def test_with_a_grant_both_sides_are_read_and_the_reading_is_noted(both: Between) -> None:
    case = proposed(both)
    until = (both.office.now() + timedelta(days=5)).date()
    grant(both.office, case, "Rosa Manager", "Complaint 7", until)
    (fact,) = office_conflicts.read_conflicts(both.office, "Rosa Manager")
    assert set(fact.words) == {"Nothing written", WORDS}
    with both.office.records.read() as session:
        details = session.scalars(select(AccessRow.detail).where(AccessRow.case_id == case)).all()
        assert any("conflicts read by Rosa Manager" in detail for detail in details)


def test_what_is_above_the_grant_keeps_its_words(plain: Between) -> None:
    case = new_case(plain.a, "Abeba")
    meeting = new_meeting(plain.a, case, "Restricted words", "L3")
    plain.deliver(plain.a, case, include=(meeting,))
    propose(plain.office, meeting, "title", "A title", "Clearer.")
    propose(plain.office, case, "police_force", WORDS, "They wrote so.")
    until = (plain.office.now() + timedelta(days=5)).date()
    grant(plain.office, case, "Rosa Manager", "Complaint 7", until)
    found = office_conflicts.read_conflicts(plain.office, "Rosa Manager", case)
    assert {fact.field: bool(fact.words) for fact in found} == {"police_force": True, "title": False}


def test_the_advocate_settles_and_the_organisation_sees_it_settled(plain: Between) -> None:
    case = proposed(plain)
    plain.bring(plain.a)
    (found,) = conflicts.conflicts(plain.a, case)
    assert [side.author for side in found.sides if side.proposal] == [plain.office.about.name]
    keep = next(side.line for side in found.sides if side.proposal)
    conflicts.settle(plain.a, case, "police_force", keep=keep)
    plain.deliver(plain.a, case)
    assert office_conflicts.conflicts(plain.office) == ()
    with plain.office.records.read() as session:
        assert session.get_one(CaseRow, case).police_force == WORDS


def test_what_was_removed_on_one_laptop_and_changed_on_another_is_told(both: Between, tmp_path: Path) -> None:
    case = new_case(both.a, "Abeba")
    meeting = new_meeting(both.a, case, "First meeting")
    both.deliver(both.a, case)
    second = new_desk(tmp_path, "A2", both.office, second_of=both.a.store.writer)
    try:
        both.bring(second)
        meetings.delete_meeting(both.a, MeetingId(meeting), "Written in the wrong case.")
        with second.store.begin("change") as session:
            session.get_one(MeetingRow, meeting).notes = "Second words"
        both.deliver(second, case)
        both.deliver(both.a, case)
        (fact,) = office_conflicts.conflicts(both.office)
        assert (fact.record, fact.field, fact.words) == (meeting, "deleted_at", ())
        assert sorted(fact.did) == ["changed", "removed"]
        assert all(f" {word} " in conflict_line(fact) for word in fact.did)
        until = (both.office.now() + timedelta(days=5)).date()
        grant(both.office, case, "Rosa Manager", "Complaint 7", until)
        (read,) = office_conflicts.read_conflicts(both.office, "Rosa Manager")
        assert set(read.words) == {
            "Removed: Written in the wrong case.",
            "Changed: What happened: Second words",
        }
        both.bring(both.a)
        (found,) = conflicts.conflicts(both.a, case)
        keep = next(side.line for side in found.sides if side.value is None)
        conflicts.settle(both.a, meeting, "deleted_at", keep=keep, seen=found.seen)
        both.deliver(both.a, case)
        both.bring(second)
        assert not conflicts.conflicts(second)
        assert not office_conflicts.conflicts(both.office)
        assert meetings.meeting(second, MeetingId(meeting)).notes == "Second words"
    finally:
        vaults.lock(second)


def test_the_command_lists_conflicts_without_values() -> None:
    args = parser().parse_args(["conflicts", "--office", "o", "--case", "K7Q-M2T-3", "--as", "Rosa"])
    assert (args.case, args.name) == ("K7Q-M2T-3", "Rosa")
    assert json.dumps(vars(args)["case"])
