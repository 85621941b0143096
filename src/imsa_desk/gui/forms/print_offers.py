"""What can be printed for a case, an assessment or a form: gathered before the window shows its choices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from imsa_desk.domain.assessments import AssessmentLine
from imsa_desk.domain.cases import CaseHead
from imsa_desk.domain.consents import Recipient
from imsa_desk.domain.dates import say_day
from imsa_desk.domain.ids import AssessmentId, CaseId, PlanId
from imsa_desk.domain.prints import PrintKind, PrintWish
from imsa_desk.errors import Refused
from imsa_desk.gui.forms.print_choice import EMPTY_FORMS, OF_ASSESSMENT
from imsa_desk.gui.forms.print_options import Offers
from imsa_desk.gui.widgets.choice import Option
from imsa_desk.services.assessments import assessment, assessments_of, form_of
from imsa_desk.services.cases import case_head
from imsa_desk.services.desk import Desk
from imsa_desk.services.forms import form_named, forms_for
from imsa_desk.services.professionals import involvements_of
from imsa_desk.services.safety_plans import plan, plan_of
from imsa_desk.vocab import AssessmentState, RecipientKind, Sensitivity

RESTRICTED = frozenset({Sensitivity.L3, Sensitivity.L4})
"""What leaves on paper or as a file only after the passphrase was typed once more."""


@dataclass(frozen=True, slots=True)
class Ready:
    """What the window needs before it can show pages; `wanted` is the document to begin with."""

    kinds: tuple[PrintKind, ...]
    wanted: PrintKind
    head: CaseHead | None = None
    title: str = ""
    assessment_id: str = ""
    before_id: str = ""
    plan_id: str = ""
    form_id: str = ""
    form_version: int = 0
    offers: Offers = field(default_factory=Offers)


def find(desk: Desk, args: Mapping[str, str]) -> Ready:
    """Say what can be printed. Raises Refused for a case or an assessment that is not here."""
    case_id = CaseId(args.get("case_id", ""))
    lines = assessments_of(desk, case_id) if case_id else ()
    line = _line(lines, args.get("assessment_id", ""))
    if args.get("assessment_id") and line is None:
        raise Refused("This assessment is not in this vault.")
    plan_id = args.get("plan_id", "") or _plan_id(desk, case_id)
    others = [one for one in lines if line is not None and one.id != line.id]
    kinds = _kinds(line, others, plan_id, case_id)
    wanted = PrintKind(args["what"]) if args.get("what") else kinds[0]
    form_id = args.get("form_id", "") or (line.form_id if line is not None else "")
    version = int(args.get("form_version") or 0) or (line.form_version if line is not None else 0)
    return Ready(
        kinds=kinds if wanted in kinds else (*kinds, wanted),
        wanted=wanted,
        head=case_head(desk, case_id) if case_id else None,
        title=desk.lists.label("assessment_type", line.assessment_type) if line is not None else "",
        assessment_id=line.id if line is not None else "",
        before_id=args.get("before_id", "") or _before(others, line),
        plan_id=plan_id,
        form_id=form_id,
        form_version=version,
        offers=Offers(
            reviews=tuple(_review(desk, one) for one in others),
            forms=_forms(desk, form_id),
            languages=_languages(desk, line),
            people=_people(desk, case_id),
        ),
    )


def is_restricted(desk: Desk, wish: PrintWish) -> bool:
    """Say whether what is printed may only leave after the passphrase was typed once more."""
    if wish.what in EMPTY_FORMS:
        return False
    if wish.what is PrintKind.SAFETY_PLAN:
        found = plan(desk, PlanId(wish.plan_id)) if wish.plan_id else plan_of(desk, CaseId(wish.case_id))
        return found is None or found.sensitivity in RESTRICTED
    if wish.what is PrintKind.DOSSIER:  # but for the safety plan it leaves out what is restricted
        return wish.with_plan
    ids = [one for one in (wish.assessment_id, wish.before_id) if one]
    return any(assessment(desk, AssessmentId(one)).sensitivity in RESTRICTED for one in ids)


def _line(lines: tuple[AssessmentLine, ...], wanted: str) -> AssessmentLine | None:
    """Find the assessment that was named, else the newest signed one, else the newest."""
    if wanted:
        return next((one for one in lines if one.id == wanted), None)
    signed = (one for one in lines if one.state is AssessmentState.SIGNED)
    return next(signed, lines[0] if lines else None)


def _kinds(
    line: AssessmentLine | None, others: list[AssessmentLine], plan_id: str, case_id: str
) -> tuple[PrintKind, ...]:
    found = [kind for kind in PrintKind if kind in OF_ASSESSMENT and line is not None]
    if not others and PrintKind.COMPARISON in found:
        found.remove(PrintKind.COMPARISON)
    found += [PrintKind.SAFETY_PLAN] if plan_id else []
    dossier = [PrintKind.DOSSIER] if case_id else []
    return (
        *found,
        *(dossier if found else ()),
        PrintKind.BLANK,
        PrintKind.FILLABLE,
        *(() if found else dossier),
    )


def _before(others: list[AssessmentLine], line: AssessmentLine | None) -> str:
    """Give the likely other side of a comparison: the one signed before it on the same form."""
    if line is None:
        return ""
    earlier = [one for one in others if one.on <= line.on and one.form_id == line.form_id]
    signed = [one for one in earlier if one.state is AssessmentState.SIGNED]
    found = signed or earlier or others
    return found[0].id if found else ""


def _review(desk: Desk, line: AssessmentLine) -> Option:
    kind = desk.lists.label("assessment_type", line.assessment_type)
    return Option(line.id, f"{kind}, {say_day(line.on, desk.today())}")


def _plan_id(desk: Desk, case_id: CaseId) -> str:
    found = plan_of(desk, case_id) if case_id else None
    return found.id if found is not None else ""


def _forms(desk: Desk, first: str) -> tuple[Option, ...]:
    """Offer every form in use, the one in hand first."""
    entries = sorted(forms_for(desk), key=lambda one: one.id != first)
    return tuple(Option(one.id, one.title) for one in entries)


def _languages(desk: Desk, line: AssessmentLine | None) -> dict[str, tuple[Option, ...]]:
    """Give the languages each form can be read in, its own first."""
    names = {one.id: one.label for one in desk.lists.entries("languages")}
    forms = [form_named(desk, one.id, one.version) for one in forms_for(desk)]
    if line is not None:
        forms.append(form_of(desk, line))
    return {
        form.id: tuple(
            Option(code, "English" if code.startswith("en") else names.get(code, code))
            for code in (form.language, *form.languages)
        )
        for form in forms
        if form.languages
    }


def _people(desk: Desk, case_id: CaseId) -> dict[str, Recipient]:
    """Give the professionals who are involved now."""
    found = involvements_of(desk, case_id) if case_id else ()
    return {
        one.professional.id: Recipient(RecipientKind.PROFESSIONAL, one.professional.id, one.professional.name)
        for one in found
        if one.ended_on is None
    }
