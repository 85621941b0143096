"""What verbs promise: refusals name the field, nothing typed is lost, undo takes back, search finds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from desk_kit import Clock, add_professional, case_draft, contact_draft, meeting_draft, open_case

from imsa_desk.domain.actions import ActionDraft
from imsa_desk.domain.cases import CaseDraft
from imsa_desk.domain.consents import ConsentDraft, Recipient
from imsa_desk.domain.coordination import SharingDraft
from imsa_desk.domain.documents import DocumentDraft
from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.learning import ReflectionDraft
from imsa_desk.domain.people import PersonDraft, SafeContactDraft
from imsa_desk.domain.themes import ThemeEntryDraft
from imsa_desk.errors import Refused
from imsa_desk.services import (
    access,
    actions,
    caseload,
    cases,
    consents,
    coordination,
    documents,
    history,
    learning,
    meetings,
    people,
    professionals,
    search,
    themes,
    timeline,
    today,
)
from imsa_desk.services.desk import Desk
from imsa_desk.vocab import (
    AccessKind,
    ActionState,
    CaseStatus,
    ConsentPurpose,
    InfoCategory,
    Kind,
    RecipientKind,
    Theme,
)

HOSTILE = (
    "<img src=x>",
    "=1+1",
    "<b>bold</b> & more",
    "سلام",
    "ሰላም ለዓለም",
    "Nguyễn Thị",
    "'; DROP TABLE person; --",
)


def fields(error: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {p.field for p in error.value.problems}


def test_every_problem_of_a_draft_is_named_at_once(desk: Desk, case_id: CaseId) -> None:
    draft = replace(
        meeting_draft(case_id),
        on="31/02/2026",
        time="25:00",
        minutes="a while",
        notes=" ",
        actions=(ActionDraft("", due_on="friday"),),
    )
    with pytest.raises(Refused) as error:
        meetings.log_meeting(desk, draft)
    assert fields(error) == {"on", "time", "minutes", "notes", "actions.0.text"}
    assert meetings.meetings_of(desk, case_id) == ()


@pytest.mark.parametrize("typed", ["", "0024", "1/1/1024", "32 nov", "yesterdayish", "31/11/26"])
def test_an_impossible_date_is_refused_in_words(desk: Desk, case_id: CaseId, typed: str) -> None:
    with pytest.raises(Refused) as error:
        meetings.log_meeting(desk, replace(meeting_draft(case_id), on=typed))
    assert "date of the meeting" in error.value.message


def test_six_thousand_characters_and_hostile_text_come_back_as_typed(desk: Desk, case_id: CaseId) -> None:
    notes = "\n".join(HOSTILE) + "\n" + "Every word counts. " * 320
    meeting = meetings.log_meeting(desk, meeting_draft(case_id, notes))
    assert meetings.meeting(desk, meeting).notes == notes
    for words in HOSTILE:
        case = open_case(desk, words)
        assert cases.case_head(desk, case).known_as == words
        search.find_anything(desk, words)


def test_a_meeting_written_days_later_says_so(desk: Desk, case_id: CaseId, clock: Clock) -> None:
    meeting = meetings.log_meeting(desk, replace(meeting_draft(case_id), on="17 nov"))
    assert meetings.meeting(desk, meeting).written_days_later == 3


def test_a_case_needs_a_name_and_a_nation(desk: Desk) -> None:
    with pytest.raises(Refused) as error:
        cases.open_case(desk, CaseDraft())
    assert fields(error) == {"nation", "known_as"}
    assert caseload.caseload(desk) == ()


def test_case_codes_differ_and_carry_a_check_character(desk: Desk) -> None:
    codes = {cases.case_head(desk, open_case(desk)).code for _ in range(20)}
    assert len(codes) == 20
    assert all(len(c) == 9 and not set(c) & set("01ILO") for c in codes)


def test_the_legal_name_is_shown_only_on_asking_and_that_is_noted(desk: Desk, case_id: CaseId) -> None:
    assert "Legal" not in str(cases.case(desk, case_id))
    assert people.reveal_legal_name(desk, case_id) == "Selam Legal"
    assert [a.kind for a in access.accesses_of(desk, case_id)] == [AccessKind.REVEAL]


def test_a_safe_contact_rule_replaces_the_one_before_and_ages(
    desk: Desk, case_id: CaseId, clock: Clock
) -> None:
    people.set_safe_contact(
        desk, case_id, SafeContactDraft(channel="text", safe="no", note="phone was taken")
    )
    contacts = cases.case_head(desk, case_id).safe_contacts
    assert [(c.channel, c.safe) for c in contacts] == [("text", "no")]
    clock.move(days=31)
    assert contacts[0].days_old(desk.today()) == 31
    assert "Safe contact is old" in {lack.what for lack in today.today_page(desk).lacks}
    people.confirm_safe_contact(desk, case_id)
    assert cases.case_head(desk, case_id).safe_contacts[0].days_old(desk.today()) == 0


def test_sharing_needs_the_survivors_consent_for_that_recipient(desk: Desk, case_id: CaseId) -> None:
    who = add_professional(desk, case_id)
    draft = replace(contact_draft(case_id, who), shared=(SharingDraft("address", who),))
    with pytest.raises(Refused) as error:
        coordination.record_contact(desk, draft)
    assert fields(error) == {"shared.0.basis"}
    organisation = professionals.organisations(desk)[0]
    consent = consents.give_consent(
        desk, ConsentDraft(case_id, "organisation", organisation.id, "housing", ("address",))
    )
    contact = coordination.contact(desk, coordination.record_contact(desk, draft))
    assert contact.shared[0].consent_id == consent
    consents.withdraw_consent(desk, consent, "by text message")
    with pytest.raises(Refused, match="withdrawn"):
        coordination.record_contact(desk, draft)


def test_sharing_on_another_basis_needs_a_written_reason(desk: Desk, case_id: CaseId) -> None:
    who = add_professional(desk, case_id)
    shared = SharingDraft("address", who, basis="vital_interests")
    with pytest.raises(Refused) as error:
        coordination.record_contact(desk, replace(contact_draft(case_id, who), shared=(shared,)))
    assert fields(error) == {"shared.0.override_reason"}
    told = replace(shared, override_reason="Threat made today; supervisor consulted; address only.")
    contact = coordination.record_contact(desk, replace(contact_draft(case_id, who), shared=(told,)))
    assert coordination.contact(desk, contact).shared[0].basis == "vital_interests"


def test_consent_counts_by_purpose_and_from_its_day(desk: Desk, case_id: CaseId, clock: Clock) -> None:
    gp = Recipient(RecipientKind.ROLE, "gp")
    consents.give_consent(desk, ConsentDraft(case_id, "role", "gp", "health", ("health", "contact")))
    asked = [InfoCategory.HEALTH, InfoCategory.ADDRESS]
    found = consents.may_share(desk, case_id, gp, asked, ConsentPurpose.HEALTH)
    assert (found.allowed, found.missing) == ((InfoCategory.HEALTH,), (InfoCategory.ADDRESS,))
    assert not consents.may_share(desk, case_id, gp, asked, ConsentPurpose.POLICE).allowed
    assert consents.may_share(desk, open_case(desk), gp, asked).allowed == ()


def test_an_act_is_undone_whole(desk: Desk, case_id: CaseId) -> None:
    draft = replace(meeting_draft(case_id), actions=(ActionDraft("Write the letter", due_on="friday"),))
    meetings.log_meeting(desk, draft)
    act = history.last_act(desk)
    assert act is not None
    history.undo(desk, act.id)
    assert meetings.meetings_of(desk, case_id) == ()
    assert actions.actions_of(desk, case_id) == ()


def test_undo_is_refused_once_something_was_changed_again(desk: Desk, case_id: CaseId) -> None:
    meeting = meetings.log_meeting(desk, meeting_draft(case_id))
    act = history.last_act(desk)
    assert act is not None
    meetings.change_meeting(desk, meeting, meeting_draft(case_id, "Changed"))
    with pytest.raises(Refused, match="history"):
        history.undo(desk, act.id)
    assert meetings.meeting(desk, meeting).notes == "Changed"


def test_an_earlier_version_can_be_brought_back(desk: Desk, case_id: CaseId) -> None:
    meeting = meetings.log_meeting(desk, meeting_draft(case_id, "First"))
    meetings.change_meeting(desk, meeting, meeting_draft(case_id, "Second"))
    lines = history.history(desk, Kind.MEETING, meeting)
    assert [(c.before, c.after) for c in lines[0].changes if c.field == "notes"] == [("First", "Second")]
    history.bring_back(desk, Kind.MEETING, meeting, lines[-1].writer, lines[-1].seq)
    assert meetings.meeting(desk, meeting).notes == "First"


def test_a_removed_meeting_can_be_brought_back(desk: Desk, case_id: CaseId) -> None:
    meeting = meetings.log_meeting(desk, meeting_draft(case_id))
    meetings.delete_meeting(desk, meeting, "entered twice")
    first = history.history(desk, Kind.MEETING, meeting)[-1]
    history.bring_back(desk, Kind.MEETING, meeting, first.writer, first.seq)
    assert meetings.meeting(desk, meeting).themes == (Theme.HOUSING, Theme.RESILIENCE)


@pytest.mark.parametrize(
    "typed", ["07700 900123", "07700900123", "+44 7700 900123", "7700-900-123", "selam", "ሰላም", "SELAM"]
)
def test_people_are_found_however_it_is_typed(desk: Desk, case_id: CaseId, typed: str) -> None:
    assert case_id in {f.case_id for f in search.find_anything(desk, typed)}


def test_accents_do_not_hide_a_name(desk: Desk) -> None:
    case = open_case(desk, "Nguyễn")
    assert case in {f.case_id for f in search.find_anything(desk, "nguyen")}
    code = cases.case_head(desk, case).code
    assert search.find_anything(desk, code.replace("-", "").lower())[0].case_id == case


def test_restricted_notes_are_found_but_never_quoted(desk: Desk, case_id: CaseId) -> None:
    meetings.log_meeting(
        desk, replace(meeting_draft(case_id, "the blue door"), sensitivity="L3", title="Secret")
    )
    (found,) = search.find_anything(desk, "blue door")
    assert found.excerpt == ""
    (moment,) = timeline.timeline(desk, case_id)
    assert moment.covered and moment.summary == "" and "Secret" not in moment.title


def test_the_timeline_narrows_by_kind_theme_and_words(desk: Desk, case_id: CaseId) -> None:
    meetings.log_meeting(desk, meeting_draft(case_id, "About the bus"))
    coordination.record_contact(desk, contact_draft(case_id, add_professional(desk, case_id)))
    assert len(timeline.timeline(desk, case_id)) == 2
    assert len(timeline.timeline(desk, case_id, kinds=[Kind.MEETING])) == 1
    assert len(timeline.timeline(desk, case_id, theme=Theme.HOUSING)) == 1
    assert len(timeline.timeline(desk, case_id, text="bus")) == 1


def test_tiles_say_now_and_before(desk: Desk, case_id: CaseId) -> None:
    themes.note_theme(desk, ThemeEntryDraft(case_id, "t2", on="1 nov", need_level=3))
    themes.note_theme(desk, ThemeEntryDraft(case_id, "t2", need_level=4, next_step="Ask for a review"))
    tile = themes.tiles(desk, case_id)[1]
    assert tile.now is not None and tile.before is not None
    assert (tile.now.need_level, tile.before.need_level, tile.next_step) == (4, 3, "Ask for a review")
    with pytest.raises(Refused):
        themes.note_theme(desk, ThemeEntryDraft(case_id, "t9"))


def test_done_actions_keep_their_day_and_leave_today(desk: Desk, case_id: CaseId, clock: Clock) -> None:
    action = actions.add_action(desk, case_id, ActionDraft("Ring the GP", due_on="today"))
    assert [d.what for d in today.today_page(desk).due] == ["Ring the GP"]
    actions.set_action_state(desk, action, ActionState.DONE)
    assert actions.actions_of(desk, case_id)[0].done_on == date(2026, 11, 20)
    assert today.today_page(desk).due == ()


def test_a_promise_not_kept_stands_on_today(desk: Desk, case_id: CaseId, clock: Clock) -> None:
    who = add_professional(desk, case_id)
    promise = ActionDraft("Call back", "professional", who, "tomorrow")
    coordination.record_contact(desk, replace(contact_draft(case_id, who), actions=(promise,)))
    assert today.today_page(desk).promises == ()
    clock.move(days=3)
    assert [a.owner_name for a in today.today_page(desk).promises] == ["M. Okafor"]
    (row,) = professionals.board(desk, case_id)
    assert row.days_silent == 3 and row.promised is not None


def test_documents_are_kept_by_content_and_only_known_types(desk: Desk, case_id: CaseId) -> None:
    data = b"%PDF-1.7 " + b"x" * (2 << 20)
    document = documents.add_document(desk, DocumentDraft(case_id, "Letter"), data)
    assert documents.read_document(desk, document)[1] == data
    with pytest.raises(Refused) as error:
        documents.add_document(desk, DocumentDraft(case_id, "Letter.pdf"), b"MZ\x90\x00")
    assert fields(error) == {"file"}


def test_a_reflection_belongs_to_no_case_and_is_private(desk: Desk) -> None:
    learning.write_reflection(desk, ReflectionDraft(text="A long week."))
    (found,) = learning.reflections(desk)
    assert found.private and found.on == desk.today()


def test_closing_needs_a_reason_and_hides_the_case(desk: Desk, case_id: CaseId) -> None:
    with pytest.raises(Refused):
        cases.close_case(desk, case_id, "because")
    cases.close_case(desk, case_id, "goals_met")
    assert caseload.caseload(desk) == ()
    assert cases.closed_count(desk) == 1
    assert caseload.caseload(desk, include_closed=True)[0].status is CaseStatus.CLOSED


def test_a_birth_may_be_about_a_year(desk: Desk) -> None:
    draft = replace(case_draft(), person=PersonDraft(known_as="Ana", born="about 1990"))
    person = cases.case(desk, cases.open_case(desk, draft)).person
    assert (person.born, person.born_approximate) == ("1990", True)
