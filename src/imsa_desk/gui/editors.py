"""Editors: movable windows beside the main one, so that the case can be read while writing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QByteArray, QRect, Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from imsa_desk.gui import loader, theme
from imsa_desk.gui.pages import PageContext, as_page
from imsa_desk.gui.tables import EDITORS, EditorEntry
from imsa_desk.gui.widgets.band import PracticeBand
from imsa_desk.gui.widgets.palette import Palette

_STEP = 28


@dataclass(frozen=True, slots=True)
class EditorKey:
    """Which editor, about what; two of the same are one window."""

    id: str
    args: tuple[tuple[str, str], ...]


class EditorWindow(QWidget):
    """One editor in a window of its own; Esc closes it and loses nothing."""

    def __init__(
        self, owner: QWidget, editor: QWidget, title: str, *, practice: bool, gone: Callable[[], None]
    ) -> None:
        super().__init__(owner, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self._gone = gone
        self.flushes = True
        self.editor = editor
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        if practice:
            layout.addWidget(PracticeBand())
        layout.addWidget(editor, 1)

    def place(self) -> str:
        """Say where the window stands and how large it is, in Qt's own spelling."""
        return bytes(self.saveGeometry().toBase64().data()).decode("ascii")

    def put_back(self, place: str) -> None:
        """Stand where `place` says; anything else changes nothing."""
        if place:
            self.restoreGeometry(QByteArray.fromBase64(place.encode("ascii", "ignore")))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and not self.findChildren(Palette):
            self.close()
            return
        super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Store what was typed before the window goes."""
        if self.flushes:
            as_page(self.editor).flush()
        self._gone()
        super().closeEvent(event)


class Editors:
    """Opens editors, brings an open one to the front, and stores them all before a lock."""

    def __init__(self, owner: QWidget) -> None:
        self._owner = owner
        self._open: dict[EditorKey, EditorWindow] = {}

    @staticmethod
    def entry(editor_id: str) -> EditorEntry | None:
        """Find an editor that exists."""
        found = next((e for e in EDITORS if e.id == editor_id), None)
        return found if found is not None and loader.exists(found.path) else None

    def open(
        self, context: PageContext, editor_id: str, title: str, args: dict[str, str]
    ) -> EditorWindow | None:
        """Open an editor for these ids; None when there is no such editor."""
        entry = self.entry(editor_id)
        if entry is None:
            return None
        key = EditorKey(editor_id, tuple(sorted(args.items())))
        window = self._open.get(key)
        if window is None:
            editor: QWidget = loader.load(entry.path)(context)
            window = EditorWindow(
                self._owner, editor, title, practice=context.practice, gone=lambda: self._forget(key)
            )
            self._open[key] = window
            self._place(window, entry)
            as_page(editor).show_for(**args)
        window.show()
        window.raise_()
        window.activateWindow()
        return window

    def _forget(self, key: EditorKey) -> None:
        self._open.pop(key, None)

    def _place(self, window: EditorWindow, entry: EditorEntry) -> None:
        """Open to the right of the main window's middle, inside the screen."""
        screen = self._owner.screen().availableGeometry()
        wide = min(theme.px(entry.size[0]), screen.width() - 16)
        high = min(theme.px(entry.size[1]), screen.height() - 48)
        main = self._owner.geometry()
        step = _STEP * (len(self._open) - 1)
        left = min(main.right() - wide - 18, screen.right() - wide) - step
        top = min(main.bottom() - high - 24, screen.bottom() - high) - step
        window.setGeometry(QRect(max(screen.left(), left), max(screen.top() + 24, top), wide, high))

    def refresh(self, kinds: frozenset[str]) -> None:
        """Have each open editor that shows such records ask again."""
        for window in tuple(self._open.values()):
            if kinds & as_page(window.editor).kinds:
                as_page(window.editor).refresh()

    def flush(self) -> None:
        """Store what was typed in every open editor."""
        for window in tuple(self._open.values()):
            as_page(window.editor).flush()

    def hide_all(self) -> None:
        """Take every editor off the screen while the vault closes; they go with the window."""
        for window in tuple(self._open.values()):
            window.hide()

    def vault_closes(self, closes: bool) -> None:
        """Say that nothing can be stored any more, or that it can after all."""
        for window in tuple(self._open.values()):
            window.flushes = not closes

    def state(self) -> list[dict[str, object]]:
        """Say which editors are open and where they stand, by ids only."""
        return [
            {"id": key.id, "args": dict(key.args), "geometry": window.place()}
            for key, window in self._open.items()
            if (entry := self.entry(key.id)) is not None and entry.comes_back
        ]

    def close_all(self) -> None:
        """Close every editor; each stores its draft."""
        for window in tuple(self._open.values()):
            window.close()
