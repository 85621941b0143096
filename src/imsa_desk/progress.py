"""How long work tells how far it is, and learns that it should stop."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Called as progress(done, total); raises `Cancelled` when the person stopped the work."""


def quiet(done: int, total: int) -> None:
    """Report to nobody."""
