"""Verbs about paper: an assessment as a PDF, what it cannot print, and that it was printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from imsa_desk.domain.assessments import Assessment
from imsa_desk.domain.cases import CaseHead
from imsa_desk.domain.consents import Recipient
from imsa_desk.domain.dates import say_full
from imsa_desk.domain.forms import YES_NO_UNKNOWN, Form, Question, is_answered
from imsa_desk.domain.ids import AssessmentId
from imsa_desk.domain.safety import SafetyResponse
from imsa_desk.errors import Problem, Refused
from imsa_desk.paths import resources
from imsa_desk.printing.answers import printed_sections
from imsa_desk.printing.assessment import assessment_pdf as draw_assessment
from imsa_desk.printing.assessment import uncovered
from imsa_desk.printing.fonts import FontSet, load_fonts
from imsa_desk.printing.page import moment
from imsa_desk.printing.sheet import AssessmentSheet, Fact, RiskItem, Section, SignOff
from imsa_desk.progress import Progress, quiet
from imsa_desk.services.access import record_access
from imsa_desk.services.assessments import assessment, form_of
from imsa_desk.services.cases import case_head
from imsa_desk.services.consents import may_share
from imsa_desk.services.desk import LOCAL, Desk
from imsa_desk.services.safety import responses_of
from imsa_desk.vocab import AccessKind, AssessmentState, InfoCategory, Kind, Theme

OWN_COPY = "For the person and their advocate: no consent to share it is relied on."
CATEGORIES: Mapping[str, tuple[InfoCategory, ...]] = {
    Theme.HEALTH: (InfoCategory.HEALTH,),
    Theme.HOUSING: (InfoCategory.ADDRESS, InfoCategory.FINANCES),
    Theme.SUPPORT_NRM: (InfoCategory.IMMIGRATION,),
    Theme.CRIMINAL_JUSTICE: (InfoCategory.OFFENCES,),
    Theme.CIVIL_JUSTICE: (InfoCategory.FINANCES,),
}
"""Information that a theme's answers give away; those of other sections count as the person's account."""

_SAID_BELOW_TITLE = ("assessment_type", "on")

_POSSESSIVES = {"she": "her", "he": "his", "name_only": "the person's"}


def assessment_pdf(
    desk: Desk,
    assessment_id: AssessmentId,
    *,
    show_name: bool = False,
    recipient: Recipient | None = None,
    progress: Progress = quiet,
) -> bytes:
    """Give an assessment as the bytes of an A4 PDF; nothing is written to disk.

    Without a recipient it is a copy for the person and their advocate. Raises Refused if a recipient is
    named whom no standing consent allows to see it.
    """
    return draw_assessment(
        assessment_sheet(desk, assessment_id, show_name=show_name, recipient=recipient),
        _fonts(),
        progress=progress,
    )


def missing_letters(desk: Desk, assessment_id: AssessmentId, *, show_name: bool = False) -> tuple[str, ...]:
    """Name the characters that no font here can draw, so that it is said before printing."""
    return tuple(sorted(uncovered(assessment_sheet(desk, assessment_id, show_name=show_name), _fonts())))


def record_print(desk: Desk, assessment_id: AssessmentId, *, saved: bool = False) -> None:
    """Note in the journal that an assessment was printed, or saved as a file outside the vault."""
    value = assessment(desk, assessment_id)
    record_access(
        desk,
        AccessKind.PRINT,
        case_id=value.line.case_id,
        subject_kind=Kind.ASSESSMENT,
        subject_id=assessment_id,
        detail="saved as a file" if saved else "printed",
    )


def assessment_sheet(
    desk: Desk, assessment_id: AssessmentId, *, show_name: bool = False, recipient: Recipient | None = None
) -> AssessmentSheet:
    """Gather what stands on an assessment's print. Raises Refused as `assessment_pdf` does."""
    value = assessment(desk, assessment_id)
    form = form_of(desk, value)
    head = case_head(desk, value.line.case_id)
    whose = _POSSESSIVES.get(head.pronouns, "their")
    responses = [r for r in responses_of(desk, head.id) if r.assessment_id == assessment_id]
    sections = printed_sections(form, value.answers, value.skipped_sections)
    return AssessmentSheet(
        title=form.title,
        case_code=head.code,
        form_line=f"{form.title}, version {form.version}",
        sensitivity=desk.lists.label("sensitivity", value.sensitivity),
        printed_by=desk.actor.name,
        printed_at=desk.now().astimezone(LOCAL),
        consent_line=_consent_line(desk, form, value, recipient),
        practice=desk.practice,
        known_as=_known_as(head) if show_name else "",
        subtitle=_subtitle(desk, value),
        language=form.language,
        own_rating_label=f"In {whose} own rating",
        own_words_label=f"In {whose} own words",
        facts=_facts(form, value),
        sections=tuple(_with_responses(form, section, responses) for section in sections),
        signed=_signed(value),
    )


def _fonts() -> FontSet:
    return load_fonts(resources() / "fonts")


def _known_as(head: CaseHead) -> str:
    return " ".join(name for name in (head.known_as, head.known_as_script) if name)


def _signed(value: Assessment) -> SignOff | None:
    if value.line.state is not AssessmentState.SIGNED or value.line.signed_at is None:
        return None
    return SignOff(value.line.author, value.line.signed_at.astimezone(LOCAL), value.seal_digest)


def _facts(form: Form, value: Assessment) -> tuple[Fact, ...]:
    """Give what stands above the questions, in the form's own words and order."""
    shown = [question for question in form.header if question.id not in _SAID_BELOW_TITLE]
    found = [Fact(question.text, _header_word(question, value)) for question in shown]
    return tuple(fact for fact in found if fact.value)


def _subtitle(desk: Desk, value: Assessment) -> str:
    kind = desk.lists.label("assessment_type", value.line.assessment_type)
    return f"{kind}   {say_full(value.line.on)}"


def _header_word(question: Question, value: Assessment) -> str:
    said = getattr(value.header, question.id)
    if isinstance(said, bool):
        return YES_NO_UNKNOWN["yes" if said else "no"]
    return question.option_label(said) if said and question.options else str(said)


def _consent_line(desk: Desk, form: Form, value: Assessment, recipient: Recipient | None) -> str:
    """Say which consent the print relies on, or refuse to print it for somebody who may not see it."""
    if recipient is None:
        question = next((one for one in form.header if one.id == "consent_to_assess"), None)
        agreed = _header_word(question, value) if question is not None else ""
        said = f"{question.text}: {agreed}, {say_full(value.line.on)}. " if question and agreed else ""
        return said + OWN_COPY
    asked = categories_of(form, value)
    answered = may_share(desk, value.line.case_id, recipient, asked)
    if not answered.all_allowed:
        kept = [desk.lists.label("info_category", one) for one in (*answered.missing, *answered.withdrawn)]
        words = f"No consent lets {recipient.name or 'them'} see: {', '.join(kept).lower()}."
        raise Refused([Problem("recipient", f"{words} Record a consent first.")], code="E_CONSENT")
    return answered.line


def categories_of(form: Form, value: Assessment) -> tuple[InfoCategory, ...]:
    """Name the kinds of information an assessment's answers give away."""
    found: dict[InfoCategory, None] = {}
    for section in form.sections:
        if any(is_answered(question, value.answers.get(question.id)) for question in section.questions):
            found.update(dict.fromkeys(CATEGORIES.get(section.theme, (InfoCategory.EXPLOITATION_ACCOUNT,))))
    return tuple(found)


def _with_responses(form: Form, section: Section, responses: list[SafetyResponse]) -> Section:
    """Put what was done at once beside the risks it was done about."""
    done = {
        question.number: [r for r in responses if r.question_id == question.id]
        for question in form.questions()
    }
    items = tuple(
        replace(item, details=(*item.details, *_response_facts(done.get(item.number, []))))
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
