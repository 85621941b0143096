"""What the exchange page shows: gathered in turns beside other work, and said in plain words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from imsa_desk.domain.cases import CaseRow
from imsa_desk.domain.dates import say_when
from imsa_desk.domain.exchange import (
    CaseHeld,
    HeldState,
    HoldState,
    Joined,
    Leaving,
    LeavingCase,
    Sent,
    StayWhy,
)
from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.lists import readable
from imsa_desk.gui.models import say
from imsa_desk.progress import Progress, quiet
from imsa_desk.services import exchange
from imsa_desk.services.caseload import caseload
from imsa_desk.services.cases import case_head
from imsa_desk.services.consents import consents_of
from imsa_desk.services.deposits import Offered, offered
from imsa_desk.services.desk import LOCAL, Desk
from imsa_desk.services.drafts import drafts
from imsa_desk.services.exchange_folder import exchange_folder
from imsa_desk.services.safety import open_responses
from imsa_desk.vocab import Kind, ShareScope

LOOKED_AT = 200
"""Cases looked at for what is told first; beyond that a bundle says it all the same."""
_KILO = 1000

KIND_WORDS: dict[Kind, str] = {
    Kind.PERSON_NAME: "A legal or other name",
    Kind.THEME_ENTRY: "Note on a theme",
    Kind.SAFETY_RESPONSE: "What was done at once",
    Kind.CASE: "The case itself",
    Kind.CONTACT: "Contact with a professional",
    Kind.ACCESS: "That it was looked at or sent",
    Kind.STATISTIC: "Numbers",
    Kind.INVOLVEMENT: "A professional’s part in the case",
    Kind.SHARING: "What was passed on",
    Kind.RETENTION: "How long it is kept",
    Kind.ERASURE: "What was erased",
    Kind.ADDENDUM: "Something added to a review",
    Kind.REVIEW_TRIGGER: "Why a review is due",
    Kind.ASSIGNMENT: "Who has the case",
    Kind.HANDOVER: "A hand-over asked for",
    Kind.LATE_DECISION: "A decision on a late change",
    Kind.SHARE_CHOICE: "How much leaves",
}
_WHOLES: dict[Kind, Kind] = {
    Kind.PERSON_LANGUAGE: Kind.PERSON,
    Kind.PERSON_NATIONALITY: Kind.PERSON,
    Kind.CASE_ROLE: Kind.CASE,
    Kind.CASE_EXPLOITATION: Kind.CASE,
    Kind.MEETING_THEME: Kind.MEETING,
    Kind.MEETING_ATTENDEE: Kind.MEETING,
    Kind.INVOLVEMENT_THEME: Kind.INVOLVEMENT,
    Kind.CONTACT_PARTICIPANT: Kind.CONTACT,
    Kind.CONTACT_THEME: Kind.CONTACT,
    Kind.CONSENT_CATEGORY: Kind.CONSENT,
    Kind.ASSESSMENT_SECTION: Kind.ASSESSMENT,
    Kind.ANSWER: Kind.ASSESSMENT,
}
STAY_WORDS: dict[StayWhy, str] = {
    StayWhy.PRIVATE: "private",
    StayWhy.SCOPE: "not in what you chose for this case",
    StayWhy.RESTRICTED: "restricted: leaves only when you choose it",
    StayWhy.SEALED: "sealed: your organisation does not receive it",
}
SCOPE_WORDS: dict[ShareScope, str] = {
    ShareScope.FULL: "Full record",
    ShareScope.COORDINATION: "Coordination only",
    ShareScope.STATISTICS: "Numbers only",
}


@dataclass(frozen=True, slots=True)
class First:
    """A change that the organisation should learn before anything else."""

    case_id: CaseId
    icon: str
    what: str


@dataclass(frozen=True, slots=True)
class ExchangeState:
    """Everything on the page."""

    joined: Joined | None
    held: HeldState
    cases: dict[CaseId, CaseRow]
    leaving: Leaving | None = None
    first: tuple[First, ...] = ()
    drafts: int = 0
    backup: Offered | None = None
    folder: Path | None = None

    def waits(self, case_id: CaseId) -> bool:
        """Say whether a case is on its way already."""
        return self._is(case_id, HoldState.SENT)

    def differs(self, case_id: CaseId) -> bool:
        """Say whether the organisation holds something else of a case."""
        return self._is(case_id, HoldState.DIFFERS)

    def _is(self, case_id: CaseId, state: HoldState) -> bool:
        found = self.held.cases.get(case_id)
        return found is not None and found.state is state

    def name(self, case_id: CaseId) -> str:
        """Give the name a case is known by, its code where the name is not here."""
        found = self.cases.get(case_id)
        return found.known_as if found is not None else "A case"

    def code(self, case_id: CaseId) -> str:
        """Give a case's code."""
        found = self.cases.get(case_id)
        return found.code if found is not None else ""


def gather(desk: Desk, include: Collection[str] = (), progress: Progress = quiet) -> ExchangeState:
    """Ask what the organisation holds and what would leave."""
    found, held = exchange.joined(desk), exchange.held(desk)
    if found is None:
        return ExchangeState(None, held, {})
    cases = {row.id: row for row in caseload(desk, include_closed=True)}
    ids = [case_id for case_id in cases if case_id in held.cases and _has_news(held.cases[case_id])]
    leaving = exchange.will_leave(desk, ids, include, progress)
    first = _first(desk, held, ids)
    return ExchangeState(
        found, held, cases, leaving, first, len(drafts(desk)), offered(desk), exchange_folder(desk)
    )


def _has_news(case: CaseHeld) -> bool:
    return bool(case.not_held) or case.state is HoldState.DIFFERS


def _first(desk: Desk, held: HeldState, ids: list[CaseId]) -> tuple[First, ...]:
    """Find withdrawn consents, new dangers and newly asked safe contacts that are not held."""
    since = held.held_up_to
    day = since.date() if since is not None else None
    found = []
    for case_id in ids[:LOOKED_AT]:
        for consent in consents_of(desk, case_id):
            if consent.withdrawn_on is not None and _is_new(consent.withdrawn_on, day):
                name = consent.recipient.name or readable(consent.recipient.kind)
                found.append(First(case_id, "withdrawn", f"consent withdrawn: {name}"))
    waiting = set(ids)
    for response in open_responses(desk):
        if response.case_id in waiting and (since is None or response.raised_at > since):
            found.append(First(response.case_id, "alert", "what was done about a danger"))
    if since is None:
        return tuple(found)
    for case_id in ids[:LOOKED_AT]:
        asked = [one.last_confirmed for one in case_head(desk, case_id).safe_contacts if one.last_confirmed]
        if any(_is_new(one, day) for one in asked):
            found.append(First(case_id, "text", "safe contact asked again"))
    return tuple(found)


def _is_new(day: date, since: date | None) -> bool:
    return since is None or day >= since


def kind_words(kind: Kind) -> str:
    """Say what kind of entry it is; its content is not said."""
    return KIND_WORDS.get(kind, readable(kind))


def whole_of(kind: Kind) -> Kind:
    """Give the kind of entry of which a record is a part, as people see it: a theme is part of a meeting."""
    return _WHOLES.get(kind, kind)


def size_words(size: int) -> str:
    """Say how many bytes: "12 MB", "340 kB"."""
    if size < _KILO:
        return say.counted(size, "byte")
    for unit, most in (("kB", _KILO**2), ("MB", _KILO**3)):
        if size < most:
            number = size * _KILO / most
            return f"{number:.1f} {unit}" if number < 10 else f"{number:.0f} {unit}"
    return f"{size / _KILO**3:.1f} GB"


def moment(at: datetime, today: date) -> str:
    """Say when something happened: "today 18:04", "yesterday 18:04", "Tue 10 Nov, 18:04"."""
    gone = (today - at.astimezone(LOCAL).date()).days
    word = {0: "today", 1: "yesterday"}.get(gone)
    return f"{word} {say.clock(at)}" if word else say_when(at, today)


def sentence(state: ExchangeState, today: date) -> str:
    """Say what the organisation holds: only a verified receipt makes that so."""
    if state.joined is None:
        return "This vault belongs to no organisation yet. Nothing leaves it."
    name, held = state.joined.name, state.held
    differing = sum(one.state is HoldState.DIFFERS for one in held.cases.values())
    parts = []
    if held.held_up_to is None:
        parts.append(f"{name} has confirmed nothing yet.")
    elif held.not_held == 0 and not differing:
        parts.append(f"{name} holds everything up to {moment(held.held_up_to, today)}.")
    else:
        what = "everything" if _knows_every_case(held) and not differing else "what you sent"
        parts.append(f"{name} holds {what} up to {moment(held.held_up_to, today)}.")
    if differing:
        parts.append(f"What it holds of {say.counted(differing, 'case')} is not what this vault has.")
    waiting = [one for one in held.sent if one.confirmed_at is None]
    if len(waiting) == 1:
        parts.append(f"Bundle {waiting[0].number} was sent {moment(waiting[0].at, today)}, not confirmed.")
    elif waiting:
        parts.append(f"{len(waiting)} bundles were sent, not confirmed.")
    return " ".join(parts)


def _knows_every_case(held: HeldState) -> bool:
    """Say whether the newest confirmed bundle carried every case that has changes now."""
    newest = next((one for one in held.sent if one.confirmed_at is not None), None)
    return newest is not None and set(held.cases) <= set(newest.cases)


def said_of(sent: Sent) -> str:
    """Say what was in a bundle."""
    words = f"{say.counted(sent.changes, 'change')}, {say.counted(len(sent.cases), 'case')}"
    if sent.documents:
        words += f", {say.counted(sent.documents, 'document')}"
    if sent.withheld:
        words += f", {sent.withheld:,} kept back"
    return f"{words}, with a sealed backup" if sent.deposit else words


def held_words(state: ExchangeState, case_id: CaseId, today: date) -> str:
    """Say what the organisation holds of one case and since when."""
    if state.differs(case_id):
        return ""
    found = state.held.cases.get(case_id)
    name = state.joined.name if state.joined is not None else "Your organisation"
    if found is not None and found.only_numbers:
        words = f"{name} holds only numbers of this case from you"
        return f"{words}; {say.counted(found.not_held, 'change')} not held yet."
    if found is None or not (found.held or found.kept_back):
        return f"{name} holds nothing of this case yet."
    since = f" since {moment(found.since, today)}" if found.since is not None else ""
    words = f"{name} has held this case{since}: {say.counted(found.held, 'change')} with content"
    if found.kept_back:
        words += f", {found.kept_back:,} kept back here"
    words += f". {say.counted(found.not_held, 'change')} not held yet." if found.not_held else "."
    if found.waiting:
        words += f" {say.counted(found.waiting, 'change')} wait there for somebody’s decision."
    return words


def leaving_words(leaving: Leaving, deposit: int) -> str:
    """Say in one go what is about to leave, before the passphrase is asked for."""
    counted = [say.counted(len(leaving.cases), "case"), say.counted(leaving.changes, "change")]
    if leaving.documents:
        size = size_words(leaving.document_bytes)
        counted.append(f"{say.counted(leaving.documents, 'document')} ({size})")
    counted.append(f"the numbers of {say.counted(leaving.counted, 'case')}")
    if deposit:
        counted.append(f"a sealed backup ({size_words(deposit)})")
    what = f"{', '.join(counted[:-1])} and {counted[-1]}"
    parts = "one file" if leaving.parts == 1 else f"{leaving.parts} files"
    kept = (
        f" Of {say.counted(leaving.withheld, 'change')} it learns only that they are there."
        if leaving.withheld
        else ""
    )
    return (
        f"{what} will leave, sealed so that only {leaving.organisation} opens them: {parts}, about "
        f"{size_words(leaving.size + deposit)}.{kept}{_without_consent(len(leaving.without_consent))}"
    )


def _without_consent(count: int) -> str:
    if not count:
        return ""
    stays = "stays, because its consent is" if count == 1 else "stay, because their consent is"
    return f" {say.counted(count, 'case')} {stays} missing now. Chosen here, it leaves on another basis."


def case_words(case: LeavingCase) -> str:
    """Say what of a case would leave."""
    if case.scope is ShareScope.STATISTICS:
        return "numbers only: no name, no code, no words"
    what = say.counted(case.changes, "change")
    if case.documents:
        what += f", {say.counted(case.documents, 'document')} ({size_words(case.document_bytes)})"
    return what
