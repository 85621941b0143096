"""Words of the vault and its journal: accesses, keys, backups, operations, kinds of record."""

from __future__ import annotations

from enum import StrEnum


class AccessKind(StrEnum):
    """What somebody did that changed no record but must be known."""

    UNLOCK = "unlock"
    LOCK = "lock"
    REVEAL = "reveal"
    PRINT = "print"
    EXPORT = "export"
    IMPORT = "import"
    COPY = "copy"
    SEARCH = "search"
    FAILED_UNLOCK = "failed_unlock"
    KEYS = "keys"
    BACKUP = "backup"
    RESTORE = "restore"


class SlotKind(StrEnum):
    """What kind of secret opens a vault."""

    PASSPHRASE = "passphrase"
    RECOVERY = "recovery"
    SHARES = "shares"
    ESCROW = "escrow"


class BackupWhy(StrEnum):
    """What a backup was made for."""

    CLOSE = "close"
    DAILY = "daily"
    MIGRATION = "migration"
    IMPORT = "import"
    ROTATION = "rotation"
    ASKED = "asked"


class Operation(StrEnum):
    """What a journal line does to a record."""

    CREATE = "create"
    UPDATE = "update"
    ERASE = "erase"


class VaultKind(StrEnum):
    """Whose vault it is."""

    DESK = "desk"
    OFFICE = "office"


class Kind(StrEnum):
    """The kinds of record; the word stands in every journal line, so it never changes."""

    ADVOCATE = "advocate"
    PERSON = "person"
    PERSON_NAME = "person_name"
    PERSON_LANGUAGE = "person_language"
    PERSON_NATIONALITY = "person_nationality"
    CASE = "case"
    CASE_ROLE = "case_role"
    CASE_EXPLOITATION = "case_exploitation"
    SAFE_CONTACT = "safe_contact"
    MEETING = "meeting"
    MEETING_THEME = "meeting_theme"
    MEETING_ATTENDEE = "meeting_attendee"
    ACTION = "action"
    THEME_ENTRY = "theme_entry"
    ORGANISATION = "organisation"
    PROFESSIONAL = "professional"
    INVOLVEMENT = "involvement"
    INVOLVEMENT_THEME = "involvement_theme"
    CONTACT = "contact"
    CONTACT_PARTICIPANT = "contact_participant"
    CONTACT_THEME = "contact_theme"
    SHARING = "sharing"
    CONSENT = "consent"
    CONSENT_CATEGORY = "consent_category"
    ASSESSMENT = "assessment"
    ASSESSMENT_SECTION = "assessment_section"
    ANSWER = "answer"
    SAFETY_RESPONSE = "safety_response"
    DOCUMENT = "document"
    REFLECTION = "reflection"
    ACCESS = "access"
    RETENTION = "retention"
    ERASURE = "erasure"
    ADDENDUM = "addendum"
    SAFETY_PLAN = "safety_plan"
    FORM = "form"
    REVIEW_TRIGGER = "review_trigger"
    ASSIGNMENT = "assignment"
    HANDOVER = "handover"
    LATE_DECISION = "late_decision"
    GRANT = "grant"
    STATISTIC = "statistic"
    LIST_ENTRY = "list_entry"
    RULE = "rule"
    TEMPLATE = "template"
    SHARE_CHOICE = "share_choice"
