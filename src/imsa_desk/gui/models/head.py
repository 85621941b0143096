"""CaseLine: who an open case is about, on one line that gives up its last tags when room is short."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QSizePolicy

from imsa_desk.domain.cases import CaseHead
from imsa_desk.gui import paint, theme
from imsa_desk.gui.models import say
from imsa_desk.gui.widgets.base import Painted
from imsa_desk.gui.widgets.tag import TagValue
from imsa_desk.gui.widgets.tips import set_tip
from imsa_desk.services.desk import Desk
from imsa_desk.vocab import Tier


def tags_of(head: CaseHead, desk: Desk) -> tuple[TagValue, ...]:
    """Give the tags of a case, the most telling first."""
    lists, today = desk.lists, desk.today()
    stage = say.nrm(lists, head.nrm_status, head.nrm_status_on, today, whole=True)
    found = [TagValue(stage, "info" if head.nrm_status != "unknown" else "neutral", "theme-3")]
    if head.nrm_status == "unknown":
        found = [TagValue("NRM not known", "neutral", "")]
    if head.risk is not None:
        found.append(say.risk_tag(head.risk))
    if head.tier is not Tier.UNTRIAGED:
        found.append(TagValue(say.tier(lists, head.tier), "neutral", ""))
    found.append(TagValue(say.nation(lists, head.nation), "neutral", ""))
    if head.interpreter:
        found.append(TagValue(f"Interpreter: {say.interpreter(head.interpreter)}", "neutral", "language"))
    return tuple(found)


class CaseLine(Painted):
    """Name, name in the own script, code, tags."""

    def __init__(self) -> None:
        super().__init__("")
        self._name = self._script = self._code = ""
        self._tags: tuple[TagValue, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_head(self, head: CaseHead, tags: tuple[TagValue, ...]) -> None:
        """Show a case."""
        self._name, self._script, self._code = head.known_as, head.known_as_script, head.code
        self._tags = tags
        words = ", ".join(p for p in (head.known_as, head.known_as_script, head.code) if p)
        self.setAccessibleName(f"{words}. {', '.join(t.words for t in tags)}")
        set_tip(self, ", ".join(t.words for t in tags))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(400), theme.px(36))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(120), theme.px(36))

    def draw(self, p: QPainter, area: QRectF) -> None:
        """Paint what fits, the name before all else."""
        x, high, right = 0.0, area.height(), area.right()
        code = paint.width_of(self._code, mono=True) + theme.px(10)
        room = max(theme.px(80), right - code)
        x += paint.text(p, x, 0, self._name, size="title", strong=True, width=room, high=high) + theme.px(10)
        if self._script and x + theme.px(40) < right - code:
            wide = right - code - x
            x += paint.text(p, x, 0, self._script, role="muted", width=wide, high=high) + theme.px(12)
        x += paint.text(p, x, 0, self._code, role="muted", mono=True, width=max(0, right - x), high=high)
        x += theme.px(16)
        for tag in self._tags:
            icon = paint.TAG_ICONS[tag.tone] if tag.icon is None else tag.icon
            if x + paint.tag_width(tag.words, icon) > right:
                return
            x += paint.tag(p, x, (high - theme.height("tag")) / 2, tag.words, tag.tone, icon) + theme.px(8)
