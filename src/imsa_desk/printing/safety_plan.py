"""Draw a safety plan: every part that was talked through, in the person's words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from imsa_desk.printing.blocks import Heading, isolated
from imsa_desk.printing.flow import Block
from imsa_desk.printing.fonts import FontSet
from imsa_desk.printing.look import HEADING, MUTED
from imsa_desk.printing.page import Frame, draw_pages
from imsa_desk.printing.paragraph import Paragraph
from imsa_desk.printing.parts import Parts
from imsa_desk.printing.shaping import Run
from imsa_desk.printing.sheet import Fact
from imsa_desk.progress import Progress, quiet

TITLE = "My safety plan"
FACTOR = 1.2
DANGER = (
    "If you are in danger now, call 999. If you cannot speak, press 55 on a mobile when you are asked to."
)


@dataclass(frozen=True, slots=True)
class SafetyPlanSheet:
    """A safety plan, ready to draw; `parts` are its questions with what was answered."""

    frame: Frame
    known_as: str
    about: str
    parts: tuple[Fact, ...]
    agreed: tuple[Fact, ...]


def safety_plan_pdf(sheet: SafetyPlanSheet, fonts: FontSet, *, progress: Progress = quiet) -> bytes:
    """Draw a safety plan on A4 and give the PDF's bytes; equal sheets give equal bytes."""
    return draw_pages(sheet.frame, list(_blocks(sheet, Parts(fonts, FACTOR))), fonts, progress=progress)


def _blocks(sheet: SafetyPlanSheet, parts: Parts) -> Iterator[Block]:
    yield from parts.opening(sheet.frame.title, sheet.frame.case_code, sheet.known_as, sheet.about)
    yield parts.text(DANGER, bold=True, before=4.0, after=6.0)
    style = parts.style(HEADING, size=11.0, leading=15.0, before=12.0, after=2.0)
    for part in sheet.parts:
        yield Heading(Paragraph(part.label, parts.fonts, style), part.label, 0)
        yield parts.text(part.value, after=3.0)
    if sheet.agreed:
        yield from parts.heading("How we agreed on it")
        for fact in sheet.agreed:
            label = Run(f"{fact.label}   ", colour=MUTED, together=True)
            yield parts.text([label, Run(isolated(fact.value))])
