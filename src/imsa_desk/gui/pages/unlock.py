"""Unlock: the first thing on the screen; it says what is wrong in words and changes nothing."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRectF, QSize
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy

from imsa_desk.gui import glyphs, loader, paint, theme
from imsa_desk.gui.widgets.base import Painted, announce, put
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.lines import Field, PassphraseLine, TextLine
from imsa_desk.gui.widgets.sheet import Sheet
from imsa_desk.gui.widgets.words import label

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter, QShowEvent

    from imsa_desk.errors import ImsaError
    from imsa_desk.gui.pages import PageContext
    from imsa_desk.services.desk import Desk

_UNLOCK = "imsa_desk.services.vaults:unlock"
_OPEN_ANOTHER = "imsa_desk.gui.choosing:open_another"
_MAKE_NEW = "imsa_desk.gui.choosing:make_new"
_PASSPHRASE_HELP = "Your words, with a space between each."
_CODE_HELP = "The nine groups on your recovery sheet. Capitals, spaces and hyphens do not matter."


class Mark(Painted):
    """The program's own mark on its ground."""

    def __init__(self) -> None:
        super().__init__("")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(44), theme.px(44))

    def draw(self, p: QPainter, area: QRectF) -> None:
        """Paint the mark."""
        paint.box(p, area, "accent", None, theme.px(11))
        side = theme.px(26)
        glyphs.mark(p, (area.width() - side) / 2, (area.height() - side) / 2, "on_accent", side)


class _CapsLock(Painted):
    """Keeps its room, so that nothing moves when it speaks."""

    def __init__(self) -> None:
        super().__init__("")
        self.on = False

    def sizeHint(self) -> QSize:
        return QSize(theme.px(160), theme.px(22))

    def say(self, on: bool) -> None:
        """Say or unsay that Caps Lock is on."""
        if on != self.on:
            self.on = on
            self.setAccessibleName("Caps Lock is on" if on else "")
            if on:
                announce(self, "Caps Lock is on")
            self.update()

    def draw(self, p: QPainter, area: QRectF) -> None:
        if self.on:
            side, high = theme.px(16), area.height()
            paint.icon(p, 1, (high - side) / 2, "info", "caution", side)
            paint.text(
                p, theme.px(22), 0, "Caps Lock is on", role="caution", size="small", strong=True, high=high
            )


class UnlockPage(Sheet):
    """A passphrase or the recovery code, another vault, a new vault."""

    kinds: frozenset[str] = frozenset()

    def __init__(self, context: PageContext) -> None:
        super().__init__(480, foot="Nothing leaves this computer until you prepare a bundle.")
        self._context = context
        self._folder = context.folder
        self._with_code = False
        self._busy = False
        self.secret = PassphraseLine("Passphrase")
        self.passphrase_field = Field("Passphrase", self.secret, help=_PASSPHRASE_HELP)
        self.go = Button("Unlock", "primary")
        self.way = Button("Use my recovery sheet", "link", small=True)
        self.other = Button("Open another vault", "link", small=True)
        self.new = Button("Create a new vault", "link", small=True)
        self._which = label("", "muted", wrap=True)
        self._practice = label("", "body", wrap=True)
        self._caps = _CapsLock()
        self._build()
        self._connect()
        self._say_which()

    def _build(self) -> None:
        content = self.content
        content.addWidget(Mark())
        content.addSpacing(14)
        content.addWidget(label("Unlock", "title"))
        content.addWidget(self._which)
        content.addWidget(self._practice)
        content.addSpacing(14)
        content.addWidget(self.passphrase_field)
        content.addWidget(self._caps)
        self.go.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        content.addWidget(self.go)
        content.addSpacing(10)
        for left, right in ((self.way, self.other), (None, self.new)):
            links = QHBoxLayout()
            if left is not None:
                links.addWidget(left)
            links.addStretch(1)
            links.addWidget(right)
            content.addLayout(links)

    @cached_property
    def code(self) -> TextLine:
        """Give the line for the recovery code, which few ever see: it is made when it is asked for."""
        made = TextLine(name="Recovery code")
        made.returnPressed.connect(self.unlock)
        return made

    @cached_property
    def code_field(self) -> Field:
        """Give the recovery code's words and line, in the place of the passphrase's."""
        made = Field("Recovery code", self.code, help=_CODE_HELP)
        self.content.insertWidget(self.content.indexOf(self.passphrase_field) + 1, made)
        return made

    def _connect(self) -> None:
        self.secret.returnPressed.connect(self.unlock)
        self.secret.caps_lock.connect(self._caps.say)
        self.go.clicked.connect(self.unlock)
        self.way.clicked.connect(self._other_way)
        self.other.clicked.connect(lambda: self._choose(_OPEN_ANOTHER))
        self.new.clicked.connect(lambda: self._choose(_MAKE_NEW))

    def _choose(self, way: str) -> None:
        loader.load(way)(self._context, self, self._wrong)

    def show_for(self, **args: str) -> None:
        """Show the page for a vault; `practice` says its passphrase when the program made it up."""
        passphrase = args.get("practice", "")
        if passphrase:
            put(self._practice, textInteractionFlags="TextSelectableByMouse|TextSelectableByKeyboard")
        self._practice.setVisible(bool(passphrase))
        self._practice.setText(f"Its passphrase is: {passphrase}" if passphrase else "")

    def refresh(self) -> None:
        """Nothing here is read from records."""

    def flush(self) -> None:
        """Nothing here is a draft."""

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._field().focus()

    def _field(self) -> Field:
        return self.code_field if self._with_code else self.passphrase_field

    def _say_which(self) -> None:
        kind = "Practice caseload" if self._context.practice else "Your vault"
        self._which.setText(f"{kind}, in {_short(self._folder)}")
        self._which.setToolTip(str(self._folder))

    def _other_way(self) -> None:
        self._with_code = not self._with_code
        self.passphrase_field.setVisible(not self._with_code)
        self.code_field.setVisible(self._with_code)
        self._caps.setVisible(not self._with_code)
        self.way.set_words("Use my passphrase" if self._with_code else "Use my recovery sheet")
        self._field().focus()

    def unlock(self) -> None:
        """Try the secret; the field stays as it is until the answer is there."""
        if self._busy:
            return
        secret = self.code.text() if self._with_code else self.secret.text()
        if not secret:
            words = "Type your recovery code" if self._with_code else "Type your passphrase"
            self._wrong(words)
            return
        with_code, folder = self._with_code, self._folder
        self._wait(True)

        def work(_: object) -> Any:
            return loader.load(_UNLOCK)(folder, secret, with_recovery_code=with_code)

        self._context.jobs.run(work, owner=self, then=self._opened, otherwise=self._refused)

    def _wait(self, busy: bool) -> None:
        self._busy = busy
        self.go.set_words("Unlocking…" if busy else "Unlock")
        self.go.setEnabled(not busy)
        line = self.code if self._with_code else self.secret
        line.setReadOnly(busy)

    def _opened(self, desk: Desk) -> None:
        self.secret.clear()
        if self._with_code:
            self.code.clear()
        self._context.window.vault_opened(desk)

    def _refused(self, error: ImsaError) -> None:
        self._wait(False)
        self._wrong(error.message)

    def _wrong(self, words: str) -> None:
        field = self._field()
        field.set_error(words)
        announce(field, words)
        field.focus()
        line = self.code if self._with_code else self.secret
        line.selectAll()


def _short(folder: Path) -> str:
    """Shorten the person's own folder to ~."""
    home = Path.home()
    return f"~/{folder.relative_to(home)}" if folder.is_relative_to(home) else str(folder)
