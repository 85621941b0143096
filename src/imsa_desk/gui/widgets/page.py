"""BasePage: a scrolling page that already answers what the window asks of one."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from imsa_desk.gui.widgets.layout import PageScroll


class BasePage(PageScroll):
    """Put parts into `content`; say in `kinds` which records' changes make `refresh` be called."""

    kinds: frozenset[str] = frozenset()

    def __init__(
        self, margins: tuple[int, int, int, int] = (28, 18, 28, 24), parent: QWidget | None = None
    ) -> None:
        super().__init__(margins, parent)

    def show_for(self, **args: str) -> None:
        """Show the page; by default that asks for its values again."""
        self.refresh()

    def refresh(self) -> None:
        """Ask for the values again."""

    def flush(self) -> None:
        """Store what is not stored; by default there is nothing to store."""
