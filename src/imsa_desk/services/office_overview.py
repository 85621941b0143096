"""What the office should look at: numbers and days, never content."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.office_cases import Moved, NotFetched, Overview, Until
from imsa_desk.services.grants import grants
from imsa_desk.services.office_caseload import away, caseload
from imsa_desk.services.office_consents import withdrawn_codes
from imsa_desk.services.office_opening import Office
from imsa_desk.services.office_vaults import Vaults, laptops_of, today_of, vaults_of
from imsa_desk.services.outgoing_state import on_the_way
from imsa_desk.vocab import AssignmentWhy

SOON = timedelta(days=14)
"""How long before its last day a cover or grant is told of."""


def overview(office: Office) -> Overview:
    """Say what waits for a decision and what ends soon."""
    today, known, cases = today_of(office), vaults_of(office), caseload(office)
    codes = {line.case_id: line.code for line in cases}
    with office.records.read() as session:
        sent = on_the_way(session)
        there = [(line, away(session, line.case_id, today)) for line in cases if line.waiting]
    ending = [
        Until(line.code, given.name, given.until)
        for line in cases
        for given in line.givens
        if given.until is not None
        and given.why in (AssignmentWhy.COVER, AssignmentWhy.SUPERVISION)
        and given.stands_on(today)
        and given.until <= today + SOON
    ]
    return Overview(
        asked=sum(bool(line.asked) for line in cases),
        late=sum(line.waiting for line in cases),
        nobody=tuple(line.code for line in cases if _nobody(known, line.holder)),
        covers=tuple(ending),
        grants=_grants(office, codes, today),
        not_fetched=tuple(
            NotFetched(writer, known[writer].name, len(entries), datetime.fromisoformat(entries[0]["at"]))
            for writer, entries in sorted(sent.items())
            if writer in known and known[writer].withdrawn is None
        ),
        withdrawn=withdrawn_codes(office),
        moved=tuple(
            Moved(line.code, given.name, given.from_on, line.waiting)
            for line, given in there
            if given is not None
        ),
    )


def _nobody(known: Vaults, writer: str) -> bool:
    """Say whether every laptop of the advocate who has a case was withdrawn."""
    return writer in known and all(known[w].withdrawn is not None for w in laptops_of(known, writer))


def _grants(office: Office, codes: dict[CaseId, str], today: date) -> tuple[Until, ...]:
    return tuple(
        Until(codes.get(g.case_id, "") if g.case_id else "every case", g.to_name, g.until)
        for g in grants(office, standing=True)
        if g.until <= today + SOON
    )
