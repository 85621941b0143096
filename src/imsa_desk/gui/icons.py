"""Icons: the program's own drawings, tinted for a role, rendered per size and screen, and kept."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from imsa_desk import paths
from imsa_desk.gui import theme


@cache
def _drawing(name: str) -> str:
    return (paths.resources() / "icons" / f"{name}.svg").read_text(encoding="utf-8")


@cache
def _render(name: str, size: int, colour: str, ratio: float) -> QPixmap:
    made = QPixmap(round(size * ratio), round(size * ratio))
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    QSvgRenderer(QByteArray(_drawing(name).replace("currentColor", colour).encode())).render(painter)
    painter.end()
    made.setDevicePixelRatio(ratio)
    return made


def pixmap(name: str, role: str, size: int, ratio: float) -> QPixmap:
    """Give an icon in a role's colour, `size` logical pixels wide, for a screen of the given ratio."""
    return _render(name, size, theme.colour(role).name(), ratio)


def qicon(name: str, role: str = "muted", size: int = 18) -> QIcon:
    """Give an icon for a native part; make it again after the scheme changed."""
    made = QIcon()
    for ratio in (1.0, 2.0):
        made.addPixmap(pixmap(name, role, theme.px(size), ratio))
    return made


def names() -> frozenset[str]:
    """List every icon that ships with the program."""
    return frozenset(file.stem for file in (paths.resources() / "icons").glob("*.svg"))
