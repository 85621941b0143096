"""SectionTitle: what a section is about, and the choice to leave it out."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from imsa_desk.domain.forms import Section
from imsa_desk.domain.themes import ICONS
from imsa_desk.gui import paint, theme
from imsa_desk.gui.forms.answers_words import Speech
from imsa_desk.gui.widgets.base import Painted
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import column, row
from imsa_desk.vocab import Theme

_OTHER_ICONS = {"safety": "shield"}


class SectionTitle(QWidget):
    """The drawing, the title, how to go about it; `skip_pressed` by the choice."""

    skip_pressed = Signal()

    def __init__(self, section: Section, speech: Speech, *, skipped: bool) -> None:
        super().__init__()
        icon = ICONS[Theme(section.theme)] if section.theme else _OTHER_ICONS.get(section.id, "note")
        title = row(_Icon(icon), label(section.title, "title", wrap=True), space=10)
        title.setStretch(1, 1)
        self.skip: Button | None = None
        if section.skippable:
            words = "Ask it after all" if skipped else "Skip this section…"
            self.skip = Button(words, "quiet", icon="" if skipped else "skip", small=True)
            self.skip.clicked.connect(self.skip_pressed)
            title.addWidget(self.skip)
        intro = label(_said(section, speech, skipped=skipped), "muted", wrap=True)
        intro.setMaximumWidth(theme.px(760))
        below = row(theme.px(40), intro, None, space=0)
        below.setStretch(1, 100)
        self.setLayout(column(title, below, theme.px(4), space=4))


def _said(section: Section, speech: Speech, *, skipped: bool) -> str:
    if skipped:
        return "Skipped by choice. Nothing that was answered here is lost."
    wish = f"{speech.they} wish" if speech.they == "they" else f"{speech.they} wishes"
    return f"{section.intro} A skipped question is an answer. Stop whenever {wish}.".strip()


class _Icon(Painted):
    """The section's own drawing."""

    def __init__(self, name: str) -> None:
        super().__init__("")
        self._icon = name
        self.setFixedSize(theme.px(30), theme.px(30))

    def draw(self, p: QPainter, area: QRectF) -> None:
        side = theme.px(24)
        paint.icon(p, 0, (area.height() - side) / 2, self._icon, "accent", side)
