"""The notices over every page of the window: one for each thing to know, until it is no longer so."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from imsa_desk.gui.paint import Tone
from imsa_desk.gui.widgets.base import announce
from imsa_desk.gui.widgets.notice import NoticeBar

ERROR = "error"
"""The one notice of something that went wrong just now; it goes when the person goes on."""


class Notices(QWidget):
    """Notices by what they are about: a newer one about the same takes the place of the older."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: dict[str, NoticeBar] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self.hide()

    @property
    def words(self) -> tuple[str, ...]:
        """Give what is said at present."""
        return tuple(bar.words for bar in self._bars.values())

    def put(
        self,
        about: str,
        words: str,
        tone: Tone,
        *,
        verb: str = "",
        run: Callable[[], None] | None = None,
        closes: bool = True,
    ) -> None:
        """Say something until it is dropped or, where it `closes`, until the person closes it."""
        self.drop(about)
        bar = NoticeBar(words, tone, verb=verb, closes=closes)
        bar.closed.connect(lambda: self.drop(about))
        if run is not None:
            bar.pressed.connect(run)
        self._bars[about] = bar
        self._layout.insertWidget(0, bar) if about == ERROR else self._layout.addWidget(bar)
        bar.show()
        self.show()
        announce(bar, words)

    def drop(self, about: str) -> None:
        """Say it no longer."""
        bar = self._bars.pop(about, None)
        if bar is None:
            return
        bar.hide()
        self._layout.removeWidget(bar)
        bar.deleteLater()
        self.setVisible(bool(self._bars))
