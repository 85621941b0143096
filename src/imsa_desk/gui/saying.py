"""What the window says beside its pages: toasts of what was done, notices of what is to be known."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from imsa_desk.gui.notices import ERROR, Notices
from imsa_desk.gui.widgets.toast import Toast

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from imsa_desk.gui.bridge import Notice

NOTHING_TO_UNDO = "Nothing to undo here. Earlier versions are in each record’s history"


class Saying:
    """The one toast of a window, and the notices over its pages; each is made when first wanted."""

    def __init__(self, window: QWidget, place: Callable[[Notices], None]) -> None:
        self._window, self._place = window, place

    @cached_property
    def toasts(self) -> Toast:
        """Give the one toast of the window."""
        return Toast(self._window)

    @cached_property
    def notices(self) -> Notices:
        """Give what is said over every page."""
        made = Notices()
        self._place(made)
        return made

    def tell(self, notice: Notice) -> None:
        """Say what somebody sent to every window: an error stays, anything else goes by itself."""
        if notice.kind == "info":
            self.toasts.say(notice.words)
        else:
            self.notices.put(ERROR, notice.words, "alert")

    def drop(self, about: str) -> None:
        """Say something no longer."""
        if "notices" in self.__dict__:
            self.notices.drop(about)

    def undo(self) -> None:
        """Take back what the toast offers to take back."""
        if self.toasts.can_undo:
            self.toasts.undo()
        else:
            self.toasts.say(NOTHING_TO_UNDO)

    def dismiss(self) -> bool:
        """Put the toast away; False where there is none."""
        shown = "toasts" in self.__dict__ and bool(self.toasts.words)
        if shown:
            self.toasts.dismiss()
        return shown
