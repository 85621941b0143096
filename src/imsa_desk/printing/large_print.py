"""Draw the person's own copy in large print: their own words first, and nothing that is only judgement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from imsa_desk.printing.blocks import isolated
from imsa_desk.printing.flow import Block
from imsa_desk.printing.fonts import FontSet
from imsa_desk.printing.look import MUTED
from imsa_desk.printing.page import Frame, draw_pages
from imsa_desk.printing.parts import LARGE, Parts
from imsa_desk.printing.shaping import Run
from imsa_desk.printing.sheet import Fact
from imsa_desk.progress import Progress, quiet

TITLE = "My copy"


@dataclass(frozen=True, slots=True)
class OwnItem:
    """One thing we talked about: the person's own words, and short facts in plain words."""

    question: str
    words: str = ""
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnSection:
    """A part of the talk."""

    title: str
    items: tuple[OwnItem, ...]


@dataclass(frozen=True, slots=True)
class OwnCopySheet:
    """The person's copy, ready to draw: what they said first, then what comes next."""

    frame: Frame
    known_as: str
    about: str
    first: tuple[Fact, ...]
    sections: tuple[OwnSection, ...]
    steps: tuple[Fact, ...]
    review: str
    agreed: tuple[Fact, ...]


def own_copy_pdf(sheet: OwnCopySheet, fonts: FontSet, *, progress: Progress = quiet) -> bytes:
    """Draw the copy on A4 in letters of 16.5 points and give the PDF's bytes."""
    return draw_pages(sheet.frame, list(_blocks(sheet, Parts(fonts, LARGE))), fonts, progress=progress)


def _blocks(sheet: OwnCopySheet, parts: Parts) -> Iterator[Block]:
    yield from parts.opening(sheet.frame.title, sheet.frame.case_code, sheet.known_as, sheet.about)
    if sheet.first:
        yield from parts.heading("What I said")
        for fact in sheet.first:
            yield parts.text(fact.label, bold=True, before=4.0, keep_with_next=True)
            yield parts.quote(fact.value)
    for section in sheet.sections:
        yield from parts.heading(section.title)
        for item in section.items:
            yield from _item(item, parts)
    if sheet.steps:
        yield from parts.heading("What happens next")
        yield from parts.bullets([_step(step) for step in sheet.steps])
    if sheet.review:
        yield from parts.heading("When we talk again")
        yield parts.text(sheet.review)
    if sheet.agreed:
        yield from parts.heading("How I agreed")
        yield from _said(sheet.agreed, parts)


def _item(item: OwnItem, parts: Parts) -> Iterator[Block]:
    yield parts.text(item.question, bold=True, before=4.0, keep_with_next=True)
    if item.words:
        yield parts.quote(item.words)
    yield from _said(item.facts, parts)


def _said(facts: tuple[Fact, ...], parts: Parts) -> Iterator[Block]:
    for fact in facts:
        mark = " " if fact.label.endswith(("?", ":")) else ": "
        label = [Run(f"{fact.label}{mark}", colour=MUTED)]
        runs = [*label, Run(isolated(fact.value))] if fact.label else [Run(fact.value)]
        yield parts.text(runs, after=3.0)


def _step(step: Fact) -> list[Run]:
    return [Run(f"{step.label}: ", bold=True), Run(isolated(step.value))]
