"""AssessmentHead: who this is, in one line, with the safe-contact rule that never leaves."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QFrame, QSizePolicy

from imsa_desk.domain.cases import CaseHead
from imsa_desk.gui import paint, theme
from imsa_desk.gui.models import say
from imsa_desk.gui.widgets.banner import SafeContactBanner, SafeContactValue
from imsa_desk.gui.widgets.base import Painted
from imsa_desk.gui.widgets.layout import row
from imsa_desk.gui.widgets.tag import TagValue

_ONE_LINE_FROM = 760
"""Below this width (at 100 % text) the rule stands under the name, so that it is never shortened."""


class _Who(Painted):
    """Name, own script, code and risk; where room is short the risk goes first."""

    def __init__(self) -> None:
        super().__init__("")
        self._name = self._script = self._code = ""
        self._risk: TagValue | None = None
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_head(self, head: CaseHead) -> None:
        """Show a person."""
        self._name, self._script, self._code = head.known_as, head.known_as_script, head.code
        self._risk = say.risk_tag(head.risk) if head.risk is not None else None
        risk = f", {self._risk.words}" if self._risk else ""
        self.setAccessibleName(f"{self._name} {self._script}, {self._code}{risk}")
        self.updateGeometry()
        self.update()

    def _plain_width(self) -> float:
        wide = paint.width_of(self._name, strong=True) + theme.px(10)
        if self._script:
            wide += paint.width_of(self._script) + theme.px(10)
        return wide + paint.width_of(self._code, mono=True) + theme.px(8)

    def sizeHint(self) -> QSize:
        risk = paint.tag_width(self._risk.words, "alert") + theme.px(10) if self._risk else 0
        return QSize(round(self._plain_width() + risk), theme.px(30))

    def minimumSizeHint(self) -> QSize:
        return QSize(min(round(self._plain_width()), theme.px(230)), theme.px(30))

    def draw(self, p: QPainter, area: QRectF) -> None:
        high, right = area.height(), area.right()
        code_wide = paint.width_of(self._code, mono=True)
        room = right - code_wide - theme.px(10)
        x = paint.text(p, 0, 0, self._name, strong=True, width=room, high=high) + theme.px(10)
        if self._script and room - x > theme.px(24):
            used = paint.text(p, x, 0, self._script, role="muted", width=room - x, high=high)
            x += used + theme.px(10)
        x += paint.text(p, x, 0, self._code, role="muted", mono=True, high=high) + theme.px(10)
        if self._risk is not None and x + paint.tag_width(self._risk.words, "alert") <= right + 1:
            top = (high - theme.height("tag")) / 2
            paint.tag(p, x, top, self._risk.words, self._risk.tone, self._risk.icon)


class AssessmentHead(QFrame):
    """The case header as it shrinks while an assessment is open. `asked` is sent by "Ask again"."""

    asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("pane", "surface")
        self._who = _Who()
        self.banner = SafeContactBanner(SafeContactValue(("",)))
        self.banner.asked.connect(self.asked)
        self._line = row(self._who, self.banner, space=20, margins=(20, 8, 20, 8))
        self._line.setStretch(1, 1)
        self.setLayout(self._line)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_head(self, head: CaseHead, today: date) -> None:
        """Show a person and how they may be reached."""
        self._who.show_head(head)
        self.banner.show_value(say.safe_contact(head.safe_contacts, today))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stand in one line where there is room, else in two."""
        super().resizeEvent(event)
        wide = event.size().width() >= theme.px(_ONE_LINE_FROM)
        across, down = self._line.Direction.LeftToRight, self._line.Direction.TopToBottom
        self._line.setDirection(across if wide else down)
        self._line.setSpacing(20 if wide else 2)
