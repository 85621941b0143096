"""QuestionFrame: where the parts of a question stand: number, text, what is said, its answer, what was."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSpacerItem, QVBoxLayout, QWidget

from imsa_desk.domain.forms import Question
from imsa_desk.gui import paint, theme
from imsa_desk.gui.pages.assessment_earlier import EARLIER_WIDE, Earlier
from imsa_desk.gui.pages.assessment_rested import Told
from imsa_desk.gui.widgets.base import Painted
from imsa_desk.gui.widgets.heading import LabelKind, label
from imsa_desk.gui.widgets.layout import column, row

NUMBER_WIDE, NUMBER_HIGH = 40, 28
INDENT = 20
"""How far the questions of a repeating group stand in."""
_ORDER = ("earlier", "remark", "help", "needed", "error", "carried", "body", "origin", "rested", "make")
_MARKS = {"remark": "info", "error": "alert"}


class QuestionFrame(QWidget):
    """Parts that few questions ever need are made when they are first needed: a form may have a thousand."""

    def __init__(self, question: Question, *, indented: bool, narrow: bool) -> None:
        super().__init__()
        self.resized = True
        """Whether it may need another height since it was last placed."""
        self._narrow = narrow
        self._parts: dict[str, QWidget] = {}
        self.setAccessibleName(f"{question.number} {question.text}".strip())
        self._build(question, indented=indented)

    def _build(self, question: Question, *, indented: bool) -> None:
        self._text = label(question.text, "strong" if question.takes_answer else "body", wrap=True)
        self._title = row(self._text, space=12)
        self._title.setStretch(0, 1)
        self._title.addStrut(theme.px(NUMBER_HIGH))
        self._middle = column(self._title, space=3)
        self._middle.addStretch(1)
        self._across = QHBoxLayout(self)
        indent = theme.px(INDENT) if indented else 0
        self._across.setContentsMargins(indent, theme.px(10), 0, theme.px(12))
        self._across.setSpacing(0)
        self._across.addWidget(_Number(question.number), 0, Qt.AlignmentFlag.AlignTop)
        self._across.addLayout(self._middle, 1)
        self._aside = QVBoxLayout()
        self._keep_room = QSpacerItem(0, 0)
        self._aside.addSpacerItem(self._keep_room)
        self._across.addLayout(self._aside)

    @property
    def earlier(self) -> Earlier | None:
        """Give the panel of the answer that was given before."""
        found = self._parts.get("earlier")
        return found if isinstance(found, Earlier) else None

    def _put(self, slot: str, part: QWidget) -> None:
        """Put a part under the question's text, in the order of the slots."""
        before = sum(self._middle.indexOf(self._parts[one]) >= 0 for one in self._before(slot))
        self._parts[slot] = part
        self._middle.insertWidget(1 + before, part)

    def _before(self, slot: str) -> list[str]:
        return [one for one in _ORDER[: _ORDER.index(slot)] if one in self._parts]

    def _words(self, slot: str, kind: LabelKind, words: str, *, wrap: bool = True) -> None:
        """Say something in a slot; without words it takes no room, and is not made before it is needed."""
        part = self._parts.get(slot)
        if part is None and words:
            mark = _MARKS.get(slot, "")
            part = Told(kind, mark, wrap=wrap) if mark else label("", kind, wrap=wrap)
            if slot == "remark" and not self._narrow:
                self._parts[slot] = part
                self._title.insertWidget(1, part)
            else:
                self._put(slot, part)
        if isinstance(part, (QLabel, Told)):
            part.setText(words)
            part.setVisible(bool(words))

    def _said(self, slot: str) -> str:
        part = self._parts.get(slot)
        return part.text() if isinstance(part, (QLabel, Told)) else ""

    def set_narrow(self, narrow: bool) -> None:
        """Put the earlier answer under the question, or beside it."""
        self._narrow = narrow
        self._aside.setContentsMargins(0 if narrow else theme.px(24), 0, 0, 0)
        self._keep_room.changeSize(0 if narrow else theme.px(EARLIER_WIDE), 0)
        self._aside.invalidate()
        remark, earlier = self._parts.get("remark"), self.earlier
        if remark is not None:
            (self._middle if narrow else self._title).insertWidget(1, remark)
        if earlier is None:
            return
        earlier.set_narrow(narrow)
        self._aside.removeWidget(earlier)
        self._middle.removeWidget(earlier)
        if narrow:
            self._middle.insertWidget(1, earlier)
        else:
            self._aside.insertWidget(0, earlier, 0, Qt.AlignmentFlag.AlignTop)

    def event(self, event: QEvent) -> bool:
        """Note that it may need another height."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.resized = True
        return super().event(event)


class _Number(Painted):
    """The number of a question, in the accent."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.setFixedSize(theme.px(NUMBER_WIDE), theme.px(NUMBER_HIGH))

    def draw(self, p: QPainter, area: QRectF) -> None:
        words = self.accessibleName()
        paint.text(
            p, 0, 0, words, role="accent_text", strong=True, width=area.width() - 4, high=area.height()
        )
