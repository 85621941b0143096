"""Verbs of the office about who has a case: assign, second laptop, end, hand over.

Only the office writes assignments. Each is a record of the case in the office's own journal, so it travels
with the case's history, and every Desk that holds the case can follow who had it when, and why.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from imsa_desk.domain.dates import say_full
from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.office_cases import LASTING, Given, Handed, holder
from imsa_desk.domain.trust import Enrolled
from imsa_desk.errors import Problem, Refused
from imsa_desk.services.office_caseload import (
    asked_of,
    givens_of,
    held_by,
    known_case,
    makers_of,
    refuse_away,
)
from imsa_desk.services.office_consents import reason_for
from imsa_desk.services.office_giving import assignment_row, end, give, settle, so_far
from imsa_desk.services.office_opening import Office, anchor
from imsa_desk.services.office_selection import left_out
from imsa_desk.services.office_vaults import Vaults, laptops_of, receiver, today_of, vaults_of
from imsa_desk.vocab import AssignmentWhy, HandoverWhy, Sensitivity, SignerRole

_ANSWERS = {AssignmentWhy.LEAVING: HandoverWhy.LEAVING, AssignmentWhy.COVER: HandoverWhy.ILLNESS}
"""Which wish of an advocate each kind of hand-over answers; an absence answers none."""
_GIVEN_BY_HAND = LASTING - {AssignmentWhy.LEAVING, AssignmentWhy.ABSENCE} | {AssignmentWhy.SUPERVISION}


def assign(
    office: Office,
    cases: Sequence[CaseId],
    writer: str,
    why: AssignmentWhy,
    *,
    until: date | None = None,
    most: Sensitivity = Sensitivity.L2,
    read_only: bool = False,
    reason: str = "",
    by: str = "",
    basis: str = "",
) -> tuple[CaseId, ...]:
    """Give cases to a vault; a lasting reason takes them from whoever had them, whose later changes wait.

    Gives the cases that were given: for those that the vault has on these terms already nothing is written.
    A supervisor's vault reads until a day, which must be named. For a case whose consent was withdrawn a
    `basis` and a reason are needed (E_CONSENT). Raises E_NO_VAULT, E_REVOKED, E_NO_CASE and Refused for
    what does not fit together.
    """
    known = vaults_of(office)
    vault = receiver(known, writer)
    _check_given(office, vault, why, until)
    reason = reason_for(office, cases, basis, reason)
    today, given = today_of(office), list[CaseId]()
    with office.records.begin("assign", reason=reason) as session:
        refuse_away(session, cases, today)
        for case in cases:
            known_case(session, case)
            same = why in LASTING and not basis
            if same and _has_it(session, case, writer, (until, most, read_only), today):
                continue
            given.append(case)
            row = assignment_row(office, case, vault, why, until, most, reason, by)
            row.read_only = read_only or why is AssignmentWhy.SUPERVISION
            give(office, session, known, row, _former(office, session, known, vault, case, why))
        settle(session)
    anchor(office)
    return tuple(given)


def _has_it(
    session: Session, case: CaseId, writer: str, terms: tuple[date | None, Sensitivity, bool], today: date
) -> bool:
    """Say whether a vault has a case on these terms; the one who made it reads all of it anyway."""
    givens, maker = givens_of(session, [case]).get(case, ()), makers_of(session, [case]).get(case, "")
    if holder(maker, givens, today) != writer:
        return False
    until, most, read_only = terms
    lasting = [g for g in givens if g.why in LASTING and g.stands_on(today)]
    same = all((g.until, g.read_only) == (until, read_only) for g in lasting) if lasting else not read_only
    return same and (writer == maker or all(g.most is most for g in lasting))


def _former(
    office: Office, session: Session, known: Vaults, vault: Enrolled, case: CaseId, why: AssignmentWhy
) -> dict[str, int]:
    """Give how far the journal of the one who had a case goes, where somebody else has it from now on."""
    maker = makers_of(session, [case]).get(case, "")
    before = holder(maker, givens_of(session, [case]).get(case, ()), today_of(office))
    if why not in LASTING or before not in known or vault.writer in laptops_of(known, before):
        return {}
    return so_far(session, laptops_of(known, before))


def _check_given(office: Office, vault: Enrolled, why: AssignmentWhy, until: date | None) -> None:
    if why not in _GIVEN_BY_HAND:
        raise Refused([Problem("why", "Use the hand-over for this: it needs the advocate who has the case.")])
    supervising = why is AssignmentWhy.SUPERVISION
    if supervising != (vault.role is SignerRole.SUPERVISOR):
        raise Refused(
            [Problem("why", "A supervisor's vault is given cases for supervision, and only such a vault is.")]
        )
    if supervising and (until is None or until < today_of(office)):
        raise Refused([Problem("until", "Name the last day on which the supervisor may read.")])


def follow_second_laptops(office: Office) -> int:
    """Give every laptop of one advocate the cases of the others; say how many assignments were missing."""
    known = vaults_of(office)
    groups = {laptops_of(known, writer) for writer in known}
    return sum(len(_follow(office, known, group)) for group in sorted(groups) if len(group) > 1)


def _follow(office: Office, known: Vaults, group: Sequence[str]) -> tuple[CaseId, ...]:
    today = today_of(office)
    active = [w for w in group if known[w].withdrawn is None]
    with office.records.read() as session:
        cases = held_by(session, frozenset(group), today)
        givens, makers = givens_of(session, cases), makers_of(session, cases)
        missing = [
            (case, w)
            for case in cases
            for w in active
            if w != holder(makers[case], givens.get(case, ()), today)
            and _lacks(givens.get(case, ()), w, today)
        ]
    if missing:
        with office.records.begin("assign_second_laptop") as session:
            for case, w in missing:
                why = AssignmentWhy.SECOND_LAPTOP
                session.add(assignment_row(office, case, known[w], why, None, max(Sensitivity), "", ""))
            settle(session)
        anchor(office)
    return tuple(dict.fromkeys(case for case, _ in missing))


def _lacks(givens: Sequence[Given], writer: str, today: date) -> bool:
    """Say whether a laptop is to be given a case: nothing stands, and the office did not take it away."""
    mine = [g for g in givens if g.writer == writer]
    if any(g.stands_on(today) for g in mine):
        return False
    ended = [g.ended_on for g in mine if g.why is AssignmentWhy.SECOND_LAPTOP and g.ended_on is not None]
    since = [g.from_on for g in givens if g.why in LASTING and g.stands_on(today)]
    return not ended or max(since, default=date.min) >= max(ended)


def end_assignment(office: Office, case: CaseId, writer: str, reason: str) -> None:
    """End what a vault was given of a case; raises E_NOT_ASSIGNED where nothing stands."""
    if not reason.strip():
        raise Refused([Problem("reason", "Say why.")])
    today = today_of(office)
    with office.records.begin("end_assignment", reason=reason.strip()) as session:
        ended = end(session, case, today, lambda given: given.writer == writer)
        if not ended:
            raise Refused("This vault was not given the case, or it ended before.", code="E_NOT_ASSIGNED")
        settle(session)
    anchor(office)


def hand_over(
    office: Office,
    cases: Sequence[CaseId],
    from_writer: str,
    to_writer: str,
    why: AssignmentWhy,
    *,
    until: date | None = None,
    most: Sensitivity = Sensitivity.L2,
    reason: str = "",
    by: str = "",
    without_them: bool = False,
    basis: str = "",
) -> Handed:
    """Hand cases of one advocate to another; no cases named means all that are open.

    Leaving and cover answer what the advocate asked for, unless `without_them`; an absence is the office's
    alone and says so. After leaving and absence the former advocate's later changes wait for the new one.
    Raises E_NO_VAULT, E_REVOKED, E_NOT_THEIRS, E_NOT_ASKED, E_CONSENT as `assign` does, and Refused for what
    does not fit together.
    """
    known, today = vaults_of(office), today_of(office)
    if from_writer not in known:
        raise Refused([Problem("from", "No vault of this number is enrolled.")], code="E_NO_VAULT")
    vault, former = receiver(known, to_writer), laptops_of(known, from_writer)
    _check_handed(office, vault, former, why, until)
    text = reason.strip()
    if why is AssignmentWhy.ABSENCE or without_them:
        if not text:
            raise Refused([Problem("reason", "Say why this is done without the advocate.")])
        text = f"From what the organisation held on {say_full(today)}, without the advocate: {text}"
    with office.records.read() as session:
        all_theirs = held_by(session, frozenset(former), today)
    text = reason_for(office, tuple(cases) or all_theirs, basis, text)
    with office.records.begin("hand_over", reason=text) as session:
        refuse_away(session, cases, today)
        theirs = held_by(session, frozenset(former), today)
        chosen = tuple(cases) or theirs
        if not chosen or not set(chosen) <= set(theirs):
            raise Refused("Not every one of these cases is this advocate's.", code="E_NOT_THEIRS")
        if why in _ANSWERS and not without_them:
            _need_asked(session, chosen, _ANSWERS[why])
        after = {} if why is AssignmentWhy.COVER else so_far(session, former)
        for case in chosen:
            give(
                office, session, known, assignment_row(office, case, vault, why, until, most, text, by), after
            )
        settle(session)
        missed = left_out(session, chosen, most)
    anchor(office)
    return Handed(chosen, vault.name, why, missed, tuple(after))


def _check_handed(
    office: Office, vault: Enrolled, former: Sequence[str], why: AssignmentWhy, until: date | None
) -> None:
    if vault.writer in former:
        raise Refused([Problem("to", "This is the same advocate.")])
    if vault.role is not SignerRole.ADVOCATE:
        raise Refused([Problem("to", "Only an advocate can take a case over.")])
    if why not in (*_ANSWERS, AssignmentWhy.ABSENCE):
        raise Refused([Problem("why", "A case is handed over for leaving, cover or absence.")])
    if why is AssignmentWhy.COVER and (until is None or until < today_of(office)):
        raise Refused([Problem("until", "Name the last day of the cover.")])
    if why is not AssignmentWhy.COVER and until is not None:
        raise Refused([Problem("until", "Only a cover ends by itself.")])


def _need_asked(session: Session, cases: Sequence[CaseId], wish: HandoverWhy) -> None:
    asked = asked_of(session, cases)
    lacking = [case for case in cases if wish not in asked.get(case, ())]
    if lacking:
        text = (
            f"The advocate has not asked for this, or the office has not received it, for {len(lacking)} of "
            f"{len(cases)} cases. Ask for their hand-over bundle, or hand over without them and say why."
        )
        raise Refused([Problem("cases", text)], code="E_NOT_ASKED")
