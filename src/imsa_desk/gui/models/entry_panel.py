"""EntryPanel: one entry shown whole beside the timeline, with its history and documents."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from imsa_desk.domain.documents import Document
from imsa_desk.domain.timeline import HistoryLine, Moment
from imsa_desk.gui import theme
from imsa_desk.gui.models import say
from imsa_desk.gui.models.agreed import AgreedList
from imsa_desk.gui.models.details import Detail
from imsa_desk.gui.models.marks import Mark
from imsa_desk.gui.models.moments import COVERED
from imsa_desk.gui.models.pen import Pen
from imsa_desk.gui.models.versions import version_parts
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import Line, PageScroll, SidePanel, column, empty, row
from imsa_desk.gui.widgets.tag import Tag


class EntryPanel(PageScroll):
    """Sends what is pressed; the page that owns it runs the verbs."""

    whole = Signal()
    edit = Signal()
    history = Signal()
    remove = Signal()
    attach = Signal()
    reveal = Signal()
    back = Signal()
    document = Signal(str)
    bring_back = Signal(str, int)

    def __init__(self, context: PageContext, pen: Pen) -> None:
        super().__init__((0, 0, 0, 0))
        self._context, self._pen = context, pen
        self._body = QVBoxLayout()
        self._body.setSpacing(4)
        self.content.addWidget(SidePanel(self._body, None))
        self._shows_back = False
        self.showing_history = False

    def offer_back(self, wanted: bool) -> None:
        """Show a way back to the list, where the list is not beside the panel."""
        self._shows_back = wanted

    def clear(self) -> None:
        """Show nothing."""
        empty(self._body)

    def _begin(self, title: str, facts: str, icon: str) -> None:
        self.clear()
        self.showing_history = False
        self.verticalScrollBar().setValue(0)
        if self._shows_back:
            self._button("Back to the list", self.back)
        words = column(label(title, "strong", wrap=True), label(facts, "meta", wrap=True), space=1)
        line = row(column(Mark(icon), None), words, space=12)
        line.setStretch(1, 1)
        self._body.addLayout(line)
        self._body.addSpacing(8)

    def _button(self, words: str, signal: object, kind: str = "link", icon: str = "") -> Button:
        made = Button(words, "plain" if kind == "plain" else "link", icon=icon, small=True)
        made.clicked.connect(signal)
        self._body.addLayout(row(made, None))
        return made

    def show_covered(self, moment: Moment, facts: str) -> None:
        """Say only that there is an entry, until somebody asks for it."""
        self._begin(moment.title, facts, moment.icon)
        tag = say.sensitivity_tag(moment.sensitivity)
        if tag is not None:
            self._body.addLayout(row(Tag(tag), None))
        self._body.addWidget(label(COVERED, "muted", wrap=True))
        self._body.addSpacing(8)
        self._button("Show it", self.reveal, "plain", "eye")

    def show_detail(self, detail: Detail) -> None:
        """Show an entry whole."""
        moment = detail.moment
        self._begin(moment.title, detail.facts, moment.icon)
        tag = say.sensitivity_tag(moment.sensitivity)
        if tag is not None:
            self._body.addLayout(row(Tag(tag), None))
        for words, text in detail.parts:
            self._part(words, text)
        if detail.actions:
            self._body.addWidget(label("Promised and agreed", "caps"))
            agreed = AgreedList(self._context, self._pen)
            agreed.show_actions(detail.actions)
            self._body.addWidget(agreed)
            self._body.addSpacing(8)
        if detail.documents:
            self._documents(detail.documents)
        self._body.addSpacing(4)
        self._body.addWidget(Line())
        self._body.addSpacing(6)
        self._verbs(detail)

    def _part(self, words: str, text: str) -> None:
        self._body.addWidget(label(words, "caps"))
        said = label(text, wrap=True, selectable=True)
        said.setMaximumWidth(theme.px(560))
        said.setAccessibleName(f"{words}: {text}")
        said.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._body.addWidget(said)
        self._body.addSpacing(8)

    def _documents(self, documents: tuple[Document, ...]) -> None:
        self._body.addWidget(label("Documents", "caps"))
        for one in documents:
            opener = Button(one.title, "link", icon="document", small=True, name=f"Open document {one.title}")
            opener.clicked.connect(lambda _=False, chosen=one.id: self.document.emit(chosen))
            self._body.addLayout(row(opener, None))
        self._body.addSpacing(8)

    def _verbs(self, detail: Detail) -> None:
        parts: list[QWidget] = []
        wanted = (
            ("Open", self.whole, bool(detail.whole), False),
            ("Edit", self.edit, bool(detail.editor), True),
            ("History", self.history, True, False),
            ("Add a document", self.attach, bool(detail.editor), True),
            ("Remove", self.remove, detail.removable, True),
        )
        for words, signal, shown, writes in wanted:
            if shown:
                made = Button(words, "plain" if words in ("Edit", "Open") else "link", small=True)
                made.clicked.connect(signal)
                if writes:
                    self._pen.holds(made)
                parts.append(made)
        self._body.addLayout(row(*parts, None, space=6))

    def show_history(self, detail: Detail, lines: tuple[HistoryLine, ...]) -> None:
        """Show every version, newest first, each with a way to bring it back."""
        self._begin(f"History: {detail.moment.title}", say.counted(len(lines), "version"), "history")
        self._button("Back to the entry", self.back)
        self.showing_history = True
        self._body.addSpacing(6)
        for n, line in enumerate(lines):
            head, parts = version_parts(line, self._context.desk, detail.moment.kind)
            self._body.addWidget(label(head, "strong", wrap=True))
            for words, text in parts:
                self._body.addWidget(label(words, "caps"))
                self._body.addWidget(label(text, wrap=True))
            if n and line.readable:
                again = Button("Bring this version back", "link", icon="undo", small=True)
                again.clicked.connect(
                    lambda _=False, chosen=line: self.bring_back.emit(chosen.writer, chosen.seq)
                )
                self._pen.holds(again)
                self._body.addLayout(row(again, None))
            self._body.addSpacing(10)
