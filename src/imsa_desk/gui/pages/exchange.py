"""ExchangePage: what the organisation holds, what will leave, what stays, and what has been sent."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from imsa_desk.domain.exchange import Confirmed, Sent
from imsa_desk.errors import ImsaError, Problem, Refused
from imsa_desk.gui import paint, theme
from imsa_desk.gui.again import Again
from imsa_desk.gui.models import say
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.pages.exchange_joining import JoinPart, RequestPart
from imsa_desk.gui.pages.exchange_leaving import LeavingPart
from imsa_desk.gui.pages.exchange_state import ExchangeState, gather, moment, said_of, sentence
from imsa_desk.gui.widgets.banner import Banner
from imsa_desk.gui.widgets.base import Painted
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.errors import ErrorSummary
from imsa_desk.gui.widgets.fields import Field
from imsa_desk.gui.widgets.heading import Heading, Title
from imsa_desk.gui.widgets.layout import SidePanel, column, overhang, row
from imsa_desk.gui.widgets.page import BasePage
from imsa_desk.gui.widgets.rows import Row, RowList
from imsa_desk.gui.widgets.tag import TagValue
from imsa_desk.services import exchange
from imsa_desk.vocab import Kind

_SIDE = 300
_WIDE = 940
_ONE_LINE_FROM = 760
WHAT_NEXT = {
    "E_GAP": "Look for the earlier receipts in the same folder.",
    "E_FORK": "Do not send anything until that is cleared up.",
    "E_NOT_FOR_US": "Look for the receipt that bears your name.",
}
"""What to do next, where the refusal itself does not say it."""


class _Stages(Painted):
    """The last bundle's way: prepared, confirmed."""

    def __init__(self) -> None:
        super().__init__("")
        self._stages: tuple[tuple[str, str], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_stages(self, *stages: tuple[str, str]) -> None:
        """Show each stage with its time; "" for one not reached."""
        self._stages = stages
        self.setAccessibleName(", ".join(f"{name}: {when or 'not yet'}" for name, when in stages))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(360), theme.px(60))

    def draw(self, p: QPainter, area: QRectF) -> None:
        wide = min(theme.px(180), (area.width() - 8) / max(1, len(self._stages)))
        for at, (name, when) in enumerate(self._stages):
            x = at * (wide + 8)
            paint.box(p, QRectF(x, theme.px(8), wide, theme.px(5)), "accent" if when else "track", None, 2.5)
            icon = "check" if when else "hourglass"
            paint.icon(p, x, theme.px(21), icon, "good" if when else "muted", theme.px(16))
            paint.text(p, x + theme.px(22), theme.px(19), name, width=wide - 22, high=theme.px(20))
            said = when or "not yet"
            top, room = theme.px(39), wide - 22
            paint.text(
                p, x + theme.px(22), top, said, role="muted", size="small", width=room, high=theme.px(18)
            )


class ExchangePage(BasePage):
    """Before the vault has joined an organisation it explains how; afterwards it sends and confirms."""

    kinds = frozenset(str(kind) for kind in Kind if kind is not Kind.ACCESS)

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self.state: ExchangeState | None = None
        self._sending = False
        self._again = Again(context, self)
        self.title = Title("Exchange")
        self.wrong = Banner("", "alert", verb="Close")
        self.wrong.pressed.connect(self.wrong.hide)
        self.wrong.hide()
        self.summary = ErrorSummary()
        self.prepare = Button("Prepare bundle", "primary", icon="send")
        self.prepare.clicked.connect(self.prepare_bundle)
        self.receipt = Button("Take in a receipt…", "plain", icon="receive")
        self.receipt.clicked.connect(self.take_receipt)
        self.join_part = JoinPart(context)
        self.join_part.joined.connect(self._changed_here)
        self.leaving = LeavingPart(context)
        self.leaving.changed.connect(self._show_button)
        self.leaving.include_changed.connect(self.refresh)
        self.request = RequestPart(context)
        self._build()

    def _build(self) -> None:
        self._head = row(self.title, row(self.receipt, self.prepare, None))
        self._head.setStretch(0, 1)
        self.last_title = Heading("Last bundle")
        self.stages = _Stages()
        self.earlier_title = Heading("Earlier bundles")
        self.earlier = RowList("Earlier bundles")
        self._side = SidePanel(self.request)
        bundles = (self.last_title, self.stages, 8, self.earlier_title, overhang(self.earlier))
        left = column(self.leaving, 18, *bundles, None, space=2)
        self._body = QWidget()
        self._across = row(left, column(self._side, None), space=32)
        self._across.setStretch(0, 1)
        self._body.setLayout(self._across)
        self._body.hide()
        for part in (self.wrong, self.summary):
            self.content.addWidget(part)
        self.content.addLayout(self._head)
        self.content.addSpacing(8)
        self.content.addWidget(self.join_part)
        self.content.addWidget(self._body)
        self.content.addStretch(1)
        self.join_part.hide()
        self.prepare.hide()
        self.receipt.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the side panel under the rest where there is no room beside it."""
        super().resizeEvent(event)
        one_line = self.viewport().width() >= theme.px(_ONE_LINE_FROM)
        beside, under = self._head.Direction.LeftToRight, self._head.Direction.TopToBottom
        self._head.setDirection(beside if one_line else under)
        wide = self.viewport().width() >= theme.px(_WIDE)
        direction = self._across.Direction.LeftToRight if wide else self._across.Direction.TopToBottom
        if self._across.direction() != direction or self._side.minimumWidth() == 0:
            self._across.setDirection(direction)
            self._side.setMinimumWidth(theme.px(_SIDE) if wide else 1)
            self._side.setMaximumWidth(theme.px(_SIDE if wide else 2_000))

    def refresh(self) -> None:
        """Ask what is held and what would leave."""
        desk, include = self._context.desk, frozenset(self.leaving.include)
        self._context.jobs.run(lambda _: gather(desk, include), owner=self, then=self._show)

    def _show(self, state: ExchangeState) -> None:
        self.state = state
        today = self._context.desk.today()
        self.title.show_words("Exchange", sentence(state, today))
        joined = state.joined is not None
        self.join_part.setVisible(not joined)
        self._body.setVisible(joined)
        self.prepare.setVisible(joined)
        self.receipt.setVisible(joined)
        if state.joined is not None:
            self.request.show_joined(state.joined, known=state.held.last_receipt is not None)
            self.leaving.show_state(state)
            self._show_sent(state.held.sent)
            self._show_button()

    def _show_button(self) -> None:
        count = len(self.leaving.chosen)
        words = "Prepare bundle" if count == 0 else f"Prepare bundle of {count}"
        self.prepare.set_words(words)
        self.summary.clear(self._fields)

    @property
    def _fields(self) -> dict[str, Field]:
        return {"basis": self.leaving.basis_field, "reason": self.leaving.reason_field}

    def _show_sent(self, sent: tuple[Sent, ...]) -> None:
        today = self._context.desk.today()
        for part in (self.last_title, self.stages):
            part.setVisible(bool(sent))
        if sent:
            last = sent[0]
            confirmed = moment(last.confirmed_at, today) if last.confirmed_at else ""
            self.last_title.show_words(f"Last bundle, number {last.number}", note=said_of(last))
            self.stages.show_stages(("Prepared", moment(last.at, today)), ("Confirmed", confirmed))
        self.earlier_title.setVisible(len(sent) > 1)
        self.earlier.setVisible(len(sent) > 1)
        self.earlier.show_rows([self._sent_row(one) for one in sent[1:]])

    def _sent_row(self, sent: Sent) -> Row:
        today = self._context.desk.today()
        if sent.confirmed_at is not None:
            tags: tuple[TagValue, ...] = ()
            note = f"confirmed {moment(sent.confirmed_at, today)}"
        else:
            tags, note = (TagValue("Sent, not confirmed", "caution", "hourglass"),), ""
        who, when = f"Bundle {sent.number}", moment(sent.at, today)
        return Row(str(sent.number), said_of(sent), who=who, when=when, note=note, tags=tags)

    # --- sending ---

    def prepare_bundle(self) -> None:
        """Seal the chosen cases into a file in a folder that the person chooses."""
        if self._sending or self._again.asking:
            return  # the button stays as it is: without it the focus and with it the page would jump
        problems = self._problems()
        if problems:
            self.summary.show_problems(problems, self._fields)
            return
        self.summary.clear(self._fields)
        folder = self._context.ask.folder(self, "Choose the folder for the bundle")
        if folder is None:
            return
        counted = say.counted(len(self.leaving.chosen), "case")
        words = f"{counted} will leave the vault, sealed for your organisation."
        self._again.before(words, "Prepare the bundle", lambda: self._export(folder))

    def _problems(self) -> list[Problem]:
        if not self.leaving.chosen:
            return [Problem("", "Put in at least one case.")]
        found = []
        if self.leaving.lacking:
            if not self.leaving.basis.value:
                words = "Choose on what basis it is shared without consent, or leave the case out."
                found.append(Problem("basis", words))
            if not self.leaving.reason.text().strip():
                found.append(Problem("reason", "Say why it is shared without consent."))
        return found

    def _export(self, folder: Path) -> None:
        desk = self._context.desk
        ids = [one.case_id for one in self.leaving.chosen]
        include = frozenset(self.leaving.include)
        basis, reason = self.leaving.basis.value, self.leaving.reason.text().strip()
        if not self.leaving.lacking:
            basis = reason = ""
        self._sending = True
        self._context.jobs.run(
            lambda _: exchange.export(desk, ids, folder, include, basis=basis, reason=reason),
            owner=self,
            then=self._sent,
            otherwise=self._refused,
        )

    def _sent(self, sent: Sent) -> None:
        self._sending = False
        self.verticalScrollBar().setValue(0)
        self.wrong.hide()
        self.leaving.forget_choices()
        self._context.toast(f"Bundle {sent.number} is in {sent.file_name}. Sent, not confirmed")
        self._changed_here()

    def take_receipt(self) -> None:
        """Take in what the organisation answered."""
        path = self._context.ask.open_file(self, "Take in a receipt", "Receipts (*.imsa);;All files (*)")
        if path is None:
            return
        desk = self._context.desk
        self._context.jobs.run(
            lambda _: exchange.take_in(desk, path),
            owner=self,
            then=self._confirmed,
            otherwise=self._refused,
            lane="free",  # a backup comes first, and drafts are stored meanwhile
        )

    def _confirmed(self, confirmed: Confirmed) -> None:
        self.wrong.hide()
        if confirmed.news:
            self._context.toast(f"Bundle {confirmed.number} is confirmed")
        else:
            self._context.toast("This receipt was taken in before")
        self._changed_here()

    def _changed_here(self) -> None:
        self._context.bridge.announce_change((Kind.ORGANISATION,))

    def _refused(self, error: ImsaError) -> None:
        """Say why in plain words and stay; what was chosen is still chosen."""
        self._sending = False
        if isinstance(error, Refused) and any(problem.field in self._fields for problem in error.problems):
            self.summary.show_problems(error.problems, self._fields)
            return
        more = WHAT_NEXT.get(error.code, "")
        self.wrong.show_words(f"{error.message} {more}".strip(), "alert")
        self.wrong.show()
        self.wrong.setFocus()
