"""Unlock: the first thing on the screen; it says what is wrong in words and changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRectF, QSize
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy

from imsa_desk.gui import glyphs, loader, paint, theme
from imsa_desk.gui.widgets.base import Painted, announce, put
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.lines import Field, PassphraseLine
from imsa_desk.gui.widgets.sheet import Sheet
from imsa_desk.gui.widgets.tips import set_tip
from imsa_desk.gui.widgets.words import label

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter, QShowEvent

    from imsa_desk.errors import ImsaError
    from imsa_desk.gui.opening import Given
    from imsa_desk.gui.pages import PageContext
    from imsa_desk.gui.widgets.secret import SecretEntry
    from imsa_desk.services.desk import Desk

# What few ever need is loaded when it is asked for: this page is painted before anything else is there.
_OPENING = "imsa_desk.gui.opening"
_ENTRY = "imsa_desk.gui.widgets.secret:SecretEntry"
_KINDS = "imsa_desk.vocab:SlotKind"
_SLOTS = "imsa_desk.services.keys:slots_of"
_NOTICE = "imsa_desk.gui.widgets.notice:NoticeBar"
_OPEN_ANOTHER = "imsa_desk.gui.choosing:open_another"
_MAKE_NEW = "imsa_desk.gui.choosing:make_new"
_PASSPHRASE_HELP = "Your words, with a space between each."
_READ_ONLY = "The vault can be opened to read only."


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
    """A passphrase or another way in, another vault, a new vault, or one restored from a backup."""

    kinds: frozenset[str] = frozenset()
    _entry: SecretEntry | None = None
    busy = False
    _cannot_write = ""

    def __init__(self, context: PageContext) -> None:
        super().__init__(480, foot="Nothing leaves this computer until you prepare a bundle.")
        self._context = context
        self._folder = context.folder
        self.secret = PassphraseLine("Passphrase")
        self.passphrase_field = Field("Passphrase", self.secret, help=_PASSPHRASE_HELP)
        self.go = Button("Unlock", "primary")
        self.way = Button("Open it another way", "link", small=True)
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
            self._links = links = QHBoxLayout()
            if left is not None:
                links.addWidget(left)
            links.addStretch(1)
            links.addWidget(right)
            content.addLayout(links)

    def _connect(self) -> None:
        self.secret.returnPressed.connect(self.unlock)
        self.secret.caps_lock.connect(self._caps.say)
        self.go.clicked.connect(self.unlock)
        self.way.clicked.connect(self.use_another_way)
        self.other.clicked.connect(lambda: self._choose(_OPEN_ANOTHER))
        self.new.clicked.connect(lambda: self._choose(_MAKE_NEW))
        self.painted.connect(self._complete)

    def _complete(self) -> None:
        """Put the link that the first paint need not wait for into its empty place."""
        self.restore = Button("Restore from a backup", "link", small=True)
        self.restore.clicked.connect(lambda: self._context.window.show_front("restore"))
        self._links.insertWidget(0, self.restore)
        self.setTabOrder(self.other, self.restore)
        self.setTabOrder(self.restore, self.new)

    def _choose(self, way: str) -> None:
        loader.load(way)(self._context, self, self._wrong)

    def show_for(self, **args: str) -> None:
        """Show the page for a vault.

        `practice` says its passphrase when the program made it up; `cannot_write` why it can only be read;
        `notice` what was done before.
        """
        passphrase = args.get("practice", "")
        if passphrase:
            put(self._practice, textInteractionFlags="TextSelectableByMouse|TextSelectableByKeyboard")
        self._practice.setVisible(bool(passphrase))
        self._practice.setText(f"Its passphrase is: {passphrase}" if passphrase else "")
        self._cannot_write = args.get("cannot_write", "")
        if self._cannot_write:
            self._tell(f"{self._cannot_write} {_READ_ONLY}", "caution")
            self.go.set_words(self._verb)
        if args.get("notice"):
            self._tell(args["notice"], "good")

    def _tell(self, words: str, tone: str) -> None:
        """Say over the passphrase what somebody should know who comes here."""
        bar = loader.load(_NOTICE)(words, tone, closes=False, boxed=True)
        at = self.content.indexOf(self.passphrase_field)
        self.content.insertWidget(at, bar)
        self.content.insertSpacing(at + 1, 10)
        announce(bar, words)

    def refresh(self) -> None:
        """Nothing here is read from records."""

    def flush(self) -> None:
        """Nothing here is a draft."""

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._focus()

    def _focus(self) -> None:
        if self._entry is not None and not self._entry.isHidden():
            self._entry.focus()
        else:
            self.passphrase_field.focus()

    @property
    def entry(self) -> SecretEntry:
        """Give the part with every other way in, which few ever see: it is made when it is asked for."""
        if self._entry is None:
            made: SecretEntry = loader.load(_ENTRY)(self._context.ask)
            made.entered.connect(self.unlock)
            self.content.insertWidget(self.content.indexOf(self.passphrase_field) + 1, made)
            made.tab_before(self.go)
            self._entry = made
        return self._entry

    def _say_which(self) -> None:
        kind = "Practice caseload" if self._context.practice else "Your vault"
        self._which.setText(f"{kind}, in {_short(self._folder)}")
        set_tip(self._which, str(self._folder))

    def use_another_way(self) -> None:
        """Offer the ways that this vault has, its recovery sheet first; or the passphrase again."""
        back = self._entry is not None and not self._entry.isHidden()
        self.passphrase_field.setVisible(back)
        self._caps.setVisible(back)
        self.entry.setVisible(not back)
        self.way.set_words("Open it another way" if back else "Use my passphrase")
        if not back:
            kinds = loader.load(_KINDS)
            self.entry.offer(each for each in kinds if each is not kinds.PASSPHRASE)
            folder = self._folder
            self._context.jobs.run(
                lambda _: loader.load(_SLOTS)(folder),
                owner=self,
                then=lambda slots: self.entry.offer({slot.kind for slot in slots} - {kinds.PASSPHRASE}),
                otherwise=lambda _: None,  # a damaged header is told when the vault is opened
                lane="free",
            )
        self._focus()

    def _given(self) -> Given:
        """Take what was typed; raises Refused for what is missing."""
        opening, kinds = loader.load(f"{_OPENING}:Given"), loader.load(_KINDS)
        if self._entry is not None and not self._entry.isHidden():
            given: Given = opening(self._entry.secret(), self._entry.way)
        else:
            given = opening(self.secret.text(), kinds.PASSPHRASE)
        return given

    def unlock(self) -> None:
        """Try the secret; the field stays as it is until the answer is there."""
        if self.busy:
            return
        try:
            given = self._given()
        except Exception as error:  # only Refused comes, whose module is not here before the first paint
            self._wrong(getattr(error, "message", "") or "Type your passphrase")
            return
        if not given.secret:
            self._wrong("Type your passphrase")
            return
        folder, why = self._folder, self._cannot_write
        self._wait(True)

        def work(_: object) -> Any:
            return loader.load(f"{_OPENING}:try_secret")(folder, given, why)

        self._context.jobs.run(
            work,
            owner=self,
            then=lambda desk: self._opened(desk, given),
            otherwise=lambda error: self._refused(error, given),
        )

    @property
    def _verb(self) -> str:
        return "Open to read only" if self._cannot_write else "Unlock"

    def _wait(self, busy: bool) -> None:
        self.busy = busy
        self.go.set_words("Unlocking…" if busy else self._verb)
        self.go.setEnabled(not busy)
        self.secret.setReadOnly(busy)
        if self._entry is not None:
            self._entry.set_busy(busy)

    def _opened(self, desk: Desk, given: Given) -> None:
        self.secret.clear()
        if self._entry is not None:
            self._entry.clear()
        self._context.window.vault_opened(desk, given)

    def _refused(self, error: ImsaError, given: Given) -> None:
        self._wait(False)
        if error.code in loader.load(f"{_OPENING}:DAMAGED"):
            loader.load(f"{_OPENING}:go_to_trouble")(self._context, error.code, error.message, given)
        elif error.code in loader.load(f"{_OPENING}:WRONG_SECRET"):
            self._wrong(f"{error.message} {loader.load(f'{_OPENING}:try_words')(self._folder)}".strip())
        else:
            self._wrong(error.message)

    def _wrong(self, words: str) -> None:
        if self._entry is not None and not self._entry.isHidden():
            self._entry.set_error(words)
            return
        self.passphrase_field.set_error(words)
        announce(self.passphrase_field, words)
        self.passphrase_field.focus()
        self.secret.selectAll()


def _short(folder: Path) -> str:
    """Shorten the person's own folder to ~."""
    home = Path.home()
    return f"~/{folder.relative_to(home)}" if folder.is_relative_to(home) else str(folder)
