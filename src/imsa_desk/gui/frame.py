"""The frame of an open vault: top bar, navigation and the stack of pages."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from imsa_desk.gui import loader, theme
from imsa_desk.gui.needs import Needs
from imsa_desk.gui.pages import PageContext, as_page
from imsa_desk.gui.tables import PAGES, PageEntry
from imsa_desk.gui.widgets.navigation import NavEntry, Navigation
from imsa_desk.gui.widgets.topbar import TopBar

_NARROW = 1120
_REMEMBERED = 30


@dataclass(frozen=True, slots=True)
class Route:
    """Where somebody is: a page and the ids it was opened with."""

    page_id: str
    args: tuple[tuple[str, str], ...] = ()


def entry_of(page_id: str) -> PageEntry | None:
    """Find a page that exists."""
    found = next((e for e in PAGES if e.id == page_id), None)
    return found if found is not None and loader.exists(found.path) else None


class Frame(QWidget):
    """Makes each page once and shows one at a time."""

    _made = False

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._pages: dict[str, QWidget] = {}
        self._history: list[Route] = []
        self._fold_asked = False
        self.topbar = TopBar()
        self.navigation = Navigation(
            [
                NavEntry(e.id, e.title, e.icon, e.group == "foot", e.group == "counted")
                for e in PAGES
                if e.group and loader.exists(e.path)
            ]
        )
        self._stack = QStackedWidget()
        body = QHBoxLayout()
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(0)
        body.addWidget(self.navigation)
        body.addWidget(self._stack, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.topbar)
        layout.addLayout(body, 1)
        self._made = True

    @property
    def route(self) -> Route:
        """Say where somebody is."""
        return self._history[-1] if self._history else Route("")

    @property
    def page(self) -> QWidget | None:
        """Give the page that is shown."""
        return self._pages.get(self.route.page_id)

    def open(self, page_id: str, args: dict[str, str]) -> bool:
        """Show a page; False when there is no such page."""
        entry = entry_of(page_id)
        if entry is None or (entry.needs is not Needs.NONE and self._context.vault is None):
            return False
        self._leave()
        page = self._pages.get(page_id)
        if page is None:
            page = loader.load(entry.path)(self._context)
            self._pages[page_id] = page
            self._stack.addWidget(page)
        self._remember(Route(page_id, tuple(sorted(args.items()))))
        self._fold_asked = False
        self.navigation.mark(entry.under or entry.id)
        self._stack.setCurrentWidget(page)
        as_page(page).show_for(**args)
        self._refold()
        return True

    def _leave(self) -> None:
        shown = self.page
        if shown is not None:
            as_page(shown).flush()

    def _remember(self, route: Route) -> None:
        if self.route == route:
            return
        self._history.append(route)
        del self._history[:-_REMEMBERED]

    def back(self) -> bool:
        """Return to where somebody was before; False when there is nowhere."""
        if len(self._history) < 2:
            return False
        self._leave()
        self._history.pop()
        before = self._history.pop()
        return self.open(before.page_id, dict(before.args))

    def records_changed(self, kinds: frozenset[str]) -> None:
        """Have the shown page ask again; the others ask whenever they are shown."""
        shown = self.page
        if shown is not None and kinds & as_page(shown).kinds:
            as_page(shown).refresh()

    def flush(self) -> None:
        """Store what was typed on any page."""
        for widget in self._pages.values():
            as_page(widget).flush()

    def fold_navigation(self, folded: bool) -> None:
        """Fold the navigation as long as the present page is shown."""
        self._fold_asked = folded
        self._refold()

    def _refold(self) -> None:
        self.navigation.fold(self._fold_asked or self.width() < theme.px(_NARROW))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._refold()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self._made:
            self._refold()
