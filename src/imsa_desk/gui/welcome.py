"""What is said to somebody who has just opened a vault, and stays said until it is seen to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from imsa_desk.gui import opening
from imsa_desk.gui.typing_guard import TypingGuard
from imsa_desk.services import unfinished
from imsa_desk.vocab import Kind, SlotKind

if TYPE_CHECKING:
    from imsa_desk.gui.main_window import MainWindow
    from imsa_desk.gui.opening import Given
    from imsa_desk.gui.pages import PageContext

READ_ONLY, PASSPHRASE, SHEET = "read-only", "new-passphrase", "recovery-sheet"
EDITOR = "new_passphrase"
_OPENED_WITH = {
    SlotKind.RECOVERY: "your recovery sheet",
    SlotKind.SHARES: "recovery shares",
    SlotKind.ESCROW: "the keys of two people",
}


class Welcome(QObject):
    """Read only and why, what unlocking noticed, a new passphrase, a recovery sheet never finished."""

    def __init__(self, window: MainWindow, context: PageContext) -> None:
        super().__init__(window)
        self._window, self._context = window, context
        self._guard: TypingGuard | None = None
        self._offered = False

    def begin(self, given: Given | None) -> None:
        """Say all of it."""
        desk = self._context.desk
        for number, words in enumerate(desk.warnings):
            self._window.notice(f"warning-{number}", words, "caution")
        if desk.read_only:
            self._say_read_only(desk.read_only)
            return
        if given is not None and given.way is not SlotKind.PASSPHRASE:
            self._offer_new_passphrase(given)
        self._look_for_sheet()

    def _look_for_sheet(self) -> None:
        desk = self._context.desk
        self._context.jobs.run(lambda _: unfinished.sheet_missing(desk), owner=self, then=self._offer_sheet)

    def _changed(self, kinds: frozenset[str]) -> None:
        if Kind.ACCESS in kinds:  # a new sheet may have been made
            self._look_for_sheet()

    def end(self) -> None:
        """Let the keyboard go, and ask no more."""
        if self._offered:
            self._context.bridge.changed.disconnect(self._changed)
            self._offered = False
        if self._guard is not None:
            self._guard.end()

    def _say_read_only(self, why: str) -> None:
        first = why.partition(". ")[0].rstrip(".")  # the rest was read on the page before
        words = f"This vault is open to read only. {first}. Nothing you do here changes it."
        self._window.notice(
            READ_ONLY, words, "caution", verb="What you can do", run=self._what_can_be_done, closes=False
        )
        self._guard = TypingGuard(self._window)

    def _what_can_be_done(self) -> None:
        why = self._context.desk.read_only
        only_folder = bool(self._window.start.cannot_write(self._context.folder))
        code = opening.CANNOT_WRITE if only_folder else opening.READ_ONLY
        self._window.leave_for("trouble", code=code, words=why)

    def _offer_new_passphrase(self, given: Given) -> None:
        words = (
            f"You opened the vault with {_OPENED_WITH[given.way]}. "
            "Set a new passphrase, so that you can open it by yourself the next time."
        )
        self._window.notice(
            PASSPHRASE,
            words,
            "caution",
            verb="Set a new passphrase",
            run=lambda: self._context.open_editor(EDITOR, way=str(given.way)),
            closes=False,
        )
        opened = self._window.opened
        if opened is not None:
            opened.open_editor_with(EDITOR, given, way=str(given.way))

    def _offer_sheet(self, missing: bool) -> None:
        if not missing:
            self._window.drop_notice(SHEET)
        elif not self._offered:
            self._offered = True
            self._context.bridge.changed.connect(self._changed)
            words = (
                "The recovery sheet of this vault was never finished. Without one, a forgotten passphrase "
                "cannot be got round. Make a new sheet, print it and put it away."
            )
            self._window.notice(SHEET, words, "caution", verb="Make a sheet", run=self._make_sheet)

    def _make_sheet(self) -> None:
        self._context.open_editor("recovery_sheet")
