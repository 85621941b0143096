"""Lacking: the live list of what is still missing, opened from the rail."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from imsa_desk.errors import Problem
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import PageScroll, empty
from imsa_desk.gui.widgets.wrapped import WrappedLink

_AT_MOST = 60
"""More problems than these are counted, not listed: the list is there to be worked through."""


class Lacking(PageScroll):
    """`gone_to` carries the key of a problem; `closed` asks for the sections again."""

    gone_to = Signal(str)
    closed = Signal()

    def __init__(self, after: QWidget) -> None:
        super().__init__((8, 4, 4, 4))
        self._after = after
        self.setProperty("pane", "canvas")
        self.setAccessibleName("Still missing")
        self.content.setSpacing(2)
        self.problems: tuple[Problem, ...] = ()
        self._shown = False

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Take what is missing; the lines are only made while the list is open."""
        changed = tuple(problems) != self.problems
        self.problems = tuple(problems)
        if changed and self._shown:
            self._build()

    def open_list(self, opened: bool) -> None:
        """Show the list, or hide it."""
        self._shown = opened
        self.setVisible(opened)
        if opened:
            self._build()
            self.take_focus()

    def take_focus(self) -> None:
        """Put the focus on the first line."""
        first = self.findChild(WrappedLink)
        if first is not None:
            first.setFocus(Qt.FocusReason.TabFocusReason)

    def _build(self) -> None:
        had = self.isAncestorOf(self.focusWidget() or self) and self.focusWidget() is not None
        empty(self.content)
        before = self._after
        if not self.problems:
            self.content.addWidget(label("Nothing is missing.", "muted", wrap=True))
        for problem in self.problems[:_AT_MOST]:
            link = WrappedLink(problem.text, role="text", size="small")
            link.clicked.connect(lambda _=False, key=problem.field: self.gone_to.emit(key))
            self.content.addWidget(link)
            QWidget.setTabOrder(before, link)  # parts made later would come last
            before = link
        more = len(self.problems) - _AT_MOST
        if more > 0:
            self.content.addWidget(label(f"And {more} more.", "meta"))
        self.content.addStretch(1)
        if had:
            self.take_focus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Esc bring the sections back, and the arrows go from line to line."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Down)
        else:
            super().keyPressEvent(event)
