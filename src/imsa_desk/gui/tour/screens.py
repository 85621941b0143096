"""Camera: a picture of the whole screen in light and in dark, each looked at before it is kept."""

from __future__ import annotations

import hashlib
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from imsa_desk.gui import theme
from imsa_desk.gui.main_window import MainWindow
from imsa_desk.gui.tour.checks import clipped, is_blank, origin
from imsa_desk.gui.tour.driver import Driver, lost

_SCHEMES = (theme.Scheme.LIGHT, theme.Scheme.DARK)
_SHOWN = (Qt.WindowType.Window, Qt.WindowType.Dialog)


class Camera:
    """Numbers its pictures after those that are there, and knows them, so that no two are equal."""

    def __init__(self, driver: Driver, folder: Path) -> None:
        self._driver, self._folder = driver, folder
        there = sorted(folder.glob("*.png"))
        self._number = max((int(file.name.split("-")[0]) for file in there), default=0)
        self.wrong: list[str] = []
        """What was seen on pictures that is not as it should be; the step that is under way takes it."""
        self._known = {hashlib.sha256(file.read_bytes()).digest(): file.name for file in there}

    def take(self, page: str, *, covered: bool = False) -> None:
        """Keep `NN-page-light.png` and `NN-page-dark.png` of what is on the screen.

        Notes a part that is clipped, a page that is blank (or, covered, one that is not), and a picture that
        is the same as an earlier one.
        """
        self._driver.settle()
        self._number += 1
        for window in self.windows():
            wrong = clipped(window)
            if wrong:
                self.wrong.append(f"clipped on {page}: {'; '.join(wrong[:6])}")
        now = theme.scheme()
        for scheme in sorted(_SCHEMES, key=lambda each: each is not now):
            self._put_on(scheme)
            self._keep(f"{self._number:02d}-{page}-{scheme}.png", covered=covered)

    def _put_on(self, scheme: theme.Scheme) -> None:
        if theme.scheme() is not scheme:
            theme.apply(self._driver.app, scheme, 100)
            self._driver.settle()

    def _keep(self, name: str, *, covered: bool) -> None:
        image = self.screen()
        for area in self._pages():
            if is_blank(image, area) is not covered:
                self.wrong.append(f"{name} {'shows something' if covered else 'is blank'}")
        file = self._folder / name
        if not image.save(str(file)):
            raise lost(f"{name} could not be written")
        digest = hashlib.sha256(file.read_bytes()).digest()
        if digest in self._known:
            self.wrong.append(f"{name} is the same picture as {self._known[digest]}")
        self._known[digest] = name

    def windows(self) -> list[QWidget]:
        """Give the windows on the screen, the main one first and the one with the keyboard last."""
        shown = [w for w in QApplication.topLevelWidgets() if w.isVisible() and w.windowType() in _SHOWN]
        front = self._driver.front
        return sorted(shown, key=lambda w: (w is front, not isinstance(w, MainWindow)))

    def _pages(self) -> list[QRect]:
        """Give the areas that must show something: the page that is open, and each window over it."""
        areas = []
        for window in self.windows():
            page = window.opened.frame.page if isinstance(window, MainWindow) and window.opened else None
            within = origin(page, window) if page is not None else window.rect()
            areas.append(within.translated(window.geometry().topLeft() - self._corner()))
        return areas

    def screen(self) -> QImage:
        """Put the windows together as they lie on the screen, with a hairline round each."""
        room = self._driver.window.screen().geometry()
        corner = self._corner()
        image = QImage(room.size(), QImage.Format.Format_RGB32)
        image.fill(theme.colour("canvas"))
        p = QPainter(image)
        for window in self.windows():
            place = window.geometry().translated(-corner)
            p.drawPixmap(place.topLeft(), window.grab())
            if not isinstance(window, MainWindow):
                p.setPen(theme.colour("edge"))
                p.drawRect(place.adjusted(-1, -1, 0, 0))
        for popup in iter(self._popups()):
            p.drawPixmap(popup.geometry().topLeft() - corner, popup.grab())
        p.end()
        return image

    def _corner(self) -> QPoint:
        """Give where the main window begins: a platform without a display makes room for a frame."""
        return self._driver.window.geometry().topLeft()

    @staticmethod
    def _popups() -> list[QWidget]:
        return [
            w
            for w in QApplication.topLevelWidgets()
            if w.isVisible() and w.windowType() is Qt.WindowType.Popup
        ]
