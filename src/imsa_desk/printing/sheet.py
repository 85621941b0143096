"""What stands on a printed assessment, as values: words only, nothing looked up while drawing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and what it says."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Rating:
    """A level from 0 to 4 for the bars beside its word; None draws the word alone."""

    word: str
    level: int | None = None


@dataclass(frozen=True, slots=True)
class NeedItem:
    """A need seen by the advocate and by the person, or why it was not discussed."""

    number: str
    text: str
    advocate: Rating | None = None
    own: Rating | None = None
    words: str = ""
    details: tuple[Fact, ...] = ()
    not_discussed: str = ""


@dataclass(frozen=True, slots=True)
class RiskItem:
    """A risk in words; `band_level` from 1 (low) to 4 (very high) chooses only the colour."""

    number: str
    text: str
    present: Fact | None = None
    likelihood: Fact | None = None
    severity: Fact | None = None
    band: Fact | None = None
    band_level: int = 0
    reason: str = ""
    words: str = ""
    details: tuple[Fact, ...] = ()
    not_discussed: str = ""


@dataclass(frozen=True, slots=True)
class TextItem:
    """A question answered in writing; `quoted` marks the person's own words."""

    number: str
    question: str
    answer: str
    quoted: bool = False
    not_discussed: str = ""


@dataclass(frozen=True, slots=True)
class ChoiceItem:
    """A question answered by choosing."""

    number: str
    question: str
    chosen: tuple[str, ...]
    note: str = ""
    not_discussed: str = ""


Item = NeedItem | RiskItem | TextItem | ChoiceItem


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the form: what was answered, and the numbers of what was not.

    Sections without items are only named at the end, as skipped by choice or as not answered.
    """

    title: str
    status: str = ""
    items: tuple[Item, ...] = ()
    unanswered: tuple[str, ...] = ()
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class SignOff:
    """Who sealed the assessment, when, and the digest of what they sealed."""

    signed_by: str
    signed_at: datetime
    digest: str


@dataclass(frozen=True, slots=True)
class AssessmentSheet:
    """A whole assessment, ready to draw. Times are shown in the zone they carry.

    `consent_line` is a whole sentence: which consent the print relies on, or that it relies on none.
    `known_as` is empty unless the person printing chose to show it; `signed` is None for a draft.
    """

    title: str
    case_code: str
    form_line: str
    sensitivity: str
    printed_by: str
    printed_at: datetime
    consent_line: str
    practice: bool
    known_as: str = ""
    subtitle: str = ""
    language: str = "en-GB"
    own_rating_label: str = "In their own rating"
    own_words_label: str = "In their own words"
    facts: tuple[Fact, ...] = ()
    sections: tuple[Section, ...] = ()
    signed: SignOff | None = None
