"""Words on a page: labels, the title, section headings, an empty page, and whether all is saved."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from imsa_desk.gui import paint, theme
from imsa_desk.gui.widgets.base import Painted, announce
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.tips import switch_off
from imsa_desk.gui.widgets.words import LabelKind, label

__all__ = ["EmptyState", "Heading", "LabelKind", "SavedState", "Title", "label"]


class Title(QWidget):
    """A page's one title, with the sentence that says what matters under it."""

    def __init__(self, words: str, sentence: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = label(words, "title")
        self._sentence = label(sentence, "muted", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self._title)
        layout.addWidget(self._sentence)
        self._sentence.setVisible(bool(sentence))
        self.setAccessibleName(words)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_words(self, words: str, sentence: str = "") -> None:
        """Show another title and sentence."""
        self._title.setText(words)
        self._sentence.setText(sentence)
        self._sentence.setVisible(bool(sentence))
        self.setAccessibleName(words)


class Heading(Painted):
    """A section heading: strong words, a small note, a hairline under both; `pressed` by its link."""

    pressed = Signal()

    def __init__(self, words: str, *, note: str = "", link: str = "", parent: QWidget | None = None) -> None:
        super().__init__(words, parent)
        self._words, self._note = words, note
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 4)
        layout.addStretch(1)
        self._link = Button(link, "link", small=True)
        self._link.clicked.connect(self.pressed)
        layout.addWidget(self._link)
        self.show_words(words, note=note, link=link)

    def show_words(self, words: str, *, note: str = "", link: str = "") -> None:
        """Show another heading."""
        self._words, self._note = words, note
        self.setAccessibleName(f"{words}, {note}" if note else words)
        self._link.set_words(link)
        self._link.setAccessibleName(f"{words}: {link}")
        self._link.setVisible(bool(link))
        self.update()

    def switch_off(self, why: str) -> None:
        """Keep the link from being pressed, and say why; "" lets it."""
        switch_off(self._link, why)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(240), theme.px(34))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(120), theme.px(34))

    def draw(self, p: QPainter, area: QRectF) -> None:
        """Paint words, note and hairline."""
        high = area.height() - 4
        right = float(self._link.geometry().left()) if not self._link.isHidden() else area.right()
        x = paint.text(p, 0, 0, self._words, strong=True, width=right, high=high) + theme.px(8)
        if self._note and right > x:
            paint.text(p, x, 0, self._note, role="muted", size="small", width=right - x, high=high)
        paint.hairline(p, 0, area.right(), area.bottom() - 1)


class _Picture(Painted):
    """Two sheets of paper and a mark; decoration only."""

    def sizeHint(self) -> QSize:
        return QSize(theme.px(92), theme.px(116))

    def __init__(self, icon: str) -> None:
        super().__init__("")
        self._icon = icon
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def draw(self, p: QPainter, area: QRectF) -> None:
        px = theme.px
        paint.box(p, QRectF(px(14), 0, px(74), px(96)), "sunken", "line", 6)
        paint.box(p, QRectF(0, px(10), px(74), px(92)), "raised", "edge_soft", 6)
        for y, wide in ((30, 40), (46, 48), (62, 32)):
            paint.box(p, QRectF(px(13), px(y), px(wide), px(4)), "neutral_soft", None, 2)
        paint.box(p, QRectF(px(52), px(78), px(36), px(36)), "accent", None, px(18))
        paint.icon(p, px(61), px(87), self._icon, "on_accent", px(18))


class EmptyState(QWidget):
    """What belongs here and how to add it; `pressed` by the verb."""

    pressed = Signal()

    def __init__(
        self,
        title: str,
        words: str,
        *,
        verb: str = "",
        icon: str = "plus",
        shortcut: str = "",
        other: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 24, 0, 24)
        layout.setSpacing(8)
        layout.addWidget(_Picture(icon))
        layout.addSpacing(16)
        layout.addWidget(label(title, "title", wrap=True))
        layout.addWidget(label(words, wrap=True, measure=72))
        self._button: Button | None = None
        if verb:
            layout.addSpacing(8)
            self._button = Button(verb, "primary", icon="plus", shortcut=shortcut)
            self._button.clicked.connect(self.pressed)
            layout.addWidget(self._button)
        if other:
            layout.addWidget(label(other, "meta", wrap=True))
        layout.addStretch(1)
        self.setAccessibleName(f"{title}. {words}")

    def switch_off(self, why: str) -> None:
        """Keep the verb from being pressed, and say why; "" lets it."""
        if self._button is not None:
            switch_off(self._button, why)


_LONGEST_STATE = 300
"""A longer message is shortened; the whole stands in its tooltip and is announced."""


class SavedState(Painted):
    """Whether what was typed is safe: "saving…", "saved 14:32", or what went wrong."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._icon, self._role, self._words = "", "muted", ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def words(self) -> str:
        """Give what is shown."""
        return self._words

    def saving(self) -> None:
        """Say that it is being written."""
        self._show("draft", "muted", "saving…")

    def saved(self, clock: str) -> None:
        """Say when the commit returned, as "14:32"."""
        self._show("check", "good", f"saved {clock}")

    def went_wrong(self, words: str) -> None:
        """Say that it is not saved, and why; it is announced."""
        self._show("alert", "alert", words)
        announce(self, words)

    def clear(self) -> None:
        """Say nothing."""
        self._show("", "muted", "")

    def _show(self, icon: str, role: str, words: str) -> None:
        self._icon, self._role, self._words = icon, role, words
        self.setAccessibleName(words)
        self.setToolTip(words if role == "alert" else "")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        wide = min(paint.width_of(self._words, "small", self._role == "alert"), theme.px(_LONGEST_STATE))
        return QSize(round(wide) + theme.px(24) if self._words else 0, theme.px(24))

    def draw(self, p: QPainter, area: QRectF) -> None:
        """Paint icon and words."""
        if not self._words:
            return
        side, wrong = theme.px(16), self._role == "alert"
        paint.icon(p, 0, (area.height() - side) / 2, self._icon, self._role, side)
        left, role = theme.px(20), "alert" if wrong else "muted"
        room = area.width() - left
        paint.text(
            p, left, 0, self._words, role=role, size="small", strong=wrong, width=room + 1, high=area.height()
        )
