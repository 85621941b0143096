"""Draw the dossier of a case that changes hands: what must not be lost on the way, safe contact first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from imsa_desk.printing.blocks import Spacing, isolated
from imsa_desk.printing.flow import Block
from imsa_desk.printing.fonts import FontSet
from imsa_desk.printing.look import ALERT, BODY, CAUTION, CAUTION_SOFT, MUTED
from imsa_desk.printing.notice import Notice
from imsa_desk.printing.page import Frame, draw_pages
from imsa_desk.printing.paragraph import Paragraph
from imsa_desk.printing.parts import Parts
from imsa_desk.printing.shaping import Run
from imsa_desk.printing.sheet import Fact
from imsa_desk.printing.tables import Table
from imsa_desk.progress import Progress, quiet

TITLE = "Hand-over dossier"
_FACTOR = 0.96


class Tone(StrEnum):
    """How loudly a rule of safe contact is printed."""

    NEVER = "never"
    ASK = "ask"
    SAFE = "safe"


@dataclass(frozen=True, slots=True)
class SafeRule:
    """One way of contact: what it is, how it may be used, and what to know."""

    tone: Tone
    way: str
    rule: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class DatedStep:
    """Something that falls on a day; `late` where the day has passed."""

    day: str
    what: str
    who: str
    late: bool = False


@dataclass(frozen=True, slots=True)
class Promise:
    """Something that was agreed and has no day."""

    what: str
    who: str


@dataclass(frozen=True, slots=True)
class Part:
    """One who works with the person: since when nobody spoke with them, and what they know."""

    name: str
    role: str
    reach: str
    last: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Agreed:
    """A consent: for whom, about what, since or until when."""

    who: str
    what: str
    when: str


@dataclass(frozen=True, slots=True)
class ThemeLine:
    """Where things stand in one theme."""

    theme: str
    need: str
    since: str
    step: str


@dataclass(frozen=True, slots=True)
class DossierSheet:
    """A dossier ready to draw; `gaps` says what it lacks and what the reader has to decide."""

    frame: Frame
    known_as: str
    about: str
    origin: tuple[str, ...]
    first: str
    stale: str
    safe: tuple[SafeRule, ...]
    urgent: tuple[str, ...]
    dated: tuple[DatedStep, ...]
    review: str
    promised: tuple[Promise, ...]
    waits: tuple[str, ...]
    people: tuple[Part, ...]
    consents: tuple[Agreed, ...]
    withdrawn: tuple[Agreed, ...]
    matters: str
    needs: tuple[str, ...]
    plan: str
    plan_words: tuple[Fact, ...]
    themes: tuple[ThemeLine, ...]
    gaps: tuple[str, ...]


def dossier_pdf(sheet: DossierSheet, fonts: FontSet, *, progress: Progress = quiet) -> bytes:
    """Draw a dossier on A4 and give the PDF's bytes; equal sheets give equal bytes."""
    return draw_pages(sheet.frame, list(_blocks(sheet, Parts(fonts, _FACTOR))), fonts, progress=progress)


def _blocks(sheet: DossierSheet, parts: Parts) -> Iterator[Block]:
    yield from parts.opening(sheet.frame.title, sheet.frame.case_code, sheet.known_as, sheet.about)
    for words in sheet.origin:
        yield Notice(words, parts.fonts, Spacing(after=6.0), colour=CAUTION, ground=CAUTION_SOFT)
    yield from _safe(sheet, parts)
    if sheet.first:
        yield from parts.heading("What to know first")
        yield parts.quote(sheet.first)
    if sheet.urgent:
        yield from parts.heading("Safety responses that are open")
        yield from parts.bullets(sheet.urgent)
    yield from _dated(sheet.dated, parts)
    yield parts.text([Run("Next review   ", colour=MUTED, together=True), Run(sheet.review)], after=2.0)
    yield from _promised(sheet.promised, parts)
    if sheet.waits:
        yield from parts.heading("Asked and not answered")
        yield from parts.bullets(sheet.waits)
    yield from _people(sheet.people, parts)
    yield from _consents(sheet, parts)
    yield from _person(sheet, parts)
    yield from _themes(sheet.themes, parts)
    yield from parts.heading("What this dossier does not hold")
    yield from parts.bullets(sheet.gaps or ("Nothing is known to be missing.",), last_two=True)


def _safe(sheet: DossierSheet, parts: Parts) -> Iterator[Block]:
    """Say how the person may be reached; what must never be done stands first, in red."""
    yield from parts.heading("Safe contact")
    never = [one for one in sheet.safe if one.tone is Tone.NEVER]
    for one in never:
        yield Notice(f"{one.rule}. {one.note}".strip(), parts.fonts, Spacing(after=4.0))
    if sheet.stale:
        yield Notice(sheet.stale, parts.fonts, Spacing(after=4.0), colour=CAUTION, ground=CAUTION_SOFT)
    others = [one for one in sheet.safe if one.tone is not Tone.NEVER]
    if not others:
        yield parts.text(
            "No safe way of contact is known. Ask before you call or write.", colour=ALERT, bold=True
        )
        return
    rows = [[one.way, one.rule, one.note] for one in others]
    yield Table(["Way", "Rule", "To know"], rows, parts.fonts, (0.17, 0.13, 0.7), row_headers=True)


def _dated(steps: Sequence[DatedStep], parts: Parts) -> Iterator[Block]:
    yield from parts.heading("Days to keep")
    if not steps:
        yield parts.text("No day is set for anything.", colour=MUTED)
        return
    rows: list[list[str | Paragraph]] = [[_day(one, parts), isolated(one.what), one.who] for one in steps]
    yield Table(["Day", "What", "Who"], rows, parts.fonts, (0.24, 0.52, 0.24), row_headers=True)


def _day(step: DatedStep, parts: Parts) -> str | Paragraph:
    if not step.late:
        return step.day
    style = replace(BODY, size=9.0, leading=13.0)
    return Paragraph([Run(f"{step.day}, past", bold=True, colour=ALERT)], parts.fonts, style)


def _promised(promises: Sequence[Promise], parts: Parts) -> Iterator[Block]:
    """Give what was promised without a day; what has one stands among the days."""
    yield from parts.heading("Open promises without a day")
    if not promises:
        yield parts.text("None.", colour=MUTED)
        return
    yield from parts.bullets(
        [[Run(isolated(one.what)), Run(f"   {isolated(one.who)}", colour=MUTED)] for one in promises]
    )


def _people(people: Sequence[Part], parts: Parts) -> Iterator[Block]:
    yield from parts.heading("Who is involved")
    if not people:
        yield parts.text("No professional is noted.", colour=MUTED)
        return
    rows = [
        [isolated(one.name), "\n".join(w for w in (one.role, one.reach, one.note) if w), one.last]
        for one in people
    ]
    yield Table(
        ["Name", "Part and reach", "Last contact"], rows, parts.fonts, (0.24, 0.54, 0.22), row_headers=True
    )


def _consents(sheet: DossierSheet, parts: Parts) -> Iterator[Block]:
    yield from parts.heading("What the person agreed to")
    if sheet.withdrawn:
        yield parts.subheading("Withdrawn: nothing more may rest on it")
        yield _agreed(sheet.withdrawn, parts)
    if sheet.consents:
        yield parts.subheading("In force")
        yield _agreed(sheet.consents, parts)
    if not sheet.consents and not sheet.withdrawn:
        yield parts.text("No consent is recorded: ask before anything is shared.", colour=MUTED)


def _agreed(consents: Sequence[Agreed], parts: Parts) -> Block:
    rows = [[isolated(one.who), one.what, one.when] for one in consents]
    return Table(["To whom", "About what", "Since"], rows, parts.fonts, (0.3, 0.46, 0.24), row_headers=True)


def _person(sheet: DossierSheet, parts: Parts) -> Iterator[Block]:
    yield from parts.heading("What matters to the person")
    if sheet.matters:
        yield parts.quote(sheet.matters)
    else:
        yield parts.text("Nothing is written down here.", colour=MUTED)
    for words in sheet.needs:
        yield parts.text(words, after=2.0)
    yield parts.text([Run("Safety plan   ", colour=MUTED, together=True), Run(sheet.plan)], after=2.0)
    yield from parts.facts(sheet.plan_words)


def _themes(themes: Sequence[ThemeLine], parts: Parts) -> Iterator[Block]:
    yield from parts.heading("Where things stand")
    if not themes:
        yield parts.text("No theme has an entry here.", colour=MUTED)
        return
    rows = [[one.theme, one.need, one.since, isolated(one.step) if one.step else ""] for one in themes]
    yield Table(
        ["Theme", "Need", "Since", "Next step"], rows, parts.fonts, (0.31, 0.17, 0.21, 0.31), row_headers=True
    )
