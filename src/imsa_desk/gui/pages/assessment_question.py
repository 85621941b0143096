"""QuestionBlock: one question, its number and help, its editor, and the answer that was given before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QPainter, QPainterPath
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMenu, QSizePolicy, QSpacerItem, QVBoxLayout, QWidget

from imsa_desk.domain.assessments import AnswerDraft
from imsa_desk.domain.dates import MONTHS
from imsa_desk.domain.forms import Question
from imsa_desk.gui import paint, theme
from imsa_desk.gui.forms.answers import editor_for
from imsa_desk.gui.forms.answers_parts import Asked
from imsa_desk.gui.forms.answers_words import Said, one_line, said
from imsa_desk.gui.widgets.base import Painted
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import Line, column, row

NUMBER_WIDE = 40
EARLIER_WIDE = 212


@dataclass(frozen=True, slots=True)
class EarlierValue:
    """The answer given before, and when."""

    when: str
    lines: tuple[Said, ...]

    @property
    def sentence(self) -> str:
        """Say it in one line."""
        return one_line(self.lines)


class Earlier(Painted):
    """An earlier answer in a sunken panel beside the question, or as one line under it."""

    def __init__(self, value: EarlierValue, *, narrow: bool) -> None:
        super().__init__(f"Before, {value.when}: {value.sentence}")
        self._value = value
        self._narrow = narrow
        self.set_narrow(narrow)

    def set_narrow(self, narrow: bool) -> None:
        """Become a line, or a panel."""
        self._narrow = narrow
        across = QSizePolicy.Policy.Expanding if narrow else QSizePolicy.Policy.Fixed
        self.setSizePolicy(across, QSizePolicy.Policy.Fixed)
        self.setToolTip(self._value.sentence if narrow else "")
        self.updateGeometry()
        self.update()

    def _text(self, one: Said) -> str:
        return f"{one.label}: {one.words}" if one.label else one.words

    def _rows(self) -> list[tuple[Said, float]]:
        """Measure each line as it wraps in the panel."""
        room = theme.px(EARLIER_WIDE) - theme.px(28)
        measure = theme.metrics("small")
        flags = Qt.TextFlag.TextWordWrap.value
        return [
            (one, measure.boundingRect(QRectF(0, 0, room, 4000), flags, self._text(one)).height() + 2)
            for one in self._value.lines
        ]

    def sizeHint(self) -> QSize:
        if self._narrow:
            return QSize(theme.px(200), theme.px(22))
        tall = sum(high for _, high in self._rows()) + theme.px(40)
        return QSize(theme.px(EARLIER_WIDE), round(tall))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(60), theme.px(22)) if self._narrow else self.sizeHint()

    def draw(self, p: QPainter, area: QRectF) -> None:
        """Paint the mark, the day and the answer."""
        if self._narrow:
            self._draw_line(p, area)
            return
        paint.box(p, area, "sunken", None, 8)
        x, y = theme.px(14), float(theme.px(8))
        _mark(p, x, y + theme.px(10))
        room = area.width() - x - theme.px(14)
        paint.text(
            p, x + theme.px(16), y, self._value.when, role="muted", size="small", strong=True, width=room - 16
        )
        y += theme.px(23)
        for one, high in self._rows():
            p.setFont(theme.font("small"))
            p.setPen(theme.colour("muted" if one.quoted else "text"))
            p.drawText(QRectF(x, y, room, high), Qt.TextFlag.TextWordWrap.value, self._text(one))
            y += high

    def _draw_line(self, p: QPainter, area: QRectF) -> None:
        high = area.height()
        _mark(p, 0, high / 2)
        x = float(theme.px(16))
        x += paint.text(p, x, 0, self._value.when, role="muted", size="small", strong=True, high=high)
        x += theme.px(10)
        room = area.width() - x
        paint.text(p, x, 0, self._value.sentence, role="muted", size="small", width=room, high=high)


def _mark(p: QPainter, x: float, middle: float) -> None:
    wide, high = theme.px(9), theme.px(5)
    path = QPainterPath(QPointF(x, middle + high / 2))
    path.lineTo(x + wide / 2, middle - high / 2)
    path.lineTo(x + wide, middle + high / 2)
    path.closeSubpath()
    p.fillPath(path, theme.colour("muted"))


class _Rested(QWidget):
    """A question that was not discussed: the reason, and the way back."""

    pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._words = label("", "muted")
        again = Button("Answer it after all", "link", small=True)
        again.clicked.connect(self.pressed)
        self.again = again
        self.setLayout(row(_Skip(), self._words, 8, again, None, space=6, margins=(0, 4, 0, 4)))

    def show_words(self, words: str) -> None:
        self._words.setText(words)
        self.again.setAccessibleName(f"{words}. Answer it after all")


class _Skip(Painted):
    """The double chevron of a question or section that rests by choice."""

    def sizeHint(self) -> QSize:
        return QSize(theme.px(18), theme.px(18))

    def draw(self, p: QPainter, area: QRectF) -> None:
        paint.icon(p, 0, (area.height() - theme.px(18)) / 2, "skip", "muted", theme.px(18))


class QuestionBlock(QWidget):
    """Only the block with the focus shows all of its answer. `answered` carries the AnswerDraft."""

    answered = Signal(object)
    grown = Signal()
    """Sent when parts were added that may lie below what is in sight."""

    def __init__(
        self, asked: Asked, draft: AnswerDraft, earlier: EarlierValue | None, *, narrow: bool
    ) -> None:
        super().__init__()
        self.asked = asked
        self._draft = draft
        self._narrow = narrow
        self._unfolded = False
        self.line = Line()
        """The hairline under the question; the section places it."""
        self._earlier = Earlier(earlier, narrow=narrow) if earlier is not None else None
        question = asked.question
        self.setAccessibleName(f"{question.number} {question.text}".strip())
        self._build(question)
        self.body.show_draft(draft)
        self.body.unfold(False)
        self._show_reason()
        self._say_remark()
        self.body.changed.connect(self._changed)
        self.body.not_discussed.connect(lambda: self.set_reason("not_now"))
        self.body.grown.connect(self.grown)

    @property
    def question(self) -> Question:
        """Give the question."""
        return self.asked.question

    # --- building ---

    def _build(self, question: Question) -> None:
        self._text = label(question.text, "strong" if question.takes_answer else "body", wrap=True)
        self._help = label(question.help, "meta", wrap=True)
        self._help.hide()
        self._remark = label("", "info")
        self._remark.hide()
        self._error = label("", "alert", wrap=True)
        self._error.hide()
        self._rested = _Rested()
        self._rested.pressed.connect(lambda: self.set_reason(""))
        self.body = editor_for(self.asked)
        self._leave = Button("Not discussed…", "quiet", small=True)
        self._leave.setAccessibleName(f"Not discussed: {question.text}")
        self._leave.clicked.connect(self._ask_reason)
        if not question.takes_answer:
            self._leave.hide()
        self._title = title = row(self._text, self._leave, space=12)
        title.setStretch(0, 1)
        title.setAlignment(self._leave, Qt.AlignmentFlag.AlignTop)
        self._middle = column(title, self._help, self._error, self.body, self._rested, space=3)
        self._middle.addStretch(1)
        self._across = QHBoxLayout(self)
        self._across.setContentsMargins(0, theme.px(10), 0, theme.px(12))
        self._across.setSpacing(0)
        self._number = _Number(question.number)
        self._across.addWidget(self._number, 0, Qt.AlignmentFlag.AlignTop)
        self._across.addLayout(self._middle, 1)
        self._aside = QVBoxLayout()
        self._aside.setContentsMargins(theme.px(24), 0, 0, 0)
        self._keep_room = QSpacerItem(0, 0)
        self._aside.addSpacerItem(self._keep_room)
        self._across.addLayout(self._aside)
        self.set_narrow(self._narrow)
        self._remark.hide()

    def set_narrow(self, narrow: bool) -> None:
        """Put the earlier answer under the question, or beside it."""
        self._narrow = narrow
        self._aside.setContentsMargins(0 if narrow else theme.px(24), 0, 0, 0)
        self._keep_room.changeSize(0 if narrow else theme.px(EARLIER_WIDE), 0)
        self._aside.invalidate()
        (self._middle if narrow else self._title).insertWidget(1, self._remark)
        if self._earlier is None:
            return
        self._earlier.set_narrow(narrow)
        self._aside.removeWidget(self._earlier)
        self._middle.removeWidget(self._earlier)
        if narrow:
            self._middle.insertWidget(1, self._earlier)
        else:
            self._aside.insertWidget(0, self._earlier, 0, Qt.AlignmentFlag.AlignTop)

    def stops(self) -> list[QWidget]:
        """Give what the Tab key visits, in order."""
        found = [*self.body.stops(), self._rested.again, self._leave]
        return [part for part in found if part.isVisible() and part.isEnabled()]

    def step_inside(self, by: int) -> bool:
        """Move the focus to the next or the previous stop; False at the end of the question."""
        stops, focus = self.stops(), QApplication.focusWidget()
        here = [n for n, part in enumerate(stops) if focus is not None and _holds(part, focus)]
        to = here[0] + by if here else (0 if by > 0 else len(stops) - 1)
        if not 0 <= to < len(stops):
            return False
        reason = Qt.FocusReason.TabFocusReason if by > 0 else Qt.FocusReason.BacktabFocusReason
        stops[to].setFocus(reason)
        return True

    # --- the answer ---

    def _changed(self) -> None:
        self._draft = replace(self._draft, value=dict(self.body.value), source=self.body.source)
        self._say_remark()
        self.set_error("")
        self.answered.emit(self._draft)

    def set_reason(self, reason: str) -> None:
        """Say why it was not discussed, or "" to answer it."""
        if reason == self._draft.not_discussed:
            return
        self._draft = replace(self._draft, not_discussed=reason)
        self._show_reason()
        self._say_remark()
        self.set_error("")
        self.take_focus()
        self.answered.emit(self._draft)

    def _show_reason(self) -> None:
        reason = self._draft.not_discussed
        self._rested.setVisible(bool(reason))
        self.body.setVisible(not reason)
        if reason:
            self._rested.show_words(self.asked.form.scale("not_discussed").label(reason))
        self._leave.set_words("Change…" if reason else "Not discussed…")

    def _ask_reason(self) -> None:
        menu = self.reason_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self._leave.mapToGlobal(QPoint(0, self._leave.height() + 2)))

    def reason_menu(self) -> QMenu:
        """Build the list of reasons."""
        menu = QMenu(self)
        group = QActionGroup(menu)
        for option in self.asked.options("not_discussed"):
            action = QAction(option.text.replace("&", "&&"), group, checkable=True)
            action.setChecked(option.id == self._draft.not_discussed)
            action.triggered.connect(lambda _=False, chosen=option.id: self.set_reason(chosen))
            menu.addAction(action)
        return menu

    def set_error(self, words: str) -> None:
        """Say what keeps the answer from being stored; "" takes it away."""
        self._error.setText(words)
        self._error.setVisible(bool(words))

    def _say_remark(self) -> None:
        words = "" if self._draft.not_discussed else self.body.remark
        self._remark.setText(words)
        self._remark.setVisible(bool(words))

    # --- the focus ---

    def unfold(self, unfolded: bool) -> None:
        """Show all of the answer and the help, or fold it to what was said."""
        if unfolded == self._unfolded:
            return
        self._unfolded = unfolded
        self._help.setVisible(unfolded and bool(self.question.help))
        self.body.unfold(unfolded and not self._draft.not_discussed)

    def take_focus(self) -> None:
        """Put the cursor where the answer begins."""
        stops = [self._rested.again] if self._draft.not_discussed else self.body.stops()
        (stops[0] if stops else self._leave).setFocus(Qt.FocusReason.TabFocusReason)


class _Number(Painted):
    """The number of a question, in the accent."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.setFixedSize(theme.px(NUMBER_WIDE), theme.px(26))

    def draw(self, p: QPainter, area: QRectF) -> None:
        words = self.accessibleName()
        paint.text(
            p, 0, 0, words, role="accent_text", strong=True, width=area.width() - 4, high=area.height()
        )


def _holds(part: QWidget, focus: QWidget) -> bool:
    return part is focus or part.isAncestorOf(focus)


def earlier_of(asked: Asked, on: date | None) -> EarlierValue | None:
    """Give the earlier answer of a question as it is shown; None where there was none."""
    lines = said(asked.form, asked.question, asked.before, asked.speech)
    if not lines or on is None:
        return None
    year = f" {on.year}" if on.year != asked.today().year else ""
    return EarlierValue(f"{on.day} {MONTHS[on.month - 1]}{year}", lines)
