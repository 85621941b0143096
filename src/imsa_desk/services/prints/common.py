"""What every print of a case shares: its frame, whose words it uses, and the consent it relies on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from imsa_desk.domain.assessments import Assessment, AssessmentHeader
from imsa_desk.domain.cases import CaseHead
from imsa_desk.domain.consents import Recipient
from imsa_desk.domain.dates import say_full
from imsa_desk.domain.forms import YES_NO_UNKNOWN, Form, Question, is_answered
from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.prints import PrintWish
from imsa_desk.errors import Problem, Refused
from imsa_desk.printing.fonts import FontSet
from imsa_desk.printing.page import Frame
from imsa_desk.progress import Progress
from imsa_desk.services.consents import may_share
from imsa_desk.services.desk import LOCAL, Desk
from imsa_desk.vocab import InfoCategory, Theme

OWN_COPY = "For the person and their advocate: no consent to share it is relied on."
FORM_ONLY = "An empty form: it holds nothing about anybody."
CATEGORIES: Mapping[str, tuple[InfoCategory, ...]] = {
    Theme.HEALTH: (InfoCategory.HEALTH,),
    Theme.HOUSING: (InfoCategory.ADDRESS, InfoCategory.FINANCES),
    Theme.SUPPORT_NRM: (InfoCategory.IMMIGRATION,),
    Theme.CRIMINAL_JUSTICE: (InfoCategory.OFFENCES,),
    Theme.CIVIL_JUSTICE: (InfoCategory.FINANCES,),
}
"""Information that a theme's answers give away; those of other sections count as the person's account."""
ACCOUNT = (InfoCategory.EXPLOITATION_ACCOUNT,)
"""What everything outside a theme counts as."""
PLAN_CATEGORIES = (InfoCategory.CONTACT, InfoCategory.ADDRESS, InfoCategory.EXPLOITATION_ACCOUNT)
"""What a safety plan gives away: whom the person trusts, where they go, and of whom they are afraid."""

_POSSESSIVES = {"she": "her", "he": "his", "name_only": "the person's"}


@dataclass(frozen=True, slots=True)
class Ready:
    """A document with everything that stands on it, about to be drawn."""

    sheet: object
    draw: Callable[[FontSet, Progress], bytes]


def frame_of(
    desk: Desk,
    title: str,
    code: str,
    *,
    form_line: str,
    consent_line: str,
    sensitivity: str,
    state: str = "",
    language: str = "en-GB",
) -> Frame:
    """Give what stands round every page; `sensitivity` is the stored word."""
    return Frame(
        title=title,
        case_code=code,
        sensitivity=desk.lists.label("sensitivity", sensitivity) if sensitivity else "",
        state=state,
        printed_by=desk.actor.name,
        printed_at=desk.now().astimezone(LOCAL),
        form_line=form_line,
        consent_line=consent_line,
        practice=desk.practice,
        language=language,
    )


def known_as(head: CaseHead) -> str:
    """Give the name a person is known by, in Latin letters and in their own script."""
    return " ".join(name for name in (head.known_as, head.known_as_script) if name)


def name_of(head: CaseHead, wish: PrintWish) -> str:
    """Give the name if it was chosen to be shown, else nothing."""
    return known_as(head) if wish.show_name else ""


def whose(head: CaseHead) -> str:
    """Give "her", "his", "their" or "the person's"."""
    return _POSSESSIVES.get(head.pronouns, "their")


def form_line(form: Form) -> str:
    """Name a form and its version."""
    return f"{form.title}, version {form.version}"


def in_language(form: Form, language: str) -> Form:
    """Give a form in one of its languages; where it has none such, as it is."""
    return form.in_language(language) if language in form.languages else form


def header_word(question: Question, header: AssessmentHeader) -> str:
    """Say what stands above the questions, in the form's words."""
    said = getattr(header, question.id)
    if isinstance(said, bool):
        return YES_NO_UNKNOWN["yes" if said else "no"]
    return question.option_label(said) if said and question.options else str(said)


def consent_of_review(desk: Desk, form: Form, value: Assessment, recipient: Recipient | None) -> str:
    """Say which consent the print relies on, or refuse to print it for somebody who may not see it."""
    if recipient is not None:
        return consent_to_show(desk, value.line.case_id, recipient, categories_of(form, value))
    question = next((one for one in form.header if one.id == "consent_to_assess"), None)
    agreed = header_word(question, value.header) if question is not None else ""
    said = f"{question.text}: {agreed}, {say_full(value.line.on)}. " if question and agreed else ""
    return said + OWN_COPY


def consent_to_show(
    desk: Desk, case_id: CaseId, recipient: Recipient | None, asked: Iterable[InfoCategory]
) -> str:
    """Say which consent lets a recipient see all of this. Raises Refused (E_CONSENT) where none does."""
    if recipient is None:
        return OWN_COPY
    answered = may_share(desk, case_id, recipient, asked)
    if not answered.all_allowed:
        kept = [desk.lists.label("info_category", one) for one in (*answered.missing, *answered.withdrawn)]
        words = f"No consent lets {recipient.name or 'them'} see: {', '.join(kept).lower()}."
        raise Refused([Problem("recipient", f"{words} Record a consent first.")], code="E_CONSENT")
    return answered.line


def categories_of(form: Form, value: Assessment) -> tuple[InfoCategory, ...]:
    """Name the kinds of information an assessment's answers give away."""
    found: dict[InfoCategory, None] = {}
    for section in form.sections:
        inner = {one.id: one for question in section.questions for one in (question, *question.members)}
        answers = [answer for answer in value.answers.values() if answer.question_id in inner]
        if any(is_answered(inner[answer.question_id], answer) for answer in answers):
            found.update(dict.fromkeys(CATEGORIES.get(section.theme, ACCOUNT)))
    return tuple(found)
