"""Icons: the program's own drawings, tinted for a role, rendered per size and screen, and kept."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from PySide6 import QtGui
from PySide6.QtGui import QPixmap

from imsa_desk import paths
from imsa_desk.gui import theme

if TYPE_CHECKING:
    from PySide6.QtGui import QIcon  # dear, and not wanted before the first paint

_SIZE = 'width="24" height="24"'


@cache
def _drawing(name: str) -> str:
    return (paths.resources() / "icons" / f"{name}.svg").read_text(encoding="utf-8")


@cache
def _render(name: str, size: int, colour: str, ratio: float) -> QPixmap:
    """Render through Qt's picture reader: the binding of QtSvg takes twice as long for the first icon."""
    side = round(size * ratio)
    drawing = _drawing(name).replace(_SIZE, f'width="{side}" height="{side}"').replace("currentColor", colour)
    made = QPixmap()
    if not made.loadFromData(drawing.encode(), "svg"):
        raise RuntimeError(f"the icon {name} cannot be drawn: is Qt's plugin for SVG there?")
    made.setDevicePixelRatio(ratio)
    return made


def pixmap(name: str, role: str, size: int, ratio: float) -> QPixmap:
    """Give an icon in a role's colour, `size` logical pixels wide, for a screen of the given ratio."""
    return _render(name, size, theme.colour(role).name(), ratio)


def qicon(name: str, role: str = "muted", size: int = 18) -> QIcon:
    """Give an icon for a native part; make it again after the scheme changed."""
    made = QtGui.QIcon()
    for ratio in (1.0, 2.0):
        made.addPixmap(pixmap(name, role, theme.px(size), ratio))
    return made


def names() -> frozenset[str]:
    """List every icon that ships with the program."""
    return frozenset(file.stem for file in (paths.resources() / "icons").glob("*.svg"))
