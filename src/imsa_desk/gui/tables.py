"""The tables of pages and editors: what there is to open, by its dotted path.

Apart from what a page is, because the first paint needs that and not these.
"""

from __future__ import annotations

from typing import NamedTuple

from imsa_desk.gui.needs import Needs


class PageEntry(NamedTuple):
    """A row of the table of pages; `group` "main" and "foot" stand in the navigation, "" does not.

    "counted" stands there while something waits on it.
    """

    id: str
    title: str
    icon: str
    path: str
    needs: Needs = Needs.VAULT
    group: str = "main"
    under: str = ""
    """The page that is marked in the navigation while this one is shown."""


class EditorEntry(NamedTuple):
    """A row of the table of editors."""

    id: str
    title: str
    path: str
    size: tuple[int, int] = (620, 640)
    comes_back: bool = True
    """Whether it is opened again after a lock; what was about a secret is not."""


_HERE = "imsa_desk.gui.pages"
_FORMS = "imsa_desk.gui.forms"

PAGES: tuple[PageEntry, ...] = (
    PageEntry("today", "Today", "today", f"{_HERE}.today:TodayPage"),
    PageEntry("caseload", "Caseload", "caseload", f"{_HERE}.caseload:CaseloadPage"),
    PageEntry("learning", "Learning", "learning", f"{_HERE}.learning:LearningPage"),
    PageEntry("exchange", "Exchange", "exchange", f"{_HERE}.exchange:ExchangePage"),
    PageEntry("conflicts", "Conflicts", "conflict", f"{_HERE}.conflicts:ConflictsPage", group="counted"),
    PageEntry("vault", "Vault", "shield", f"{_HERE}.vault:VaultPage", group="foot"),
    PageEntry("settings", "Settings", "settings", f"{_HERE}.settings:SettingsPage", Needs.NONE, "foot"),
    PageEntry("help", "Help", "help", f"{_HERE}.help:HelpPage", Needs.NONE, "foot"),
    PageEntry("case", "Case", "caseload", f"{_HERE}.case:CasePage", group="", under="caseload"),
    PageEntry(
        "assessment", "Assessment", "check", f"{_HERE}.assessment:AssessmentPage", group="", under="caseload"
    ),
    PageEntry(
        "comparison",
        "Comparison",
        "reports",
        f"{_HERE}.comparison:ComparisonPage",
        group="",
        under="caseload",
    ),
    PageEntry(
        "late_changes",
        "Late changes",
        "conflict",
        f"{_HERE}.late_changes:LateChangesPage",
        group="",
        under="today",
    ),
    PageEntry("forms", "Forms", "document", f"{_HERE}.forms:FormsPage", group="", under="settings"),
    PageEntry("unlock", "Unlock", "unlock", f"{_HERE}.unlock:UnlockPage", Needs.NONE, ""),
    PageEntry("first_run", "New vault", "mark", f"{_HERE}.first_run:FirstRunPage", Needs.NONE, ""),
)

EDITORS: tuple[EditorEntry, ...] = (
    EditorEntry("meeting", "Meeting", f"{_FORMS}.meeting:MeetingEditor", (640, 660)),
    EditorEntry("contact", "Contact with a professional", f"{_FORMS}.contact:ContactEditor", (640, 660)),
    EditorEntry("case", "Case", f"{_FORMS}.case_editor:CaseEditor", (720, 660)),
    EditorEntry("professional", "Professional", f"{_FORMS}.professional:ProfessionalEditor"),
    EditorEntry("consent", "Consent", f"{_FORMS}.consent:ConsentEditor"),
    EditorEntry("safe_contact", "Safe contact", f"{_FORMS}.safe_contact:SafeContactEditor", (640, 640)),
    EditorEntry("theme_note", "Theme", f"{_FORMS}.theme_entry:ThemeNoteEditor"),
    EditorEntry("safety_response", "Safety", f"{_FORMS}.safety_response:SafetyResponseEditor"),
    EditorEntry(
        "start_assessment", "Start an assessment", f"{_FORMS}.start_assessment:StartAssessment", (640, 640)
    ),
    EditorEntry("safety_plan", "Safety plan", f"{_FORMS}.safety_plan:SafetyPlanEditor", (760, 700)),
    EditorEntry("addendum", "Add to a signed review", f"{_FORMS}.addendum:AddendumEditor", (640, 600)),
    EditorEntry("need_action", "Next step", f"{_FORMS}.need_action:NeedActionEditor", (600, 540)),
    EditorEntry("trigger", "Something happened", f"{_FORMS}.trigger:TriggerEditor", (560, 460)),
    EditorEntry("filled_form", "Filled form", f"{_FORMS}.filled_form:FilledFormEditor", (720, 640)),
    EditorEntry("action", "Agreed", f"{_FORMS}.action:ActionEditor", (560, 480)),
    EditorEntry("close_case", "Close case", f"{_FORMS}.closing:CloseCaseEditor", (560, 400)),
    EditorEntry("retention", "Keep or erase", f"{_FORMS}.retention:RetentionEditor", (600, 520)),
    EditorEntry("handover", "Hand over", f"{_FORMS}.handover:HandoverEditor", (680, 700)),
    EditorEntry("document", "Document", f"{_HERE}.document:DocumentView", (820, 700)),
    EditorEntry("reflection", "Reflection", f"{_FORMS}.reflection:ReflectionEditor"),
    EditorEntry(
        "new_passphrase", "New passphrase", f"{_FORMS}.new_passphrase:NewPassphraseForm", (640, 560), False
    ),
    EditorEntry("passphrase", "Passphrase", f"{_FORMS}.passphrase:PassphraseForm", (640, 620), False),
    EditorEntry(
        "recovery_sheet", "Recovery sheet", f"{_FORMS}.recovery_sheet:RecoverySheetForm", (860, 620), False
    ),
    EditorEntry("shares", "Recovery shares", f"{_FORMS}.shares:SharesForm", (640, 680), False),
    EditorEntry("escrow", "Escrow", f"{_FORMS}.escrow:EscrowForm", (720, 700), False),
    EditorEntry("removal", "Remove", f"{_FORMS}.removal:RemovalForm", (560, 340), False),
    EditorEntry("rotation", "Someone may know it", f"{_FORMS}.rotation:RotationForm", (860, 700), False),
    EditorEntry("joining", "How this vault joins", f"{_FORMS}.joining:JoiningForm", (600, 460), False),
    EditorEntry("new_root", "New root key", f"{_FORMS}.new_root:NewRootForm", (680, 560), False),
    EditorEntry("print", "Print", f"{_FORMS}.print_preview:PrintPreview", (1060, 720)),
)
