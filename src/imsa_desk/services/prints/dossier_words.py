"""Words of the dossier: safe contact, consents, and what was asked of whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from imsa_desk.domain.cases import Case
from imsa_desk.domain.consents import Consent
from imsa_desk.domain.coordination import Contact
from imsa_desk.domain.people import SafeContact
from imsa_desk.printing.asked import plain_day
from imsa_desk.printing.dossier import Agreed, SafeRule, Tone
from imsa_desk.services.desk import LOCAL, Desk
from imsa_desk.vocab import Safe

CONFIRMED_FOR = timedelta(days=30)
"""After so many days a safe way of contact is asked about again (domain reference 6.5)."""


def rule_of(desk: Desk, one: SafeContact) -> SafeRule:
    """Say one way of contact; of one that is not safe nothing stands there that could be tried."""
    way = desk.lists.label("channel", one.channel)
    notes = [
        one.address,
        one.when,
        f"say “{one.say_we_are}”" if one.say_we_are else "",
        f"code word “{one.code_word}”" if one.code_word else "",
        f"others can see: {one.who_else_can_see}" if one.who_else_can_see else "",
        "withhold the number" if one.number_withheld else "",
        "no voicemail" if one.channel == "phone" and not one.ok_voicemail else "",
        one.note,
        f"confirmed {plain_day(one.last_confirmed)}" if one.last_confirmed else "never confirmed",
    ]
    if one.safe is Safe.NO:
        return SafeRule(Tone.NEVER, way, f"Never: {way.lower()}", "; ".join(w for w in (one.note,) if w))
    tone = Tone.SAFE if one.safe is Safe.YES else Tone.ASK
    known = "; ".join(word.rstrip(".") for word in notes if word)
    return SafeRule(tone, way, desk.lists.label("safe", one.safe), known)


def stale_words(contacts: Sequence[SafeContact], today: date) -> str:
    """Say that safe contact was never asked about, or too long ago."""
    if not contacts:
        return "Safe contact was not asked about yet. Ask before you call or write."
    confirmed = [one.last_confirmed for one in contacts if one.last_confirmed]
    if len(confirmed) < len(contacts):
        return "Not every way of contact was ever confirmed: ask again before you call."
    oldest = min(confirmed)
    days = (today - oldest).days
    return f"Asked {days} days ago: ask again before you call." if today - oldest > CONFIRMED_FOR else ""


def waits_of(contacts: Sequence[Contact], today: date) -> tuple[str, ...]:
    """Say what was asked of whom and had no outcome, the longest ago first."""
    found = []
    for one in sorted(contacts, key=lambda contact: contact.at):
        day = one.at.astimezone(LOCAL).date()
        if one.asked_for and not one.outcome and day <= today:
            who = ", ".join(person.name for person in one.participants) or "Somebody"
            found.append(f"{who}, {plain_day(day)}: {one.asked_for}")
    return tuple(found)


def agreed_of(desk: Desk, one: Consent) -> Agreed:
    """Say a consent: to whom, about what, and since when or that it was withdrawn."""
    about = ", ".join(desk.lists.label("info_category", category) for category in one.categories)
    words = f"{about}. {one.scope_note}" if one.scope_note else about
    when = plain_day(one.valid_from)
    if one.withdrawn_on is not None:
        when = f"withdrawn {plain_day(one.withdrawn_on)}"
    return Agreed(one.recipient.name or desk.lists.label("recipient_kind", one.recipient.kind), words, when)


def needs_words(found: Case, interpreter: str) -> tuple[str, ...]:
    """Say what a meeting with the person needs."""
    person = found.person
    said = [
        f"Interpreter: {interpreter}." if interpreter else "",
        f"What makes meetings easier: {person.adjustments}" if person.adjustments else "",
    ]
    return tuple(words for words in said if words)
