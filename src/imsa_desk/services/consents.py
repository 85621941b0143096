"""Verbs about consents: give, withdraw, and the one question every share, print and export asks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.domain.consents import Answered, Consent, ConsentDraft, Recipient
from imsa_desk.domain.dates import say_full
from imsa_desk.domain.exchange import EMPLOYER
from imsa_desk.domain.ids import CaseId, ConsentId
from imsa_desk.errors import Refused
from imsa_desk.services.cases import case_row
from imsa_desk.services.desk import Desk
from imsa_desk.services.typed import Typed
from imsa_desk.store.records import ConsentCategoryRow, ConsentRow, OrganisationRow, ProfessionalRow
from imsa_desk.vocab import ConsentPurpose, GivenHow, InfoCategory, RecipientKind


def give_consent(desk: Desk, draft: ConsentDraft) -> ConsentId:
    """Record what the survivor agrees to: recipient, categories and purpose."""
    typed = Typed(desk.today())
    row = _read(desk, typed, draft)
    categories = typed.words("categories", InfoCategory, draft.categories)
    if not categories:
        typed.wrong("categories", "Choose at least one category of information.")
    typed.stop_if_wrong()
    with desk.store.begin("give_consent") as session:
        case_row(session, draft.case_id)
        session.add(row)
        session.add_all(
            [ConsentCategoryRow(case_id=row.case_id, consent_id=row.id, category=c) for c in categories]
        )
    return ConsentId(row.id)


def _read(desk: Desk, typed: Typed, draft: ConsentDraft) -> ConsentRow:
    kind = typed.word("recipient_kind", RecipientKind, draft.recipient_kind, "Choose to whom this speaks.")
    if not draft.recipient_id:
        typed.wrong("recipient_id", "Choose who may be told.")
    purpose = typed.word("purpose", ConsentPurpose, draft.purpose, "Choose what it is for.")
    how = typed.word("given_how", GivenHow, draft.given_how, "Choose how the person agreed.")
    start = typed.day("valid_from", draft.valid_from or "today", "the day the person agreed", past=True)
    return ConsentRow(
        case_id=draft.case_id,
        recipient_kind=kind or "",
        recipient_id=draft.recipient_id,
        purpose=purpose or "",
        given_how=how or "",
        valid_from=start or desk.today(),
        author=desk.actor.id,
        scope_note=typed.text("scope_note", draft.scope_note),
        language=draft.language,
        explained=typed.text("explained", draft.explained),
        in_their_words=typed.text("in_their_words", draft.in_their_words),
        review_on=typed.day("review_on", draft.review_on, "the day to ask again", ahead=True),
    )


def withdraw_consent(
    desk: Desk, consent_id: ConsentId, how: str, on: str = "today", *, consequences_explained: bool = True
) -> None:
    """Withdraw a consent: from that day nothing more may rest on it; its history stays."""
    typed = Typed(desk.today())
    day = typed.day("withdrawn_on", on, "the day it was withdrawn", needed=True, past=True)
    words = typed.text("withdrawn_how", how, needed="Say how the person withdrew it.")
    typed.stop_if_wrong()
    with desk.store.begin("withdraw_consent") as session:
        row = session.get(ConsentRow, consent_id)
        if row is None or row.deleted_at is not None:
            raise Refused("This consent is not in this vault.")
        if row.withdrawn_on is not None:
            raise Refused("This consent was withdrawn before.")
        row.withdrawn_on, row.withdrawn_how = day, words
        row.consequences_explained = consequences_explained


def consents_of(desk: Desk, case_id: CaseId) -> tuple[Consent, ...]:
    """Give the consents of a case, standing ones first."""
    with desk.store.read() as session:
        found = consent_values(desk, session, case_id)
        return tuple(
            sorted(found, key=lambda c: (not c.stands_on(desk.today()), c.recipient.name.casefold()))
        )


def consent_values(desk: Desk, session: Session, case_id: str) -> tuple[Consent, ...]:
    """Turn the consents of a case into values."""
    rows = session.scalars(
        select(ConsentRow).where(ConsentRow.case_id == case_id, ConsentRow.deleted_at.is_(None))
    ).all()
    categories: dict[str, list[InfoCategory]] = {r.id: [] for r in rows}
    for c in session.scalars(select(ConsentCategoryRow).where(ConsentCategoryRow.case_id == case_id)):
        if c.deleted_at is None and c.consent_id in categories:
            categories[c.consent_id].append(InfoCategory(c.category))
    return tuple(_value(desk, session, r, categories[r.id]) for r in rows)


def _value(desk: Desk, session: Session, row: ConsentRow, categories: Sequence[InfoCategory]) -> Consent:
    return Consent(
        id=ConsentId(row.id),
        case_id=CaseId(row.case_id or ""),
        recipient=named(desk, session, RecipientKind(row.recipient_kind), row.recipient_id),
        purpose=ConsentPurpose(row.purpose),
        categories=tuple(sorted(categories)),
        scope_note=row.scope_note,
        given_how=GivenHow(row.given_how),
        language=row.language,
        explained=row.explained,
        in_their_words=row.in_their_words,
        valid_from=row.valid_from,
        review_on=row.review_on,
        withdrawn_on=row.withdrawn_on,
        withdrawn_how=row.withdrawn_how,
        consequences_explained=row.consequences_explained,
    )


def named(desk: Desk, session: Session, kind: RecipientKind, recipient_id: str) -> Recipient:
    """Give a recipient with the name people know it by."""
    if kind is RecipientKind.ROLE:
        return Recipient(kind, recipient_id, desk.lists.label("roles", recipient_id))
    found = (
        session.get(ProfessionalRow, recipient_id)
        if kind is RecipientKind.PROFESSIONAL
        else session.get(OrganisationRow, recipient_id)
    )
    return Recipient(kind, recipient_id, found.name if found else "Unknown")


@dataclass(frozen=True, slots=True)
class Audience:
    """Every way a consent may name a recipient: itself, its organisation, its role."""

    names: frozenset[tuple[RecipientKind, str]]

    def covers(self, consent: Consent) -> bool:
        """Say whether a consent speaks to this audience."""
        return (consent.recipient.kind, consent.recipient.id) in self.names


def audience_of(session: Session, recipient: Recipient) -> Audience:
    """Give the audience of a recipient: a professional is also its organisation and its role."""
    names = {(recipient.kind, recipient.id)}
    if recipient.kind is RecipientKind.PROFESSIONAL:
        row = session.get(ProfessionalRow, recipient.id)
        if row is not None:
            names.add((RecipientKind.ROLE, row.role))
            if row.organisation_id:
                names.add((RecipientKind.ORGANISATION, row.organisation_id))
    return Audience(frozenset(names))


def may_share(
    desk: Desk,
    case_id: CaseId,
    recipient: Recipient,
    categories: Iterable[InfoCategory],
    purpose: ConsentPurpose | None = None,
) -> Answered:
    """Say for each category whether the survivor's consent allows giving it to the recipient today.

    With a purpose, only consents for that purpose count. A withdrawn consent stops sharing unless
    another one stands. The answer's `line` is what a print or an export says it relies on.
    """
    with desk.store.read() as session:
        return answer(desk, session, case_id, recipient, categories, purpose)


def answer(
    desk: Desk,
    session: Session,
    case_id: str,
    recipient: Recipient,
    categories: Iterable[InfoCategory],
    purpose: ConsentPurpose | None,
    *,
    on: date | None = None,
    among: Sequence[Consent] | None = None,
) -> Answered:
    """Answer `may_share` within an open session, as it stood `on` a day (today).

    `among` are the case's consents, where the caller asks about many recipients.
    """
    audience = audience_of(session, recipient)
    known = consent_values(desk, session, case_id) if among is None else among
    given = [c for c in known if audience.covers(c) and (purpose is None or c.purpose is purpose)]
    standing = [c for c in given if c.stands_on(on or desk.today())]
    allowed, missing, withdrawn = [], [], []
    for category in dict.fromkeys(categories):
        if any(category in c.categories for c in standing):
            allowed.append(category)
        elif any(category in c.categories and c.withdrawn_on for c in given):
            withdrawn.append(category)
        else:
            missing.append(category)
    relied = [c for c in standing if set(allowed) & set(c.categories)]
    return Answered(tuple(allowed), tuple(missing), tuple(withdrawn), tuple(relied), _line(desk, relied))


def share_with_employer(
    desk: Desk, session: Session, case_id: CaseId, organisation: str, name: str
) -> Answered:
    """Ask `may_share` about the organisation, by its id and as the advocate's employer."""
    by_id = Recipient(RecipientKind.ORGANISATION, organisation, name)
    found = answer(desk, session, case_id, by_id, tuple(InfoCategory), ConsentPurpose.ADVOCACY)
    if not found.missing:
        return found
    by_role = Recipient(RecipientKind.ROLE, EMPLOYER, name)
    more = answer(desk, session, case_id, by_role, found.missing, ConsentPurpose.ADVOCACY)
    return Answered(
        allowed=found.allowed + more.allowed,
        missing=more.missing,
        withdrawn=found.withdrawn + more.withdrawn,
        relied_on=found.relied_on + more.relied_on,
        line=more.line if more.relied_on and not found.relied_on else found.line,
    )


def _line(desk: Desk, relied: Sequence[Consent]) -> str:
    if not relied:
        return "No consent to share this is recorded."
    first = min(relied, key=lambda c: c.valid_from)
    kinds = sorted({desk.lists.label("info_category", c) for r in relied for c in r.categories})
    how = desk.lists.label("given_how", first.given_how).lower()
    return (
        f"Consent given {_plain_day(first.valid_from)} ({how}) to {first.recipient.name}: {'; '.join(kinds)}."
    )


def _plain_day(day: date) -> str:
    """Say a day as papers do, without its weekday."""
    return say_full(day).partition(" ")[2]
