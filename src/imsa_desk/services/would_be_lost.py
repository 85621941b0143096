"""Says in plain words what was written after a moment of the journal: kinds, numbers and days, no content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from imsa_desk.domain.dates import MONTHS
from imsa_desk.errors import Broken
from imsa_desk.services.backup_state import lines_after
from imsa_desk.services.desk import LOCAL, Desk
from imsa_desk.services.losses import many
from imsa_desk.store.tables import journal_link
from imsa_desk.vocab import Kind, Operation

_WORDS: Mapping[Kind, tuple[str, str]] = {
    Kind.CASE: ("case", "cases"),
    Kind.PERSON: ("person", "people"),
    Kind.MEETING: ("meeting", "meetings"),
    Kind.ACTION: ("action", "actions"),
    Kind.THEME_ENTRY: ("theme note", "theme notes"),
    Kind.CONTACT: ("contact with professionals", "contacts with professionals"),
    Kind.SHARING: ("note of what was shared", "notes of what was shared"),
    Kind.CONSENT: ("consent", "consents"),
    Kind.ASSESSMENT: ("review", "reviews"),
    Kind.SAFETY_RESPONSE: ("note of what was done at once", "notes of what was done at once"),
    Kind.ADDENDUM: ("addition to a signed review", "additions to signed reviews"),
    Kind.SAFETY_PLAN: ("version of a safety plan", "versions of safety plans"),
    Kind.REVIEW_TRIGGER: ("reason for a review", "reasons for a review"),
    Kind.FORM: ("form of the organisation's own", "forms of the organisation's own"),
    Kind.DOCUMENT: ("document", "documents"),
    Kind.REFLECTION: ("reflection", "reflections"),
    Kind.PROFESSIONAL: ("professional", "professionals"),
    Kind.ORGANISATION: ("organisation", "organisations"),
}
"""Kinds that a person counts; the rest belongs to one of these."""
_DETAILS = ("change to an earlier entry", "changes to earlier entries")


@dataclass(frozen=True, slots=True)
class Lost:
    """What stands after a backup: when the last of it was written, plain lines, how many journal lines."""

    newest: datetime | None
    words: tuple[str, ...]
    lines: int


def lost_after(desk: Desk, heads: Mapping[str, tuple[int, str]]) -> Lost:
    """Count what a vault holds beyond `heads`; raises Broken (E_FORK) where they do not lead to it."""
    made: dict[Kind, list[datetime]] = {}
    changed: set[str] = set()
    new: set[str] = set()
    count, newest = 0, None
    changes: list[datetime] = []
    with desk.store.read() as session:
        for writer, (seq, known) in heads.items():
            query = select(journal_link.c.line_hash).where(
                journal_link.c.writer == writer, journal_link.c.seq == seq
            )
            if session.execute(query).scalar_one_or_none() not in (known, None):
                raise Broken("The vault and the backup do not share one record.", code="E_FORK")
        for body in lines_after(session, dict(heads)):
            count += 1
            if body is None:
                continue
            at = datetime.fromisoformat(body["at"])
            newest = max(at, newest or at)
            kind = Kind(body["kind"])
            if body["op"] == Operation.CREATE:
                new.add(body["record"])
                if kind in _WORDS:
                    made.setdefault(kind, []).append(at)
            elif body["record"] not in new:
                changed.add(body["record"])
                changes.append(at)
    words = [_line(len(times), *_WORDS[kind], max(times), desk) for kind, times in sorted_by_word(made)]
    if changed:
        words.append(_line(len(changed), *_DETAILS, max(changes), desk))
    return Lost(newest, tuple(words), count)


def sorted_by_word(made: Mapping[Kind, list[datetime]]) -> list[tuple[Kind, list[datetime]]]:
    """Put kinds in the order in which they are told."""
    return [(kind, made[kind]) for kind in _WORDS if kind in made]


def _line(count: int, one: str, more: str, last: datetime, desk: Desk) -> str:
    day = last.astimezone(LOCAL).date()
    year = "" if day.year == desk.today().year else f" {day.year}"
    return f"{many(count, one, more)}, last on {day.day} {MONTHS[day.month - 1]}{year}"
