"""Driver: finds parts by what a screen reader calls them, and works them by keys and mouse."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import shiboken6
from PySide6.QtCore import QEventLoop, QKeyCombination, QPoint, Qt, QTimer
from PySide6.QtGui import QInputMethodEvent, QKeySequence, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QScrollArea,
    QTabBar,
    QWidget,
)

from imsa_desk.errors import Broken
from imsa_desk.gui import theme
from imsa_desk.gui.main_window import MainWindow
from imsa_desk.gui.widgets.choice import Choice
from imsa_desk.gui.widgets.errors import ErrorSummary
from imsa_desk.gui.widgets.fields import Dot, Tick
from imsa_desk.gui.widgets.rows import Row, RowList
from imsa_desk.gui.widgets.toast import Toast

W = TypeVar("W", bound=QWidget)
_WINDOWS = (Qt.WindowType.Window, Qt.WindowType.Dialog)
_LOOK_EVERY_MS = 10
_PATIENCE_S = 30.0
_PASTED_FROM = 160


def lost(words: str) -> Broken:
    """Say what the tour could not find or do."""
    return Broken(words, code="E_TOUR")


def name_of(widget: QWidget) -> str:
    """Give what a part is called: its accessible name, or the words of a label."""
    return widget.accessibleName().strip() or (widget.text().strip() if isinstance(widget, QLabel) else "")


class Driver:
    """Works one window and the editors over it."""

    def __init__(self, app: QApplication, window: MainWindow) -> None:
        self.app, self.window = app, window
        self._front: QWidget = window

    # --- waiting: always for something, never for a time ---

    def until(self, so: Callable[[], bool], what: str, seconds: float = _PATIENCE_S) -> None:
        """Wait until something is so; fails when it does not come."""
        loop = QEventLoop()
        look, limit = QTimer(), QTimer()
        was_so = so()  # kept, because it may be over again before the loop has ended

        def look_once() -> None:
            nonlocal was_so
            was_so = so()
            if was_so:
                loop.quit()

        look.setInterval(_LOOK_EVERY_MS)
        look.timeout.connect(look_once)
        limit.setSingleShot(True)
        limit.timeout.connect(loop.quit)
        limit.start(round(seconds * 1000))
        if not was_so:
            look.start()
            loop.exec()
        if not was_so:
            raise lost(f"waited in vain for {what}")

    def settle(self) -> None:
        """Wait until the vault has answered and everything that follows is on the screen."""
        for _ in range(3):
            self.until(lambda: not self.window.jobs.busy, "the vault")
            self.app.sendPostedEvents()
            self.app.processEvents()

    def when(self, name: str, kind: type[W]) -> W:
        """Wait for a part and give it."""
        self.until(lambda: bool(self.all(name, kind)), f"“{name}”")
        return self.find(name, kind)

    # --- finding ---

    @property
    def front(self) -> QWidget:
        """Give the window that has the keyboard; lists over it do not count."""
        active = self.app.activeWindow()
        if active is not None and active.isVisible() and active.windowType() in _WINDOWS:
            self._front = active
        elif not shiboken6.isValid(self._front) or not self._front.isVisible():
            self._front = self.window
        return self._front

    def _awake(self) -> QWindow:
        """Give the keyboard back to the front window after a list over it has gone."""
        front = self.front
        if self.app.activeWindow() is not front:
            front.activateWindow()
            self.until(lambda: self.app.activeWindow() is front, "the window to have the keyboard")
        return _handle(front)

    def all(self, name: str, kind: type[W], within: QWidget | None = None) -> list[W]:
        """Find the visible parts of that name: the innermost, and labels only where there is nothing else.

        "Name: answer" counts as "Name".
        """
        inside = within if within is not None else self.front
        parts = [w for w in inside.findChildren(kind) if w.isVisible() and _called(name_of(w), name)]
        inner = [w for w in parts if not any(w is not other and w.isAncestorOf(other) for other in parts)]
        return [w for w in inner if not isinstance(w, QLabel)] or inner

    def find(self, name: str, kind: type[W], within: QWidget | None = None) -> W:
        """Find the one visible part of that name."""
        found = self.all(name, kind, within)
        if len(found) != 1:
            there = {name_of(w) for w in self.front.findChildren(kind) if w.isVisible()} - {""}
            raise lost(f"{len(found)} of “{name}”; there is: {', '.join(sorted(there))[:600]}")
        return found[0]

    def there(self, name: str) -> bool:
        """Say whether a part of that name is on the screen."""
        return bool(self.all(name, QWidget))

    # --- mouse ---

    def click(self, part: QWidget, at: QPoint | None = None) -> None:
        """Bring a part into view and press the left button on it, where a person would."""
        show(part)
        self.app.processEvents()
        if at is None:
            at = part.rect().center()
            if isinstance(part, (Tick, Dot)):
                at.setX(min(at.x(), theme.px(10)))  # beside its words such a part does not answer
        where = part.mapTo(part.window(), at)
        if isinstance(part.window().childAt(where), Toast):
            self.key("Escape")  # as somebody would who wants to get at what lies under it
        hit = part.window().childAt(where)
        if hit is None or not (hit is part or part.isAncestorOf(hit) or hit.isAncestorOf(part)):
            raise lost(f"“{name_of(part)}” cannot be reached with the mouse")
        if not part.isEnabled():
            raise lost(f"“{name_of(part)}” is not to be pressed now")
        handle = _handle(part)
        QTest.mouseClick(handle, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, where)
        self.app.processEvents()

    def press(self, name: str, within: QWidget | None = None) -> None:
        """Click the part of that name, and wait for what follows."""
        self.click(self.find(name, QWidget, within))
        self.settle()

    def tab(self, words: str) -> None:
        """Click a tab."""
        bar = next((b for b in self.front.findChildren(QTabBar) if b.isVisible()), None)
        at = next((n for n in range(bar.count()) if bar.tabText(n) == words), -1) if bar else -1
        if bar is None or at < 0:
            raise lost(f"no tab “{words}”")
        self.click(bar, bar.tabRect(at).center())
        self.settle()

    def row(self, name: str, words: str) -> None:
        """Click the row of a list that says these words."""
        rows = self.find(name, RowList)
        for at, entry in enumerate(rows.entries):
            if isinstance(entry, Row) and words in entry.sentence:
                index = rows.model().index(at, 0)
                rows.scrollTo(index)
                area = rows.visualRect(index)
                self.click(rows.viewport(), QPoint(area.left() + 60, area.center().y()))
                self.settle()
                return
        raise lost(f"no row “{words}” in {name}")

    # --- keys ---

    def key(self, *sequences: str) -> None:
        """Press keys as the system delivers them, to whatever has the keyboard; then wait."""
        for sequence in sequences:
            pressed: QKeyCombination = QKeySequence(sequence)[0]  # type: ignore[index]  # the stubs lack it
            popup = self.app.activePopupWidget()
            if popup is not None:
                QTest.keyClick(popup, pressed.key(), pressed.keyboardModifiers())
            else:
                QTest.keyClick(self._awake(), pressed.key(), pressed.keyboardModifiers())
            self.app.processEvents()
        self.settle()

    def type(self, words: str) -> None:
        """Type into the part that has the keyboard: by keys, by an input method, or pasted where long."""
        part = self.app.focusWidget()
        if part is None:
            raise lost("nothing has the keyboard")
        if len(words) > _PASTED_FROM or "\n" in words:
            self.app.clipboard().setText(words)
            self.key("Ctrl+V")
            self.app.clipboard().clear()
        elif words.isascii():
            QTest.keyClicks(part, words)
        else:
            event = QInputMethodEvent()
            event.setCommitString(words)
            self.app.sendEvent(part, event)
        self.app.processEvents()

    def fill(self, name: str, words: str, within: QWidget | None = None) -> None:
        """Click a field and type over what stands there."""
        part = self.find(name, QWidget, within)
        self.click(part)
        self.key("Ctrl+A")
        self.type(words)

    def tab_to(self, name: str) -> QWidget:
        """Go on with the Tab key to the part whose name begins so; fails when it comes round again."""
        visited: list[QWidget | None] = []
        while (part := self.app.focusWidget()) not in visited:
            if part is not None and name_of(part).startswith(name):
                return part
            visited.append(part)
            QTest.keyClick(self._awake(), Qt.Key.Key_Tab)
            self.app.processEvents()
        there = ", ".join(name_of(each) for each in visited if each is not None)
        raise lost(f"Tab does not come to “{name}”, but to {there[:1200]}")

    def write(self, name: str, words: str) -> None:
        """Go to a field with the Tab key and type over what stands there."""
        part = self.tab_to(name)
        if isinstance(part, (QLineEdit, QPlainTextEdit)):
            self.key("Ctrl+A")
        self.type(words)

    def choose(self, name: str, answer: str, within: QWidget | None = None) -> None:
        """Open a choice with the mouse and take an answer with the keys."""
        self.click(self.find(name, Choice, within))
        self.pick(answer)

    def choose_by_keys(self, name: str, answer: str) -> None:
        """Go to a choice with the Tab key, open it with Space, and take an answer."""
        self.tab_to(name)
        QTest.keyClick(self._awake(), Qt.Key.Key_Space)
        self.app.processEvents()
        self.pick(answer)

    def pick(self, *answers: str) -> None:
        """Take answers of the list that is open; a list that stays open is closed with Esc."""
        menu = self.app.activePopupWidget()
        if not isinstance(menu, QMenu):
            raise lost(f"no list is open for “{answers[0]}”")
        words = [a.text().replace("&&", "&") for a in menu.actions()]
        for answer in answers:
            if answer not in words:
                raise lost(f"no answer “{answer}”; there is: {', '.join(words)[:400]}")
            for _ in range(len(words) + 1):
                active = menu.activeAction()
                if active is not None and active.text().replace("&&", "&") == answer:
                    break
                QTest.keyClick(menu, Qt.Key.Key_Down)
            QTest.keyClick(menu, Qt.Key.Key_Return)
            self.app.processEvents()
        if self.app.activePopupWidget() is menu:
            QTest.keyClick(menu, Qt.Key.Key_Escape)
        self.settle()

    def hush(self) -> None:
        """Send the toast away with Esc, where there is one."""
        if any(toast.isVisible() for toast in self.window.findChildren(Toast)):
            self.key("Escape")

    # --- windows ---

    def editor(self) -> QWidget:
        """Wait for the editor's window that was asked for, and give it."""
        self.until(lambda: self.front is not self.window, "an editor’s window")
        self.settle()
        return self.front

    def closed(self, editor: QWidget) -> None:
        """Wait until an editor has saved and gone."""

        def refused() -> list[str]:
            summaries = editor.findChildren(ErrorSummary) if shiboken6.isValid(editor) else []
            return [name_of(each) for each in summaries if each.isVisible()]

        self.until(lambda: not shiboken6.isValid(editor) or bool(refused()), "the editor to save and close")
        if refused():
            raise lost(f"the editor refused: {refused()[0]}")
        self.window.activateWindow()
        self.until(lambda: self.front is self.window, "the main window")
        self.settle()


def _called(found: str, name: str) -> bool:
    return found == name or found.startswith(f"{name}: ")


def _handle(part: QWidget) -> QWindow:
    handle = part.window().windowHandle()
    if handle is None:
        raise lost("the window is not on the screen")
    return handle


def show(part: QWidget) -> None:
    """Scroll whatever holds a part until it is in sight."""
    above = part.parentWidget()
    while above is not None:
        if isinstance(above, QScrollArea):
            above.ensureWidgetVisible(part, 12, 60)
        above = above.parentWidget()
