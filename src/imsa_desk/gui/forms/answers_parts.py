"""What the editors of all kinds of question share: a value in parts, captions, and a list to tick."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QBoxLayout, QMenu, QRadioButton, QSizePolicy, QWidget

from imsa_desk.domain.assessments import Answer, AnswerDraft, AnswerValue, answer_key
from imsa_desk.domain.forms import Form, Question, Scale
from imsa_desk.domain.forms.words import NAMED_SCALES, Speech, alone
from imsa_desk.domain.lists import Lists
from imsa_desk.gui import paint, theme
from imsa_desk.gui.widgets.base import announce
from imsa_desk.gui.widgets.choice import Choice, Option
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import column
from imsa_desk.gui.widgets.rating import Rating

_IN_LISTS = {"source": "answer_source", "not_discussed": "not_discussed"}
_CAPTION = 92
_SHOWN_CHARACTERS = 44


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody of the case who can be named in an answer; `who` is what is stored beside the words."""

    who: str
    name: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is put: its form, how to speak of the person, the day, and the earlier answer.

    `repeat` is the row of its group, 0 outside of one. `lists` and `people` are what is chosen from.
    """

    form: Form
    question: Question
    speech: Speech = field(default_factory=Speech)
    today: Callable[[], date] = date.today
    before: Answer | None = None
    repeat: int = 0
    lists: Lists = field(default_factory=Lists)
    people: tuple[Known, ...] = ()

    @property
    def key(self) -> str:
        """Give the key its answer is found by."""
        return answer_key(self.question.id, self.repeat)

    def was(self, part: str) -> object:
        """Give a part of the earlier answer."""
        return None if self.before is None else self.before.value.get(part)

    def options(self, scale: str) -> list[Option]:
        """Give a scale as answers to choose from, with the name in place of "the person".

        A form of one's own need not word where answers come from or why one was not given: the lists do.
        """
        named = scale in NAMED_SCALES
        if scale in _IN_LISTS and not self.form.scale(scale).point:
            entries = self.lists.entries(_IN_LISTS[scale])
            return [Option(one.id, one.label.replace("The person", self.speech.name)) for one in entries]
        found = self.form.scale(scale)
        return [
            Option(
                str(point.value),
                self.speech.label(self.form, scale, point.value) if named else alone(found, point.value),
            )
            for point in found.point
        ]


class AnswerBody(QWidget):
    """Holds one answer's parts; controls show them and write them, so that a part not yet built is kept.

    `changed` after each change by the person; `not_discussed` when N was pressed. `unfold(True)` shows what
    belongs to the answer beside its main part, `stops` gives the controls in the order of the Tab key.
    """

    changed = Signal()
    not_discussed = Signal()
    grown = Signal()
    """Sent when controls were added."""

    def __init__(self, asked: Asked) -> None:
        super().__init__()
        self.asked = asked
        self.value: AnswerValue = {}
        self.source = ""
        self.content = column(space=6)
        self.setLayout(self.content)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

    own_source = False
    """Whether the editor itself asks where the answer comes from."""

    @property
    def remark(self) -> str:
        """Give what is to be said beside the question, such as two ratings that differ."""
        return ""

    def show_draft(self, draft: AnswerDraft) -> None:
        """Show an answer without sending `changed`."""
        self.value, self.source = dict(draft.value), draft.source
        self.show_value()

    def show_value(self) -> None:
        """Put the parts into the controls that are there."""

    def put(self, part: str, said: object) -> None:
        """Take a part the person gave; an empty one leaves the answer."""
        if said in (None, "", (), []):
            self.value.pop(part, None)
        else:
            self.value[part] = said
        self.changed.emit()

    def put_source(self, source: str) -> None:
        """Take where the answer comes from."""
        self.source = source
        self.changed.emit()

    def unfold(self, unfolded: bool) -> None:
        """Show or fold what is beside the main part."""

    def stops(self) -> list[QWidget]:
        """Give the controls in the order of the Tab key."""
        return []

    def show_result(self, result: object) -> None:
        """Show what was reckoned, where the question is a reckoned one."""

    def words(self, part: str) -> str:
        """Give a text part."""
        return str(self.value.get(part, ""))


class Rated(QWidget):
    """A rating with its caption: beside it, or above where the caption is long."""

    def __init__(self, caption: str, rating: Rating, *, above: bool = False) -> None:
        super().__init__()
        self.rating = rating
        wide = theme.px(_CAPTION)
        shown = (
            caption
            if above
            else theme.metrics("small", True).elidedText(caption, Qt.TextElideMode.ElideRight, wide - 8)
        )
        words = label(shown, "caps")
        words.setToolTip(caption if shown != caption else "")
        direction = QBoxLayout.Direction.TopToBottom if above else QBoxLayout.Direction.LeftToRight
        layout = QBoxLayout(direction, self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 if above else 0)
        if not above:
            words.setFixedSize(wide, theme.px(32))
        layout.addWidget(words, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(rating)
        if rating.maximumWidth() < theme.px(400):
            layout.addStretch(1)
        else:
            rating.setMinimumWidth(theme.px(200))
        self.setFocusProxy(rating)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)


class Captioned(QWidget):
    """A control under its small caption."""

    def __init__(self, caption: str, control: QWidget) -> None:
        super().__init__()
        words = label(caption, "caps")
        words.setBuddy(control)
        self.setLayout(column(words, control, space=2))
        across = control.sizePolicy().horizontalPolicy()
        self.setSizePolicy(across, QSizePolicy.Policy.Fixed)


def tell_meanings(rating: Rating, scale: Scale) -> None:
    """Let every word of a rating say what it means when the pointer rests on it."""
    for word, point in zip(rating.findChildren(QRadioButton), scale.point, strict=False):
        word.setToolTip(point.meaning)


class _TickMenu(QMenu):
    """A list that stays open while one ticks, by mouse, Space or Enter; Esc and Tab close it."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        action = self.actionAt(event.position().toPoint())
        if action is not None and action.isCheckable():
            action.trigger()
            return
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        action = self.activeAction()
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter) and action is not None:
            action.trigger()
            return
        if event.key() == Qt.Key.Key_Tab:
            self.close()
            return
        super().keyPressEvent(event)


class TickChoice(Choice):
    """A choice of several: "Who **Selam, partner**". `ticked` carries nothing, ask `values`."""

    ticked = Signal()

    def __init__(self, question: str, options: Sequence[Option], *, empty: str = "choose") -> None:
        self._several: tuple[str, ...] = ()
        super().__init__(question, options, empty=empty)

    @property
    def values(self) -> tuple[str, ...]:
        """Give the ids that are ticked, in the order they are offered."""
        return tuple(option.id for option in self._options if option.id in self._several)

    def set_values(self, values: Sequence[str]) -> None:
        """Show which are ticked without sending `ticked`."""
        self._several = tuple(values)
        self.set_value("yes" if values else "")

    @property
    def answer(self) -> str:
        """Give the words that are ticked."""
        chosen = [option.text for option in self._options if option.id in self._several]
        if not chosen:
            return self._empty
        words = ", ".join(chosen)
        return words if len(words) <= _SHOWN_CHARACTERS else f"{chosen[0]} and {len(chosen) - 1} more"

    def _tick(self, value: str, on: bool) -> None:
        self.set_values([*(one for one in self._several if one != value), *([value] if on else [])])
        announce(self, self.answer)
        self.ticked.emit()

    def list_menu(self) -> QMenu:
        """Build the list with what is ticked."""
        menu = _TickMenu(self)
        for option in self._options:
            action = menu.addAction(option.text.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(option.id in self._several)
            action.toggled.connect(lambda on, value=option.id: self._tick(value, on))
        return menu

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Only open the list: a letter or Alt+Down would choose one and lose the others."""
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.open_list()
            return
        if event.text().strip() and event.text().isprintable():
            event.ignore()
            return
        super().keyPressEvent(event)


class ShortLine(QWidget):
    """One small muted line that is elided and never asks for more width than there is."""

    def __init__(self, words: str = "") -> None:
        super().__init__()
        self._words = words
        self.setAccessibleName(words)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_words(self, words: str) -> None:
        """Show other words; without any it takes no room."""
        self._words = words
        self.setAccessibleName(words)
        self.setVisible(bool(words))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(200), theme.px(22))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(60), theme.px(22))

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        room, high = self.width(), self.height()
        paint.text(p, 0, 0, self._words, role="muted", size="small", width=room, high=high)
        p.end()
