"""Draw a case that was opened by a grant: every entry with its fields, plain."""

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
from imsa_desk.progress import Progress, quiet


@dataclass(frozen=True, slots=True)
class ReadingSheet:
    """A case ready to draw: each entry with its label and the fields it fills."""

    frame: Frame
    sections: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


def reading_pdf(sheet: ReadingSheet, fonts: FontSet, *, progress: Progress = quiet) -> bytes:
    """Draw a reading on A4 and give the PDF's bytes; equal sheets give equal bytes."""
    return draw_pages(sheet.frame, list(_blocks(sheet, Parts(fonts))), fonts, progress=progress)


def _blocks(sheet: ReadingSheet, parts: Parts) -> Iterator[Block]:
    yield from parts.opening(sheet.frame.title, sheet.frame.case_code)
    yield parts.small(sheet.frame.state, after=4.0)
    for label, fields in sheet.sections:
        yield parts.subheading(label)
        for name, value in fields:
            yield parts.text(
                [Run(f"{name}   ", colour=MUTED, together=True), Run(isolated(value))], after=1.5
            )
