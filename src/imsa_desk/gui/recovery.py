"""The recovery sheet: covered on the screen, whole on paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from PySide6.QtCore import QMarginsF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPageLayout, QPageSize, QPainter, QPdfWriter
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QSizePolicy, QWidget

from imsa_desk.domain.dates import say_full
from imsa_desk.gui import paint, theme
from imsa_desk.gui.widgets.base import Painted

_KEEP = (
    "Keep it apart from the laptop: a locked drawer, or sealed, with your manager.",
    "Whoever holds both can open the vault.",
)
_A4 = QPageLayout(
    QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait, QMarginsF(20, 20, 20, 20)
)
_INK, _GREY, _BAR, _PAPER = QColor("#16201E"), QColor("#51605B"), QColor("#DDE3E0"), QColor("#FFFFFF")


@dataclass(frozen=True, slots=True, repr=False)
class RecoverySheet:
    """The groups of a recovery code and the day it was made; never shown by `repr`."""

    groups: tuple[str, ...]
    made: date

    @classmethod
    def of(cls, code: str, made: date) -> RecoverySheet:
        """Cut a code into its groups."""
        return cls(tuple(code.split("-")), made)


class SheetPreview(Painted):
    """What the paper will look like, with the groups covered: somebody may be looking."""

    def __init__(self) -> None:
        super().__init__("Preview of the recovery sheet; its groups are covered")
        self._sheet: RecoverySheet | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def show_sheet(self, sheet: RecoverySheet) -> None:
        """Show that a sheet is there."""
        self._sheet = sheet
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(300), theme.px(400))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(200), theme.px(300))

    def draw(self, p: QPainter, area: QRectF) -> None:
        """Paint a sheet of paper, white in every scheme."""
        px = theme.px
        paper = QRectF(px(18), px(8), area.width() - px(36), min(area.height() - px(28), px(420)))
        paint.shadow(p, paper, 3, 24, 0.26)
        paint.box(p, paper, _PAPER, None, 2)
        x, wide = paper.left() + px(24), paper.width() - px(48)
        _line(p, x, paper.top() + px(22), wide, "Recovery sheet", theme.font("title", True), _INK)
        words = "Opens this vault if the passphrase is forgotten."
        _line(p, x, paper.top() + px(52), wide, words, theme.font("small"), _GREY)
        p.fillRect(QRectF(x, paper.top() + px(80), wide, 1), _GREY)
        rows = self._bars(p, x, paper.top() + px(96), wide)
        low = paper.top() + px(96) + rows * px(34)
        p.fillRect(QRectF(x, low, wide, 1), _GREY)
        p.setFont(theme.font("small"))
        p.setPen(_INK)
        p.drawText(QRectF(x, low + px(10), wide, px(100)), _WRAP, "\n".join(_KEEP))
        if self._sheet is not None:
            made = f"Made on {say_full(self._sheet.made)}"
            _line(p, x, paper.bottom() - px(32), wide, made, theme.font("small"), _GREY)

    def _bars(self, p: QPainter, x: float, y: float, wide: float) -> int:
        count = len(self._sheet.groups) if self._sheet is not None else 9
        third, px = wide / 3, theme.px
        for number in range(count):
            left, top = x + (number % 3) * third, y + (number // 3) * px(34)
            _line(p, left, top, px(16), str(number + 1), theme.font("small"), _GREY)
            paint.box(p, QRectF(left + px(16), top + px(5), third - px(28), px(10)), _BAR, None, 3)
        return -(-count // 3)


_WRAP = Qt.TextFlag.TextWordWrap.value
_SINGLE = Qt.TextFlag.TextSingleLine.value


def _line(p: QPainter, x: float, y: float, wide: float, words: str, font: QFont, ink: QColor) -> None:
    p.setFont(font)
    p.setPen(ink)
    p.drawText(QRectF(x, y, wide, QFontMetricsF(font).height() + 2), _SINGLE, words)


def print_sheet(owner: QWidget, sheet: RecoverySheet) -> bool:
    """Ask for a printer and print; False when the person thought better of it."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setDocName("Recovery sheet")
    printer.setPageLayout(_A4)
    asked = QPrintDialog(printer, owner.window())
    if asked.exec() != QDialog.DialogCode.Accepted:
        return False
    p = QPainter(printer)
    _draw_paper(
        p, QRectF(printer.pageLayout().paintRectPixels(printer.resolution())), printer.resolution(), sheet
    )
    return p.end()


def save_sheet(to: Path, sheet: RecoverySheet) -> bool:
    """Write the sheet as a PDF file; False when the disk does not let it."""
    writer = QPdfWriter(str(to))
    writer.setPageLayout(_A4)
    writer.setResolution(300)
    writer.setTitle("Recovery sheet")
    p = QPainter()
    if not p.begin(writer):
        return False
    _draw_paper(p, QRectF(writer.pageLayout().paintRectPixels(300)), 300, sheet)
    return p.end()


def _draw_paper(p: QPainter, page: QRectF, resolution: int, sheet: RecoverySheet) -> None:
    """Draw the sheet with its groups, in points of the page."""
    point = resolution / 72
    wide = page.width() / point
    p.scale(point, point)
    big, body, mono = _font(20, True), _font(11), _font(15)
    mono.setFamilies(["DejaVu Sans Mono", "Noto Sans Mono", "Consolas", "Menlo", "monospace"])
    _line(p, 0, 0, wide, "Recovery sheet", big, _INK)
    _line(p, 0, 34, wide, "Opens this vault of IMSA Desk if the passphrase is forgotten.", body, _GREY)
    p.fillRect(QRectF(0, 66, wide, 0.75), _GREY)
    for number, group in enumerate(sheet.groups):
        left, top = (number % 3) * wide / 3, 86 + (number // 3) * 46
        _line(p, left, top, 24, f"{number + 1}", body, _GREY)
        _line(p, left + 24, top - 4, wide / 3 - 24, group, mono, _INK)
    low = 86 + -(-len(sheet.groups) // 3) * 46 + 6
    p.fillRect(QRectF(0, low, wide, 0.75), _GREY)
    for number, words in enumerate((*_KEEP, f"Made on {say_full(sheet.made)}. Page 1 of 1.")):
        _line(p, 0, low + 14 + number * 22, wide, words, body, _INK)


def _font(pixels: int, strong: bool = False) -> QFont:
    made = QFont(theme.font())
    made.setPixelSize(pixels)
    made.setBold(strong)
    return made
