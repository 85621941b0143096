"""NewPassphrase: five suggested words or words of one's own, typed once more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from imsa_desk.errors import Problem
from imsa_desk.gui import loader, theme
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.fields import Dot, Field, PassphraseLine, TextLine
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import column, row

if TYPE_CHECKING:
    from imsa_desk.gui.jobs import Jobs

_STRENGTH = "imsa_desk.services.vaults:strength"
_SUGGEST = "imsa_desk.services.vaults:suggest_passphrase"
_REPEAT_HELP = "So that it is in your memory, or written down."


class NewPassphrase(QWidget):
    """Chooses a passphrase; `entered` when Enter is pressed after it was typed once more."""

    entered = Signal()

    def __init__(self, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self.known: tuple[str, ...] = ()
        """What somebody who knows the person would try first: a name, an organisation."""
        self.suggested = Dot("Use these five words", on=True)
        self.chosen = Dot("Use words of my own")
        self.words = TextLine(name="Five suggested words", width=44)
        self.words.setReadOnly(True)
        self.again = Button("Other words", "quiet", icon="undo", small=True)
        self.own = PassphraseLine("Your own passphrase")
        self.advice = label("", "meta", wrap=True)
        self.own_field = Field("Your own passphrase", self.own, help="At least 15 characters.", stretch=False)
        self.repeat = PassphraseLine("The passphrase once more")
        self.repeat_field = Field("Type it once more", self.repeat, help=_REPEAT_HELP, stretch=False)
        self.fields = {"passphrase": self.own_field, "repeat": self.repeat_field}
        self.suggested.toggled.connect(self._choose_way)
        self.again.clicked.connect(self.suggest)
        self.own.textChanged.connect(self._judge)
        self.repeat.returnPressed.connect(self.entered)
        words = row(self.words, self.again, None)
        parts = (self.suggested, words, self.chosen, self.own_field, self.advice, self.repeat_field)
        self.setLayout(column(*parts, space=10))
        self._choose_way(True)

    @property
    def passphrase(self) -> str:
        """Give the passphrase that was chosen."""
        return self.words.text() if self.suggested.isChecked() else self.own.text()

    def problems(self) -> list[Problem]:
        """Say what is lacking; whether it is strong enough is said by whoever takes it."""
        if self.repeat.text() == self.passphrase:
            return [] if self.passphrase else [Problem("passphrase", "Choose a passphrase")]
        words = "Type the same passphrase once more" if self.passphrase else "Choose a passphrase"
        return [Problem("repeat", words)]

    def begin(self) -> None:
        """Suggest words, unless some are shown already."""
        if not self.words.text():
            self.suggest()

    def focus(self) -> None:
        """Put the cursor where choosing begins."""
        first = self.words if self.suggested.isChecked() else self.own
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def forget(self) -> None:
        """Keep nothing of what was typed or suggested."""
        for line in (self.words, self.own, self.repeat):
            line.clear()

    def suggest(self) -> None:
        """Suggest other words."""
        self._jobs.run(
            lambda _: str(loader.load(_SUGGEST)()), owner=self, then=self.words.setText, lane="free"
        )

    def _choose_way(self, suggested: bool) -> None:
        self.words.setEnabled(suggested)
        self.again.setEnabled(suggested)
        self.own_field.setVisible(not suggested)
        self.advice.setVisible(not suggested)
        for field in self.fields.values():
            field.set_error("")  # it was about the other way

    def _judge(self, typed: str) -> None:
        """Judge a passphrase of the person's own while it is typed."""
        known = self.known
        if not typed:
            self.advice.setText("")
            return
        self._jobs.run(
            lambda _: loader.load(_STRENGTH)(typed, known), owner=self, then=self._say_strength, lane="free"
        )

    def _say_strength(self, strength: Any) -> None:
        theme.restyle(self.advice, "kind", "good" if strength.ok else "caution")
        self.advice.setText(strength.advice)
        if strength.ok:
            self.own_field.set_error("")
