"""CaseTimeline: everything that happened in a case, in order; restricted entries stay covered."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QSizePolicy, QWidget

from imsa_desk.domain.dates import say_when
from imsa_desk.domain.ids import CaseId, DocumentId, MeetingId
from imsa_desk.domain.themes import SHORT_NAMES
from imsa_desk.domain.timeline import HistoryLine, Moment
from imsa_desk.errors import ImsaError
from imsa_desk.gui import theme
from imsa_desk.gui.forms.flow import Flow
from imsa_desk.gui.models import doing
from imsa_desk.gui.models.attaching import attach
from imsa_desk.gui.models.details import Detail, detail_of
from imsa_desk.gui.models.entry_panel import EntryPanel
from imsa_desk.gui.models.moments import FILTERS, MomentList, rows_of
from imsa_desk.gui.models.pen import Pen
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.choice import Choice, Option
from imsa_desk.gui.widgets.cover import Cover
from imsa_desk.gui.widgets.fields import TextLine
from imsa_desk.gui.widgets.heading import EmptyState
from imsa_desk.gui.widgets.page import BasePage
from imsa_desk.gui.widgets.pill import Pill
from imsa_desk.services import history
from imsa_desk.services.documents import remove_document
from imsa_desk.services.meetings import delete_meeting
from imsa_desk.services.timeline import KINDS, reveal, timeline
from imsa_desk.vocab import Kind, Theme

COVER_AFTER_MS = 60_000
"""How long a restricted entry stays shown."""
_BESIDE, _WIDE = 376, 820


class CaseTimeline(BasePage):
    """Args: case_id; record to show one entry at once."""

    kinds = KINDS

    def __init__(self, context: PageContext, pen: Pen) -> None:
        super().__init__((24, 12, 24, 12))
        self._context = context
        self._case_id = self._wanted = self._opened = ""
        self._moments: tuple[Moment, ...] = ()
        self._detail: Detail | None = None
        self._build_filters()
        self.list = MomentList()
        self.list.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.list.setMinimumHeight(theme.px(150))
        self.list.stepped.connect(self._step)
        self.list.opened.connect(self._open)
        self.panel = EntryPanel(context, pen)
        self._connect_panel()
        self.empty = EmptyState(
            "Nothing has happened yet",
            "Meetings, contacts with professionals, assessments and documents stand here in order, as you "
            "write them down.",
            verb="Log a meeting",
            shortcut="Ctrl+M",
        )
        pen.holds(self.empty)
        self.empty.pressed.connect(lambda: context.open_editor("meeting", case_id=self._case_id))
        self.nothing = Button("Nothing fits. Show everything", "link")
        self.nothing.clicked.connect(self._show_everything)
        self._both = QHBoxLayout()
        self._both.setSpacing(20)
        self._both.addWidget(self.list, 1)
        self._both.addWidget(self.panel)
        self.content.addWidget(self.nothing, 0, Qt.AlignmentFlag.AlignLeft)
        self.content.addWidget(self.empty)
        self.content.addLayout(self._both, 1)
        self._cover_timer = QTimer(self)
        self._cover_timer.setSingleShot(True)
        self._cover_timer.setInterval(COVER_AFTER_MS)
        self._cover_timer.timeout.connect(self.cover)
        QApplication.instance().focusChanged.connect(self._focus_moved)  # type: ignore[union-attr]  # there is one
        for part in (self.nothing, self.empty, self.panel):
            part.hide()
        context.window.bind("find", self, lambda: self.words.setFocus(Qt.FocusReason.ShortcutFocusReason))

    def _build_filters(self) -> None:
        self.words = TextLine(name="Find in this case", icon="search", width=20, hint="Find in this case")
        self.words.setClearButtonEnabled(True)
        self.words.textChanged.connect(lambda _: self._narrow())
        self._everything = Pill("Everything", on=True)
        self._everything.clicked.connect(self._show_everything)
        self._pills = {key: Pill(words) for key, (words, _) in FILTERS.items()}
        for pill in self._pills.values():
            pill.clicked.connect(self._pill_pressed)
        themes = [Option(t, SHORT_NAMES[t]) for t in Theme]
        self._theme = Choice("Theme", themes, "", empty="all", may_be_empty=True)
        self._theme.chosen.connect(lambda _: self._narrow())
        self._filters = Flow(self.words, self._everything, *self._pills.values(), self._theme, name="Filters")
        self.content.addWidget(self._filters)

    def _connect_panel(self) -> None:
        panel = self.panel
        panel.edit.connect(self._edit)
        panel.whole.connect(self._open_whole)
        panel.history.connect(self._ask_history)
        panel.remove.connect(self._remove)
        panel.reveal.connect(lambda: self._open(self.list.current_id))
        panel.back.connect(self._back)
        panel.attach.connect(self._attach)
        panel.document.connect(
            lambda one: self._context.open_editor("document", case_id=self._case_id, document_id=one)
        )
        panel.bring_back.connect(self._bring_back)

    # --- values ---

    def show_for(self, **args: str) -> None:
        if args["case_id"] != self._case_id:
            self._case_id, self._moments = args["case_id"], ()
            self._close_panel()
            self.words.clear()
        self._wanted = args.get("record", "")
        self.refresh()

    def refresh(self) -> None:
        """Ask for the whole timeline; filters work on what came."""
        desk, case_id = self._context.desk, CaseId(self._case_id)
        self._context.jobs.run(lambda _: timeline(desk, case_id), owner=self, then=self._came)

    def _came(self, moments: tuple[Moment, ...]) -> None:
        self._moments = moments
        for key, pill in self._pills.items():
            count = sum(m.kind in FILTERS[key][1] for m in moments)
            pill.set_count(str(count))
            pill.setVisible(bool(count))
        self.empty.setVisible(not moments)
        self._filters.setVisible(bool(moments))
        self.list.setVisible(bool(moments))
        self._narrow()
        if self._wanted and self._moment(self._wanted):
            self.list.set_current(self._wanted)
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
            self._step(self._wanted)
            self._wanted = ""
        elif self._detail is not None and self._moment(self._detail.moment.id) is None:
            self._close_panel()
        elif self._detail is not None and not self._detail.moment.covered:
            self._step(self._detail.moment.id)

    def _moment(self, moment_id: str) -> Moment | None:
        return next((m for m in self._moments if m.id == moment_id), None)

    def _narrow(self) -> None:
        kinds = {k for key, pill in self._pills.items() if pill.isChecked() for k in FILTERS[key][1]}
        wanted, chosen = self.words.text().casefold().split(), self._theme.value
        kept = [
            m
            for m in self._moments
            if (not kinds or m.kind in kinds)
            and (not chosen or chosen in m.themes)
            and all(word in f"{m.title} {m.summary}".casefold() for word in wanted)
        ]
        self.list.show_rows(rows_of(kept, self._context.desk.today()))
        self._everything.setChecked(not kinds)
        self.nothing.setVisible(bool(self._moments) and not kept)

    def _pill_pressed(self) -> None:
        self._narrow()

    def _show_everything(self) -> None:
        for pill in self._pills.values():
            pill.setChecked(False)
        self._theme.set_value("")
        self.words.clear()
        self._narrow()

    # --- the entry beside ---

    def _step(self, moment_id: str) -> None:
        """Show the entry that was stepped on; a covered one only says that it is there."""
        moment = self._moment(moment_id)
        if moment is None:
            return
        if moment.covered:
            self._detail = None
            self.panel.show_covered(moment, say_when(moment.at, self._context.desk.today()))
            self._show_panel()
        else:
            self._read(moment)

    def _open(self, moment_id: str) -> None:
        """Show the entry that was entered; that a covered one was is noted before it shows."""
        moment = self._moment(moment_id)
        if moment is None:
            return
        if self._detail and self._detail.whole and self._detail.moment.id == moment_id:
            self._open_whole()
        else:
            self._read(moment)

    def _read(self, moment: Moment) -> None:
        desk, case_id = self._context.desk, CaseId(self._case_id)
        self._opened = moment.id

        def work(_: object) -> Detail:
            if moment.covered:
                reveal(desk, case_id, moment.kind, moment.id)
            return detail_of(desk, case_id, moment)

        self._context.jobs.run(work, owner=self, then=self._show, otherwise=self._gone)

    def _show(self, detail: Detail) -> None:
        if detail.moment.id != self._opened or not self.isVisible():
            return
        self._detail = detail
        self.panel.show_detail(detail)
        self._show_panel()
        if detail.moment.covered:
            self._cover_timer.start()

    def _gone(self, error: ImsaError) -> None:
        self._close_panel()
        self._context.bridge.tell(error.message, "error")

    def _show_panel(self) -> None:
        self.panel.show()
        self._arrange()

    def _close_panel(self) -> None:
        self._detail, self._opened = None, ""
        self.panel.clear()
        self.panel.hide()
        self._arrange()

    def _arrange(self) -> None:
        """Put the panel beside the list, or in its place where there is no room for both."""
        wide = self.width() >= theme.px(_WIDE)
        shown = not self.panel.isHidden()
        self.panel.offer_back(not wide)
        self.panel.setMinimumWidth(theme.px(_BESIDE) if wide else 0)
        self.panel.setMaximumWidth(theme.px(_BESIDE) if wide else 16777215)
        self.panel.setMinimumHeight(theme.px(180))
        self._filters.setVisible(bool(self._moments) and (wide or not shown))
        self.list.setVisible(bool(self._moments) and (wide or not shown))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _back(self) -> None:
        if self._detail is not None and self.panel.showing_history:
            self.panel.show_detail(self._detail)
        else:
            self._close_panel()
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- covering again ---

    def cover(self) -> None:
        """Cover what was shown of a restricted entry."""
        self._cover_timer.stop()
        detail = self._detail
        if detail is not None and detail.moment.covered:
            self._detail, self._opened = None, ""
            self.panel.show_covered(detail.moment, say_when(detail.moment.at, self._context.desk.today()))

    def _focus_moved(self, _: QWidget | None, now: QWidget | None) -> None:
        if isinstance(now, Cover):
            self.cover()

    def hideEvent(self, event: QHideEvent) -> None:
        self.cover()
        super().hideEvent(event)

    def flush(self) -> None:
        self.cover()

    # --- what is pressed ---

    def _edit(self) -> None:
        if self._detail is not None and self._detail.editor:
            self._context.open_editor(self._detail.editor, **self._detail.args)

    def _open_whole(self) -> None:
        if self._detail is not None and self._detail.whole:
            go = self._context.open if self._detail.whole == "assessment" else self._context.open_editor
            go(self._detail.whole, **self._detail.args)

    def _attach(self) -> None:
        if self._detail is not None:
            moment = self._detail.moment
            attach(self._context, self, self._case_id, moment.kind, moment.id)

    def _ask_history(self) -> None:
        detail, desk = self._detail, self._context.desk
        if detail is None:
            return
        self._context.jobs.run(
            lambda _: history.history(desk, detail.moment.kind, detail.moment.id),
            owner=self,
            then=lambda lines: self._show_history(detail, lines),
        )

    def _show_history(self, detail: Detail, lines: tuple[HistoryLine, ...]) -> None:
        if self._detail is detail:
            self.panel.show_history(detail, lines)

    def _bring_back(self, writer: str, seq: int) -> None:
        detail, desk = self._detail, self._context.desk
        if detail is None:
            return
        moment = detail.moment
        doing.do(
            self._context,
            self,
            lambda: history.bring_back(desk, moment.kind, moment.id, writer, seq),
            "Earlier version brought back",
            (moment.kind,),
        )

    def _remove(self) -> None:
        detail, desk = self._detail, self._context.desk
        if detail is None:
            return
        reason = self._context.ask.line(
            self,
            "Remove this from the case?",
            "Why",
            "Remove",
            help="It stays in history and can be brought back.",
        )
        if reason is None:
            return
        moment = detail.moment

        def verb() -> None:
            if moment.kind is Kind.MEETING:
                delete_meeting(desk, MeetingId(moment.id), reason)
            else:
                remove_document(desk, DocumentId(moment.id), reason)

        words = "Meeting removed" if moment.kind is Kind.MEETING else "Document removed"
        doing.do(self._context, self, verb, words, (moment.kind,))
