"""The organisation's side of a withdrawn consent: such a case rests until another basis is recorded.

The same question that an advocate's export asks (`services/consents.py`), asked of the office's records.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.domain.consents import has_basis, with_basis
from imsa_desk.domain.exchange import EMPLOYER
from imsa_desk.domain.ids import AdvocateId, CaseId
from imsa_desk.domain.office_cases import Given
from imsa_desk.errors import Problem, Refused
from imsa_desk.services.consents import share_with_employer
from imsa_desk.services.desk import Actor
from imsa_desk.services.office_opening import Office
from imsa_desk.services.reading import desk_of
from imsa_desk.store.records import CaseRow, ConsentRow
from imsa_desk.store.tables import waiting_body
from imsa_desk.vocab import Kind, RecipientKind

_WITHDRAWS = (f'%"kind":"{Kind.CONSENT.value}"%', '%"withdrawn_on":"%')
_WITHDRAWN = (
    "The person withdrew the consent to share this with the organisation: {codes}. Nothing was done. Where "
    "something other than consent allows it, give --basis and --reason; both are kept in the journal."
)


def withdrawn(office: Office, session: Session, cases: Collection[CaseId] | None = None) -> set[CaseId]:
    """Find the cases, among all or `cases`, whose consent to share with the organisation was withdrawn."""
    row = ConsentRow
    query = select(row.case_id).where(row.withdrawn_on.is_not(None), row.deleted_at.is_(None)).distinct()
    found = {CaseId(case) for case in session.scalars(query) if case}
    late = _late(office, session)
    if cases is not None:
        found, late = found & set(cases), late & set(cases)
    wanted = sorted(found - late)
    if not wanted:
        return late
    about = office.about
    actor = Actor(AdvocateId(office.vault.vault_id), about.name, about.name)
    desk = desk_of(office.vault, office.records, actor)
    return late | {
        case
        for case in wanted
        if share_with_employer(desk, session, case, about.organisation, about.name).withdrawn
    }


def _late(office: Office, session: Session) -> set[CaseId]:
    """Find the cases for which a withdrawal came late and waits to be decided: it stops sharing at once."""
    table = waiting_body.c
    query = select(table.case_id, table.record).where(*(table.body.like(text) for text in _WITHDRAWS))
    said = {(RecipientKind.ORGANISATION.value, office.about.organisation)}
    said.add((RecipientKind.ROLE.value, EMPLOYER))
    found = set[CaseId]()
    for case, record in session.execute(query).all():
        row = session.get(ConsentRow, record)
        if row is not None and (row.recipient_kind, row.recipient_id) in said:
            found.add(CaseId(case))
    return found


def withdrawn_codes(office: Office) -> tuple[str, ...]:
    """Give the codes of the cases whose consent was withdrawn."""
    with office.records.read() as session:
        return _codes(session, withdrawn(office, session))


def reason_for(office: Office, cases: Iterable[CaseId], basis: str, reason: str) -> str:
    """Give the reason to be kept for doing something with cases, the basis before it where one is given.

    Raises Refused (E_CONSENT) where a consent was withdrawn and no basis other than consent, or no reason, is
    given.
    """
    why = with_basis(basis, reason)
    if basis and not why:
        raise Refused([Problem("basis", "Choose a basis other than consent, and say why.")], code="E_CONSENT")
    with office.records.read() as session:
        lacking = _codes(session, withdrawn(office, session, tuple(cases)))
    if lacking and not why:
        text = _WITHDRAWN.format(codes=", ".join(lacking))
        raise Refused([Problem("basis", text)], code="E_CONSENT")
    return why or reason.strip()


def held_back(
    office: Office,
    session: Session,
    cases: Iterable[CaseId],
    givens: Mapping[CaseId, Sequence[Given]],
    group: Collection[str],
) -> set[CaseId]:
    """Of cases that one advocate's vaults do not have yet, find those that do not go: consent was withdrawn.

    They go where the office gave them on another basis and recorded it.
    """
    given = {
        case
        for case in cases
        if not any(g.writer in group and has_basis(g.reason) for g in givens.get(case, ()))
    }
    return withdrawn(office, session, given) if given else set()


def _codes(session: Session, cases: Collection[CaseId]) -> tuple[str, ...]:
    rows = (session.get(CaseRow, case) for case in sorted(cases))
    return tuple(sorted(row.code for row in rows if row is not None))
