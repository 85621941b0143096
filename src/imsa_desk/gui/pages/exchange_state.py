"""What the exchange page shows: gathered on the vault's lane, and said in plain words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from imsa_desk.domain.cases import CaseRow
from imsa_desk.domain.dates import say_when
from imsa_desk.domain.exchange import HeldState, HoldState, Joined, Leaving, Sent
from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.lists import readable
from imsa_desk.gui.models import say
from imsa_desk.services import exchange
from imsa_desk.services.caseload import caseload
from imsa_desk.services.cases import case_head
from imsa_desk.services.consents import consents_of
from imsa_desk.services.desk import LOCAL, Desk
from imsa_desk.services.drafts import drafts
from imsa_desk.services.safety import open_responses
from imsa_desk.vocab import Kind

LOOKED_AT = 200
"""Cases looked at for what is told first; beyond that a bundle says it all the same."""

KIND_WORDS: dict[Kind, str] = {
    Kind.PERSON_NAME: "A name kept back",
    Kind.THEME_ENTRY: "Note on a theme",
    Kind.SAFETY_RESPONSE: "What was done at once",
    Kind.CASE: "The case itself",
    Kind.CONTACT: "Contact with a professional",
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

    def waits(self, case_id: CaseId) -> bool:
        """Say whether a case is on its way already."""
        found = self.held.cases.get(case_id)
        return found is not None and found.state is HoldState.SENT

    def name(self, case_id: CaseId) -> str:
        """Give the name a case is known by, its code where the name is not here."""
        found = self.cases.get(case_id)
        return found.known_as if found is not None else "A case"

    def code(self, case_id: CaseId) -> str:
        """Give a case's code."""
        found = self.cases.get(case_id)
        return found.code if found is not None else ""


def gather(desk: Desk, include: Collection[str] = ()) -> ExchangeState:
    """Ask what the organisation holds and what would leave."""
    found, held = exchange.joined(desk), exchange.held(desk)
    if found is None:
        return ExchangeState(None, held, {})
    cases = {row.id: row for row in caseload(desk, include_closed=True)}
    ids = [case_id for case_id in cases if case_id in held.cases and held.cases[case_id].not_held]
    leaving = exchange.will_leave(desk, ids, include) if ids else None
    return ExchangeState(found, held, cases, leaving, _first(desk, held, ids), len(drafts(desk)))


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
    parts = []
    if held.held_up_to is None:
        parts.append(f"{name} has confirmed nothing yet.")
    elif held.not_held == 0:
        parts.append(f"{name} holds everything up to {moment(held.held_up_to, today)}.")
    else:
        what = "everything" if _knows_every_case(held) else "what you sent"
        parts.append(f"{name} holds {what} up to {moment(held.held_up_to, today)}.")
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
    return words if not sent.withheld else f"{words}, {sent.withheld} kept back"
