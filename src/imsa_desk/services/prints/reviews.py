"""An assessment as it prints: every answer, what was done at once, its seal and what was added afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from imsa_desk.domain.addenda import Addendum
from imsa_desk.domain.assessments import Assessment
from imsa_desk.domain.dates import say_full
from imsa_desk.domain.forms import Form
from imsa_desk.domain.ids import AssessmentId
from imsa_desk.domain.prints import PrintWish
from imsa_desk.domain.safety import SafetyResponse
from imsa_desk.printing.answers import printed_sections
from imsa_desk.printing.assessment import assessment_pdf
from imsa_desk.printing.page import moment
from imsa_desk.printing.sheet import (
    AddendumSheet,
    AssessmentSheet,
    Countersigned,
    Fact,
    RiskItem,
    Section,
    SignOff,
)
from imsa_desk.services.addenda import addenda_of, seals_hold
from imsa_desk.services.assessments import assessment, form_of
from imsa_desk.services.cases import case_head
from imsa_desk.services.desk import LOCAL, Desk
from imsa_desk.services.prints.common import (
    Ready,
    consent_of_review,
    form_line,
    header_word,
    in_language,
    name_of,
    whose,
)
from imsa_desk.services.safety import responses_of
from imsa_desk.vocab import AddendumKind, AssessmentState

_SAID_BELOW_TITLE = ("assessment_type", "on")


def review(desk: Desk, wish: PrintWish) -> Ready:
    """Gather a whole assessment."""
    sheet = review_sheet(desk, wish)
    return Ready(sheet, lambda fonts, progress: assessment_pdf(sheet, fonts, progress=progress))


def review_sheet(desk: Desk, wish: PrintWish) -> AssessmentSheet:
    """Gather what stands on an assessment's print. Raises Refused where a recipient may not see it."""
    value = assessment(desk, AssessmentId(wish.assessment_id))
    form = in_language(form_of(desk, value), wish.language)
    head = case_head(desk, value.line.case_id)
    responses = [r for r in responses_of(desk, head.id) if r.assessment_id == value.line.id]
    added = addenda_of(desk, value.line.id)
    sections = printed_sections(
        form, value.answers, value.skipped_sections, label=desk.lists.label, on=value.line.on
    )
    return AssessmentSheet(
        title=form.title,
        case_code=head.code,
        form_line=form_line(form),
        sensitivity=desk.lists.label("sensitivity", value.sensitivity),
        printed_by=desk.actor.name,
        printed_at=desk.now().astimezone(LOCAL),
        consent_line=consent_of_review(desk, form, value, wish.recipient),
        practice=desk.practice,
        known_as=name_of(head, wish),
        subtitle=subtitle(desk, value),
        language=form.language,
        own_rating_label=f"In {whose(head)} own rating",
        own_words_label=f"In {whose(head)} own words",
        facts=_facts(form, value),
        sections=tuple(_with_responses(form, section, responses) for section in sections),
        signed=_signed(desk, value, added),
        addenda=_addenda(desk, form, added),
    )


def subtitle(desk: Desk, value: Assessment) -> str:
    """Say what kind of assessment it is and of which day."""
    kind = desk.lists.label("assessment_type", value.line.assessment_type)
    return f"{kind}   {say_full(value.line.on)}"


def _signed(desk: Desk, value: Assessment, added: Sequence[Addendum]) -> SignOff | None:
    if value.line.state is not AssessmentState.SIGNED or value.line.signed_at is None:
        return None
    names = [
        Countersigned(one.name, one.role, one.written_at.astimezone(LOCAL), one.seal_digest, one.text)
        for one in added
        if one.what is AddendumKind.COUNTERSIGNATURE
    ]
    return SignOff(
        value.line.author,
        value.line.signed_at.astimezone(LOCAL),
        value.seal_digest,
        tuple(names),
        seals_hold(desk, value.line.id),
    )


def _addenda(desk: Desk, form: Form, added: Sequence[Addendum]) -> tuple[AddendumSheet, ...]:
    """Give corrections and additions; countersignatures stand with the sign-off."""
    return tuple(
        AddendumSheet(
            what=desk.lists.label("addendum_kind", one.what),
            text=one.text,
            author=one.author,
            at=one.written_at.astimezone(LOCAL),
            digest=one.seal_digest,
            about=_about(form, one.question_id),
        )
        for one in added
        if one.what is not AddendumKind.COUNTERSIGNATURE
    )


def _about(form: Form, key: str) -> str:
    question = form.question(key.partition("#")[0]) if key else None
    return f"{question.number} {question.text}".strip() if question is not None else key


def _facts(form: Form, value: Assessment) -> tuple[Fact, ...]:
    """Give what stands above the questions, in the form's own words and order."""
    shown = [question for question in form.header if question.id not in _SAID_BELOW_TITLE]
    found = [Fact(question.text, header_word(question, value.header)) for question in shown]
    return tuple(fact for fact in found if fact.value)


def _with_responses(form: Form, section: Section, responses: list[SafetyResponse]) -> Section:
    """Put what was done at once beside the risks it was done about."""
    done = {
        (question.number, question.text): [r for r in responses if r.question_id == question.id]
        for question in form.questions()
    }
    items = tuple(
        replace(item, details=(*item.details, *_response_facts(done.get((item.number, item.text), []))))
        if isinstance(item, RiskItem)
        else item
        for item in section.items
    )
    return replace(section, items=items)


def _response_facts(responses: list[SafetyResponse]) -> list[Fact]:
    facts: list[Fact] = []
    for response in reversed(responses):
        told = f", {moment(response.told_at.astimezone(LOCAL))}" if response.told_at else ""
        facts.append(Fact("What was done at once", response.done_now))
        facts.append(Fact("Who was told", f"{response.told_who}{told}" if response.told_who else ""))
        if not response.is_open:
            facts.append(Fact("How it ended", response.closed_note))
    return facts
