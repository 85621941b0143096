"""WaysPart: what opens the vault, since when, and how each way is changed or taken away."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from imsa_desk.gui import theme
from imsa_desk.gui.forms.rotation import WHAT_IT_DOES
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.pages.vault_words import VaultState, Way, ways
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.heading import Heading, label
from imsa_desk.gui.widgets.layout import OVERHANG, Line, column, empty, row

_ROTATE = "Someone may know it…"
_BESIDE = 520
"""From this width the verbs stand beside the words."""


class WaysPart(QWidget):
    """A list of ways to open, each with its verbs as buttons."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._shown: tuple[Way, ...] = ()
        self.buttons: dict[str, Button] = {}
        self._list = column(space=0)
        self.rotate = Button(_ROTATE, "plain")
        self.rotate.clicked.connect(lambda: context.open_editor("rotation"))
        self.rotate.setEnabled(not context.desk.read_only)
        self.setLayout(
            column(
                Heading("Ways to open it"),
                self._list,
                14,
                Heading("If someone may know the passphrase or have the sheet"),
                label(WHAT_IT_DOES, wrap=True, measure=84),
                row(self.rotate, None),
                margins=(OVERHANG, 0, OVERHANG, 0),
            )
        )

    def show_state(self, state: VaultState) -> None:
        """Show what opens the vault; made anew only when it differs, so that the focus stays."""
        found = ways(state, self._context.desk.today())
        if found == self._shown:
            return
        focused = next((key for key, button in self.buttons.items() if button.hasFocus()), "")
        self._shown, self.buttons = found, {}
        empty(self._list)
        before: QWidget | None = None
        for at, way in enumerate(found):
            if at:
                self._list.addWidget(Line())
            buttons = [self._button(way, *verb) for verb in way.verbs]
            self._list.addWidget(_WayRow(way, buttons))
        for button in self.buttons.values():  # parts made later would come last in the Tab order
            if before is not None:
                QWidget.setTabOrder(before, button)
            before = button
        if before is not None:
            QWidget.setTabOrder(before, self.rotate)
        if focused in self.buttons:
            self.buttons[focused].setFocus()

    def _button(self, way: Way, words: str, editor: str, args: dict[str, str]) -> Button:
        made = Button(words, "plain", small=True)
        made.setEnabled(not self._context.desk.read_only)
        made.clicked.connect(lambda: self._context.open_editor(editor, **args))
        self.buttons[f"{way.kind}.{editor}"] = made
        return made


class _WayRow(QWidget):
    """A name, how it stands, and its verbs; under the words where there is no room beside them."""

    def __init__(self, way: Way, buttons: list[Button]) -> None:
        super().__init__()
        words = column(label(way.name, "strong"), label(way.state, "meta", wrap=True), space=2)
        self._across = row(words, row(*buttons, None), space=24, margins=(0, 10, 0, 10))
        self._across.setStretch(0, 1)
        self.setLayout(self._across)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        beside, under = self._across.Direction.LeftToRight, self._across.Direction.TopToBottom
        wanted = beside if self.width() >= theme.px(_BESIDE) else under
        if self._across.direction() != wanted:
            self._across.setDirection(wanted)
            self._across.setSpacing(24 if wanted == beside else 6)
