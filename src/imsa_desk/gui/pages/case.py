"""CasePage: one case: who this is and what is safe stay in sight over every tab."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QSizePolicy, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from imsa_desk.domain.cases import CaseHead
from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.prints import PrintKind
from imsa_desk.errors import ImsaError
from imsa_desk.gui import loader, theme
from imsa_desk.gui.models import say
from imsa_desk.gui.models.attaching import attach
from imsa_desk.gui.models.case_standing import CaseStandingLine
from imsa_desk.gui.models.head import CaseLine, tags_of
from imsa_desk.gui.models.pen import Pen
from imsa_desk.gui.pages import Page, PageContext
from imsa_desk.gui.widgets.banner import SafeContactBanner, SafeContactValue
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.layout import Line, row
from imsa_desk.gui.widgets.tips import plain_tip
from imsa_desk.services.cases import case_head
from imsa_desk.vocab import ENDED_STATUSES, Kind

_HERE = "imsa_desk.gui.pages"


@dataclass(frozen=True, slots=True)
class TabEntry:
    """A tab: what it is called and which page it shows."""

    id: str
    title: str
    path: str


TABS: tuple[TabEntry, ...] = (
    TabEntry("overview", "Overview", f"{_HERE}.case_overview:CaseOverview"),
    TabEntry("timeline", "Timeline", f"{_HERE}.case_timeline:CaseTimeline"),
    TabEntry("themes", "Themes", f"{_HERE}.case_themes:CaseThemes"),
    TabEntry("assessments", "Assessments", f"{_HERE}.case_assessments:CaseAssessments"),
    TabEntry("professionals", "Professionals", f"{_HERE}.case_professionals:CaseProfessionals"),
    TabEntry("consent", "Consent", f"{_HERE}.case_consent:CaseConsent"),
    TabEntry("documents", "Documents", f"{_HERE}.case_documents:CaseDocuments"),
    TabEntry("person", "Person", f"{_HERE}.case_person:CasePerson"),
)


class _Tabs(QTabBar):
    """The tabs of a case; they scroll when the room ends."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Case")
        self.setExpanding(False)
        self.setDrawBase(False)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(120), super().minimumSizeHint().height())


class CasePage(QWidget):
    """Args: case_id; tab, and whatever the tab takes."""

    kinds = frozenset(str(kind) for kind in Kind if kind is not Kind.ACCESS)

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self._case_id = ""
        self._head: CaseHead | None = None
        self.pen = Pen(context.desk)
        self._tabs = tuple(t for t in TABS if loader.exists(t.path))
        self._pages: dict[str, QWidget] = {}
        self._shown: set[str] = set()
        self.line = CaseLine()
        self.log = Button("Log a meeting", "primary", icon="plus", shortcut="Ctrl+M")
        self.log.clicked.connect(lambda: context.open_editor("meeting", case_id=self._case_id))
        self._more = Button("", "quiet", icon="more", name="More to do in this case")
        self._more.clicked.connect(self._open_menu)
        self.banner = SafeContactBanner(SafeContactValue((" ",)))
        self.banner.asked.connect(lambda: context.open_editor("safe_contact", case_id=self._case_id))
        self.pen.holds(self.log, self.banner)
        self.standing = CaseStandingLine(context)
        self.tabs = _Tabs()
        for tab in self._tabs:
            self.tabs.addTab(tab.title)
        self.tabs.currentChanged.connect(lambda _: self._show_tab())
        context.window.bind("document.add", self, lambda: attach(context, self, self._case_id))
        self.stack = QStackedWidget()
        self.stack.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 12, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(row(self.line, self.log, self._more, margins=(24, 0, 16, 0)))
        layout.addLayout(row(self.banner, margins=(24, 6, 24, 4)))
        layout.addWidget(self.standing)
        layout.addLayout(row(self.tabs, margins=(24, 0, 12, 0)))
        layout.addWidget(Line())
        layout.addWidget(self.stack, 1)

    def minimumSizeHint(self) -> QSize:
        """Never make the window grow past the screen; the tab's page scrolls."""
        return QSize(theme.px(240), theme.px(200))

    def show_for(self, **args: str) -> None:
        case_id = args.get("case_id", "")
        same = case_id == self._case_id
        if not same:
            self._case_id, self._head = case_id, None
            self._shown.clear()
        self._context.window.set_case(case_id, self._head.code if self._head else "")
        wanted = args.get("tab", "" if same else "overview")
        at = next((n for n, t in enumerate(self._tabs) if t.id == wanted), self.tabs.currentIndex())
        self._shown.discard(self._tabs[at].id)
        more = {key: value for key, value in args.items() if key not in ("case_id", "tab")}
        if at != self.tabs.currentIndex():
            self.tabs.blockSignals(True)
            self.tabs.setCurrentIndex(at)
            self.tabs.blockSignals(False)
        self._page(self._tabs[at])  # made before the lane begins to work, which would slow it
        self._ask_head()
        self._show_tab(**more)
        if not same and "record" not in more:
            self.tabs.setFocus(Qt.FocusReason.OtherFocusReason)

    def _ask_head(self) -> None:
        desk, case_id = self._context.desk, CaseId(self._case_id)
        self._context.jobs.run(
            lambda _: case_head(desk, case_id), owner=self, then=self._head_came, otherwise=self._no_case
        )
        self.standing.show_case(self._case_id)
        self.pen.turn_to(self._case_id)

    def _head_came(self, head: CaseHead) -> None:
        if head.id != self._case_id:
            return
        self._head = head
        if self.isVisible():
            self._context.window.set_case(head.id, head.code)
        self.line.show_head(head, tags_of(head, self._context.desk))
        self._show_rules()

    def _show_rules(self) -> None:
        """Show how to make contact; the banner takes as many lines as the rules need."""
        if self._head is not None:
            self.banner.show_value(say.safe_contact(self._head.safe_contacts, self._context.desk.today()))

    def _no_case(self, error: ImsaError) -> None:
        self._context.bridge.tell(error.message, "error")
        self._context.open("caseload")

    def _page(self, tab: TabEntry) -> QWidget:
        if tab.id not in self._pages:
            made: QWidget = loader.load(tab.path)(self._context, self.pen)
            self._pages[tab.id] = made
            self.stack.addWidget(made)
        return self._pages[tab.id]

    def _show_tab(self, **args: str) -> None:
        """Show the chosen tab; it is asked again when something changed since it was last shown."""
        before = self.stack.currentWidget()
        tab = self._tabs[max(0, self.tabs.currentIndex())]
        page = self._page(tab)
        if before is not None and before is not page:
            _as_page(before).flush()
        self.stack.setCurrentWidget(page)
        if args or tab.id not in self._shown:
            self._shown.add(tab.id)
            _as_page(page).show_for(case_id=self._case_id, **args)

    def refresh(self) -> None:
        """Ask again for the head and the tab that is shown; other tabs when they are next shown."""
        if not self._case_id:
            return
        self._ask_head()
        tab = self._tabs[max(0, self.tabs.currentIndex())]
        self._shown = {tab.id}
        _as_page(self._page(tab)).refresh()

    def flush(self) -> None:
        """Let each tab store and cover what it must."""
        for page in self._pages.values():
            _as_page(page).flush()

    # --- more ---

    def _open_menu(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        why = self.pen.why
        for words, run in (
            ("Log a contact with a professional", lambda: self._edit("contact")),
            ("Change the case or the person", lambda: self._edit("case")),
            ("Record consent", lambda: self._edit("consent")),
            ("Record a safety response", lambda: self._edit("safety_response")),
            ("Keep or erase the case", lambda: self._edit("retention"))
            if self._head is not None and self._head.status in ENDED_STATUSES
            else ("Close the case", self._close),
            ("Hand over…", lambda: self._edit("handover")),
        ):
            action = QAction(words, menu)
            action.triggered.connect(run)
            action.setEnabled(not why)
            action.setToolTip(plain_tip(why))
            menu.addAction(action)
        dossier = QAction("Print the hand-over dossier…", menu)
        dossier.triggered.connect(self._print_dossier)
        menu.addAction(dossier)
        menu.popup(self._more.mapToGlobal(QPoint(0, self._more.height() + 2)))

    def _edit(self, editor: str) -> None:
        self._context.open_editor(editor, case_id=self._case_id)

    def _print_dossier(self) -> None:
        self._context.open_editor("print", case_id=self._case_id, what=PrintKind.DOSSIER.value)

    def _close(self) -> None:
        self._context.open_editor("close_case", case_id=self._case_id)


def _as_page(widget: QWidget) -> Page:
    page: Page = widget  # type: ignore[assignment]  # each tab of the table has these members
    return page
