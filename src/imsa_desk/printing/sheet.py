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
    carried: str = ""


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
    carried: str = ""


@dataclass(frozen=True, slots=True)
class TextItem:
    """A question answered in writing; `quoted` marks the person's own words."""

    number: str
    question: str
    answer: str
    quoted: bool = False
    not_discussed: str = ""
    details: tuple[Fact, ...] = ()
    carried: str = ""


@dataclass(frozen=True, slots=True)
class ChoiceItem:
    """A question answered by choosing."""

    number: str
    question: str
    chosen: tuple[str, ...]
    note: str = ""
    not_discussed: str = ""
    details: tuple[Fact, ...] = ()
    carried: str = ""


@dataclass(frozen=True, slots=True)
class ScaleItem:
    """A step of a scale with the meaning the form gives it; `colour` is one of the form's words for it."""

    number: str
    question: str
    step: str
    meaning: str = ""
    colour: str = ""
    note: str = ""
    not_discussed: str = ""
    details: tuple[Fact, ...] = ()
    carried: str = ""


Stroke = tuple[tuple[float, float], ...]
"""A line drawn by hand: points from 0 to 1000, x from the left and y from the top."""


@dataclass(frozen=True, slots=True)
class AgreementItem:
    """How somebody agreed; `strokes` is the signature they drew, empty where they drew none."""

    number: str
    question: str
    facts: tuple[Fact, ...] = ()
    words: str = ""
    strokes: tuple[Stroke, ...] = ()
    not_discussed: str = ""
    details: tuple[Fact, ...] = ()
    carried: str = ""


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One of the things a repeating group was answered for."""

    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class GroupItem:
    """A group of questions that was answered several times."""

    number: str
    question: str
    rows: tuple[GroupRow, ...] = ()
    not_discussed: str = ""
    details: tuple[Fact, ...] = ()
    carried: str = ""


Item = NeedItem | RiskItem | TextItem | ChoiceItem | ScaleItem | AgreementItem | GroupItem


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
class Countersigned:
    """A supervisor's name under a signed assessment, with one line if they wrote one."""

    name: str
    role: str
    at: datetime
    digest: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class SignOff:
    """Who sealed the assessment, when, the digest of what they sealed, and who countersigned it.

    `holds` says whether it was found unchanged since, with all that was added, when it was printed.
    """

    signed_by: str
    signed_at: datetime
    digest: str
    countersigned: tuple[Countersigned, ...] = ()
    holds: bool = True


@dataclass(frozen=True, slots=True)
class AddendumSheet:
    """What was added to a signed assessment afterwards: what it is, who wrote it when, and its own seal."""

    what: str
    text: str
    author: str
    at: datetime
    digest: str
    about: str = ""


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
    addenda: tuple[AddendumSheet, ...] = ()
