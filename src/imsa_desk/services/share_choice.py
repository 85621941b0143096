"""How much of a case the organisation receives: everything, coordination only, or numbers only.

The newest choice for a case counts; without one the organisation's own rule does, from its enrolment file.
A smaller choice keeps back what is written from then on and what was not sent; it takes nothing back.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.domain.ids import CaseId
from imsa_desk.errors import Problem, Refused
from imsa_desk.services.cases import case_row
from imsa_desk.services.desk import Desk
from imsa_desk.services.joining import office_of
from imsa_desk.services.typed import Typed
from imsa_desk.store.records import ShareChoiceRow
from imsa_desk.vocab import Kind, ShareScope

COORDINATION = frozenset(
    {
        Kind.CASE,
        Kind.CASE_ROLE,
        Kind.CASE_EXPLOITATION,
        Kind.PERSON,
        Kind.PERSON_NAME,
        Kind.PERSON_LANGUAGE,
        Kind.PERSON_NATIONALITY,
        Kind.SAFE_CONTACT,
        Kind.INVOLVEMENT,
        Kind.INVOLVEMENT_THEME,
        Kind.CONTACT,
        Kind.CONTACT_PARTICIPANT,
        Kind.CONTACT_THEME,
        Kind.SHARING,
        Kind.CONSENT,
        Kind.CONSENT_CATEGORY,
        Kind.ACTION,
        Kind.RETENTION,
        Kind.HANDOVER,
        Kind.LATE_DECISION,
        Kind.SHARE_CHOICE,
        Kind.STATISTIC,
    }
)
"""What leaves of a case at the coordination level: named one by one, so that a new kind of record stays."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The scope in force for a case; `chosen_at` is None where it is the organisation's own rule."""

    scope: ShareScope
    chosen_at: datetime | None = None
    reason: str = ""


def kinds_of(scope: ShareScope) -> frozenset[Kind]:
    """Give the kinds of record that may leave in a scope."""
    if scope is ShareScope.FULL:
        return frozenset(Kind)
    return COORDINATION if scope is ShareScope.COORDINATION else frozenset({Kind.STATISTIC})


def choice_of(desk: Desk, case_id: CaseId) -> Choice:
    """Give how much of a case the organisation receives, and since when."""
    with desk.store.read() as session:
        return choices(session, [case_id])[case_id]


def scope_of(desk: Desk, case_id: CaseId) -> ShareScope:
    """Give how much of a case the organisation receives."""
    return choice_of(desk, case_id).scope


def scopes(session: Session, cases: Collection[str]) -> dict[str, ShareScope]:
    """Give the scope of each of these cases."""
    return {case: choice.scope for case, choice in choices(session, cases).items()}


def choices(session: Session, cases: Collection[str]) -> dict[str, Choice]:
    """Give the choice in force for each of these cases."""
    office = office_of(session)
    usual = ShareScope.FULL if office is None else ShareScope(getattr(office, "scope", ShareScope.FULL))
    found = dict.fromkeys(cases, Choice(usual))
    query = select(ShareChoiceRow).where(ShareChoiceRow.deleted_at.is_(None))
    # Few cases have a row at all, so they are looked through rather than named.
    for row in session.scalars(query.order_by(ShareChoiceRow.chosen_at, ShareChoiceRow.id)):
        if row.case_id in found and row.scope in {scope.value for scope in ShareScope}:
            found[row.case_id] = Choice(ShareScope(row.scope), row.chosen_at, row.reason)
    return found


def choose_scope(desk: Desk, case_id: CaseId, scope: str, reason: str) -> None:
    """Choose how much of a case the organisation receives from now on, saying why.

    The same choice again writes nothing. Raises Refused for another word, without a reason, and for a case
    that is not here.
    """
    typed = Typed(desk.today())
    if scope not in {word.value for word in ShareScope}:
        raise Refused([Problem("scope", "Choose how much of the case leaves.")])
    words = typed.text("reason", reason, needed="Say why: the person asked for it, or what speaks for it.")
    typed.stop_if_wrong()
    with desk.store.begin("choose_scope") as session:
        case_row(session, case_id)
        if choices(session, [case_id])[case_id].scope == scope:
            return
        session.add(
            ShareChoiceRow(
                case_id=case_id,
                scope=scope,
                chosen_at=desk.now(),
                author=desk.actor.id,
                reason=words,
            )
        )
