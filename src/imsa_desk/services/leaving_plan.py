"""Gathers, in turns, what a bundle of chosen cases holds: for the preview as for the bundle itself."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.domain.consents import Answered
from imsa_desk.domain.exchange import (
    GoesFirst,
    Leaving,
    LeavingCase,
    LeavingKind,
    LeavingPaper,
    Staying,
    StayWhy,
)
from imsa_desk.domain.ids import CaseId
from imsa_desk.errors import Broken, Problem, Refused
from imsa_desk.exchange.enrolment import Enrolment, SharePolicy
from imsa_desk.exchange.parts import FORMAT, Part, Piece, plan_parts
from imsa_desk.progress import Progress, quiet
from imsa_desk.services import cargo as cargoes
from imsa_desk.services.cargo import CHANGED, Cargo, Known
from imsa_desk.services.consents import share_with_employer
from imsa_desk.services.desk import Desk
from imsa_desk.services.former_lines import compared, formers, held_of
from imsa_desk.services.holding import BODIES, HELD, SENT
from imsa_desk.services.joining import Place, place_of
from imsa_desk.services.leaving import Scan, Selection, counted_records, merge, select_records
from imsa_desk.services.runs import Runs
from imsa_desk.services.share_choice import scopes
from imsa_desk.services.statistics import changed_facts, statistic_id
from imsa_desk.services.went_back import holds_less
from imsa_desk.store import local
from imsa_desk.store.records import CaseRow
from imsa_desk.vocab import Kind, Sensitivity, ShareScope

SLICE = 5
"""Cases looked at in one turn at the vault's connection."""
ROOM = FORMAT
"""What one bundle has room for."""
_TRIES = 6


@dataclass(frozen=True, slots=True)
class Plan:
    """What leaves: the records selected, the lines that carry them, each up to the heads fixed before."""

    place: Place
    cases: tuple[CaseId, ...]
    codes: Mapping[str, str]
    scopes: Mapping[str, ShareScope]
    consents: Mapping[str, Answered]
    selection: Selection
    cargo: Cargo
    heads: Mapping[str, tuple[int, str]]
    former: tuple[Cargo, ...] = ()
    """What leaves of this vault's former writers: content of lines that the organisation knows as links."""
    whole: bool = True
    """Whether all that was written under former numbers could leave."""

    @property
    def cargoes(self) -> tuple[Cargo, ...]:
        """Give what leaves by writer, this vault's own first."""
        return self.cargo, *self.former

    @property
    def documents(self) -> tuple[Scan, ...]:
        """Give the documents that leave."""
        return tuple(scan for cargo in self.cargoes for scan in cargo.documents)

    def pieces(self) -> Iterator[Piece]:
        """Give every line that leaves, in the order in which they go."""
        for cargo in self.cargoes:
            yield from cargo.pieces()

    def parts(self, backup: Sequence[int] = ()) -> tuple[Part, ...]:
        """Divide it among as few bundles as hold it."""
        return plan_parts(self.pieces(), backup, ROOM)


def gather(
    desk: Desk, case_ids: Sequence[CaseId], include: Collection[str], progress: Progress = quiet
) -> Plan:
    """Gather what leaves now. Raises E_NOT_JOINED, Refused for a case that is not here, and Cancelled.

    Where the journal grew meanwhile it is gathered again: a sensitivity raised in the middle must count.
    """
    for _ in range(_TRIES):
        heads = desk.store.heads()
        plan = _gather(desk, tuple(dict.fromkeys(case_ids)), include, heads, progress)
        if desk.store.heads() == heads:
            return plan
    raise Broken(CHANGED, code="E_CHANGED")


def _gather(
    desk: Desk,
    cases: tuple[CaseId, ...],
    include: Collection[str],
    heads: Mapping[str, tuple[int, str]],
    progress: Progress,
) -> Plan:
    with desk.store.read(last=True) as session:
        place = place_of(session)
        codes = _codes(session, cases)
        known = known_of(session)
        every = scopes(session, _all_cases(session))
        may, former, less = compared(session), formers(session), holds_less(session)
        runs = {writer: held_of(session, writer) for writer in may}
    selection = Selection()
    consents: dict[str, Answered] = {}
    for at in range(0, len(cases), SLICE):
        progress(at, len(cases))
        part = cases[at : at + SLICE]
        with desk.store.read(last=True) as session:
            merge(selection, select_records(session, part, place.office.policy, include, every))
            consents |= {case: consent_of(desk, session, case, place.office) for case in part}
    with desk.store.read(last=True) as session:
        selection.counted = counted_records(session)
    selection.leaving |= selection.counted
    high, _ = heads.get(desk.store.writer, (0, ""))
    cargo = Cargo(desk.store.writer, known.seq, high)
    ends = {one: heads.get(one, (0, ""))[0] for one in may}
    # The links of former writers are there, but for an organisation that went back and may lack the last.
    since = dict.fromkeys(may, 0) if less else ends
    others = [(cargo.beside(one, since[one], ends[one]), replace(known, bodies=runs[one])) for one in may]
    # Those of former writers first: what they say is held already counts for the present one.
    for one, knows in (*others, (cargo, known)):
        cargoes.load(desk, selection, cases, knows, place.office.policy, every, one)
    progress(len(cases), len(cases))
    chosen: dict[str, ShareScope] = {case: every[case] for case in cases}
    return Plan(
        place=place,
        cases=cases,
        codes=codes,
        scopes=chosen,
        consents=consents,
        selection=selection,
        cargo=cargo,
        heads=heads,
        former=tuple(one for one, _ in others),
        whole=may == former,
    )


def known_of(session: Session) -> Known:
    """Give what the organisation is known to hold of this vault's lines."""
    held = local.get(session, HELD)
    sent = {case for entry in local.under(session, SENT).values() for case in entry["cases"]}
    bodies = Runs(local.get(session, BODIES) or [])
    return Known(held["seq"] if held else 0, bodies, frozenset(sent))


def _codes(session: Session, cases: Sequence[CaseId]) -> dict[str, str]:
    found: dict[str, str] = {}
    for at in range(0, len(cases), 500):
        query = select(CaseRow.id, CaseRow.code).where(CaseRow.id.in_(cases[at : at + 500]))
        found |= dict(session.execute(query).all())
    if len(found) < len(cases):
        raise Refused([Problem("cases", "One of these cases is not in this vault.")])
    return found


def _all_cases(session: Session) -> list[str]:
    return list(session.scalars(select(CaseRow.id)))


def consent_of(desk: Desk, session: Session, case_id: CaseId, office: Enrolment) -> Answered:
    """Ask `may_share` about the organisation, by its id and as the advocate's employer."""
    return share_with_employer(desk, session, case_id, office.organisation, office.name)


def said(desk: Desk, plan: Plan, progress: Progress = quiet) -> Leaving:
    """Say what would leave, with what the sending itself will write down: that it was sent, and numbers."""
    cargo, selection = plan.cargo, plan.selection
    facts = changed_facts(desk)
    accesses = sum(_is_told(plan, case) for case in plan.cases)
    written = accesses + len(facts)
    documents = plan.documents
    contents = {scan.sha256: scan.size for scan in documents}
    lines = sum(piece.size for piece in plan.pieces())
    going = sum(len(one.going) for one in plan.cargoes)
    untold = len(plan.cases) - accesses
    return Leaving(
        organisation=plan.place.office.name,
        cases=tuple(_case(plan, case) for case in plan.cases),
        changes=going + written,
        withheld=sum(one.links for one in plan.cargoes) - going + untold,
        documents=len(contents),
        document_bytes=sum(contents.values()),
        first=tuple(
            GoesFirst(CaseId(case), kind, changes) for (case, kind), changes in sorted(cargo.first.items())
        ),
        others=sum(one.others for one in plan.cargoes),
        bookkeeping=sum(one.numbers for one in plan.cargoes) + written,
        counted=len(selection.counted | {statistic_id(case, desk.store.writer) for case in facts}),
        size=lines + sum(contents.values()) + written * _ABOUT_A_LINE,
        parts=len(plan.parts()),
    )


_ABOUT_A_LINE = 900
"""Bytes of a line that is still to be written, about."""


def _is_told(plan: Plan, case: str) -> bool:
    """Say whether the note that a case was sent leaves with it: it is an access, of the everyday level."""
    everyday = plan.place.office.policy[Sensitivity.L2] is SharePolicy.ALWAYS
    private = (case, Kind.CASE, StayWhy.PRIVATE) in plan.selection.why
    return everyday and not private and plan.scopes[case] is ShareScope.FULL


def _case(plan: Plan, case: CaseId) -> LeavingCase:
    cargo, selection = plan.cargo, plan.selection
    mine = {kind: count for (which, kind), count in cargo.changes.items() if which == case}
    papers = {scan.sha256: scan for scan in plan.documents if scan.case_id == case}
    return LeavingCase(
        case_id=case,
        code=plan.codes[case],
        changes=sum(mine.values()),
        documents=len(papers),
        stays=selection.stays.get(case, 0),
        restricted=tuple(one for one in selection.restricted if one.case_id == case),
        consent=plan.consents[case],
        scope=plan.scopes[case],
        kinds=tuple(
            LeavingKind(kind, cargo.entries[(case, kind)], mine[kind]) for kind in Kind if kind in mine
        ),
        papers=tuple(LeavingPaper(scan.sha256, scan.title, scan.size) for scan in papers.values()),
        staying=tuple(
            Staying(kind, why, count)
            for (which, kind, why), count in sorted(selection.why.items())
            if which == case
        ),
    )
