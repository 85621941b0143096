"""Versions: one journal line of a record, in the words people use for its fields."""

from __future__ import annotations

from datetime import datetime

from imsa_desk.domain.dates import say_when
from imsa_desk.domain.timeline import HistoryLine
from imsa_desk.services.desk import Desk
from imsa_desk.vocab import Kind, Operation

_VERBS = {
    "log_meeting": "Written",
    "record_contact": "Written",
    "note_theme": "Written",
    "add_document": "Added",
    "record_response": "Written",
    "start_assessment": "Started",
    "sign_off": "Signed",
    "delete_meeting": "Removed",
    "remove_document": "Removed",
    "close_response": "Closed",
    "undo": "Undone",
    "bring_back": "Brought back",
}
_FIELDS = {
    "at": "When",
    "how": "How",
    "place": "Where",
    "title": "About",
    "notes": "What happened",
    "instruction": "What the person wants",
    "opinion": "My view",
    "summary": "What was said",
    "asked_for": "What we asked for",
    "outcome": "What came of it",
    "purpose": "About",
    "minutes": "Minutes",
    "sensitivity": "Who may see this",
    "deleted_reason": "Why it was removed",
    "deleted_at": "Removed",
}
_HIDDEN = frozenset(
    {"recorded_at", "author", "case_id", "sha256", "instructed", "owner_id", "journal_head", "seal_digest"}
)
_MOST = 600


def version_parts(line: HistoryLine, desk: Desk, kind: Kind) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Give the heading of a version and what it changed; its first version is not spelt out."""
    when = say_when(line.at, desk.today())
    if not line.readable:
        return f"A version of this {kind.replace('_', ' ')} that is not in this vault", ()
    verb = _VERBS.get(line.verb, "Changed")
    who = "by you" if line.writer == desk.store.writer else "in another vault"
    reason = (("Reason", line.reason),) if line.reason and not line.reason.startswith("undo of") else ()
    if line.operation is Operation.CREATE:
        return f"{verb} {when}, {who}", reason
    parts = tuple(
        (_FIELDS.get(c.field, c.field.replace("_", " ").capitalize()), _change(c.before, c.after))
        for c in line.changes
        if c.field not in _HIDDEN
    )
    return f"{verb} {when}, {who}", (*reason, *parts)


def _change(before: str, after: str) -> str:
    return f"{_short(before) or 'nothing'}  →  {_short(after) or 'nothing'}"


def _short(text: str) -> str:
    """Shorten a long text and say moments as people do."""
    try:
        if len(text) >= len("2026-11-21T00:00") and text[4:5] == "-" and "T" in text[:11]:
            return f"{datetime.fromisoformat(text):%-d %b %Y, %H:%M}"
    except ValueError:
        pass
    return text if len(text) <= _MOST else f"{text[:_MOST]}…"
