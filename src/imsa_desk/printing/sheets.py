"""Sheets that carry a secret on paper: one A4 page with large groups, a QR code and how to use it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from imsa_desk.domain.dates import say_full
from imsa_desk.printing.canvas import A4, About, Paper
from imsa_desk.printing.fonts import FontSet
from imsa_desk.printing.look import LEAD, LINE, MUTED, PRACTICE, SMALL, TEXT, TITLE, WHITE, Align, TextStyle
from imsa_desk.printing.page import BAND, PRACTICE_WORDS, SIDE
from imsa_desk.printing.paragraph import Paragraph
from imsa_desk.printing.qr import QUIET, modules_of
from imsa_desk.printing.shaping import Run

LANGUAGE = "en-GB"
_TOP = A4[1] - 62.0
_WIDTH = A4[0] - 2 * SIDE
_NUMBER = 24.0
"""Room left of a group for its number."""
_QR_SIDE = 168.0
_QR_WORDS = "QR code of the groups above, for a camera"
_HOW = TextStyle(size=11.0, leading=17.0, after=7.0)


@dataclass(frozen=True, slots=True, repr=False)
class SecretSheet:
    """What stands on one sheet; never shown by `repr`.

    `groups` stand in `columns`, filled line by line, in letters of `size` points; `code` goes into the QR
    code as it is.
    """

    title: str
    lead: str
    groups: tuple[str, ...]
    code: str
    columns: int
    size: float
    how: tuple[str, ...]
    vault: str
    made: datetime
    practice: bool


def sheet_pdf(sheet: SecretSheet, fonts: FontSet) -> bytes:
    """Draw one sheet and give the bytes of an A4 PDF; nothing is written to disk."""
    paper = Paper(About(sheet.title, LANGUAGE, sheet.made))
    if sheet.practice:
        _band(paper, fonts)
    with paper.tag("H1"):
        top = _words(paper, fonts, sheet.title, replace(TITLE, size=24.0, leading=32.0), _TOP)
    top = _words(paper, fonts, sheet.lead, LEAD, top - 2.0) - 14.0
    paper.hairline(SIDE, top, _WIDTH, LINE)
    top = _groups(paper, sheet, fonts, top - 24.0) - 6.0
    paper.hairline(SIDE, top, _WIDTH, LINE)
    _foot_of_groups(paper, sheet, fonts, top - 22.0)
    _footer(paper, sheet, fonts)
    paper.bookmark(sheet.title, A4[1], 0)
    paper.end_page()
    return paper.finish()


def _words(
    paper: Paper,
    fonts: FontSet,
    words: str | Sequence[Run],
    style: TextStyle,
    top: float,
    x: float = SIDE,
    width: float = _WIDTH,
) -> float:
    """Draw words and give the height at which they end."""
    made = Paragraph(words, fonts, style)
    made.draw(paper, x, top, width)
    return top - made.measure(width)


def _band(paper: Paper, fonts: FontSet) -> None:
    style = replace(SMALL, colour=WHITE, align=Align.CENTRE)
    runs = [Run("PRACTICE", bold=True), Run(f"   {PRACTICE_WORDS}")]
    with paper.artifact("Pagination", "Header"):
        paper.box(0, A4[1] - BAND, A4[0], BAND, fill=PRACTICE)
        _words(paper, fonts, runs, style, A4[1] - (BAND - style.leading) / 2, 0, A4[0])


def _groups(paper: Paper, sheet: SecretSheet, fonts: FontSet, top: float) -> float:
    """Draw the numbered groups and give the height at which they end."""
    leading = sheet.size * 1.9
    wide = _WIDTH / sheet.columns
    style = TextStyle(size=sheet.size, leading=leading)
    small = TextStyle(size=9.0, leading=leading, colour=MUTED)
    with paper.tag("L", numbering="Decimal"):
        for at, group in enumerate(sheet.groups):
            left, high = SIDE + at % sheet.columns * wide, top - at // sheet.columns * leading
            with paper.tag("LI"):
                with paper.tag("Lbl"):
                    _words(paper, fonts, f"{at + 1} ", small, high, left, _NUMBER)
                with paper.tag("LBody"):
                    _words(paper, fonts, [Run(group, mono=True)], style, high, left + _NUMBER, wide - _NUMBER)
    return top - -(-len(sheet.groups) // sheet.columns) * leading


def _foot_of_groups(paper: Paper, sheet: SecretSheet, fonts: FontSet, top: float) -> None:
    """Draw the QR code, and beside it how the sheet is used."""
    with paper.tag("Figure", alt=_QR_WORDS, box=(SIDE, top - _QR_SIDE, SIDE + _QR_SIDE, top)):
        draw_qr(paper, sheet.code, SIDE, top - _QR_SIDE, _QR_SIDE)
    left = SIDE + _QR_SIDE + 24.0
    width = _WIDTH - _QR_SIDE - 24.0
    with paper.tag("H2"):
        top = _words(paper, fonts, "How to use it", replace(_HOW, bold=True), top, left, width) - 6.0
    for sentence in sheet.how:
        top = _words(paper, fonts, sentence, _HOW, top, left, width) - _HOW.after


def _footer(paper: Paper, sheet: SecretSheet, fonts: FontSet) -> None:
    line = 62.0
    paper.hairline(SIDE, line, _WIDTH, LINE)
    style = replace(SMALL, size=9.5, leading=14.0)
    made = [Run("Vault "), Run(sheet.vault, bold=True, colour=TEXT)]
    made.append(Run(f"   ·   made on {say_full(sheet.made.date())}"))
    if sheet.practice:
        made.insert(0, Run("PRACTICE   ", bold=True, colour=PRACTICE))
    _words(paper, fonts, made, style, line - 8.0, SIDE, _WIDTH * 0.8)
    with paper.artifact("Pagination", "Footer"):
        _words(paper, fonts, "page 1 of 1", replace(style, align=Align.END), line - 8.0)


def draw_qr(paper: Paper, text: str, x: float, y: float, side: float) -> None:
    """Draw a QR code as black boxes in a square from its lower left corner, its quiet zone included.

    Level M: it can still be read when a seventh of it is soiled.
    """
    modules = modules_of(text)
    step = side / (len(modules) + 2 * QUIET)
    for line, row in enumerate(modules):
        top = y + side - (line + QUIET + 1) * step
        at = 0
        for dark, run in groupby(row):
            length = len(list(run))
            if dark:
                # A hair higher than a module, so that no reader shows white lines between the rows.
                left = x + (at + QUIET) * step
                paper.box(left, top - step * 0.02, length * step, step * 1.02, fill="#000000")
            at += length
