"""Pages on the screen and on paper: page images shown in a column, painted to a printer, saved as a file."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMarginsF, QRectF, QSize
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QSizePolicy, QWidget

from imsa_desk.errors import Broken
from imsa_desk.gui import paint, theme
from imsa_desk.progress import Progress
from imsa_desk.services.previews import PageImage

PAPER_DPI = 200
"""Fine enough for small print, small enough that the longest review fits into memory."""
_WIDEST = 780


def image_of(page: PageImage) -> QImage:
    """Give a page's pixels as an image that lives only as long as the page."""
    return QImage(page.rgb, page.width, page.height, 3 * page.width, QImage.Format.Format_RGB888)


class PageSheet(QWidget):
    """One page in the middle, as wide as the window lets it be."""

    def __init__(self, page: PageImage) -> None:
        super().__init__()
        self._page = page
        self._scaled: QPixmap | None = None
        self.setAccessibleName(f"Page {page.number + 1} of {page.total}")
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def _wide(self, room: int) -> int:
        return min(room, theme.px(_WIDEST))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return round(self._wide(width) * self._page.height / max(1, self._page.width))

    def sizeHint(self) -> QSize:
        wide = theme.px(560)
        return QSize(wide, self.heightForWidth(wide))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._scaled = None
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._scaled is None:
            self._scaled = self._scale()
        wide = self._wide(self.width())
        left = (self.width() - wide) // 2
        p = QPainter(self)
        p.drawPixmap(left, 0, self._scaled)
        paint.box(p, QRectF(left, 0, wide, self.heightForWidth(wide)), None, "edge_soft", 0)
        p.end()

    def _scale(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        wide = self._wide(self.width())
        made = QPixmap(round(wide * ratio), round(self.heightForWidth(wide) * ratio))
        p = QPainter(made)
        p.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        p.drawImage(QRectF(0, 0, made.width(), made.height()), image_of(self._page))
        p.end()
        made.setDevicePixelRatio(ratio)
        return made


def set_paper(printer: QPrinter) -> None:
    """Choose A4 upright without margins: the pages bring their own."""
    size, upright = QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait
    printer.setPageLayout(QPageLayout(size, upright, QMarginsF(0, 0, 0, 0)))
    printer.setFullPage(True)
    printer.setDocName("Desk")


def print_pages(printer: QPrinter, pages: Sequence[PageImage], progress: Progress) -> None:
    """Paint page images to a printer, each as large as the paper; may run on any thread.

    Raises Broken when the printer does not begin.
    """
    p = QPainter()
    if not p.begin(printer):
        raise Broken(
            "The printer did not start. See that it is switched on, and try again.", code="E_PRINTER"
        )
    try:
        for done, page in enumerate(pages):
            if done:
                printer.newPage()
            paper = QRectF(printer.pageLayout().fullRectPixels(printer.resolution()))
            p.drawImage(paper, image_of(page))
            progress(done + 1, len(pages))
    finally:
        p.end()


def save_privately(to: Path, data: bytes) -> None:
    """Write a file that only its owner can read, whole or not at all.

    Raises Broken when it cannot be written.
    """
    part = to.with_name(f".{to.name}.{secrets.token_hex(4)}.part")
    try:
        handle = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, to)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise Broken("The file could not be written. Choose another folder.", code="E_WRITE") from error
