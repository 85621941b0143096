"""Says in plain words what a bundle of the organisation brought; numbers and names, never content."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.domain.exchange import Confirmed
from imsa_desk.domain.handover import many
from imsa_desk.domain.ids import CaseId
from imsa_desk.exchange.bundle import Purpose
from imsa_desk.services.assignments import givens, standing_of
from imsa_desk.services.desk import Desk
from imsa_desk.store.records import CaseRow
from imsa_desk.vocab import Kind, Sensitivity

ALREADY = "This file was taken in before, so nothing was changed."
_REFERENCE = {
    Kind.FORM: "forms",
    Kind.LIST_ENTRY: "lists",
    Kind.RULE: "rules",
    Kind.TEMPLATE: "texts",
    Kind.ORGANISATION: "directory",
    Kind.PROFESSIONAL: "directory",
}
_CURES = {
    "E_TRUNCATED": "The copy was cut short. Copy it again, or ask for it again.",
    "E_DECRYPT": "Copy it again, or ask for it again.",
    "E_VERSION": "Install the newest version of this program, then take the file in again.",
    "E_REVOKED": "Ask your organisation for its newest enrolment file.",
    "E_UNKNOWN_SIGNER": "Your organisation may have changed its key: ask it for its newest enrolment file.",
    "E_DISK_FULL": "Make room on this computer’s disk, then take the file in again.",
    "E_NOT_JOINED": "Join your organisation first, on the Exchange page.",
    "E_FORK": "Do not send anything more. Speak to your organisation in person.",
    "E_BEHIND": "See the Exchange page: it says how this vault goes on.",
    "E_DIFFERS": "See the Exchange page: it says which case, and what to do.",
}
_DIFFER = (
    "The organisation holds something else of {cases} than this vault. Nothing was overwritten, and nothing "
    "of it counts as held. Choose “Send again from the beginning” on the Exchange page; if it differs again, "
    "speak to your organisation."
)
_ASK = "Ask your organisation to send it again; it keeps everything."


def cure_of(code: str) -> str:
    """Say what to do about a file that was refused."""
    return _CURES.get(code, _ASK)


def words_of(
    session: Session,
    desk: Desk,
    purpose: Purpose,
    cases: Collection[str],
    fresh: Collection[str],
    kinds: Collection[str],
    late: int,
) -> tuple[str, ...]:
    """Say what is new: cases by whose they were, changes to known ones, what waits, data everybody uses."""
    said = list(_new_cases(session, desk, fresh))
    known = [case for case in cases if case not in fresh]
    gone, given = _standing_words(session, desk, known)
    said += given
    if known and not gone and not given:
        said.append(f"News of {many(len(known), 'case', 'cases')} you have.")
    if late:
        said.append(
            f"{many(late, 'change', 'changes')} came late from a former advocate and "
            f"{'waits' if late == 1 else 'wait'} for your decision."
        )
    data = sorted({words for kind, words in _REFERENCE.items() if kind in kinds and not fresh})
    if data:
        said.append(f"Your organisation renewed: {', '.join(data)}.")
    return tuple(said) or (_nothing(purpose),)


def receipt_words(session: Session, confirmed: Confirmed) -> tuple[str, ...]:
    """Say what a receipt made known: what is held no longer and what differs, then news about keys."""
    if not confirmed.news:
        return (ALREADY,)
    differs: tuple[str, ...] = ()
    if confirmed.differs:
        query = select(CaseRow.code).where(CaseRow.id.in_(confirmed.differs)).order_by(CaseRow.code)
        named = ", ".join(session.scalars(query))
        differs = (_DIFFER.format(cases=named or many(len(confirmed.differs), "case", "cases")),)
    held = (
        f"A receipt came: the organisation holds {many(confirmed.held, 'change', 'changes')} of this vault."
    )
    less = (confirmed.less,) if confirmed.less else ()
    return (*less, *differs, held, *confirmed.words)


def _nothing(purpose: Purpose) -> str:
    if purpose is Purpose.REVOCATION:
        return "The list of withdrawn keys was read."
    return "Nothing in it was new to you."


def _new_cases(session: Session, desk: Desk, fresh: Collection[str]) -> list[str]:
    by_name: dict[str, list[str]] = {}
    given = givens(session)
    lowered: dict[str, int] = {}
    for case in sorted(fresh):
        made = standing_of(session, desk.store.writer, case, given.get(case, ()), desk.today())
        by_name.setdefault(made.from_name, []).append(case)
        lowered[made.from_name] = lowered.get(made.from_name, 0) + (made.most < Sensitivity.L4)
    return [_from(name, len(cases), lowered[name]) for name, cases in sorted(by_name.items())]


def _from(name: str, count: int, lowered: int) -> str:
    words = many(count, "case", "cases") + (f" of {name}" if name else "")
    if not lowered:
        return f"{words}, with the whole history."
    return f"{words}, {lowered} with restricted entries left out."


def _standing_words(session: Session, desk: Desk, cases: Collection[str]) -> tuple[list[str], list[str]]:
    """Name the cases that are somebody else's by now, and say so."""
    given, gone = givens(session), list[str]()
    holders: dict[str, int] = {}
    for case in cases:
        made = standing_of(session, desk.store.writer, CaseId(case), given.get(case, ()), desk.today())
        if not made.may_write and CaseId(case) not in desk.store.closed_cases:
            gone.append(case)
            holders[made.holder] = holders.get(made.holder, 0) + 1
    said = [
        f"{many(count, 'case', 'cases')} {'is' if count == 1 else 'are'} with {name or 'somebody else'} now, "
        "and here to read only."
        for name, count in sorted(holders.items())
    ]
    return gone, said
