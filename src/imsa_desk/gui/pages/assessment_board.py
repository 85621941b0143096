"""Board: where the parts of the assessment page stand, in a wide window and in a narrow one."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from imsa_desk.domain.assessments import Urgent
from imsa_desk.gui import theme
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.pages import assessment_words as words
from imsa_desk.gui.pages.assessment_head import AssessmentHead
from imsa_desk.gui.pages.assessment_pause import PauseSheet
from imsa_desk.gui.pages.assessment_places import Places, Shown
from imsa_desk.gui.pages.assessment_rail import Rail
from imsa_desk.gui.widgets.banner import Banner
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.choice import Choice, Option
from imsa_desk.gui.widgets.layout import Line, row

RAIL_FROM = 760
"""Below this width (at 100 % text) the rail becomes a choice above the questions."""


class Board(QWidget):
    """The head, what is urgent, the rail or a choice in its stead, the places, and the sheet of a pause."""

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self.context = context
        self.head = AssessmentHead()
        self.urgent = Banner("", "alert", verb="Record what was done")
        self._urgent_row = QWidget()
        self._urgent_row.setLayout(row(self.urgent, margins=(20, 0, 20, 8)))
        self._urgent_row.hide()
        self.rail = Rail()
        self.jump = Choice("Section", (), name="Section")
        self.pause_narrow = Button("Pause", "quiet", icon="pause", small=True)
        self._jump_row = QWidget()
        self._jump_row.setLayout(row(self.jump, None, self.pause_narrow, margins=(28, 10, 28, 0)))
        self._jump_row.hide()
        self.places = Places(context.desk.today)
        self.sheet = PauseSheet()
        self._layers = QStackedLayout(self)
        self._layers.addWidget(self._lay_out())
        self._layers.addWidget(self.sheet)

    def _lay_out(self) -> QWidget:
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self._jump_row)
        right.addWidget(self.places, 1)
        across = row(self.rail, right, space=0)
        across.setStretch(1, 1)
        main = QWidget()
        layout = QVBoxLayout(main)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.head)
        layout.addWidget(self._urgent_row)
        layout.addWidget(Line())
        layout.addLayout(across, 1)
        return main

    def cover(self, covered: bool) -> None:
        """Cover everything with the sheet of a pause, or uncover it."""
        self._layers.setCurrentIndex(1 if covered else 0)

    def take_first_focus(self) -> None:
        """Put the focus on the sections, where nothing is to be typed."""
        (self.rail.sections if self.rail.isVisible() else self.jump).setFocus()

    def show_urgent(self, shown: Shown, waiting: tuple[Urgent, ...]) -> None:
        """Show the first answer that asks at once what was done, and how many more there are."""
        self._urgent_row.setVisible(bool(waiting))
        if waiting:
            self.urgent.show_words(words.waiting(shown.filling.form, waiting[0], len(waiting)), "alert")

    def show_rail(self, shown: Shown, today: date) -> None:
        """Show how far the sections are and what is missing."""
        filling = shown.filling
        title, count, share = words.rail_words(filling, shown.lists)
        pause = "" if shown.to_read else f"Pause, {shown.speech.wish}"
        self.rail.show_words(title, count, share, pause, words.talked_on(filling, today))
        self.pause_narrow.setVisible(bool(pause))
        missing = () if shown.to_read else shown.missing
        self.rail.show_missing(words.in_short(filling, missing), offered=not shown.to_read)
        entries = words.entries(filling, missing, today)
        self.rail.sections.show_entries(entries, self.places.place)
        self.jump.set_options([Option(one.id, one.sentence) for one in entries], self.places.place)

    def minimumSizeHint(self) -> QSize:
        """Never make the window grow past the screen; the sections and the rail scroll."""
        return QSize(theme.px(240), theme.px(200))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the rail where there is room for it."""
        super().resizeEvent(event)
        with_rail = self.width() >= theme.px(RAIL_FROM)
        self.rail.setVisible(with_rail)
        self._jump_row.setVisible(not with_rail)
