"""ErrorSummary: all that is to be put right, at the top, with links to the fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from imsa_desk.errors import Problem
from imsa_desk.gui import paint, theme
from imsa_desk.gui.widgets.base import announce
from imsa_desk.gui.widgets.fields import Field
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import empty
from imsa_desk.gui.widgets.wrapped import WrappedLink

_COUNT = ("", "One thing", "Two things", "Three things", "Four things", "Five things", "Six things")


class ErrorSummary(QWidget):
    """Hidden until something is wrong; then it takes the focus and stays until it is put right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = label("", "strong", wrap=True)
        self._links = QVBoxLayout()
        self._links.setSpacing(0)
        self._layout = layout = QVBoxLayout(self)
        layout.setSpacing(6)
        layout.addWidget(self._title)
        layout.addLayout(self._links)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Nothing to put right")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.look_changed()
        self.hide()

    def look_changed(self) -> None:
        """Keep room for the icon at any text size."""
        self._layout.setContentsMargins(theme.px(48), 14, 20, 12)

    def show_problems(self, problems: Sequence[Problem], fields: Mapping[str, Field] | None = None) -> None:
        """Show what is wrong here and beside each field, and take the focus.

        Fields that are named by no problem lose their message.
        """
        known = fields or {}
        for key, field in known.items():
            field.set_error(next((p.text for p in problems if p.field == key), ""))
        empty(self._links)
        count = _COUNT[len(problems)] if len(problems) < len(_COUNT) else f"{len(problems)} things"
        self._title.setText(f"{count} to put right")
        for problem in problems:
            self._add(problem, known.get(problem.field))
        said = f"{count} to put right. " + " ".join(p.text for p in problems)
        self.setAccessibleName(said)
        self.show()
        self._follow_in_order()
        self._come_into_view()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        announce(self, said)

    def _follow_in_order(self) -> None:
        """Let Tab go from the summary to its links: parts made later would come last."""
        before: QWidget = self
        for at in range(self._links.count()):
            item = self._links.itemAt(at)
            link = item.widget() if item is not None else None
            if isinstance(link, WrappedLink):
                QWidget.setTabOrder(before, link)
                before = link

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter lead to the first field that is wrong."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            found = self.findChild(WrappedLink)
            if found is not None:
                found.click()
                return
        super().keyPressEvent(event)

    def _add(self, problem: Problem, field: Field | None) -> None:
        if field is None:
            self._links.addWidget(label(problem.text, wrap=True))
            return
        link = WrappedLink(problem.text)
        link.clicked.connect(field.focus)
        self._links.addWidget(link)

    def _come_into_view(self) -> None:
        above = self.parentWidget()
        while above is not None and not isinstance(above, QScrollArea):
            above = above.parentWidget()
        if isinstance(above, QScrollArea):
            above.ensureWidgetVisible(self, 0, 40)

    def clear(self, fields: Mapping[str, Field] | None = None) -> None:
        """Take everything away again."""
        for field in (fields or {}).values():
            field.set_error("")
        empty(self._links)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect())
        paint.box(p, area, "raised", "alert", 8, 3 if self.hasFocus() else 2)
        paint.icon(p, theme.px(18), theme.px(14), "alert", "alert", theme.px(20))
        p.end()
