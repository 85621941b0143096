"""PauseSheet: a calm page over the questions while the person rests. Nothing here is about health."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QPainter, QShowEvent
from PySide6.QtWidgets import QWidget

from imsa_desk.gui import paint, theme
from imsa_desk.gui.widgets.base import Painted, announce
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import PageScroll, column, row

TITLE = "Take your time. Everything is kept."
PROMPTS = (
    "Put both feet on the floor, and feel what is under them.",
    "Look round the room and name three things of one colour.",
    "Hold something warm or cold for a while: a cup, a stone, your own hands.",
)
"""Three things that may be tried, or left."""


class _Clock(Painted):
    """How long the break has been, in whole minutes; it rings for nobody."""

    def __init__(self) -> None:
        super().__init__("")
        self._minutes = -1
        self.show_minutes(0)

    def show_minutes(self, minutes: int) -> None:
        """Show how long it has been."""
        if minutes != self._minutes:
            self._minutes = minutes
            self.setAccessibleName(self.words)
            self.updateGeometry()
            self.update()

    @property
    def words(self) -> str:
        """Say how long it has been."""
        if not self._minutes:
            return "The break has just begun"
        return "1 minute so far" if self._minutes == 1 else f"{self._minutes} minutes so far"

    def sizeHint(self) -> QSize:
        return QSize(round(paint.width_of(self.words, "small")) + theme.px(28), theme.px(24))

    def draw(self, p: QPainter, area: QRectF) -> None:
        side = theme.px(16)
        paint.icon(p, 0, (area.height() - side) / 2, "clock", "muted", side)
        paint.text(p, theme.px(24), 0, self.words, role="muted", size="small", high=area.height())


class PauseSheet(PageScroll):
    """`gone_on` when the talk goes on, `ended` when it is over for the day."""

    gone_on = Signal()
    ended = Signal()

    def __init__(self) -> None:
        super().__init__((28, 40, 28, 40))
        self.setAccessibleName("Pause")
        self._since = QElapsedTimer()
        self._clock = _Clock()
        self._timer = QTimer(self)
        self._timer.setInterval(5_000)
        self._timer.timeout.connect(self._tick)
        self.go_on = Button("Go on", "primary")
        self.go_on.clicked.connect(self.gone_on)
        self.end = Button("End for today", "plain")
        self.end.clicked.connect(self.ended)
        sheet = QWidget()
        prompts = column(*(_prompt(words) for words in PROMPTS), space=10)
        parts = column(
            label(TITLE, "title", wrap=True),
            self._clock,
            theme.px(20),
            label("If it helps, and only if:", "muted"),
            prompts,
            theme.px(28),
            row(self.go_on, self.end, None, space=10),
            space=8,
        )
        sheet.setLayout(parts)
        sheet.setMaximumWidth(theme.px(520))
        across = row(None, sheet, None)
        across.setStretch(1, 100)
        self.content.addStretch(1)
        self.content.addLayout(across)
        self.content.addStretch(2)

    def _tick(self) -> None:
        self._clock.show_minutes(int(self._since.elapsed() // 60_000))

    def showEvent(self, event: QShowEvent) -> None:
        """Begin the break."""
        super().showEvent(event)
        self._since.start()
        self._tick()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def take_focus(self) -> None:
        """Put the focus on going on, and say that nothing is lost."""
        self.go_on.setFocus(Qt.FocusReason.OtherFocusReason)
        announce(self, TITLE)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Esc go on, as it closes whatever lies over something."""
        if event.key() == Qt.Key.Key_Escape:
            self.gone_on.emit()
            return
        super().keyPressEvent(event)


def _prompt(words: str) -> QWidget:
    made = QWidget()
    text = label(words, wrap=True)
    leaf = _Leaf()
    parts = row(leaf, text, space=10)
    parts.setAlignment(leaf, Qt.AlignmentFlag.AlignTop)
    parts.setStretch(1, 1)
    made.setLayout(parts)
    return made


class _Leaf(Painted):
    """A quiet round mark before a prompt."""

    def sizeHint(self) -> QSize:
        return QSize(theme.px(12), theme.px(22))

    def draw(self, p: QPainter, area: QRectF) -> None:
        side = theme.px(8)
        dot = QRectF(0, (area.height() - side) / 2, side, side)
        paint.box(p, dot, "accent", None, side / 2)
