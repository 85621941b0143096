"""Verbs about safety plans: write a new version, see the one that stands and those before it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from imsa_desk.domain.canonical import canonical, parse_canonical
from imsa_desk.domain.ids import CaseId, PlanId
from imsa_desk.domain.safety_plans import PARTS, PlanDue, SafetyPlan, SafetyPlanDraft
from imsa_desk.errors import Problem, Refused
from imsa_desk.services.access import record_access
from imsa_desk.services.cases import case_row
from imsa_desk.services.desk import Desk
from imsa_desk.services.typed import Typed
from imsa_desk.store.records import AdvocateRow, SafetyPlanRow
from imsa_desk.vocab import AccessKind, AgreementHow, Kind, Sensitivity

NO_PLAN = "This safety plan is not in this vault."
UNCHANGED = "Nothing was changed, so version {version} stands."
CHANGED_SINCE = "A newer version of this plan was saved meanwhile. Open it, and put what you wrote into it."
_COPY = ("", "yes", "no")
PART_LIMIT = 10_000
"""Characters of one part: a plan of twelve long parts must still fit into one record of a bundle."""


def save_plan(desk: Desk, case_id: CaseId, draft: SafetyPlanDraft) -> PlanId:
    """Save a plan as a new version; the versions before it stay as they were.

    An empty day means today. Raises Refused (E_CHANGED_SINCE) where the draft was not typed from the newest
    version, so that nobody's words are written over, and (E_UNCHANGED) where it says nothing new.
    """
    typed = Typed(desk.today())
    row = SafetyPlanRow(
        case_id=case_id, version=1, on=desk.today(), author=desk.actor.id, parts="", replaces=draft.based_on
    )
    _write(row, draft, typed)
    typed.stop_if_wrong()
    with desk.store.begin("save_plan") as session:
        case_row(session, case_id)
        rows = _rows(session, case_id)
        newest = next((one for one in rows if one.deleted_at is None), None)
        if draft.based_on != (newest.id if newest is not None else ""):
            raise Refused(CHANGED_SINCE, code="E_CHANGED_SINCE")
        if newest is not None and _says_nothing_new(row, newest):
            raise Refused(UNCHANGED.format(version=newest.version), code="E_UNCHANGED")
        row.version = max((one.version for one in rows), default=0) + 1
        session.add(row)
    return PlanId(row.id)


def _says_nothing_new(row: SafetyPlanRow, newest: SafetyPlanRow) -> bool:
    """Say whether a version only repeats the one that stands; what it leaves empty was not asked anew."""
    if (row.parts, row.sensitivity) != (newest.parts, newest.sensitivity):
        return False
    asked = [
        (row.on if row.agreed_how else None, newest.on),
        (row.agreed_how, newest.agreed_how),
        (row.agreed_on, newest.agreed_on),
        (row.review_on, newest.review_on),
        (row.copy_safe, newest.copy_safe),
    ]
    return all(not said or said == before for said, before in asked)


def _write(row: SafetyPlanRow, draft: SafetyPlanDraft, typed: Typed) -> None:
    typed.problems += [Problem(part, "A plan has no such part.") for part in draft.parts if part not in PARTS]
    parts = {part: typed.text(part, draft.parts.get(part, "")) for part in PARTS}
    said = {part: words for part, words in parts.items() if words.strip()}
    for part, words in said.items():
        if len(words) > PART_LIMIT:
            typed.wrong(part, f"Shorten this to {PART_LIMIT:,} characters. Put the rest in a document.")
    if not said and not typed.problems:
        typed.wrong("warning_signs", "Write at least one part of the plan.")
    row.parts, row.words = canonical(said).decode(), "\n".join(said.values())
    row.on = typed.day("on", draft.on, "the day you talked about it", past=True) or row.on
    how = None
    if draft.agreed_how:
        how = typed.word("agreed_how", AgreementHow, draft.agreed_how, "Choose how the person agreed.")
    row.agreed_how = how.value if how is not None else ""
    row.agreed_on = typed.day("agreed_on", draft.agreed_on, "the day the person agreed", past=True)
    if row.agreed_on is None and how in (AgreementHow.SIGNED, AgreementHow.SPOKEN):
        row.agreed_on = row.on
    row.review_on = typed.day("review_on", draft.review_on, "the day to look at it again", ahead=True)
    if draft.copy_safe not in _COPY:
        typed.wrong("copy_safe", "Choose whether a copy is safe to keep.")
    row.copy_safe = draft.copy_safe
    level = typed.word("sensitivity", Sensitivity, draft.sensitivity, "Choose who may see this.")
    row.sensitivity = (level or Sensitivity.L3).value


def plan_of(desk: Desk, case_id: CaseId) -> SafetyPlan | None:
    """Give the plan that stands, None where the case has none."""
    return next(iter(plans_of(desk, case_id)), None)


def plans_of(desk: Desk, case_id: CaseId) -> tuple[SafetyPlan, ...]:
    """Give every version of a case's plan, newest first."""
    with desk.store.read() as session:
        return _values(session, [row for row in _rows(session, case_id) if row.deleted_at is None])


def plan(desk: Desk, plan_id: PlanId) -> SafetyPlan:
    """Give one version. Raises Refused where it is not here."""
    with desk.store.read() as session:
        row = session.get(SafetyPlanRow, plan_id)
        if row is None or row.deleted_at is not None:
            raise Refused(NO_PLAN)
        return _values(session, [row])[0]


def note_look(desk: Desk, plan: SafetyPlan) -> None:
    """Note in the record that a restricted version is being looked at; of others nothing is noted."""
    if plan.sensitivity in (Sensitivity.L3, Sensitivity.L4):
        kind = AccessKind.REVEAL
        record_access(desk, kind, case_id=plan.case_id, subject_kind=Kind.SAFETY_PLAN, subject_id=plan.id)


def plans_to_review(session: Session, until: date) -> tuple[PlanDue, ...]:
    """Give, in one query, the plan that stands in each case where its day to look again has come by a day."""
    row, newer = SafetyPlanRow, aliased(SafetyPlanRow)
    later = select(newer.id).where(
        newer.case_id == row.case_id, newer.deleted_at.is_(None), newer.version > row.version
    )
    query = (
        select(row.id, row.case_id, row.version, row.review_on)
        .where(row.review_on <= until, row.deleted_at.is_(None), ~later.exists())
        .order_by(row.review_on, row.id)
    )
    return tuple(
        PlanDue(PlanId(found.id), CaseId(found.case_id or ""), found.version, found.review_on)
        for found in session.execute(query)
    )


def _rows(session: Session, case_id: str) -> Sequence[SafetyPlanRow]:
    """Give the rows of a case's plan, newest first, also those taken back.

    Two vaults may each have made the same version; the later day then stands first.
    """
    query = select(SafetyPlanRow).where(SafetyPlanRow.case_id == case_id)
    order = (SafetyPlanRow.version.desc(), SafetyPlanRow.on.desc(), SafetyPlanRow.id)
    return session.scalars(query.order_by(*order)).all()


def _values(session: Session, rows: Sequence[SafetyPlanRow]) -> tuple[SafetyPlan, ...]:
    query = select(AdvocateRow.id, AdvocateRow.name).where(AdvocateRow.id.in_({row.author for row in rows}))
    names = dict(session.execute(query).all())
    return tuple(_value(row, names.get(row.author, row.author)) for row in rows)


def _value(row: SafetyPlanRow, author: str) -> SafetyPlan:
    kept = parse_canonical(row.parts.encode()) if row.parts else {}
    order = [*(part for part in PARTS if part in kept), *(part for part in kept if part not in PARTS)]
    return SafetyPlan(
        id=PlanId(row.id),
        case_id=CaseId(row.case_id or ""),
        version=row.version,
        on=row.on,
        author=author,
        parts={part: str(kept[part]) for part in order},
        agreed_how=AgreementHow(row.agreed_how) if row.agreed_how else None,
        agreed_on=row.agreed_on,
        review_on=row.review_on,
        copy_safe=row.copy_safe,
        replaces=row.replaces,
        sensitivity=Sensitivity(row.sensitivity),
    )
