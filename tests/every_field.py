"""A case in which every field that holds words was filled, by the verbs the windows use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields
from typing import TypeVar

from every_form import tell_own_review

from imsa_desk.domain.actions import ActionDraft
from imsa_desk.domain.assessments import AnswerDraft, AssessmentHeader, AssessmentLine
from imsa_desk.domain.cases import CaseDraft
from imsa_desk.domain.consents import ConsentDraft
from imsa_desk.domain.coordination import ContactDraft, ProfessionalDraft, SharingDraft
from imsa_desk.domain.documents import DocumentDraft
from imsa_desk.domain.drafts import Draft
from imsa_desk.domain.forms import Question, QuestionKind
from imsa_desk.domain.ids import AssessmentId, CaseId, DocumentId, MeetingId, PlanId, ProfessionalId, new_id
from imsa_desk.domain.learning import ReflectionDraft
from imsa_desk.domain.meetings import MeetingDraft
from imsa_desk.domain.people import PersonDraft, SafeContactDraft
from imsa_desk.domain.safety import SafetyResponseDraft
from imsa_desk.domain.safety_plans import PARTS, SafetyPlanDraft
from imsa_desk.domain.themes import ThemeEntryDraft
from imsa_desk.services import (
    assessments,
    cases,
    consents,
    coordination,
    documents,
    drafts,
    learning,
    meetings,
    professionals,
    review_cycle,
    safety,
    safety_plans,
    themes,
)
from imsa_desk.services.desk import Desk
from imsa_desk.services.practice.papers import letter_pdf

D = TypeVar("D")
Say = Callable[[str], str]
"""Gives what to write in a field of that name, such as "MeetingDraft.notes"."""


@dataclass(frozen=True, slots=True)
class Told:
    """The records in which everything was written."""

    case_id: CaseId
    professional_id: ProfessionalId
    meeting_id: MeetingId
    assessment_id: AssessmentId
    signed_id: AssessmentId
    plan_id: PlanId
    document_id: DocumentId


def filled(kind: type[D], say: Say, **known: object) -> D:
    """Make a draft with words in every text field that is not `known`: days, words of a list and ids are."""
    words: dict[str, object] = {
        field.name: say(f"{kind.__name__}.{field.name}")
        for field in fields(kind)  # type: ignore[arg-type]
        if field.type == "str" and field.default in ("", MISSING) and field.name not in known
    }
    return kind(**words, **known)


def tell_everything(desk: Desk, say: Say) -> Told:
    """Open a case and write in every field there is."""
    case_id = _open(desk, say)
    who = professionals.add_professional(
        desk,
        filled(ProfessionalDraft, say, role="housing_officer", themes=("t2",), started_on="today"),
        case_id,
    )
    given = {"case_id": case_id, "recipient_kind": "professional", "recipient_id": who}
    days = {"valid_from": "today", "review_on": "in 30 days", "language": "en"}
    consents.give_consent(desk, filled(ConsentDraft, say, categories=("health",), **given, **days))
    action = filled(ActionDraft, say, owner="imsa", professional_id="", due_on="in 3 days", theme="t2")
    meeting_id = meetings.log_meeting(
        desk,
        filled(
            MeetingDraft,
            say,
            case_id=case_id,
            on="today",
            time="08:00",
            minutes="30",
            attendees=(say("MeetingDraft.attendees"),),
            themes=("t2", "t4"),
            actions=(action,),
        ),
    )
    _record_contact(desk, say, case_id, who, action)
    themes.note_theme(
        desk,
        filled(ThemeEntryDraft, say, case_id=case_id, theme="t2", on="today", need_level=3, not_discussed=""),
    )
    learning.write_reflection(desk, filled(ReflectionDraft, say, on="today"))
    assessment_id = _assess(desk, say, case_id)
    signed_id = tell_own_review(desk, say, case_id, _header(say))
    plan = {part: say(f"SafetyPlanDraft.{part}") for part in PARTS}
    first = safety_plans.save_plan(desk, case_id, SafetyPlanDraft(plan))
    plan_id = safety_plans.save_plan(
        desk, case_id, SafetyPlanDraft(plan, agreed_how="spoken", based_on=first)
    )
    review_cycle.note_trigger(desk, case_id, "move", note=say("Trigger.note"))
    aside = review_cycle.note_trigger(desk, case_id, "arrest", note=say("Trigger.aside"))
    review_cycle.set_trigger_aside(desk, aside, say("Trigger.set_aside"))
    paper = letter_pdf(say("paper.title"), [say("paper.line")])
    document = filled(DocumentDraft, say, case_id=case_id, belongs_kind="meeting", belongs_id=meeting_id)
    document_id = documents.add_document(desk, document, paper)
    return Told(case_id, who, meeting_id, assessment_id, signed_id, plan_id, document_id)


def _open(desk: Desk, say: Say) -> CaseId:
    rule = filled(SafeContactDraft, say, channel="text", safe="yes")
    person = filled(
        PersonDraft,
        say,
        aliases=(say("PersonDraft.aliases"),),
        born="1 May 1999",
        gender="",
        interpreter_gender="",
        languages=("ti", "ar"),
        safe_contacts=(rule,),
    )
    return cases.open_case(
        desk,
        filled(
            CaseDraft,
            say,
            person=person,
            nation="england",
            tier="t3",
            opened_on="today",
            nrm_status_on="",
            referral_source="",
            exploitation=("labour",),
        ),
    )


def _record_contact(desk: Desk, say: Say, case_id: CaseId, who: ProfessionalId, action: ActionDraft) -> None:
    shared = filled(SharingDraft, say, category="health", professional_id=who)
    coordination.record_contact(
        desk,
        filled(
            ContactDraft,
            say,
            case_id=case_id,
            on="today",
            time="08:30",
            minutes="15",
            participants=(who,),
            themes=("t2",),
            survivor_told_on="",
            next_contact_on="tomorrow",
            shared=(shared,),
            actions=(action,),
        ),
    )


def _assess(desk: Desk, say: Say, case_id: CaseId) -> AssessmentId:
    made = assessments.start_assessment(desk, case_id, _header(say))
    form = assessments.form_of(desk, _line(desk, case_id))
    for section in form.sections:
        given = [_answer(one, say) for one in section.questions if one.takes_answer]
        assessments.save_section(desk, made, section.id, [one for one in given if one.value])
    answer = filled(
        SafetyResponseDraft,
        say,
        case_id=case_id,
        assessment_id=made,
        question_id="S1",
        told_on="today",
        told_time="09:00",
    )
    safety.record_response(desk, answer)
    return made


def _header(say: Say) -> AssessmentHeader:
    return filled(
        AssessmentHeader, say, on="today", consent_to_assess="yes", purpose_explained=True, review_trigger=""
    )


def _line(desk: Desk, case_id: CaseId) -> AssessmentLine:
    return assessments.assessments_of(desk, case_id)[0]


def _answer(question: Question, say: Say) -> AnswerDraft:
    words = say(f"answer.{question.id}")
    match question.kind:
        case QuestionKind.SHORT_TEXT | QuestionKind.LONG_TEXT:
            return AnswerDraft(question.id, {"text": words})
        case QuestionKind.YES_NO_UNKNOWN:
            return AnswerDraft(question.id, {"choice": "yes", "note": words})
        case QuestionKind.NEED_ITEM:
            return AnswerDraft(
                question.id, {"advocate": 3, "survivor": 2, "words": words, "next_step": words}
            )
        case QuestionKind.RISK_ITEM:
            rated = {"present": "yes", "likelihood": 4, "severity": 4, "judged_band": "low"}
            return AnswerDraft(question.id, {**rated, "words": words, "judgement_reason": words})
    return AnswerDraft(question.id)


def keep_half_written(desk: Desk, case_id: CaseId, words: str) -> None:
    """Keep a draft of an editor, as the windows do while somebody types."""
    drafts.save_draft(desk, Draft(new_id(), "meeting", case_id, "", words, '{"notes": "x"}', "", desk.now()))
