"""SecretEntry: every way into a vault: passphrase, recovery sheet, recovery shares, and those who hold it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from imsa_desk.errors import Refused
from imsa_desk.gui.ask import Ask
from imsa_desk.gui.widgets.base import announce
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.fields import Dot, Field, PassphraseLine, TextArea, TextLine
from imsa_desk.gui.widgets.words import label
from imsa_desk.vocab import SlotKind

WAYS: dict[SlotKind, str] = {
    SlotKind.PASSPHRASE: "Use my passphrase",
    SlotKind.RECOVERY: "Use my recovery sheet",
    SlotKind.SHARES: "Use recovery shares",
    SlotKind.ESCROW: "Use the keys of the two people who hold it in trust",
}
_LEAST_SHARES, _MOST_SHARES = 2, 5
_IDENTITY = "AGE-SECRET-KEY-1"
_SHARE_HELP = "The words of each share, in their order. Two shares are enough."
_KEY_HELP = f"{_IDENTITY}…, from the file or the paper that was given to them."
_MOST_BYTES = 64 * 1024


class SecretEntry(QWidget):
    """One way at a time; `entered` is sent by Enter in a line."""

    entered = Signal()

    def __init__(
        self, ask: Ask, first: SlotKind = SlotKind.PASSPHRASE, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._ask = ask
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(4)
        self.dots = {kind: Dot(words) for kind, words in WAYS.items()}
        for kind, dot in self.dots.items():
            self._layout.addWidget(dot)
            dot.toggled.connect(lambda on, kind=kind: self._show(kind) if on else None)
        self._layout.addSpacing(6)
        self._parts: dict[SlotKind, QWidget] = {}
        self._fields: dict[SlotKind, list[Field]] = {}
        for kind, make in (
            (SlotKind.PASSPHRASE, self._passphrase),
            (SlotKind.RECOVERY, self._code),
            (SlotKind.SHARES, self._shares),
            (SlotKind.ESCROW, self._holders),
        ):
            self._fields[kind] = []
            self._parts[kind] = part = make()
            part.hide()
            self._layout.addWidget(part)
        self.choose(first)

    # --- the parts of each way ------------------------------------------------------------

    def _line(self, kind: SlotKind, words: str, help: str, *, covered: bool) -> TextLine:
        line = PassphraseLine(words) if covered else TextLine(name=words)
        line.returnPressed.connect(self.entered)
        self._fields[kind].append(Field(words, line, help=help))
        return line

    def _passphrase(self) -> QWidget:
        help = "Your words, with a space between each."
        self.passphrase = self._line(SlotKind.PASSPHRASE, "Passphrase", help, covered=True)
        return _part(*self._fields[SlotKind.PASSPHRASE])

    def _code(self) -> QWidget:
        help = "The nine groups on your recovery sheet. Capitals, spaces and hyphens do not matter."
        self.code = self._line(SlotKind.RECOVERY, "Recovery code", help, covered=False)
        return _part(*self._fields[SlotKind.RECOVERY])

    def _shares(self) -> QWidget:
        self.shares: list[TextArea] = []
        self.more = Button("Add another share", "link", small=True)
        self.more.clicked.connect(self.add_share)
        part = _part(label(_SHARE_HELP, "meta", wrap=True), self.more)
        for _ in range(_LEAST_SHARES):
            self._add_share(part)
        return part

    def add_share(self) -> None:
        """Make room for one share more."""
        part = self._parts[SlotKind.SHARES]
        self._add_share(part)
        self._fields[SlotKind.SHARES][-1].focus()

    def _add_share(self, part: QWidget) -> None:
        number = len(self.shares) + 1
        area = TextArea(name=f"Share {number}", lines=3, most_lines=6)
        area.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText)
        field = Field(f"Share {number}", area)
        layout = part.layout()
        if isinstance(layout, QVBoxLayout):
            layout.insertWidget(number, field)
        if number > _LEAST_SHARES:  # the first are made in their order
            QWidget.setTabOrder(self.shares[-1], area)
            QWidget.setTabOrder(area, self.more)
        self.shares.append(area)
        self._fields[SlotKind.SHARES].append(field)
        self.more.setVisible(number < _MOST_SHARES)

    def _holders(self) -> QWidget:
        self.identities: list[TextLine] = []
        self._choosers: list[Button] = []
        parts: list[QWidget] = []
        for who in ("First", "Second"):
            help = _KEY_HELP if who == "First" else ""
            line = self._line(SlotKind.ESCROW, f"{who} person’s key", help, covered=True)
            name = f"Choose the {who.lower()} key file…"
            choose = Button("Choose a key file…", "link", small=True, name=name)
            choose.clicked.connect(lambda _=False, line=line: self._take_file(line))
            self.identities.append(line)
            self._choosers.append(choose)
            parts += [self._fields[SlotKind.ESCROW][-1], choose]
        return _part(*parts)

    def _take_file(self, line: TextLine) -> None:
        chosen = self._ask.open_file(self, "Choose a key file")
        if chosen is None:
            return
        found = _identity_in(chosen)
        field = self._fields[SlotKind.ESCROW][self.identities.index(line)]
        field.set_error("" if found else f"That file holds no line that starts with {_IDENTITY}.")
        if found:
            line.setText(found)
        line.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- what is asked of it ------------------------------------------------------------

    def offer(self, kinds: Iterable[SlotKind]) -> None:
        """Offer only these ways; a single one needs no choosing."""
        offered = [kind for kind in WAYS if kind in set(kinds)]
        for kind, dot in self.dots.items():
            dot.setVisible(kind in offered and len(offered) > 1)
        if offered and self.way not in offered:
            self.choose(offered[0])

    def choose(self, kind: SlotKind) -> None:
        """Take a way."""
        self.dots[kind].setChecked(True)

    def _show(self, kind: SlotKind) -> None:
        for each, part in self._parts.items():
            part.setVisible(each is kind)
            # Qt leaves Tab at the dot that last had the focus, which is not this one when a program chose it.
            only = Qt.FocusPolicy.StrongFocus if each is kind else Qt.FocusPolicy.ClickFocus
            self.dots[each].setFocusPolicy(only)

    @property
    def way(self) -> SlotKind:
        """Say which way is taken."""
        return next(kind for kind, dot in self.dots.items() if dot.isChecked())

    def secret(self) -> str:
        """Give what was typed, one part a line; raises Refused for what is missing."""
        way = self.way
        if way is SlotKind.PASSPHRASE:
            return _needed([self.passphrase.text()], 1, "Type your passphrase")
        if way is SlotKind.RECOVERY:
            return _needed([self.code.text()], 1, "Type your recovery code")
        if way is SlotKind.SHARES:
            typed = [" ".join(area.text.split()) for area in self.shares]
            return _needed(typed, _LEAST_SHARES, "Type the words of two shares")
        typed = [line.text().strip() for line in self.identities]
        return _needed(typed, len(typed), "Give the keys of both people")

    def set_error(self, words: str) -> None:
        """Say beside the first field what is wrong; "" takes it away."""
        for number, field in enumerate(self._fields[self.way]):
            field.set_error(words if number == 0 else "")
        if words:
            announce(self, words)
            self.focus()

    @property
    def error(self) -> str:
        """Give the words of what is to be put right, "" for nothing."""
        return self._fields[self.way][0].error

    def set_busy(self, busy: bool) -> None:
        """Let nothing be changed while it is tried."""
        for line in (self.passphrase, self.code, *self.identities):
            line.setReadOnly(busy)
        for area in self.shares:
            area.setReadOnly(busy)
        for dot in self.dots.values():
            dot.setEnabled(not busy)

    def tab_before(self, following: QWidget) -> None:
        """Let Tab go through all of it before a part that was made earlier."""
        chain: list[QWidget] = [*self.dots.values(), self.passphrase, self.code, *self.shares, self.more]
        for line, choose in zip(self.identities, self._choosers, strict=True):
            chain += [line, choose]
        for before, after in pairwise([following.previousInFocusChain() or self, *chain, following]):
            QWidget.setTabOrder(before, after)

    def clear(self) -> None:
        """Forget what was typed."""
        for line in (self.passphrase, self.code, *self.identities):
            line.clear()
        for area in self.shares:
            area.clear()

    def focus(self) -> None:
        """Put the cursor into the first field of the way that is taken."""
        self._fields[self.way][0].focus()


def _part(*parts: QWidget) -> QWidget:
    made = QWidget()
    layout = QVBoxLayout(made)
    layout.setContentsMargins(0, 0, 0, 8)
    layout.setSpacing(8)
    for part in parts:
        layout.addWidget(part)
    return made


def _needed(typed: list[str], least: int, words: str) -> str:
    given = [each for each in typed if each.strip()]
    if len(given) < least:
        raise Refused(words)
    return "\n".join(given)


def _identity_in(file: Path) -> str:
    """Find the key in a key file, whose other lines are remarks; "" when there is none."""
    try:
        with file.open("rb") as source:
            lines = source.read(_MOST_BYTES).decode("utf-8", "replace").splitlines()
    except OSError:
        return ""
    return next((line.strip() for line in lines if line.strip().upper().startswith(_IDENTITY)), "")
