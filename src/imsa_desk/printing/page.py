"""Draw blocks on A4 pages with the header and footer that every print of a case carries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from imsa_desk.domain.dates import MONTHS
from imsa_desk.printing.canvas import A4, About, Paper
from imsa_desk.printing.flow import Block, Page, paginate
from imsa_desk.printing.fonts import FontSet
from imsa_desk.printing.look import LINE, MUTED, PRACTICE, SMALL, TEXT, WHITE, Align
from imsa_desk.printing.paragraph import Paragraph
from imsa_desk.printing.shaping import Run
from imsa_desk.progress import Progress, quiet

SIDE = 54.0
HEADER_TOP = 40.0
FOOTER_BOTTOM = 28.0
BAND = 21.0
PRACTICE_WORDS = "invented people, nothing here is real"
_HEADER = replace(SMALL, size=8.5, leading=12.0)


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands round the text of every page of one document."""

    title: str
    case_code: str
    sensitivity: str
    state: str
    printed_by: str
    printed_at: datetime
    form_line: str
    consent_line: str
    practice: bool
    language: str = "en-GB"


def moment(at: datetime) -> str:
    """Give date and time in words, in the zone the value carries."""
    return f"{at.day} {MONTHS[at.month - 1]} {at.year} at {at:%H:%M}"


def draw_pages(frame: Frame, blocks: Sequence[Block], fonts: FontSet, *, progress: Progress = quiet) -> bytes:
    """Lay blocks out on A4 pages and give the PDF's bytes; equal values give equal bytes."""
    about = About(f"{frame.title} {frame.case_code}".rstrip(), frame.language, frame.printed_at)
    paper = Paper(about)
    edge = _Edge(frame, fonts)
    pages = paginate(blocks, edge.width, edge.top - edge.bottom)
    for number, page in enumerate(pages, start=1):
        progress(number - 1, len(pages))
        with paper.artifact("Pagination", "Header"):
            edge.header(paper, number, len(pages))
        _draw_page(paper, page, edge)
        with paper.artifact("Pagination", "Footer"):
            edge.footer(paper)
        paper.end_page()
    progress(len(pages), len(pages))
    return paper.finish()


def pages_of(frame: Frame, blocks: Sequence[Block], fonts: FontSet) -> int:
    """Say how many pages blocks take, without drawing them."""
    edge = _Edge(frame, fonts)
    return len(paginate(blocks, edge.width, edge.top - edge.bottom))


def _draw_page(paper: Paper, page: Page, edge: _Edge) -> None:
    for block, distance in page.placed:
        block.draw(paper, SIDE, edge.top - distance, edge.width)


class _Edge:
    """Header, footer and practice band, and the room they leave."""

    def __init__(self, frame: Frame, fonts: FontSet) -> None:
        self.frame, self.fonts = frame, fonts
        self.width = A4[0] - 2 * SIDE
        self._left = Paragraph(
            _named(frame),
            fonts,
            _HEADER,
        )
        self._footer = Paragraph(_footer_runs(frame), fonts, SMALL)
        self._header_height = max(
            self._left.measure(self._left_width(999, 999)), self._right(999, 999).measure(self.width)
        )
        self.top = A4[1] - HEADER_TOP - self._header_height - 20.0
        self.bottom = FOOTER_BOTTOM + self._footer.measure(self.width) + 18.0

    def _right(self, number: int, total: int) -> Paragraph:
        runs = [Run(self.frame.sensitivity, bold=True, colour=TEXT), Run(f"   page {number} of {total}")]
        if self.frame.state:
            runs.insert(0, Run(f"{self.frame.state}   ", bold=True, colour=TEXT))
        return Paragraph(runs, self.fonts, replace(_HEADER, align=Align.END))

    def _left_width(self, number: int, total: int) -> float:
        return max(self.width - self._right(number, total).natural_width() - 16.0, self.width / 3)

    def header(self, paper: Paper, number: int, total: int) -> None:
        """Draw what stands above the text of one page."""
        if self.frame.practice:
            self._band(paper)
        top = A4[1] - HEADER_TOP
        self._left.draw(paper, SIDE, top, self._left_width(999, 999))
        self._right(number, total).draw(paper, SIDE, top, self.width)
        paper.hairline(SIDE, top - self._header_height - 5.0, self.width, LINE)

    def footer(self, paper: Paper) -> None:
        """Draw what stands below the text of a page."""
        line = FOOTER_BOTTOM + self._footer.measure(self.width)
        paper.hairline(SIDE, line + 5.0, self.width, LINE)
        self._footer.draw(paper, SIDE, line, self.width)

    def _band(self, paper: Paper) -> None:
        paper.box(0, A4[1] - BAND, A4[0], BAND, fill=PRACTICE)
        style = replace(SMALL, colour=WHITE, align=Align.CENTRE)
        words = Paragraph([Run("PRACTICE", bold=True), Run(f"   {PRACTICE_WORDS}")], self.fonts, style)
        words.draw(paper, 0, A4[1] - (BAND - style.leading) / 2, A4[0])


def _named(frame: Frame) -> list[Run]:
    """Name the paper by the case's code and its title; an empty form belongs to no case."""
    if not frame.case_code:
        return [Run(frame.title)]
    return [Run(frame.case_code, bold=True, mono=True, colour=TEXT), Run(f"   {frame.title}")]


def _footer_runs(frame: Frame) -> list[Run]:
    runs = [Run("PRACTICE   ", bold=True, colour=PRACTICE)] if frame.practice else []
    runs.append(Run(f"Printed by {frame.printed_by} on {moment(frame.printed_at)}", colour=MUTED))
    if frame.form_line:
        runs.append(Run(f"   ·   Form: {frame.form_line}", colour=MUTED))
    if frame.consent_line:
        runs.append(Run(f"\n{frame.consent_line}", colour=MUTED))
    return runs
