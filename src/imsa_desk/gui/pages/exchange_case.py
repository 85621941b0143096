"""CasePart: one case of the exchange in full: what is held, what leaves and stays, and how much may leave."""

from __future__ import annotations

from collections import Counter

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QScrollArea, QWidget

from imsa_desk.domain.exchange import LeavingCase, StayWhy
from imsa_desk.errors import ImsaError, Refused
from imsa_desk.gui.models import say
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.pages.exchange_state import (
    SCOPE_WORDS,
    STAY_WORDS,
    ExchangeState,
    held_words,
    kind_words,
    size_words,
    whole_of,
)
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.choice import Choice, Option
from imsa_desk.gui.widgets.errors import ErrorSummary
from imsa_desk.gui.widgets.fields import Field, TextLine
from imsa_desk.gui.widgets.heading import Heading, label
from imsa_desk.gui.widgets.layout import OVERHANG, column, overhang, row
from imsa_desk.gui.widgets.rows import Row, RowList
from imsa_desk.services import exchange
from imsa_desk.services.share_choice import choose_scope
from imsa_desk.vocab import Kind, ShareScope

_NUMBERS = (
    "Only numbers leave of this case: its tier, months, minutes and levels. No name, no code and no words go "
    "with them, so nobody is named and no consent is needed."
)
_SMALLER = "A smaller choice keeps back what comes from now on. What the organisation holds stays there."
_DIFFERS = (
    "What the organisation holds of this case is not what you sent it. Nothing was overwritten, and none of "
    "it counts as held. Tell the organisation, so that it checks its records; then send the case again."
)


class CasePart(QWidget):
    """Hidden until a case is shown; `changed` when something was chosen for it, `closed` by the person."""

    changed = Signal()
    closed = Signal()

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self.case: LeavingCase | None = None
        self.title = Heading("", link="Close")
        self.title.pressed.connect(self.close_case)
        self.held = label("", "meta", wrap=True, measure=88)
        self.again = Button("Send again from the beginning", "plain")
        self.again.clicked.connect(self.send_again)
        self.differs = QWidget()
        told = label(_DIFFERS, wrap=True, measure=88)
        self.differs.setLayout(column(told, row(self.again, None), space=8, margins=(0, 4, 0, 8)))
        self.summary = ErrorSummary()
        self.numbers = label(_NUMBERS, "meta", wrap=True, measure=88)
        self.goes = RowList("What leaves of this case")
        self.stays = RowList("What stays of this case, and why")
        options = [Option(scope.value, words) for scope, words in SCOPE_WORDS.items()]
        self.scope = Choice("", options, tall=True, name="How much leaves")
        self.scope.chosen.connect(self._show_use)
        self.reason = TextLine(name="Why this much", width=36)
        self.scope_field = Field("How much leaves", self.scope, small_label=True, stretch=False)
        self.reason_field = Field("Why", self.reason, help=_SMALLER, small_label=True)
        self.use = Button("Use from now on", "plain")
        self.use.clicked.connect(self.choose)
        self._build()
        self.hide()

    def _build(self) -> None:
        line = row(self.scope_field, self.reason_field, space=12)
        line.setStretch(1, 1)
        self._choosing = QWidget()
        self._choosing.setLayout(column(line, row(self.use, None), space=8, margins=(0, 8, 0, 0)))
        parts = column(
            self.title, self.held, self.differs, self.summary, space=4, margins=(OVERHANG, 18, OVERHANG, 18)
        )
        parts.addWidget(self._choosing)
        parts.addWidget(self.numbers)
        parts.addLayout(overhang(self.goes))
        parts.addLayout(overhang(self.stays))
        self.setLayout(parts)

    def show_case(self, state: ExchangeState, case: LeavingCase | None) -> None:
        """Show a case; nothing where there is none. What was typed for the same case stays."""
        same = self.case is not None and case is not None and self.case.case_id == case.case_id
        self.case = case
        self.setVisible(case is not None)
        if case is None:
            return
        name = state.name(case.case_id)
        self.title.show_words(name, note=state.code(case.case_id) or case.code, link="Close")
        said = held_words(state, case.case_id, self._context.desk.today())
        self.held.setText(said)
        self.held.setVisible(bool(said))
        self.differs.setVisible(state.differs(case.case_id))
        self.numbers.setVisible(case.scope is ShareScope.STATISTICS)
        goes, stays = _goes(case), _stays(case)
        self.goes.setVisible(bool(goes))
        self.goes.show_rows(goes)
        self.stays.setVisible(bool(stays))
        self.stays.show_rows(stays)
        if not same:
            self.reason.clear()
            self.summary.clear(self._fields)
        if not same or not self.reason.text():
            self.scope.set_value(case.scope.value)
        self._show_use()

    def take_focus(self) -> None:
        """Lead the keyboard here and the page with it, once the part has its place."""
        self.scope.setFocus()
        QTimer.singleShot(0, self, self._come_into_view)

    def _come_into_view(self) -> None:
        above = self.parentWidget()
        while above is not None and not isinstance(above, QScrollArea):
            above = above.parentWidget()
        if isinstance(above, QScrollArea):
            above.ensureWidgetVisible(self.title)
            above.ensureWidgetVisible(self.scope)

    def close_case(self) -> None:
        """Show no case any more."""
        self.case = None
        self.hide()
        self.closed.emit()

    def _show_use(self, _: str = "") -> None:
        other = self.case is not None and self.scope.value != self.case.scope.value
        self.reason_field.setVisible(other)
        self.use.setVisible(other)

    @property
    def _fields(self) -> dict[str, Field]:
        return {"scope": self.scope_field, "reason": self.reason_field}

    def choose(self) -> None:
        """Keep how much of the case leaves from now on."""
        if self.case is None:
            return
        desk, case = self._context.desk, self.case.case_id
        scope, reason = self.scope.value, self.reason.text()
        self._context.jobs.run(
            lambda _: choose_scope(desk, case, scope, reason),
            owner=self,
            then=self._chosen,
            otherwise=self._refused,
        )

    def _chosen(self, _: None) -> None:
        self.reason.clear()
        self.summary.clear(self._fields)
        self.scope.setFocus()  # the button goes, and the focus would go on to the first list
        self._context.toast(f"{SCOPE_WORDS[ShareScope(self.scope.value)]} from now on")
        self.changed.emit()

    def send_again(self) -> None:
        """Count nothing of the case as held, so that the next bundle brings it whole."""
        if self.case is None:
            return
        desk, case = self._context.desk, self.case.case_id
        self._context.jobs.run(
            lambda _: exchange.resend_case(desk, case),
            owner=self,
            then=self._again,
            otherwise=self._refused,
        )

    def _again(self, _: None) -> None:
        self.scope.setFocus()
        self._context.toast("The next bundle brings this case whole")
        self.changed.emit()

    def _refused(self, error: ImsaError) -> None:
        if isinstance(error, Refused) and any(problem.field in self._fields for problem in error.problems):
            self.summary.show_problems(error.problems, self._fields)
        else:
            self._context.bridge.tell(error.message, "error")


def _goes(case: LeavingCase) -> list[Row]:
    changes: Counter[Kind] = Counter()
    entries: Counter[Kind] = Counter()
    for one in case.kinds:
        changes[whole_of(one.kind)] += one.changes
        entries[whole_of(one.kind)] += one.entries * (whole_of(one.kind) is one.kind)
    rows = [
        Row(
            f"kind-{kind}",
            say.counted(count, "change"),
            who=kind_words(kind),
            note=say.counted(entries[kind], "entry", "entries") if entries[kind] else "",
            icon="send",
        )
        for kind, count in changes.items()
    ]
    for paper in case.papers:
        title, size = paper.title or "Document", size_words(paper.size)
        rows.append(Row(f"paper-{paper.id}", title, who="Document", note=size, icon="document"))
    return rows


def _stays(case: LeavingCase) -> list[Row]:
    entries: Counter[tuple[Kind, StayWhy]] = Counter()
    for one in case.staying:
        entries[(whole_of(one.kind), one.why)] += one.entries * (whole_of(one.kind) is one.kind)
    return [
        Row(
            f"stays-{kind}-{why}",
            STAY_WORDS[why],
            who=kind_words(kind),
            note=say.counted(count, "entry", "entries") if count else "",
            icon="sealed",
            tone="muted",
        )
        for (kind, why), count in entries.items()
    ]
