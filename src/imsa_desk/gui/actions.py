"""ACTIONS: one table of all a person can do; shortcuts, palette and help page come from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from imsa_desk.gui.needs import Needs

RunKind = Literal["page", "editor", "window", "bound"]


@dataclass(frozen=True, slots=True)
class Run:
    """What an action does: opens a page or an editor, calls the window, or what a page bound to it."""

    kind: RunKind
    target: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do. `hint` is the small word in the palette, `also` are words that find it."""

    id: str
    text: str
    icon: str
    run: Run
    shortcut: str = ""
    needs: Needs = Needs.VAULT
    hint: str = ""
    also: str = ""


_NONE, _VAULT, _CASE = Needs.NONE, Needs.VAULT, Needs.CASE

# fmt: off
ACTIONS: tuple[Action, ...] = (
    Action("meeting.log", "Log a meeting", "meeting", Run("editor", "meeting"), "Ctrl+M", _CASE,
           "for the open case", "note visit session"),
    Action("contact.log", "Log a call, email or letter", "phone", Run("editor", "contact"), "Ctrl+Shift+M",
           _CASE, "with a professional", "coordination contact phone promise"),
    Action("case.new", "Open a new case", "plus", Run("editor", "case"), "Ctrl+N", _VAULT, "",
           "survivor person referral"),
    Action("assessment.start", "Start an assessment", "check-circle",
           Run("editor", "start_assessment"), "Ctrl+Shift+A", _CASE,
           "for the open case", "review needs strengths safety"),
    Action("safety_plan", "Open the safety plan", "shield", Run("editor", "safety_plan"), "", _CASE,
           "for the open case", "safe people places warning signs code word leaving"),
    Action("trigger.note", "Something happened: note it for a review", "flag", Run("editor", "trigger"), "",
           _CASE, "for the open case", "trigger event decision move incident review"),
    Action("filled_form.read", "Read in a filled form", "receive", Run("editor", "filled_form"), "", _CASE,
           "for the open case", "fillable pdf blank answers"),
    Action("action.add", "Add what was agreed", "flag", Run("editor", "action"), "", _CASE,
           "for the open case", "action task to do next step"),
    Action("professional.add", "Add a professional", "people", Run("editor", "professional"), "", _CASE,
           "to the open case", "solicitor worker involve"),
    Action("consent.give", "Record consent", "consent", Run("editor", "consent"), "", _CASE,
           "for the open case", "share permission withdraw"),
    Action("safe_contact.ask", "Ask about safe contact", "text", Run("editor", "safe_contact"), "", _CASE,
           "for the open case", "phone text confirm"),
    Action("document.add", "Add a document", "attach", Run("bound"), "Ctrl+D", _CASE,
           "to the open case", "file letter scan photo"),
    Action("safety.record", "Record a safety response", "shield", Run("editor", "safety_response"), "", _CASE,
           "for the open case", "danger risk harm told"),
    Action("handover.ask", "Hand over this case or others", "send", Run("editor", "handover"), "", _VAULT, "",
           "leaving cover illness away move colleague dossier"),
    Action("go.late_changes", "Go to Late changes", "conflict", Run("page", "late_changes"), "", _VAULT, "",
           "former advocate waiting take leave"),
    Action("reflection.write", "Write a private reflection", "learning", Run("editor", "reflection"),
           "", _VAULT, "in no case", "supervision learning note"),
    Action("print", "Print or save as PDF", "print", Run("bound"), "Ctrl+P", _VAULT, "this page"),
    Action("find", "Narrow the list on this page", "filter", Run("bound"), "Ctrl+F", _VAULT, "", "search"),
    Action("next", "Next question", "chevron-down", Run("bound"), "Ctrl+Down", _VAULT, "in an assessment"),
    Action("go.today", "Go to Today", "today", Run("page", "today"), "Ctrl+1"),
    Action("go.caseload", "Go to Caseload", "caseload", Run("page", "caseload"), "Ctrl+2", _VAULT, "",
           "cases survivors"),
    Action("go.learning", "Go to Learning", "learning", Run("page", "learning"), "", _VAULT, "",
           "reflections supervision"),
    Action("go.exchange", "Go to Exchange", "exchange", Run("page", "exchange"), "Ctrl+3", _VAULT, "",
           "organisation bundle send receipt join"),
    Action("go.conflicts", "Go to Conflicts", "conflict", Run("page", "conflicts"), "", _VAULT, "",
           "two versions laptops differ settle choose proposal"),
    Action("go.vault", "Go to Vault", "shield", Run("page", "vault"), "", _VAULT, "",
           "backup restore passphrase recovery sheet shares escrow check"),
    Action("go.settings", "Go to Settings", "settings", Run("page", "settings"), "Ctrl+,", _NONE, "",
           "theme dark light text size lock time"),
    Action("go.forms", "Go to Forms", "document", Run("page", "forms"), "", _VAULT, "",
           "own form xlsform kobo workbook blank questionnaire take in"),
    Action("go.help", "Help", "help", Run("page", "help"), "F1", _NONE, "", "keyboard shortcuts safety"),
    Action("palette", "Search or do anything", "search", Run("window", "show_palette"), "Ctrl+K"),
    Action("undo", "Undo the last change", "undo", Run("window", "undo"), "Ctrl+Z", _VAULT, "", "take back"),
    Action("back", "Go back", "chevron-right", Run("window", "back"), "Alt+Left", _VAULT),
    Action("cover", "Cover the window", "cover", Run("window", "cover"), "F12", _NONE, "Esc uncovers",
           "hide blank"),
    Action("lock", "Lock", "lock", Run("window", "lock"), "Ctrl+L", _VAULT, "drafts are kept", "close leave"),
)
# fmt: on

KEYS_IN_EDITORS: tuple[tuple[str, str], ...] = (
    ("Ctrl+Enter", "Save what the editor holds"),
    ("Esc", "Close the editor; the draft is kept"),
    ("Tab, Shift+Tab", "Next and previous field, also out of long texts"),
    ("0 to 4, arrow keys", "Choose in a rating; N says it was not discussed, Delete empties it"),
    ("Space, Enter, Down", "Open a short list of answers; a letter jumps to an answer"),
    ("Up, Down", "Go from change to change where two reviews are compared"),
    ("Ctrl+E", "Show or cover a passphrase"),
)
"""Keys that work inside parts and editors, for the help page."""


def by_id(action_id: str) -> Action:
    """Find an action.

    Raises KeyError for one that is not in the table.
    """
    for action in ACTIONS:
        if action.id == action_id:
            return action
    raise KeyError(action_id)
