"""Moves: how need moved in each theme, as the chart shows it."""

from __future__ import annotations

from collections.abc import Iterable

from imsa_desk.domain.comparison import Movement
from imsa_desk.domain.themes import FULL_NAMES, ICONS, SHORT_NAMES
from imsa_desk.gui.widgets.movement import Moved


def moved(movement: Movement) -> Moved:
    """Turn a movement into the chart's row."""
    one = movement.theme
    levels = (movement.before, movement.now, movement.own_before, movement.own_now)
    return Moved(one, ICONS[one], SHORT_NAMES[one], FULL_NAMES[one], *levels)


def rated(movements: Iterable[Movement]) -> list[Moved]:
    """Give the rows of the themes that somebody rated at all."""
    rows = (moved(one) for one in movements)
    return [one for one in rows if one.has_own or one.before is not None or one.now is not None]
