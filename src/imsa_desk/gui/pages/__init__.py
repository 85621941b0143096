"""What a page and an editor are, and what the window hands to each.

A **page** is a QWidget class named in `tables.PAGES` by its dotted path. The window makes it once, when it is
first opened, as `Page(context)`, and afterwards calls `show_for(**args)` each time somebody goes there,
`refresh()` when records of its `kinds` changed while it is shown (or before it is shown again), and
`flush()` before the vault locks.

An **editor** is a QWidget class named in `tables.EDITORS`. The window makes one as `Editor(context)` for each
`open_editor`, puts it into a movable window of its own, calls `show_for(**args)` once, and `flush()` when
that window closes and before the vault locks. It ends itself with `self.window().close()`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast

if TYPE_CHECKING:
    from PySide6.QtCore import QObject
    from PySide6.QtWidgets import QWidget

    from imsa_desk.errors import ImsaError
    from imsa_desk.gui.ask import Ask
    from imsa_desk.gui.bridge import Bridge
    from imsa_desk.gui.jobs import Job, Jobs
    from imsa_desk.gui.opening import Given
    from imsa_desk.gui.paint import Tone
    from imsa_desk.progress import Progress
    from imsa_desk.services.desk import Desk


class Page(Protocol):
    """What the window asks of a page; `BasePage` is a widget that already answers it."""

    kinds: frozenset[str]
    """The kinds of record (`vocab.Kind` values) whose change makes the page ask again."""

    def show_for(self, **args: str) -> None:
        """Show the page for these ids, such as case_id."""

    def refresh(self) -> None:
        """Ask for the values again and show them."""

    def flush(self) -> None:
        """Store what was typed and is not stored, now, as an urgent job."""


def as_page(widget: QWidget) -> Page:
    """Look at a widget made from the tables as what the tables promise; a test checks that they keep it."""
    return cast("Page", widget)


class Window(Protocol):
    """What a page may ask of the window it stands in."""

    @property
    def bridge(self) -> Bridge:
        """Give the signals that reach every window."""

    @property
    def jobs(self) -> Jobs:
        """Give what runs work off the GUI thread."""

    @property
    def ask(self) -> Ask:
        """Give what puts questions to the person."""

    def open(self, page_id: str, **args: str) -> None:
        """Go to a page."""

    def open_editor(self, editor_id: str, **args: str) -> None:
        """Open an editor in a window of its own, or bring the same one to the front."""

    def toast(self, words: str, undo: Callable[[], None] | None = None) -> None:
        """Say what was done, and offer to undo it."""

    def set_case(self, case_id: str, code: str) -> None:
        """Say which case is open; "" for none. The code stands in the window's title."""

    def say_saved(self) -> None:
        """Show that all is stored, with the time."""

    def say_saving(self) -> None:
        """Show that something is being stored."""

    def say_unsaved(self, words: str) -> None:
        """Show what went wrong with storing; it stays."""

    def show_count(self, page_id: str, count: int) -> None:
        """Show a number beside a page's name in the navigation; 0 shows none."""

    def fold_navigation(self, folded: bool) -> None:
        """Fold the navigation to icons while a page needs the room."""

    def bind(self, action_id: str, owner: QObject, run: Callable[[], None]) -> None:
        """Say what an action of the table does while `owner` is on the screen."""

    def lock(self) -> None:
        """Store drafts, close the vault and leave."""

    def leave_for(self, page_id: str, *, close: bool = True, **args: str) -> None:
        """Give up the open vault and come back to a page that stands alone."""

    def close_by(
        self,
        work: Callable[[Progress], Any],
        *,
        progress: Callable[[int, int], None],
        otherwise: Callable[[ImsaError], None],
    ) -> Job:
        """Have work that ends with the vault closed, such as a new key, and leave as a lock does."""

    def vault_opened(self, desk: Desk, given: Given | None = None) -> None:
        """Show the vault that was unlocked, with what, or made."""

    def show_front(self, page_id: str, given: Given | None = None, **args: str) -> None:
        """Show a page that stands alone in the window, and hand it a secret that was typed before."""

    def show_unlock(self, notice: str = "") -> None:
        """Show the unlock page for the folder in hand, with a word about what was done before."""

    def notice(
        self,
        about: str,
        words: str,
        tone: Tone = "info",
        *,
        verb: str = "",
        run: Callable[[], None] | None = None,
        closes: bool = True,
    ) -> None:
        """Say something over every page until it is dropped or closed; one notice about each thing."""

    def drop_notice(self, about: str) -> None:
        """Say it no longer."""

    def use_folder(self, folder: Path) -> str:
        """Take another vault folder in hand; "" when that worked, else what to tell the person."""

    def vault_described(self, exists: bool, practice: bool) -> None:
        """Show unlock or first run, and the band, as the folder in hand asks for."""

    def look_again(self) -> None:
        """Read the settings again and show the program as they say."""


class PageContext(NamedTuple):
    """What every page and editor is made with."""

    window: Window
    settings_file: Path
    folder: Path
    vault: Desk | None = None
    practice: bool = False

    @property
    def bridge(self) -> Bridge:
        """Give the signals that reach every window."""
        return self.window.bridge

    @property
    def jobs(self) -> Jobs:
        """Give what runs work off the GUI thread."""
        return self.window.jobs

    @property
    def ask(self) -> Ask:
        """Give what puts questions to the person."""
        return self.window.ask

    @property
    def desk(self) -> Desk:
        """Give the open vault; pages and editors that need one are made only while there is one."""
        assert self.vault is not None, "a page that needs a vault was made without one"
        return self.vault

    def open(self, page_id: str, **args: str) -> None:
        """Go to a page."""
        self.window.open(page_id, **args)

    def open_editor(self, editor_id: str, **args: str) -> None:
        """Open an editor."""
        self.window.open_editor(editor_id, **args)

    def toast(self, words: str, undo: Callable[[], None] | None = None) -> None:
        """Say what was done, and offer to undo it."""
        self.window.toast(words, undo)
