"""SignaturePad: a name drawn with finger, pen or mouse, kept as strokes of points from 0 to 1000."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QTabletEvent, QTouchEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from imsa_desk.gui import paint, theme
from imsa_desk.gui.widgets.base import Painted, announce
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import column, row

REACH = 1000
"""Points run from 0 to this across the pad; down they keep the same measure, so that nothing is stretched."""
MOST_POINTS = 4_000
_STEP = 4
"""Points nearer than this to the one before say nothing new."""
Stroke = tuple[tuple[int, int], ...]


def read_strokes(words: str) -> tuple[Stroke, ...]:
    """Read strokes as "x,y x,y;x,y"; what is no point is left out."""
    strokes = []
    for part in words.split(";"):
        points = [tuple(point.split(",")) for point in part.split() if point.count(",") == 1]
        kept = tuple((int(x), int(y)) for x, y in points if x.isdigit() and y.isdigit())
        if kept:
            strokes.append(kept)
    return tuple(strokes)


def write_strokes(strokes: tuple[Stroke, ...]) -> str:
    """Write strokes as they are stored."""
    return ";".join(" ".join(f"{x},{y}" for x, y in stroke) for stroke in strokes)


class _Sheet(QWidget):
    """Where one signs: three times as wide as high."""

    drawn = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.strokes: tuple[Stroke, ...] = ()
        self._open: list[tuple[int, int]] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.CrossCursor)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(420), theme.px(140))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(240), theme.px(80))

    def _begin(self, at: QPointF) -> None:
        self._open = [self._point(at)]

    def _point(self, at: QPointF) -> tuple[int, int]:
        scale = REACH / max(1, self.width())
        x, y = round(at.x() * scale), round(at.y() * scale)
        lowest = round(self.height() * scale)
        return max(0, min(REACH, x)), max(0, min(lowest, y, REACH))

    def _go_on(self, at: QPointF) -> None:
        if self._open is None or sum(map(len, self.strokes)) + len(self._open) >= MOST_POINTS:
            return
        point, last = self._point(at), self._open[-1]
        if abs(point[0] - last[0]) + abs(point[1] - last[1]) >= _STEP:
            self._open.append(point)
            self.update()

    def _end(self) -> None:
        if self._open is not None:
            self.strokes = (*self.strokes, tuple(self._open))
            self._open = None
            self.update()
            self.drawn.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._begin(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._go_on(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._end()

    def tabletEvent(self, event: QTabletEvent) -> None:
        """Draw with a pen."""
        self._follow(event.type(), event.position())
        event.accept()

    def _follow(self, kind: QEvent.Type, at: QPointF) -> None:
        if kind in (QEvent.Type.TabletPress, QEvent.Type.TouchBegin):
            self._begin(at)
        elif kind in (QEvent.Type.TabletRelease, QEvent.Type.TouchEnd, QEvent.Type.TouchCancel):
            self._end()
        else:
            self._go_on(at)

    def event(self, event: QEvent) -> bool:
        """Draw with a finger, so that the page does not scroll under it."""
        if isinstance(event, QTouchEvent) and event.points():
            self._follow(event.type(), event.points()[0].position())
            event.accept()
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect())
        paint.box(p, area, "raised", "edge", theme.radius("control"))
        base = area.height() * 0.76
        paint.hairline(p, theme.px(16), area.right() - theme.px(16), base)
        scale = self.width() / REACH
        p.setPen(_pen())
        for stroke in (*self.strokes, *([tuple(self._open)] if self._open else [])):
            _draw(p, stroke, scale)
        p.end()


def _pen() -> QPen:
    pen = QPen(theme.colour("text"), max(1.5, theme.px(2)))
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen


def _draw(p: QPainter, stroke: Stroke, scale: float) -> None:
    points = [QPointF(x * scale, y * scale) for x, y in stroke]
    if len(points) == 1:
        p.drawPoint(points[0])
        return
    path = QPainterPath(points[0])
    for point in points[1:]:
        path.lineTo(point)
    p.drawPath(path)


class SignatureView(Painted):
    """A signature as it was drawn, to be looked at."""

    def __init__(self, strokes: str) -> None:
        super().__init__("A drawn signature")
        self._strokes = read_strokes(strokes)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(252), theme.px(84))

    def draw(self, p: QPainter, area: QRectF) -> None:
        """Paint the strokes over a thin line."""
        paint.hairline(p, 0, area.right(), area.height() * 0.76)
        p.setPen(_pen())
        for stroke in self._strokes:
            _draw(p, stroke, area.width() / REACH)


class SignaturePad(QWidget):
    """`changed` carries the strokes as they are stored; Undo takes the last stroke back, Clear all."""

    changed = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.sheet = _Sheet()
        self.sheet.setAccessibleName(name)
        self.sheet.drawn.connect(self._changed)
        self.undo = Button("Undo", "quiet", icon="undo", small=True, name="Take back what was drawn last")
        self.undo.clicked.connect(self._undo)
        self.clear = Button("Clear", "quiet", icon="trash", small=True, name="Clear the signature")
        self.clear.clicked.connect(self._clear)
        self._said = label("", "meta")
        self.setAccessibleName(name)
        self.setLayout(column(self.sheet, row(self.undo, self.clear, 8, self._said, None, space=2), space=2))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._shown: tuple[Stroke, ...] = ()
        self._past: list[tuple[Stroke, ...]] = []
        self._show()

    @property
    def strokes(self) -> str:
        """Give what was drawn as it is stored."""
        return write_strokes(self.sheet.strokes)

    def set_strokes(self, words: str) -> None:
        """Show a signature without sending `changed`."""
        if words != self.strokes:
            self._shown = self.sheet.strokes = read_strokes(words)
            self._past = []
            self._show()

    def _show(self) -> None:
        some = bool(self.sheet.strokes)
        self.undo.setEnabled(bool(self._past))
        self.clear.setEnabled(some)
        self._said.setText("" if some else "Sign here with a finger, a pen or the mouse.")
        self.sheet.setAccessibleDescription("A signature was drawn" if some else "Nothing is drawn")
        self.sheet.update()

    def _changed(self) -> None:
        self._past.append(self._shown)
        self._take()

    def _take(self) -> None:
        self._shown = self.sheet.strokes
        self._show()
        self.changed.emit(self.strokes)

    def _undo(self) -> None:
        """Take back the last stroke, or the clearing of all."""
        if self._past:
            self.sheet.strokes = self._past.pop()
            announce(self, "Taken back")
            self._take()

    def _clear(self) -> None:
        self.sheet.strokes = ()
        announce(self, "The signature is cleared")
        self._changed()
