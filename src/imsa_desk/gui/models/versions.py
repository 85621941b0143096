"""Versions: one journal line of a record, in the words people use for its fields."""

from __future__ import annotations

from datetime import datetime

from imsa_desk.domain.dates import say_when
from imsa_desk.domain.timeline import HistoryLine
from imsa_desk.services.desk import Desk
from imsa_desk.vocab import AccessKind, Kind, Operation

WORDS = {
    "add_action": "Agreed",
    "add_addendum": "Added and sealed",
    "add_document": "Added",
    "add_form": "Taken in",
    "add_professional": "Written",
    "ask_handover": "A hand-over was asked for",
    "assign": "Given to a vault by the organisation",
    "assign_second_laptop": "Given to a second laptop",
    "backup": "Backed up",
    "begin_sheet": "A recovery sheet was begun",
    "bring_back": "Brought back",
    "change_case": "Changed",
    "change_contact": "Changed",
    "change_key": "The key for the exchange was changed",
    "change_meeting": "Changed",
    "change_person": "Changed",
    "change_professional": "Changed",
    "choose_scope": "What the organisation receives was chosen",
    "close_case": "Case closed",
    "close_response": "Closed",
    "confirm_carried": "Confirmed as still so",
    "confirm_safe_contact": "Confirmed with the person",
    "count_cases": "Counted for the organisation",
    "create_vault": "Written when the vault was made",
    "decide_late": "Late changes decided",
    "decide_retention": "Keeping decided",
    "delete_meeting": "Removed",
    "drill": "Getting back in was practised",
    "drop_draft": "Draft let go",
    "end_assignment": "Taken back by the organisation",
    "end_grant": "A grant was ended",
    "end_involvement": "No longer involved",
    "enrol": "Enrolled",
    "erase_case": "Erased",
    "exchange_folder": "The exchange folder was chosen",
    "export": "Sent",
    "finish_sheet": "A recovery sheet was finished",
    "forget_case": "Let go of here",
    "give_consent": "Agreed to",
    "grant": "A reading was granted",
    "hand_out_deposit": "A deposited backup was handed out",
    "hand_over": "Handed over by the organisation",
    "ingest": "Taken in",
    "init_office": "The Office was made",
    "involve": "Involved",
    "join": "Joined to the organisation",
    "keys": "Keys changed",
    "legal_hold": "Legal hold decided by the organisation",
    "log_meeting": "Written",
    "move": "The records were moved",
    "move_in": "Taken in from another organisation",
    "move_out": "Sent to another organisation",
    "moved_out": "Moved to another organisation",
    "note_beforehand": "Backed up",
    "note_behind": "Noted",
    "note_edition": "Noted",
    "note_moved_out": "Sent to another organisation",
    "note_sent": "Sent",
    "note_sent_out": "Sent",
    "note_theme": "Written",
    "note_trigger": "Noted",
    "open_case": "Case opened",
    "paper": "A recovery sheet was printed",
    "propose": "Proposed by the organisation",
    "publish": "Published by the organisation",
    "read_case": "Read under a grant",
    "read_conflicts": "Two versions were read by a grant",
    "read_document": "Opened",
    "receipt": "A receipt was written",
    "record_contact": "Written",
    "record_response": "Written",
    "remove_document": "Removed",
    "renew_writer": "Went on under a new number",
    "resend_case": "To be sent again from the beginning",
    "restore": "Restored from a backup",
    "restore_office": "Restored from a backup",
    "retire_form": "Taken out of use",
    "reveal_legal_name": "Legal name shown",
    "revoke": "Key withdrawn",
    "roles": "The database's roles were made",
    "rotate": "The Office’s keys were changed",
    "salvage": "Recovered from a damaged vault",
    "salvage_unsign": "Seal taken off, because parts of it were lost",
    "save_draft": "Draft kept",
    "save_header": "Changed",
    "save_plan": "Written as a version of its own",
    "save_section": "Changed",
    "set_action_state": "Marked",
    "set_policy": "What the organisation receives was set",
    "set_safe_contact": "Written",
    "set_second_place": "The second place for backups was set",
    "set_status": "Status set by the organisation",
    "set_trigger_aside": "Set aside",
    "settle_conflict": "Settled between two versions",
    "settle_sent": "What was sent was settled",
    "settle_sent_out": "What was sent was settled",
    "sign_off": "Signed",
    "start_assessment": "Started",
    "take_in": "Taken in",
    "take_in_receipt": "A receipt came",
    "take_trust": "Keys of the organisation taken in",
    "trust": "Keys noted",
    "turn_into": "Turned into something to do",
    "undo": "Undone",
    "undo_late": "A decision about late changes was taken back",
    "wish": "How to join was chosen",
    "withdraw_consent": "Withdrawn",
    "withdraw_handover": "The hand-over was withdrawn",
    "write_reflection": "Written",
    **{f"access_{kind}": "Noted" for kind in AccessKind},
}
"""What each act did to a record, by its verb, as its history says it."""
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
    "why": "What has happened",
    "note": "Note",
    "set_aside": "Why it needs no review",
    "words": "The plan",
    "text": "What was added",
}
_HIDDEN = frozenset(
    {
        *(
            "recorded_at",
            "author",
            "case_id",
            "sha256",
            "instructed",
            "owner_id",
            "journal_head",
            "seal_digest",
        ),
        *("parts", "replaces", "answered_by", "assessment_id"),
    }
)
_MOST = 600


def version_parts(line: HistoryLine, desk: Desk, kind: Kind) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Give the heading of a version and what it changed; its first version is not spelt out."""
    when = say_when(line.at, desk.today())
    if not line.readable:
        return f"A version of this {kind.replace('_', ' ')} that is not in this vault", ()
    verb = WORDS.get(line.verb, "Changed")
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
