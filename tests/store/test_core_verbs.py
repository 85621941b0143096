"""What the verbs do with time, sensitivity, consent, undo and search where it is easy to get wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from desk_kit import Clock, add_professional, case_draft, contact_draft, meeting_draft, open_case

from imsa_desk.domain.actions import ActionDraft
from imsa_desk.domain.cases import CaseDraft
from imsa_desk.domain.consents import ConsentDraft
from imsa_desk.domain.coordination import SharingDraft
from imsa_desk.domain.documents import DocumentDraft
from imsa_desk.domain.ids import CaseId, ConsentId
from imsa_desk.domain.people import PersonDraft, SafeContactDraft
from imsa_desk.errors import Refused
from imsa_desk.services import (
    access,
    actions,
    caseload,
    cases,
    checking,
    consents,
    coordination,
    documents,
    history,
    meetings,
    people,
    professionals,
    search,
    themes,
    timeline,
    today,
)
from imsa_desk.services.desk import Desk
from imsa_desk.store.project import differences
from imsa_desk.vocab import AccessKind, CaseStatus, Kind, Sensitivity


def undo_last(desk: Desk) -> None:
    act = history.last_act(desk)
    assert act is not None
    history.undo(desk, act.id)


def fields(error: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {p.field for p in error.value.problems}


# --- undo and history ---


def test_undo_goes_further_back_each_time_and_never_takes_the_same_act_twice(
    desk: Desk, case_id: CaseId
) -> None:
    for words in ("one", "two"):
        meetings.log_meeting(desk, meeting_draft(case_id, words))
    undo_last(desk)
    undo_last(desk)
    assert meetings.meetings_of(desk, case_id) == ()
    last = history.last_act(desk)
    assert last is not None and last.verb == "open_case"


def test_an_undo_can_itself_be_undone(desk: Desk, case_id: CaseId) -> None:
    meeting = meetings.log_meeting(desk, meeting_draft(case_id))
    undo_last(desk)
    line = history.history(desk, Kind.MEETING, meeting)[0]
    assert line.verb == "undo"
    history.undo(desk, line.act_id)
    assert [m.id for m in meetings.meetings_of(desk, case_id)] == [meeting]
    assert len(meetings.meeting(desk, meeting).themes) == 2


def test_a_case_opened_by_mistake_goes_whole_but_not_from_under_its_entries(
    desk: Desk, case_id: CaseId
) -> None:
    opened = history.last_act(desk)
    assert opened is not None
    meeting = meetings.log_meeting(desk, meeting_draft(case_id))
    with pytest.raises(Refused, match="entries since"):
        history.undo(desk, opened.id)
    meetings.delete_meeting(desk, meeting, "entered twice")
    history.undo(desk, opened.id)
    assert caseload.caseload(desk) == () and search.find_anything(desk, "selam") == ()
    assert checking.check_open(desk).ok


def test_an_act_that_only_looked_cannot_be_undone(desk: Desk, case_id: CaseId) -> None:
    people.reveal_legal_name(desk, case_id)
    seen = access.accesses_of(desk, case_id)[0]
    act = history.history(desk, Kind.ACCESS, seen.id)[0].act_id
    with pytest.raises(Refused, match="nothing to undo"):
        history.undo(desk, act)


def test_bringing_back_a_version_never_makes_it_less_restricted(desk: Desk, case_id: CaseId) -> None:
    meeting = meetings.log_meeting(desk, meeting_draft(case_id, "First"))
    first = history.history(desk, Kind.MEETING, meeting)[0]
    meetings.change_meeting(desk, meeting, replace(meeting_draft(case_id, "Second"), sensitivity="L4"))
    history.bring_back(desk, Kind.MEETING, meeting, first.writer, first.seq)
    back = meetings.meeting(desk, meeting)
    assert (back.notes, back.sensitivity) == ("First", Sensitivity.L4)


def test_a_withdrawn_consent_is_not_brought_back(desk: Desk, case_id: CaseId) -> None:
    consent = consents.give_consent(desk, ConsentDraft(case_id, "role", "gp", categories=("health",)))
    given = history.history(desk, Kind.CONSENT, consent)[0]
    consents.withdraw_consent(desk, consent, "by text")
    with pytest.raises(Refused, match="Record a new one"):
        history.bring_back(desk, Kind.CONSENT, consent, given.writer, given.seq)


# --- sensitivity ---


def test_what_belongs_to_a_meeting_becomes_as_restricted_as_it(desk: Desk, case_id: CaseId) -> None:
    draft = replace(meeting_draft(case_id), actions=(ActionDraft("Ask about the blue door", due_on="today"),))
    meeting = meetings.log_meeting(desk, draft)
    paper = documents.add_document(
        desk, DocumentDraft(case_id, "Blue letter", Kind.MEETING, meeting), b"%PDF-1"
    )
    meetings.change_meeting(desk, meeting, replace(draft, sensitivity="L3", title="Blue", place="Blue"))
    assert [a.sensitivity for a in actions.actions_of(desk, case_id)] == ["L3"]
    assert documents.read_document(desk, paper)[0].sensitivity == "L3"
    page = today.today_page(desk)
    assert "blue" not in str(page).lower()
    assert page.meetings[0].id == meeting and page.due[0].kind is Kind.ACTION
    assert all(f.excerpt == "" for f in search.find_anything(desk, "blue"))
    assert "blue" not in str(timeline.timeline(desk, case_id)).lower()
    meetings.change_meeting(desk, meeting, draft)
    assert [a.sensitivity for a in actions.actions_of(desk, case_id)] == ["L2"]
    assert documents.read_document(desk, paper)[0].sensitivity == "L3"


def test_a_restricted_promise_is_not_quoted_on_today(desk: Desk, case_id: CaseId, clock: Clock) -> None:
    who = add_professional(desk, case_id)
    promise = ActionDraft("Send the address", "professional", who, "tomorrow")
    coordination.record_contact(
        desk, replace(contact_draft(case_id, who), actions=(promise,), sensitivity="L4")
    )
    clock.move(days=3)
    (found,) = today.today_page(desk).promises
    assert found.text == today.RESTRICTED


def test_a_number_that_was_found_is_not_shown_until_asked_for(desk: Desk, case_id: CaseId) -> None:
    found = search.find_anything(desk, "07700 900123")
    assert [f.kind for f in found] == [Kind.SAFE_CONTACT]
    assert found[0].excerpt == "" and found[0].known_as == "Selam"


# --- time ---


def test_a_meeting_to_come_is_neither_a_last_contact_nor_work_on_a_theme(
    desk: Desk, case_id: CaseId, clock: Clock
) -> None:
    meetings.log_meeting(desk, replace(meeting_draft(case_id), on="in 2 days"))
    assert caseload.caseload(desk)[0].last_contact is None
    assert all(t.last_touched is None for t in themes.tiles(desk, case_id))
    assert len(today.today_page(desk).meetings) == 1
    clock.move(days=3)
    assert caseload.caseload(desk)[0].last_contact is not None


def test_saving_a_meeting_again_leaves_its_moment_as_it_was(
    desk: Desk, case_id: CaseId, clock: Clock
) -> None:
    clock.at = datetime(2026, 10, 25, 1, 30, 27, tzinfo=UTC)  # the second 01:30 of that night
    meeting = meetings.log_meeting(desk, replace(meeting_draft(case_id), time=""))
    before = meetings.meeting(desk, meeting).at
    meetings.change_meeting(desk, meeting, replace(meeting_draft(case_id), time="01:30"))
    assert meetings.meeting(desk, meeting).at == before == clock.at
    meetings.change_meeting(desk, meeting, replace(meeting_draft(case_id), time="01:15"))
    assert meetings.meeting(desk, meeting).at == datetime(2026, 10, 25, 0, 15, tzinfo=UTC)


def test_the_week_ahead_has_seven_days_also_when_the_clocks_change(
    desk: Desk, case_id: CaseId, clock: Clock
) -> None:
    clock.at = datetime(2026, 10, 23, 22, 59, tzinfo=UTC)  # a minute to midnight in London
    meetings.log_meeting(desk, replace(meeting_draft(case_id), on="29 oct", time="23:30"))
    meetings.log_meeting(desk, replace(meeting_draft(case_id), on="30 oct", time="00:00"))
    assert [m.on for m in today.today_page(desk).meetings] == [date(2026, 10, 29)]
    clock.move(minutes=1)
    assert desk.today() == date(2026, 10, 24)
    assert len(today.today_page(desk).meetings) == 2


def test_today_counts_everything_and_closed_cases_hide_nothing(desk: Desk, case_id: CaseId) -> None:
    closed = open_case(desk, "Ended")
    for n in range(120):
        actions.add_action(desk, closed, ActionDraft(f"Old {n}", due_on="1/11/2026"))
    meetings.log_meeting(desk, meeting_draft(closed))
    cases.close_case(desk, closed, "goals_met")
    for n in range(15):
        actions.add_action(desk, case_id, ActionDraft(f"New {n}", due_on="19/11/2026"))
    page = today.today_page(desk)
    assert page.sentence == "No meetings today, nothing due within a week, 15 overdue."
    assert len(page.due) == today.MOST


# --- what is typed ---


def test_nothing_a_person_typed_is_lost_on_the_way(desk: Desk, case_id: CaseId) -> None:
    words = "می‌خواهم 👩‍👧‍👦 é \u2067שלום\u2069 ไม่ \t two  spaces\n\n- point"
    meeting = meetings.log_meeting(desk, meeting_draft(case_id, words))
    assert meetings.meeting(desk, meeting).notes == words
    pasted = meetings.log_meeting(desk, meeting_draft(case_id, "one\x0btwo\u2028three\x85four\r\nfive\rsix"))
    assert meetings.meeting(desk, pasted).notes.split("\n") == ["one", "two", "three", "four", "five", "six"]


def test_an_action_typed_again_with_another_day_is_kept(desk: Desk, case_id: CaseId) -> None:
    draft = replace(meeting_draft(case_id), actions=(ActionDraft("Ring", due_on="23 nov"),))
    meeting = meetings.log_meeting(desk, draft)
    meetings.change_meeting(desk, meeting, draft)
    assert len(actions.actions_of(desk, case_id)) == 1
    meetings.change_meeting(desk, meeting, replace(draft, actions=(ActionDraft("Ring", due_on="30 nov"),)))
    assert [str(a.due_on) for a in actions.actions_of(desk, case_id)] == ["2026-11-23", "2026-11-30"]


def test_problems_name_the_line_as_it_stands_in_the_editor(desk: Desk, case_id: CaseId) -> None:
    rows = (ActionDraft(), ActionDraft("", due_on="friday"), ActionDraft("Ring", theme="t9"))
    with pytest.raises(Refused) as error:
        meetings.log_meeting(desk, replace(meeting_draft(case_id), actions=rows))
    assert fields(error) == {"actions.1.text", "actions.2.theme"}
    who = add_professional(desk, case_id)
    told = SharingDraft("address", who, basis="vital_interests", override_reason="Threat made today.")
    draft = replace(contact_draft(case_id, who), shared=(told,))
    contact = coordination.record_contact(desk, draft)
    with pytest.raises(Refused) as error:
        coordination.change_contact(desk, contact, replace(draft, shared=(told, SharingDraft("health", who))))
    assert fields(error) == {"shared.1.basis"}


def test_a_record_that_would_belong_to_nothing_is_refused(desk: Desk, case_id: CaseId) -> None:
    nowhere = CaseId("d" * 32)
    with pytest.raises(Refused):
        actions.add_action(desk, nowhere, ActionDraft("Ring"))
    with pytest.raises(Refused):
        documents.add_document(desk, DocumentDraft(nowhere, "Letter"), b"%PDF-1")
    who = add_professional(desk, case_id)
    told = SharingDraft("address", "d" * 32, basis="vital_interests", override_reason="Threat.")
    with pytest.raises(Refused, match="list of professionals"):
        coordination.record_contact(desk, replace(contact_draft(case_id, who), shared=(told,)))


def test_the_preferred_language_follows_its_order(desk: Desk, case_id: CaseId) -> None:
    person = cases.case(desk, case_id).person
    draft = PersonDraft(known_as="Selam", languages=("ar", "ti"), interpreter_needed=True)
    people.change_person(desk, person.id, draft)
    assert cases.case_head(desk, case_id).interpreter.startswith(desk.lists.label("languages", "ar"))


def test_a_case_opened_again_is_no_longer_closed(desk: Desk, case_id: CaseId) -> None:
    cases.close_case(desk, case_id, "goals_met")
    cases.change_case(desk, case_id, replace(case_draft(), status=CaseStatus.REOPENED))
    found = cases.case(desk, case_id)
    assert (found.closed_on, found.closure_reason) == (None, "")


# --- consent ---


def test_sharing_is_judged_by_the_consent_of_that_day(desk: Desk, case_id: CaseId, clock: Clock) -> None:
    who = add_professional(desk, case_id)
    consent = consents.give_consent(
        desk, ConsentDraft(case_id, "role", "housing_officer", categories=("address",))
    )
    clock.move(days=2)
    consents.withdraw_consent(desk, consent, "by text")
    draft = replace(contact_draft(case_id, who), shared=(SharingDraft("address", who),))
    for day in ("today", "19 nov"):  # withdrawn counts from its own day; the day before nothing was given
        with pytest.raises(Refused):
            coordination.record_contact(desk, replace(draft, on=day))
    contact = coordination.record_contact(desk, replace(draft, on="21 nov", time="10:00"))
    assert coordination.contact(desk, contact).shared[0].consent_id == consent


def test_another_standing_consent_still_allows_what_one_withdrawn_did(desk: Desk, case_id: CaseId) -> None:
    who = add_professional(desk, case_id)
    draft = ConsentDraft(case_id, "professional", who, categories=("health",))
    first = consents.give_consent(desk, draft)
    second: ConsentId = consents.give_consent(desk, replace(draft, purpose="legal"))
    consents.withdraw_consent(desk, first, "by text")
    (row,) = professionals.board(desk, case_id)
    assert row.consent_scope == ("health",) and not row.consent_withdrawn
    consents.withdraw_consent(desk, second, "by text")
    (row,) = professionals.board(desk, case_id)
    assert row.consent_scope == () and row.consent_withdrawn


# --- search ---


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ("Đặng", "dang"),
        ("Łukasz", "lukasz"),
        ("أحمد", "احمد"),
        ("مُحَمَّد", "محمد"),
        ("我住在北京路", "北京"),
        ("สมชายใจดี", "ใจดี"),
        ("ሰላም ለዓለም", "ለዓለ"),
        ("O’Brien", "o'brien"),
        ("José Núñez", "nunez jose"),
    ],
)
def test_a_name_is_found_in_another_spelling(desk: Desk, stored: str, typed: str) -> None:
    case = open_case(desk, stored)
    assert case in {f.case_id for f in search.find_anything(desk, typed)}


@pytest.mark.parametrize(
    "typed",
    ['"', "*", "a* OR b", "NEAR(a b)", "text:selam", "^", "0000", "+44", "(", "--", "' OR 1=1", "٠٧٧٠٠", "½"],
)
def test_no_typed_text_is_taken_as_query_language(desk: Desk, case_id: CaseId, typed: str) -> None:
    search.find_anything(desk, typed)
    assert search.find_anything(desk, "selam")


def test_legal_names_are_found_but_never_quoted(desk: Desk) -> None:
    draft = replace(case_draft(), person=PersonDraft(known_as="Ana", legal_name="Anastasia Example"))
    cases.open_case(desk, draft)
    (found,) = search.find_anything(desk, "anastasia")
    assert (found.known_as, found.excerpt) == ("Ana", "")


def test_lists_and_tables_agree_after_all_of_this(desk: Desk, case_id: CaseId) -> None:
    people.set_safe_contact(desk, case_id, SafeContactDraft(channel="phone", safe="no"))
    access.record_access(desk, AccessKind.PRINT, case_id=case_id)
    with pytest.raises(Refused):
        cases.change_case(desk, case_id, CaseDraft(nation="mars"))
    with desk.store.read() as session:
        assert differences(session.connection()) == []
