"""Alone: what the pages that stand alone in the window share."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from imsa_desk.domain.dates import LOCAL, say_full
from imsa_desk.gui.opening import Given
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.widgets.sheet import Sheet


class Alone(Sheet):
    """A card in the middle of the window, which may be handed a secret that was typed on another one."""

    kinds: frozenset[str] = frozenset()

    def __init__(self, context: PageContext, wide: int = 680) -> None:
        super().__init__(wide)
        self._context = context
        self._folder = context.folder
        self._given: Given | None = None

    def take(self, given: Given) -> None:
        """Take a secret, so that it need not be typed again."""
        self._given = given

    def refresh(self) -> None:
        """Nothing here is read from records."""

    def flush(self) -> None:
        """Nothing here is a draft."""


def shorten(folder: Path) -> str:
    """Shorten the person's own folder to ~."""
    home = Path.home()
    return f"~/{folder.relative_to(home)}" if folder.is_relative_to(home) else str(folder)


def say_moment(moment: datetime) -> str:
    """Say a moment with its day in full and its time, where the advocate works."""
    local = moment.astimezone(LOCAL)
    return f"{say_full(local.date())}, {local:%H:%M}"
