"""Filling a vault with a practice caseload: every event is done by the verb that the window uses."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from imsa_desk.domain.actions import ActionDraft
from imsa_desk.domain.assessments import Urgent
from imsa_desk.domain.consents import ConsentDraft
from imsa_desk.domain.documents import DocumentDraft
from imsa_desk.domain.ids import AssessmentId, CaseId, ConsentId, MeetingId, ProfessionalId
from imsa_desk.domain.safety import SafetyResponseDraft
from imsa_desk.progress import Progress, quiet
from imsa_desk.services.actions import actions_of, set_action_state
from imsa_desk.services.addenda import add_addendum
from imsa_desk.services.assessments import (
    assessments_of,
    save_section,
    sign_off,
    start_assessment,
    urgent_of,
)
from imsa_desk.services.cases import change_case, close_case, open_case
from imsa_desk.services.consents import give_consent, withdraw_consent
from imsa_desk.services.coordination import record_contact
from imsa_desk.services.desk import Desk
from imsa_desk.services.documents import add_document
from imsa_desk.services.learning import write_reflection
from imsa_desk.services.meetings import log_meeting
from imsa_desk.services.people import confirm_safe_contact
from imsa_desk.services.practice.values import (
    ActionMoved,
    AddedTo,
    Assessed,
    CaseChanged,
    Closed,
    Consented,
    Event,
    InTouch,
    Joined,
    Met,
    Paper,
    Planned,
    PracticeCase,
    PracticeCaseload,
    Reflected,
    ResponsesClosed,
    SafetyConfirmed,
    ThemeNoted,
    Withdrew,
)
from imsa_desk.services.professionals import add_professional, involve, professionals
from imsa_desk.services.safety import close_response, record_response, responses_of
from imsa_desk.services.safety_plans import plan_of, save_plan
from imsa_desk.services.themes import note_theme
from imsa_desk.vocab import Kind, RecipientKind

_Entry = tuple[datetime, int, int, Event | PracticeCase | Reflected]


@dataclass(slots=True)
class Filling:
    """What the vault has so far: the ids that stand for the caseload's keys."""

    desk: Desk
    cases: dict[int, CaseId] = field(default_factory=dict)
    people: dict[str, ProfessionalId] = field(default_factory=dict)
    organisations: dict[str, str] = field(default_factory=dict)
    consents: dict[tuple[int, str], ConsentId] = field(default_factory=dict)


def fill(
    desk: Desk,
    caseload: PracticeCaseload,
    set_clock: Callable[[datetime], None],
    progress: Progress = quiet,
) -> None:
    """Do everything in order of time; `set_clock` moves the desk's and the journal's clock to each event."""
    filling = Filling(desk)
    entries = sorted(_entries(caseload), key=lambda entry: entry[:3])
    for done, (at, number, _, event) in enumerate(entries):
        set_clock(at)
        match event:
            case PracticeCase():
                filling.cases[number] = open_case(desk, event.draft)
            case Reflected():
                write_reflection(desk, event.draft)
            case _:
                _do(filling, number, event)
        progress(done + 1, len(entries))


def _entries(caseload: PracticeCaseload) -> Iterable[_Entry]:
    for number, case in enumerate(caseload.cases):
        yield case.at, number, -1, case
        for place, event in enumerate(case.events):
            yield event.at, number, place, event
    for place, reflected in enumerate(caseload.reflections):
        yield reflected.at, len(caseload.cases), place, reflected


def _do(filling: Filling, number: int, event: Event) -> None:
    desk, case_id = filling.desk, filling.cases[number]
    match event:
        case Joined():
            _join(filling, case_id, event)
        case Met():
            meeting_id = log_meeting(desk, replace(event.draft, case_id=case_id))
            if event.paper is not None:
                _keep(desk, case_id, meeting_id, event.paper)
        case InTouch():
            _touch(filling, case_id, event)
        case ThemeNoted():
            note_theme(desk, replace(event.draft, case_id=case_id))
        case Consented():
            draft = _recipient(filling, replace(event.draft, case_id=case_id))
            filling.consents[number, event.key] = give_consent(desk, draft)
        case Withdrew():
            withdraw_consent(desk, filling.consents[number, event.key], event.how)
        case ActionMoved():
            open_ones = (a for a in actions_of(desk, case_id, only_open=True) if a.text == event.text)
            for action in list(open_ones)[:1]:
                set_action_state(desk, action.id, event.state)
        case SafetyConfirmed():
            confirm_safe_contact(desk, case_id)
        case Assessed():
            _assess(desk, case_id, event)
        case Planned():
            newest = plan_of(desk, case_id)
            save_plan(desk, case_id, replace(event.draft, based_on=newest.id if newest else ""))
        case AddedTo():
            signed = (line.id for line in assessments_of(desk, case_id) if line.signed_at is not None)
            add_addendum(desk, next(signed), event.draft)
        case ResponsesClosed():
            for response in responses_of(desk, case_id):
                if response.is_open:
                    close_response(desk, response.id, event.note)
        case CaseChanged():
            change_case(desk, case_id, event.draft)
        case Closed():
            close_case(desk, case_id, event.reason)


def _join(filling: Filling, case_id: CaseId, event: Joined) -> None:
    """Add a professional on first sight; later cases only say that they are involved."""
    known = filling.people.get(event.key)
    if known is not None:
        involve(filling.desk, case_id, known, event.draft)
        return
    added = filling.people[event.key] = add_professional(filling.desk, event.draft, case_id)
    if event.draft.organisation not in filling.organisations:
        for one in professionals(filling.desk):
            if one.id == added and one.organisation_id is not None:
                filling.organisations[event.draft.organisation] = one.organisation_id
    filling.organisations[event.key] = filling.organisations[event.draft.organisation]


def _keep(desk: Desk, case_id: CaseId, meeting_id: MeetingId, paper: Paper) -> None:
    draft = DocumentDraft(
        case_id=case_id,
        title=paper.title,
        belongs_kind=Kind.MEETING,
        belongs_id=meeting_id,
        sensitivity=paper.sensitivity,
    )
    add_document(desk, draft, paper.data)


def _touch(filling: Filling, case_id: CaseId, event: InTouch) -> None:
    people, draft = filling.people, event.draft
    actions = tuple(_named(people, action) for action in draft.actions)
    shared = tuple(replace(s, professional_id=people[s.professional_id]) for s in draft.shared)
    participants = tuple(people[key] for key in draft.participants)
    ready = replace(draft, case_id=case_id, participants=participants, shared=shared, actions=actions)
    record_contact(filling.desk, ready)


def _named(people: dict[str, ProfessionalId], action: ActionDraft) -> ActionDraft:
    return (
        replace(action, professional_id=people[action.professional_id]) if action.professional_id else action
    )


def _recipient(filling: Filling, draft: ConsentDraft) -> ConsentDraft:
    if draft.recipient_kind == RecipientKind.ORGANISATION:
        return replace(draft, recipient_id=filling.organisations[draft.recipient_id])
    if draft.recipient_kind == RecipientKind.ROLE:
        return draft
    return replace(draft, recipient_id=filling.people[draft.recipient_id])


def _assess(desk: Desk, case_id: CaseId, event: Assessed) -> None:
    assessment_id = start_assessment(desk, case_id, event.header)
    for section in event.sections:
        save_section(desk, assessment_id, section.section_id, section.answers, skipped=section.skipped)
    for n, urgent in enumerate(urgent_of(desk, assessment_id)):
        _respond(desk, case_id, assessment_id, event, n, urgent)
    if event.signed:
        sign_off(desk, assessment_id)


def _respond(
    desk: Desk, case_id: CaseId, assessment_id: AssessmentId, event: Assessed, n: int, urgent: Urgent
) -> None:
    made = event.responses[n % len(event.responses)]
    draft = SafetyResponseDraft(
        case_id=case_id,
        assessment_id=assessment_id,
        question_id=urgent.question_id,
        done_now=made.done_now,
        told_who=made.told_who,
    )
    record_response(desk, draft)
