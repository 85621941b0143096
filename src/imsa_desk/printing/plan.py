"""Draw what was agreed with the person: their words, who does what, how it was agreed, whom to reach."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from imsa_desk.printing.blocks import isolated
from imsa_desk.printing.flow import Block
from imsa_desk.printing.fonts import FontSet
from imsa_desk.printing.look import MUTED
from imsa_desk.printing.page import Frame, draw_pages
from imsa_desk.printing.parts import Parts
from imsa_desk.printing.shaping import Run
from imsa_desk.printing.sheet import Fact, Stroke
from imsa_desk.printing.signature import Signature
from imsa_desk.progress import Progress, quiet

TITLE = "Agreed with me"
FACTOR = 1.2
"""Running text of 12 points: it is read at home, not at a desk."""


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One thing that will be done, and by when in words."""

    what: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class StepsOf:
    """What one person or office does."""

    who: str
    steps: tuple[PlanStep, ...]


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody whose name and number are worth keeping."""

    name: str
    part: str
    reach: str = ""


@dataclass(frozen=True, slots=True)
class PlanSheet:
    """A plan in plain words, ready to draw; `strokes` is the person's signature where they drew one."""

    frame: Frame
    known_as: str
    about: str
    own_words: tuple[Fact, ...]
    steps: tuple[StepsOf, ...]
    agreed: tuple[Fact, ...]
    strokes: tuple[Stroke, ...]
    review: str
    contacts: tuple[Contact, ...]


def plan_pdf(sheet: PlanSheet, fonts: FontSet, *, progress: Progress = quiet) -> bytes:
    """Draw a plan on A4 and give the PDF's bytes; equal sheets give equal bytes."""
    return draw_pages(sheet.frame, list(_blocks(sheet, Parts(fonts, FACTOR))), fonts, progress=progress)


def _blocks(sheet: PlanSheet, parts: Parts) -> Iterator[Block]:
    yield from parts.opening(sheet.frame.title, sheet.frame.case_code, sheet.known_as, sheet.about)
    if sheet.own_words:
        yield from parts.heading("What I said")
        for fact in sheet.own_words:
            yield parts.label(fact.label, before=3.0)
            yield parts.quote(fact.value)
    yield from parts.heading("What we agreed to do")
    if not sheet.steps:
        yield parts.text("No next step was agreed yet.", colour=MUTED)
    for who in sheet.steps:
        yield parts.subheading(who.who)
        yield from parts.bullets([_step(step) for step in who.steps])
    if sheet.review:
        yield from parts.heading("When we look at this again")
        yield parts.text(sheet.review)
    yield from parts.heading("How I agreed")
    yield from _agreed(sheet, parts)
    if sheet.contacts:
        yield from parts.heading("People to keep in touch with")
        yield from parts.bullets([_contact(one) for one in sheet.contacts])


def _step(step: PlanStep) -> list[Run]:
    runs = [Run(isolated(step.what))]
    return [*runs, Run(f"   {step.by}", colour=MUTED)] if step.by else runs


def _agreed(sheet: PlanSheet, parts: Parts) -> Iterator[Block]:
    if not sheet.agreed and not sheet.strokes:
        yield parts.text("It is not noted yet how I agreed.", colour=MUTED)
    for fact in sheet.agreed:
        yield parts.text([Run(f"{fact.label}   ", colour=MUTED, together=True), Run(isolated(fact.value))])
    if sheet.strokes:
        yield Signature(sheet.strokes, "The person’s signature")


def _contact(one: Contact) -> list[Run]:
    runs = [Run(isolated(one.name), bold=True)]
    if one.part:
        runs.append(Run(f", {one.part}"))
    if one.reach:
        runs.append(Run(f"   {isolated(one.reach)}", together=True))
    return runs
