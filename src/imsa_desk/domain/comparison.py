"""Two assessments side by side in words: what changed, who said so and why, and how the themes moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from imsa_desk.domain.changes import Change
from imsa_desk.domain.forms.words import Said
from imsa_desk.vocab import Theme

__all__ = ["Change", "Comparison", "ItemChange", "Movement", "SectionChange", "Side", "Tally"]


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two assessments: what it is, its day, who wrote it, which version of which form."""

    title: str
    on: date
    author: str
    version: int
    form_id: str = ""
    signed: bool = True


@dataclass(frozen=True, slots=True)
class ItemChange:
    """One question on both sides, each in the words of its own version.

    `key` is the answer's key now, or before where it is not asked now; `question_before` is empty unless
    its words differed.
    """

    key: str
    number: str
    question: str
    question_before: str
    before: tuple[Said, ...]
    now: tuple[Said, ...]
    change: Change
    words: str
    who_said: str = ""
    why: str = ""
    disagreement: str = ""

    @property
    def reason(self) -> str:
        """Give of the reason what the answer does not say already."""
        told = "\n".join(one.words for one in self.now or self.before)
        return "\n".join(line for line in self.why.splitlines() if line and line not in told)


@dataclass(frozen=True, slots=True)
class SectionChange:
    """A section's questions, in the order of the form that is newer."""

    id: str
    title: str
    items: tuple[ItemChange, ...]


@dataclass(frozen=True, slots=True)
class Movement:
    """How one theme stood and stands, by the advocate's highest need and by the person's own."""

    theme: Theme
    before: int | None
    now: int | None
    own_before: int | None
    own_now: int | None


@dataclass(frozen=True, slots=True)
class Tally:
    """How many questions eased, got worse, changed in another way, or were asked on one side only."""

    eased: int
    worse: int
    changed: int
    only_now: int
    only_before: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """The whole comparison."""

    before: Side
    now: Side
    sections: tuple[SectionChange, ...]
    movement: tuple[Movement, ...]

    @property
    def tally(self) -> Tally:
        """Count the changes, for one sentence above the page."""
        found = [item.change for section in self.sections for item in section.items]
        return Tally(
            eased=found.count(Change.EASED),
            worse=found.count(Change.WORSE),
            changed=found.count(Change.CHANGED),
            only_now=found.count(Change.NEW) + found.count(Change.NOT_ASKED_BEFORE),
            only_before=found.count(Change.NOT_ASKED_NOW),
        )
