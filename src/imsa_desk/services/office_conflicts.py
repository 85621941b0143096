"""The organisation's view of conflicts: what stands in two versions, never what it says without a grant."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from imsa_desk.domain.conflicts import ConflictFact
from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.lines import REMOVED
from imsa_desk.errors import Refused
from imsa_desk.services.conflict_removals import asked, sides_of
from imsa_desk.services.conflict_words import STRANGER, Wording
from imsa_desk.services.grants import may_read, reading_row
from imsa_desk.services.lists import shipped_lists
from imsa_desk.services.office_consents import reason_for
from imsa_desk.services.office_opening import Office, anchor
from imsa_desk.services.office_vaults import vaults_of, writers_of
from imsa_desk.store.records import CaseRow
from imsa_desk.store.torn import Torn, torn
from imsa_desk.vocab import Sensitivity

NO_GRANT = "{name} has no grant for this case today. Without --as, ids, fields, names and times are shown."


def conflicts(office: Office, case: CaseId | None = None) -> tuple[ConflictFact, ...]:
    """Give every conflict, or those of a case: ids, kinds, fields, who and when; no value."""
    names = _names(office)
    with office.records.read() as session:
        return tuple(
            fact for one in _torn(session, case) for fact, _ in _facts(session, one, names, wording=None)
        )


def read_conflicts(
    office: Office, as_name: str, case: CaseId | None = None, *, basis: str = "", reason: str = ""
) -> tuple[ConflictFact, ...]:
    """Give conflicts with what each side says, where somebody's grant opens the case; each reading is noted.

    Entries above the grant's level stay without words. Raises Refused (E_NO_GRANT) where a case is named
    that no grant opens, and E_CONSENT where a consent was withdrawn and no basis and reason are given.
    """
    names = _names(office)
    with office.records.read() as session:
        cases = {CaseId(one.case_id) for one in _torn(session, case) if one.case_id}
    grants = {each: found for each in sorted(cases) if (found := may_read(office, each, as_name)) is not None}
    if case is not None and may_read(office, case, as_name) is None:
        raise Refused(NO_GRANT.format(name=as_name), code="E_NO_GRANT")
    why = reason_for(office, {*grants, *([] if case is None else [case])}, basis, reason)
    with office.records.begin("read_conflicts", reason=why) as session:
        for each, grant in grants.items():
            session.add(reading_row(office, each, grant, "conflicts read"))
        session.flush()
        wording = Wording(session, shipped_lists(), lambda _: None)
        facts = []
        for one in _torn(session, case):
            grant_here = grants.get(CaseId(one.case_id or ""))
            for fact, level in _facts(session, one, names, wording):
                opens = grant_here is not None and level <= grant_here.most
                facts.append(fact if opens else replace(fact, words=()))
    anchor(office)
    return tuple(facts)


def _names(office: Office) -> dict[str, str]:
    own = dict.fromkeys(writers_of(office), office.about.name)
    return own | {writer: vault.name for writer, vault in vaults_of(office).items()}


def _torn(session: Session, case: CaseId | None) -> list[Torn]:
    return [one for one in torn(session.connection()) if case is None or one.case_id == case]


def _facts(
    session: Session, one: Torn, names: dict[str, str], wording: Wording | None
) -> list[tuple[ConflictFact, str]]:
    """Give a torn record's conflicts, each with the level of who may see it."""
    row = session.get(one.cls, one.record)
    case = session.get(CaseRow, one.case_id or "")
    level = row.sensitivity if row is not None else Sensitivity.L4.value
    found = []
    for name in asked(one):
        sides = [(lines, one.origin(name, lines[0])) for lines in sides_of(one, name)]
        words = () if wording is None else (wording.side(one, name, lines) for lines, _ in sides)
        did = ("changed" if one.value(name, lines[0]) is None else "removed" for lines, _ in sides)
        fact = ConflictFact(
            record=one.record,
            kind=one.cls.kind,
            case_id=one.case_id or "",
            case_code=case.code if case is not None else "",
            field=name,
            sides=tuple(
                (names.get(first.writer, STRANGER), datetime.fromisoformat(first.body["at"]))
                for _, first in sides
            ),
            words=tuple(words),
            did=tuple(did) if name == REMOVED and one.edits else (),
        )
        found.append((fact, level))
    return found
