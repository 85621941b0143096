"""SectionTitle: what a section is about, and the choice to leave it out."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from imsa_desk.domain.forms import Section
from imsa_desk.domain.forms.words import Speech
from imsa_desk.domain.themes import ICONS
from imsa_desk.gui import paint, theme
from imsa_desk.gui.widgets.base import Painted
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import column, row
from imsa_desk.vocab import Theme

_OTHER_ICONS = {"safety": "shield"}


class SectionTitle(QWidget):
    """The drawing, the title, how to go about it; `skip_pressed` by the choice.

    `still_pressed` says that every answer carried over in the section still holds.
    """

    skip_pressed = Signal()
    still_pressed = Signal()

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
        self.still = Button("All still so", "plain", icon="check", small=True)
        self.still.clicked.connect(self.still_pressed)
        self._carried = label("", "meta", wrap=True)
        self._carried_row = QWidget()
        told = row(theme.px(40), self._carried, self.still, space=10)
        told.setStretch(1, 1)
        self._carried_row.setLayout(told)
        self._carried_row.hide()
        self.setLayout(column(title, below, self._carried_row, theme.px(4), space=4))

    def show_carried(self, count: int) -> None:
        """Say how many answers wait to be confirmed; with none left it takes no room."""
        if count:
            answers = "1 answer is as it was" if count == 1 else f"{count} answers are as they were"
            self._carried.setText(f"{answers} last time. Ask about each, or confirm all at once.")
            self.still.set_words("Still so" if count == 1 else f"All {count} still so")
        self._carried_row.setVisible(bool(count))

    def stops(self) -> list[QWidget]:
        """Give what the Tab key visits before the questions."""
        parts = [*([self.skip] if self.skip is not None else []), self.still]
        return [part for part in parts if part.isVisible()]


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
