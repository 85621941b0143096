"""DocumentView: a document's pages, drawn in the limited child process; nothing of it touches the disk."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from imsa_desk.domain.dates import say_when
from imsa_desk.domain.documents import Document
from imsa_desk.domain.ids import DocumentId
from imsa_desk.errors import ImsaError
from imsa_desk.gui import theme
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.widgets.heading import Title, label
from imsa_desk.gui.widgets.page import BasePage
from imsa_desk.services.documents import read_document
from imsa_desk.services.previews import PageImage, page_images


class _Sheet(QWidget):
    """One page, as wide as the window lets it be."""

    def __init__(self, page: PageImage) -> None:
        super().__init__()
        self._pixels = page.rgb
        self._image = QImage(
            self._pixels, page.width, page.height, 3 * page.width, QImage.Format.Format_RGB888
        )
        self.setAccessibleName(f"Page {page.number} of {page.total}")
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return round(min(width, self._image.width()) * self._image.height() / max(1, self._image.width()))

    def sizeHint(self) -> QSize:
        return QSize(theme.px(600), self.heightForWidth(theme.px(600)))

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        wide = min(self.width(), self._image.width())
        p.drawImage(QRectF(0, 0, wide, self.heightForWidth(self.width())), self._image)
        p.end()


class DocumentView(BasePage):
    """Args: case_id, document_id. Opened as an editor's window; it edits nothing."""

    def __init__(self, context: PageContext) -> None:
        super().__init__((24, 16, 24, 20))
        self._context = context
        self._title = Title("")
        self._state = label("Opening…", "muted")
        self.content.addWidget(self._title)
        self.content.addWidget(self._state)
        self.content.addStretch(1)

    def show_for(self, **args: str) -> None:
        desk, document_id = self._context.desk, DocumentId(args["document_id"])
        self._context.jobs.run(
            lambda _: read_document(desk, document_id), owner=self, then=self._read, otherwise=self._failed
        )

    def refresh(self) -> None:
        """A document never changes."""

    def _read(self, outcome: tuple[Document, bytes]) -> None:
        document, data = outcome
        added = say_when(document.added_at, self._context.desk.today())
        self._title.show_words(document.title, f"Added {added} · {max(1, document.size // 1024):,} KB")
        pdf = document.media_type == "application/pdf"
        self._context.jobs.run(
            lambda progress: page_images(data, "pdf" if pdf else "image", progress=progress),
            owner=self,
            then=self._show,
            otherwise=self._failed,
            lane="free",
        )

    def _show(self, pages: list[PageImage]) -> None:
        self._state.hide()
        for n, page in enumerate(pages):
            self.content.insertWidget(2 + n, _Sheet(page), 0, Qt.AlignmentFlag.AlignTop)

    def _failed(self, error: ImsaError) -> None:
        self._state.setText(error.message)
