"""Turns the table of actions into shortcuts, palette lines and deeds of a window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import shiboken6
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from imsa_desk.gui.actions import ACTIONS, Action
from imsa_desk.gui.editors import Editors
from imsa_desk.gui.frame import entry_of
from imsa_desk.gui.needs import Needs
from imsa_desk.gui.widgets.palette import Doing
from imsa_desk.gui.widgets.palettelist import Found

_IN_EVERY_WINDOW = frozenset({"lock"})
"""Actions whose keys also work in editors, whose windows are not the main one."""


@dataclass(slots=True)
class _Bound:
    """What a page wants an action to do while the page is on the screen."""

    owner: QObject
    run: Callable[[], None]

    @property
    def alive(self) -> bool:
        return shiboken6.isValid(self.owner) and (
            not isinstance(self.owner, QWidget) or self.owner.isVisible()
        )


@dataclass(slots=True)
class Deeds:
    """Which actions can be done now, and doing them.

    `open_page`, `open_editor` and `call` are the window's; `state` says what is open, `closed` why an action
    writes to a case that is only read here.
    """

    open_page: Callable[[str], None]
    open_editor: Callable[[str], None]
    call: dict[str, Callable[[], None]]
    state: Callable[[], Needs]
    refuse: Callable[[Action], None]
    closed: Callable[[Action], str] = lambda _: ""
    _bound: dict[str, list[_Bound]] = field(default_factory=dict)

    def bind(self, action_id: str, owner: QObject, run: Callable[[], None]) -> None:
        """Let `owner` say what an action does while it is visible; the latest one wins."""
        known = [
            b for b in self._bound.get(action_id, []) if shiboken6.isValid(b.owner) and b.owner is not owner
        ]
        self._bound[action_id] = [*known, _Bound(owner, run)]

    def _binding(self, action: Action) -> _Bound | None:
        return next((b for b in reversed(self._bound.get(action.id, [])) if b.alive), None)

    def exists(self, action: Action) -> bool:
        """Say whether the program can do it at all."""
        if action.run.kind == "page":
            return entry_of(action.run.target) is not None
        if action.run.kind == "editor":
            return Editors.entry(action.run.target) is not None
        return action.run.kind == "bound" or action.run.target in self.call

    def possible(self, action: Action) -> bool:
        """Say whether it can be done now."""
        if self.closed(action):
            return False
        if self._binding(action) is not None:
            return True
        if action.run.kind == "bound" or not self.exists(action):
            return False
        order = (Needs.NONE, Needs.VAULT, Needs.CASE)
        return order.index(action.needs) <= order.index(self.state())

    def do(self, action: Action) -> None:
        """Do it, or say why not."""
        if not self.possible(action):
            self.refuse(action)
            return
        bound = self._binding(action)
        if bound is not None:
            bound.run()
        elif action.run.kind == "page":
            self.open_page(action.run.target)
        elif action.run.kind == "editor":
            self.open_editor(action.run.target)
        else:
            self.call[action.run.target]()

    def shortcuts(self, window: QWidget) -> list[QShortcut]:
        """Make the shortcuts of all actions that exist; F12 is kept by the watch."""
        made = []
        for action in ACTIONS:
            if action.shortcut and action.shortcut != "F12" and self.exists(action):
                shortcut = QShortcut(QKeySequence(action.shortcut), window)
                if action.id in _IN_EVERY_WINDOW:
                    shortcut.setContext(Qt.ShortcutContext.ApplicationShortcut)
                shortcut.activated.connect(lambda chosen=action: self.do(chosen))
                made.append(shortcut)
        return made

    def lines(self) -> list[Doing]:
        """List what can be done now, for the palette."""
        return [self._line(a) for a in ACTIONS if a.id != "palette" and self.possible(a)]

    def _line(self, action: Action) -> Doing:
        found = Found("Do", action.text, lambda: self.do(action), action.icon, action.hint, action.shortcut)
        return Doing(found, f"{action.also} {action.hint}")
