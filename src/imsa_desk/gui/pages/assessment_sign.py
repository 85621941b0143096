"""SignPage: what is still missing before the signature, and the signature itself."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal

from imsa_desk.errors import Problem
from imsa_desk.gui import theme
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.heading import Heading, label
from imsa_desk.gui.widgets.layout import PageScroll, column, empty, overhang, row
from imsa_desk.gui.widgets.rows import Row, RowList

SEALS = (
    "Signing seals the review: its answers can no longer be changed, and it says so if anybody tries. "
    "Themes, next steps, risk and the day of the next review follow in the case."
)


class SignPage(PageScroll):
    """`gone_to` carries the field of a problem to put right; `sign_pressed` asks to sign."""

    gone_to = Signal(str)
    sign_pressed = Signal()

    def __init__(self) -> None:
        super().__init__((28, 16, 28, 32))
        self._sentence = label("", "muted", wrap=True)
        self._sentence.setMaximumWidth(theme.px(760))
        self._heading = Heading("Still to do")
        self._rows = RowList("Still to do before signing")
        self._rows.opened.connect(self.gone_to)
        self._rows.acted.connect(self.gone_to)
        self.button = Button("Sign off", "primary", icon="check")
        self.button.clicked.connect(self.sign_pressed)
        self._list = column(self._heading, overhang(self._rows), space=2)
        self._summary = column(space=2)
        self.content.addWidget(label("Sign off", "title"))
        self.content.addWidget(self._sentence)
        self.content.addSpacing(8)
        self.content.addLayout(self._list)
        self.content.addLayout(self._summary)
        self.content.addLayout(row(self.button, None, margins=(0, 12, 0, 0)))
        said = label(SEALS, "meta", wrap=True)
        said.setMaximumWidth(theme.px(620))
        self.content.addWidget(said)
        self.content.addStretch(1)

    def show_state(self, problems: Sequence[Problem], lines: Sequence[str]) -> None:
        """Show what is missing, and in short what would be signed."""
        count = len(problems)
        if count:
            words = "One thing is" if count == 1 else f"{count} things are"
            self._sentence.setText(f"{words} still to do. Choose a line to go there.")
        else:
            self._sentence.setText("Nothing is missing. It can be signed when the person is content with it.")
        self._heading.setVisible(bool(count))
        self._rows.setVisible(bool(count))
        self._rows.show_rows(
            [Row(p.field or str(n), p.text, icon="flag", verb="Go there") for n, p in enumerate(problems)]
        )
        empty(self._summary)
        for line in lines:
            self._summary.addWidget(label(line, "body", wrap=True))

    def take_focus(self) -> None:
        """Put the focus on what comes next."""
        (self._rows if not self._rows.isHidden() else self.button).setFocus()
