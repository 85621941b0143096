"""Sending: exactly what the preview says, within its scope, and what restricts first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_kit import add_professional
from exchange_kit import Meeting, meet_again, new_case, new_meeting
from sending_kit import SCAN, compare, deliver, end_case, full_case, inside, send
from sqlalchemy import select

from imsa_desk.domain.assessments import AssessmentHeader
from imsa_desk.domain.exchange import StayWhy
from imsa_desk.domain.ids import MeetingId
from imsa_desk.domain.meetings import MeetingDraft
from imsa_desk.domain.people import SafeContactDraft
from imsa_desk.domain.statistics import read_facts
from imsa_desk.errors import Refused
from imsa_desk.services import exchange, meetings, office
from imsa_desk.services.assessments import start_assessment
from imsa_desk.services.consents import consents_of, withdraw_consent
from imsa_desk.services.people import set_safe_contact
from imsa_desk.services.retention import erase_case
from imsa_desk.services.share_choice import choice_of, choose_scope, scope_of
from imsa_desk.services.statistics import changed_facts
from imsa_desk.store.records import (
    CaseRow,
    ConsentRow,
    MeetingRow,
    ProfessionalRow,
    SafeContactRow,
    StatisticRow,
)
from imsa_desk.vocab import Kind, ShareScope


@pytest.fixture
def met(tmp_path: Path) -> Iterator[Meeting]:
    with meet_again(tmp_path) as made:
        yield made


def test_the_preview_says_exactly_what_the_bundle_then_holds(met: Meeting) -> None:
    first, second, third = (full_case(met, name) for name in ("Abeba", "Bran", "Carys"))
    full_case(met, "Dilys")
    choose_scope(met.desk, second, "coordination", "She asked for it.")
    choose_scope(met.desk, third, "statistics", "She asked for it.")
    chosen = (first, second, third)
    plan = exchange.will_leave(met.desk, chosen)
    assert plan.counted == 4
    include = [plan.cases[0].restricted[0].id]
    plan = exchange.will_leave(met.desk, chosen, include)
    file = send(met, *chosen, include=include)
    compare(plan, inside(met, file))
    assert met.ingest(file)[0].done is not None
    new_meeting(met.desk, first, "later")
    (given, *_) = consents_of(met.desk, second)
    withdraw_consent(met.desk, given.id, "By telephone")
    plan = exchange.will_leave(met.desk, [first])
    compare(plan, inside(met, send(met, first)))


def test_the_preview_says_what_stays_and_why(met: Meeting) -> None:
    case = full_case(met, "Abeba")
    (plan,) = exchange.will_leave(met.desk, [case]).cases
    stays = {(one.kind, one.why): one.entries for one in plan.staying}
    assert stays[(Kind.MEETING, StayWhy.RESTRICTED)] == 1
    assert stays[(Kind.MEETING, StayWhy.SEALED)] == 1
    assert stays[(Kind.PERSON_NAME, StayWhy.RESTRICTED)] == 1
    assert sum(stays.values()) == plan.stays
    assert [(paper.title, paper.size) for paper in plan.papers] == [("Letter Abeba", len(SCAN) + 5)]
    choose_scope(met.desk, case, "coordination", "Less is enough.")
    (plan,) = exchange.will_leave(met.desk, [case]).cases
    assert {one.why for one in plan.staying if one.kind is Kind.MEETING} == {StayWhy.SCOPE}
    assert plan.papers == () and all(one.kind is not Kind.MEETING for one in plan.kinds)


def test_coordination_only_keeps_meetings_assessments_and_documents_here(met: Meeting) -> None:
    case = full_case(met, "Abeba")
    start_assessment(met.desk, case, AssessmentHeader())
    choose_scope(met.desk, case, "coordination", "She asked for it.")
    found = inside(met, send(met, case))
    kinds = {Kind(kind) for _, kind in found.kinds}
    assert {Kind.CASE, Kind.PERSON, Kind.SAFE_CONTACT, Kind.CONSENT, Kind.STATISTIC} <= kinds
    assert not kinds & {Kind.MEETING, Kind.MEETING_THEME, Kind.THEME_ENTRY}
    assert not kinds & {Kind.ASSESSMENT, Kind.DOCUMENT, Kind.ANSWER}
    assert found.documents == {}
    assert not [text for text in found.texts if "everyday" in text or "theme Abeba" in text]


def test_numbers_only_lets_out_no_name_no_code_and_needs_no_consent(met: Meeting) -> None:
    case = new_case(met.desk, "Abeba", consent=False)
    choose_scope(met.desk, case, "statistics", "She asked for it.")
    plan = exchange.will_leave(met.desk, [case])
    assert not plan.needs_reason
    code = plan.cases[0].code
    found = inside(met, send(met, case))
    assert {kind for _, kind in found.kinds} == {"statistic"}
    assert not [text for text in found.texts if "Abeba" in text or code in text]


def test_a_restricted_professional_stays_although_an_entry_names_one(met: Meeting) -> None:
    case = new_case(met.desk, "Abeba")
    shown, hidden = add_professional(met.desk, case), add_professional(met.desk, case)
    with met.desk.store.begin("restrict") as session:
        for who, name, level in ((shown, "Plain Name", "L2"), (hidden, "Hidden Name", "L4")):
            row = session.get_one(ProfessionalRow, who)
            row.name, row.sensitivity = name, level
    exchange.export(met.desk, [case], met.out)
    office.ingest(met.office, list(met.out.glob("*.imsa")))
    with met.office.records.read() as session:
        names = set(session.scalars(select(ProfessionalRow.name)))
    assert "Plain Name" in names and "Hidden Name" not in names


def test_the_scope_comes_from_the_organisation_until_it_is_chosen(met: Meeting) -> None:
    case = new_case(met.desk, "Abeba")
    assert scope_of(met.desk, case) is ShareScope.FULL
    with pytest.raises(Refused):
        choose_scope(met.desk, case, "statistics", " ")
    with pytest.raises(Refused):
        choose_scope(met.desk, case, "everything", "why not")
    choose_scope(met.desk, case, "statistics", "She asked for it.")
    found = choice_of(met.desk, case)
    assert (found.scope, found.reason) == (ShareScope.STATISTICS, "She asked for it.")
    before = met.desk.store.lines()
    choose_scope(met.desk, case, "statistics", "Again.")
    assert met.desk.store.lines() == before


def test_numbers_of_every_case_leave_and_only_where_they_changed(met: Meeting) -> None:
    first, second = full_case(met, "Abeba"), full_case(met, "Bran")
    deliver(met, first)
    with met.office.records.read() as session:
        facts = {row.case_id: read_facts(row.facts) for row in session.query(StatisticRow)}
        assert {row.id for row in session.query(CaseRow)} == {first}
    assert facts.keys() == {first, second}
    told = facts[second]
    assert told is not None and told.themes["t1"] == 3 and sum(told.meetings.values()) == 3
    assert changed_facts(met.desk) == {}
    new_meeting(met.desk, second, "one more")
    assert changed_facts(met.desk).keys() == {second}
    deliver(met)
    with met.office.records.read() as session:
        (row,) = session.query(StatisticRow).filter(StatisticRow.case_id == second)
        again = read_facts(row.facts)
        assert again is not None and sum(again.meetings.values()) == 4
        assert {row.id for row in session.query(CaseRow)} == {first}


def test_a_withdrawn_consent_of_a_case_not_chosen_leaves_with_the_next_bundle(met: Meeting) -> None:
    case, other = full_case(met, "Abeba"), full_case(met, "Bran")
    deliver(met, case, other)
    (given,) = consents_of(met.desk, case)
    withdraw_consent(met.desk, given.id, "SECRET words of hers")
    new_meeting(met.desk, case, "SECRET meeting")
    plan = exchange.will_leave(met.desk, [other])
    assert [(one.case_id, one.kind) for one in plan.first] == [(case, Kind.CONSENT)]
    file = send(met, other)
    assert not [text for text in inside(met, file).texts if "SECRET" in text]
    met.ingest(file)
    with met.office.records.read() as session:
        row = session.get(ConsentRow, given.id)
        assert row is not None and row.withdrawn_on is not None and row.withdrawn_how == ""


def test_safety_changes_and_erasures_leave_although_nothing_was_chosen(met: Meeting) -> None:
    case, gone = full_case(met, "Abeba"), full_case(met, "Bran")
    deliver(met, case, gone)
    set_safe_contact(met.desk, case, SafeContactDraft(channel="phone", safe="no", address="07000 1"))
    set_safe_contact(met.desk, case, SafeContactDraft(channel="text", safe="no", address="07000 1"))
    with met.desk.store.read() as session:
        meeting = MeetingId(session.query(MeetingRow).filter(MeetingRow.notes == "everyday Abeba").one().id)
    draft = MeetingDraft(
        case_id=case, on="1 June 2026", time="10:00", how="phone", notes="SECRET", sensitivity="L4"
    )
    meetings.change_meeting(met.desk, meeting, draft)
    end_case(met, gone)
    erase_case(met.desk, gone, "asked for it")
    deliver(met)
    with met.office.records.read() as session:
        safe = {row.channel: row.safe for row in session.query(SafeContactRow)}
        assert safe == {"phone": "no", "text": "no"}
        row = session.get(MeetingRow, meeting)
        assert row is not None and (row.sensitivity, row.notes) == ("L4", "everyday Abeba")
        assert [row.id for row in session.query(CaseRow)] == [case]


def test_a_new_safety_entry_of_a_case_never_sent_stays(met: Meeting) -> None:
    case, other = full_case(met, "Abeba"), full_case(met, "Bran")
    deliver(met, other)
    set_safe_contact(met.desk, case, SafeContactDraft(channel="text", safe="no", address="07000 2"))
    plan = exchange.will_leave(met.desk, [other])
    assert plan.first == ()


def test_a_private_case_leaves_nothing_and_is_not_counted(met: Meeting) -> None:
    case, other = full_case(met, "Abeba"), full_case(met, "Bran")
    with met.desk.store.begin("change_case") as session:
        row = session.get(CaseRow, case)
        assert row is not None
        row.private = True
    found = inside(met, send(met, case, other))
    assert case not in {where for where, _ in found.kinds}
