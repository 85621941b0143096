"""CaseDocuments: letters, scans and photographs of a case, each with the record it belongs to."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QDragEnterEvent, QDropEvent

from imsa_desk.domain.dates import say_when
from imsa_desk.domain.documents import Document
from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.timeline import Moment
from imsa_desk.gui.models import say
from imsa_desk.gui.models.attaching import attach, attach_file
from imsa_desk.gui.models.pen import Pen
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.heading import EmptyState, label
from imsa_desk.gui.widgets.layout import overhang, row
from imsa_desk.gui.widgets.page import BasePage
from imsa_desk.gui.widgets.rows import Row, RowList
from imsa_desk.services.desk import Desk
from imsa_desk.services.documents import documents_of
from imsa_desk.services.timeline import timeline
from imsa_desk.vocab import Kind


def _read(desk: Desk, case_id: CaseId) -> tuple[tuple[Document, ...], dict[str, Moment]]:
    found = documents_of(desk, case_id)
    owned = {m.id: m for m in timeline(desk, case_id)} if any(d.belongs_id for d in found) else {}
    return found, owned


class CaseDocuments(BasePage):
    """Args: case_id."""

    kinds = frozenset({Kind.DOCUMENT})

    def __init__(self, context: PageContext, pen: Pen) -> None:
        super().__init__((24, 14, 24, 20))
        self._context, self._pen = context, pen
        self._case_id = ""
        self.setAcceptDrops(True)
        self._add = Button("Add a document", "plain", icon="attach", shortcut="Ctrl+D")
        self._add.clicked.connect(self._attach)
        self._said = label("", "muted")
        self.content.addLayout(row(self._said, None, self._add))
        self.empty = EmptyState(
            "No documents yet",
            "Letters, photographs and scans for this case go here. They are kept inside the vault, never "
            "on the desktop.",
            verb="Add a document",
            shortcut="Ctrl+D",
            other="Or drop a file anywhere on this page.",
        )
        self.empty.pressed.connect(self._attach)
        self.list = RowList("Documents")
        self.list.acted.connect(self._open)
        self.list.opened.connect(self._open)
        self.content.addWidget(self.empty)
        self.content.addLayout(overhang(self.list))
        self.content.addStretch(1)
        pen.holds(self._add, self.empty)
        context.window.bind("document.add", self, self._attach)

    def show_for(self, **args: str) -> None:
        self._case_id = args["case_id"]
        self.refresh()

    def refresh(self) -> None:
        """Ask for the documents and for what they belong to."""
        desk, case_id = self._context.desk, CaseId(self._case_id)
        self._context.jobs.run(lambda _: _read(desk, case_id), owner=self, then=self._came)

    def _came(self, outcome: tuple[tuple[Document, ...], dict[str, Moment]]) -> None:
        found, owned = outcome
        self.empty.setVisible(not found)
        self.list.setVisible(bool(found))
        self._add.setVisible(bool(found))
        self._said.setText(f"{say.counted(len(found), 'document')}, kept inside the vault" if found else "")
        self.list.show_rows([self._row(d, owned.get(d.belongs_id)) for d in found])

    def _row(self, one: Document, owner: Moment | None) -> Row:
        today = self._context.desk.today()
        tag = say.sensitivity_tag(one.sensitivity)
        belongs = f"with “{owner.title}”, {say_when(owner.at, today)}" if owner else ""
        parts = (f"added {say_when(one.added_at, today)}", f"{max(1, one.size // 1024):,} KB", belongs)
        title = "Restricted document" if tag else one.title
        return Row(
            one.id,
            title,
            icon="document",
            why=" · ".join(p for p in parts if p),
            tags=(tag,) if tag else (),
            verb="Open",
        )

    def _open(self, document_id: str) -> None:
        self._context.open_editor("document", case_id=self._case_id, document_id=document_id)

    def _attach(self) -> None:
        attach(self._context, self, self._case_id)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files that are dropped, where the case is written."""
        if not self._pen.why and any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take in each file that was dropped, after asking what it is."""
        for url in event.mimeData().urls():
            if url.isLocalFile():
                attach_file(self._context, self, Path(url.toLocalFile()), self._case_id)
