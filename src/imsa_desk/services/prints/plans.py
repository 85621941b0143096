"""Plans as they print: what was agreed after a review, and the person's safety plan."""

from __future__ import annotations

from imsa_desk.domain.cases import CaseHead
from imsa_desk.domain.dates import say_full
from imsa_desk.domain.forms import QuestionKind
from imsa_desk.domain.ids import CaseId, PlanId
from imsa_desk.domain.prints import PrintWish
from imsa_desk.domain.safety_plans import PARTS, SafetyPlan
from imsa_desk.errors import Refused
from imsa_desk.printing.answers import read_strokes
from imsa_desk.printing.asked import plain_day
from imsa_desk.printing.plan import TITLE as PLAN_TITLE
from imsa_desk.printing.plan import Contact, PlanSheet, PlanStep, StepsOf, plan_pdf
from imsa_desk.printing.safety_plan import TITLE as SAFETY_TITLE
from imsa_desk.printing.safety_plan import SafetyPlanSheet, safety_plan_pdf
from imsa_desk.printing.sheet import Fact, Stroke
from imsa_desk.services.cases import case_head
from imsa_desk.services.desk import Desk
from imsa_desk.services.prints.common import (
    PLAN_CATEGORIES,
    Ready,
    consent_of_review,
    consent_to_show,
    form_line,
    frame_of,
    name_of,
)
from imsa_desk.services.prints.reading import Read, open_actions, own_words, owner_words, read, review_day
from imsa_desk.services.prints.reviews import subtitle
from imsa_desk.services.professionals import involvements_of
from imsa_desk.services.safety_plans import plan, plan_of
from imsa_desk.vocab import OwnerKind

ME, ADVOCATE = "Me", "My advocate"
_ORDER = (OwnerKind.SURVIVOR, OwnerKind.IMSA, OwnerKind.PROFESSIONAL)


def agreed_plan(desk: Desk, wish: PrintWish) -> Ready:
    """Gather what was agreed after a review."""
    sheet = plan_sheet(desk, wish)
    return Ready(sheet, lambda fonts, progress: plan_pdf(sheet, fonts, progress=progress))


def plan_sheet(desk: Desk, wish: PrintWish) -> PlanSheet:
    """Gather what stands on the plan. Raises Refused where a recipient may not see it."""
    found = read(desk, wish)
    agreed, strokes = agreement(desk, found)
    return PlanSheet(
        frame=frame_of(
            desk,
            PLAN_TITLE,
            found.head.code,
            form_line=form_line(found.form),
            consent_line=consent_of_review(desk, found.form, found.value, wish.recipient),
            sensitivity=found.value.sensitivity,
            state="" if found.value.line.signed_at else "Draft",
            language=found.form.language,
        ),
        known_as=name_of(found.head, wish),
        about=subtitle(desk, found.value),
        own_words=tuple(own_words(found)),
        steps=open_steps(desk, found, wish),
        agreed=agreed,
        strokes=strokes,
        review=review_day(desk, found.value),
        contacts=_contacts(desk, found.head) if wish.recipient is None else (),
    )


def open_steps(desk: Desk, found: Read, wish: PrintWish) -> tuple[StepsOf, ...]:
    """Give open next steps by who takes them, the person's own first."""
    grouped: dict[str, list[PlanStep]] = {}
    actions = open_actions(desk, found, wish)
    for one in sorted(actions, key=lambda action: _ORDER.index(action.owner)):
        by = f"by {plain_day(one.due_on)}" if one.due_on else ""
        who = owner_words(one, survivor=ME, advocate=ADVOCATE)
        grouped.setdefault(who, []).append(PlanStep(one.text, by))
    return tuple(StepsOf(who, tuple(steps)) for who, steps in grouped.items())


def agreement(desk: Desk, found: Read) -> tuple[tuple[Fact, ...], tuple[Stroke, ...]]:
    """Say how the person agreed: an agreement of the form, else the question that asks how."""
    for _, question, answer in found.answered(QuestionKind.AGREEMENT):
        how, on = str(answer.value.get("how") or ""), str(answer.value.get("on") or "")
        facts = [
            Fact(question.text, desk.lists.label("agreement_how", how) if how else ""),
            Fact("Name", str(answer.value.get("name") or "")),
            Fact("In my words", str(answer.value.get("words") or "")),
            Fact("On", on or say_full(found.value.line.on)),
        ]
        strokes = read_strokes(str(answer.value.get("strokes") or ""))
        return tuple(fact for fact in facts if fact.value), strokes
    for _, question, answer in found.answered(QuestionKind.CHOICE):
        if {"signed", "verbal"} <= {option.value for option in question.options}:
            said = question.option_label(answer.value.get("choice"))
            return (Fact(question.text, said), Fact("On", say_full(found.value.line.on))), ()
    return (), ()


def _contacts(desk: Desk, head: CaseHead) -> tuple[Contact, ...]:
    """Give the professionals who work with the person now."""
    current = [one for one in involvements_of(desk, head.id) if one.ended_on is None]
    return tuple(
        Contact(
            one.professional.name,
            ", ".join(
                words
                for words in (desk.lists.label("roles", one.role), one.professional.organisation)
                if words
            ),
            one.professional.phone,
        )
        for one in current
    )


def safety_plan(desk: Desk, wish: PrintWish) -> Ready:
    """Gather the safety plan that stands, or the version that is wished for."""
    sheet = safety_plan_sheet(desk, wish, wished_plan(desk, wish))
    return Ready(sheet, lambda fonts, progress: safety_plan_pdf(sheet, fonts, progress=progress))


def wished_plan(desk: Desk, wish: PrintWish) -> SafetyPlan:
    """Give the version that is wished for, else the plan that stands. Raises Refused where there is none."""
    found = plan(desk, PlanId(wish.plan_id)) if wish.plan_id else plan_of(desk, CaseId(wish.case_id))
    if found is None:
        raise Refused("There is no safety plan yet. Write one with the person first.")
    return found


def safety_plan_sheet(desk: Desk, wish: PrintWish, found: SafetyPlan) -> SafetyPlanSheet:
    """Gather what stands on a safety plan. Raises Refused where a recipient may not see it."""
    head = case_head(desk, found.case_id)
    facts = [
        Fact("Agreed", desk.lists.label("agreement_how", found.agreed_how) if found.agreed_how else ""),
        Fact("On", say_full(found.agreed_on) if found.agreed_on else ""),
        Fact("We look at it again on", say_full(found.review_on) if found.review_on else ""),
    ]
    return SafetyPlanSheet(
        frame=frame_of(
            desk,
            SAFETY_TITLE,
            head.code,
            form_line=f"Safety plan, version {found.version}",
            consent_line=consent_to_show(desk, head.id, wish.recipient, PLAN_CATEGORIES),
            sensitivity=found.sensitivity,
        ),
        known_as=name_of(head, wish),
        about=f"Version {found.version}, {say_full(found.on)}",
        parts=tuple(
            Fact(PARTS[part].question if part in PARTS else part, words)
            for part, words in found.parts.items()
        ),
        agreed=tuple(fact for fact in facts if fact.value),
    )
