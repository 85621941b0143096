"""ExchangePage: what the organisation holds, what will leave, what stays, and what has been sent."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from imsa_desk.domain.exchange import Leaving, Sent
from imsa_desk.errors import ImsaError, Problem, Refused
from imsa_desk.gui import theme
from imsa_desk.gui.again import Again
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.pages.exchange_arriving import ArrivingPart
from imsa_desk.gui.pages.exchange_behind import BehindPart
from imsa_desk.gui.pages.exchange_bundles import BundlesPart
from imsa_desk.gui.pages.exchange_doing import Doing
from imsa_desk.gui.pages.exchange_held import HeldPart
from imsa_desk.gui.pages.exchange_joining import JoinPart, RequestPart
from imsa_desk.gui.pages.exchange_leaving import LeavingPart
from imsa_desk.gui.pages.exchange_less import LessPart
from imsa_desk.gui.pages.exchange_said import Said, with_next
from imsa_desk.gui.pages.exchange_state import (
    ExchangeState,
    gather,
    leaving_words,
    sentence,
)
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.errors import ErrorSummary
from imsa_desk.gui.widgets.fields import Field
from imsa_desk.gui.widgets.heading import Title, label
from imsa_desk.gui.widgets.layout import OVERHANG, SidePanel, column, overhang, row
from imsa_desk.gui.widgets.page import BasePage
from imsa_desk.progress import Progress
from imsa_desk.services import exchange
from imsa_desk.services.exchange_folder import remember_folder
from imsa_desk.vocab import Kind

_SIDE = 300
_WIDE = 940
_ONE_LINE_FROM = 760
_ROOM = (OVERHANG, 0, OVERHANG, 0)
_OLDER = "This vault is older than what your organisation holds. Go on under a new number first."


class ExchangePage(BasePage):
    """Before the vault has joined an organisation it explains how; afterwards it sends and confirms."""

    kinds = frozenset(str(kind) for kind in Kind if kind is not Kind.ACCESS)

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self.state: ExchangeState | None = None
        self._again = Again(context, self)
        self.title = Title("Exchange")
        self.wrong = Said()
        self.doing = Doing(context, self._refused)
        self.doing.began.connect(self.wrong.hide)
        self.arriving = ArrivingPart(context, self.doing, self._folder)
        self.arriving.told.connect(self._to_top)
        self.arriving.refused.connect(lambda sentences: self._say_wrong(*sentences))
        self.summary = ErrorSummary()
        self.prepare = Button("Prepare bundle", "primary", icon="send")
        self.prepare.clicked.connect(self.prepare_bundle)
        self.receipt = Button("Take in a file…", "plain", icon="receive")
        self.receipt.clicked.connect(self.arriving.take_file)
        self.look = Button("Look in the exchange folder", "link", small=True)
        self.look.clicked.connect(self.arriving.look_in_folder)
        self.folder = Button("Choose another folder…", "link", small=True)
        self.folder.clicked.connect(self.choose_folder)
        self.where = label("", "meta", wrap=True)
        self.behind = BehindPart(context)
        self.behind.changed.connect(self._changed_here)
        self.less = LessPart()
        self.less.again.connect(self.send_everything_again)
        self.join_part = JoinPart(context)
        self.join_part.joined.connect(self._joined_here)
        self.leaving = LeavingPart(context)
        self.leaving.changed.connect(self._show_button)
        self.leaving.include_changed.connect(self.refresh)
        self.request = RequestPart(context)
        self.request.led.connect(self.ensureWidgetVisible)
        self.bundles = BundlesPart(context)
        self.bundles.lost.connect(self.send_everything_again)
        self.held = HeldPart(context)
        self.held.opened.connect(self._open_held)
        self._build()

    def _build(self) -> None:
        self._head = row(self.title, row(self.receipt, self.prepare, None))
        self._head.setStretch(0, 1)
        self._side = SidePanel(self.request)
        parts = (overhang(each) for each in (self.leaving, self.held, self.bundles))
        left = column(next(parts), 18, next(parts), 18, next(parts), None, space=2)
        self._body = QWidget()
        self._across = row(left, column(self._side, None), space=32, margins=_ROOM)
        self._across.setStretch(0, 1)
        self._body.setLayout(self._across)
        self._body.hide()
        for part in (self.wrong, self.arriving, self.summary):
            self.content.addWidget(part)
        self.content.addLayout(self._head)
        self.content.addLayout(row(self.look, self.folder, None, space=16))
        self.content.addWidget(self.where)
        self.content.addWidget(self.doing)
        self.content.addWidget(self.behind)
        self.content.addWidget(self.less)
        self.content.addSpacing(8)
        self.content.addWidget(self.join_part)
        self.content.addLayout(overhang(self._body))
        self.content.addStretch(1)
        self.join_part.hide()
        for button in (self.prepare, self.receipt, self.look, self.folder):
            button.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the parts where there is room for them."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Put the side panel under the rest where there is no room beside it.

        Before the office knows this vault it stands over the rest: what it asks for comes first.
        """
        one_line = self.viewport().width() >= theme.px(_ONE_LINE_FROM)
        beside, under = self._head.Direction.LeftToRight, self._head.Direction.TopToBottom
        self._head.setDirection(beside if one_line else under)
        wide = self.viewport().width() >= theme.px(_WIDE)
        known = self.state is not None and self.state.held.last_receipt is not None
        sides = self._across.Direction
        direction = sides.LeftToRight if wide else sides.TopToBottom if known else sides.BottomToTop
        if self._across.direction() != direction or self._side.minimumWidth() == 0:
            self._across.setDirection(direction)
            self._side.setMinimumWidth(theme.px(_SIDE) if wide else 1)
            self._side.setMaximumWidth(theme.px(_SIDE if wide else 2_000))

    def refresh(self) -> None:
        """Ask what is held and what would leave."""
        desk, include = self._context.desk, frozenset(self.leaving.include)
        # In turns, on a lane of its own: what is typed meanwhile is kept at once.
        self._context.jobs.run(
            lambda progress: gather(desk, include, progress), owner=self, then=self._show, lane="free"
        )

    def _show(self, state: ExchangeState) -> None:
        self.state = state
        today = self._context.desk.today()
        self.title.show_words("Exchange", sentence(state, today))
        joined = state.joined is not None
        self.join_part.setVisible(not joined)
        self._body.setVisible(joined)
        for button in (self.prepare, self.receipt, self.look, self.folder):
            button.setVisible(joined)
        folder = str(state.folder) if state.folder is not None else ""
        self.where.setText(f"Files go to and come from {folder}" if folder else "")
        for part in (self.where, self.folder):
            part.setVisible(joined and bool(folder))
        self.behind.show_behind(state.held.behind)
        self.less.show_less("" if state.held.behind else state.held.less)
        if state.joined is not None:
            self.request.show_joined(state.joined, known=state.held.last_receipt is not None)
            self.leaving.show_state(state)
            self.held.show_state(state)
            self.bundles.show_sent(state.held.sent)
            self._show_button()
        self._arrange()

    def _open_held(self, case_id: str) -> None:
        self.leaving.open_case(case_id, focus=True)

    def _show_button(self) -> None:
        count = len(self.leaving.chosen)
        words = "Prepare bundle" if count == 0 else f"Prepare bundle of {count}"
        self.prepare.set_words(words)
        self.summary.clear(self._fields)

    @property
    def _fields(self) -> dict[str, Field]:
        return {"basis": self.leaving.basis_field, "reason": self.leaving.reason_field}

    # --- sending ---

    def prepare_bundle(self) -> None:
        """Seal the chosen cases into a file in the exchange folder, having said exactly what will leave."""
        if self.doing.busy or self._again.asking:
            return  # the button stays as it is: without it the focus and with it the page would jump
        problems = self._problems()
        if problems:
            self.summary.show_problems(problems, self._fields)
            return
        self.summary.clear(self._fields)
        folder = self._folder("Choose the folder for the bundle")
        if folder is None:
            return
        desk, ids = self._context.desk, [one.case_id for one in self.leaving.chosen]
        include = frozenset(self.leaving.include)
        self.doing.start(
            "Looking at what will leave",
            lambda progress: exchange.will_leave(desk, ids, include, progress),
            lambda leaving: self._ask(folder, leaving),
        )

    def send_everything_again(self) -> None:
        """Seal all that was sent and not confirmed into a new file: one was lost on its way."""
        if self.doing.busy or self._again.asking:
            return
        folder = self._folder("Choose the folder for the bundle")
        if folder is None:
            return
        desk = self._context.desk

        def work(progress: Progress) -> Sent:
            sent = exchange.send_again(desk, folder, progress=progress)
            remember_folder(desk, folder)
            return sent

        def send() -> None:
            self.doing.start("Sealing the bundle", work, self._sent)

        self.doing.start(
            "Looking at what will leave",
            lambda progress: exchange.leaves_again(desk, progress),
            lambda leaving: self._again.before(
                leaving_words(leaving, leaving.deposit), "Send everything again", send
            ),
        )

    def _ask(self, folder: Path, leaving: Leaving) -> None:
        state = self.state
        backup = state.backup if state is not None and self.leaving.deposits else None
        words = leaving_words(leaving, backup.size if backup is not None else 0)
        self._again.before(words, "Prepare the bundle", lambda: self._export(folder))

    def _folder(self, title: str) -> Path | None:
        """Give the exchange folder: the remembered one, or the one chosen now."""
        if self.state is not None and self.state.folder is not None and self.state.folder.is_dir():
            return self.state.folder
        return self._context.ask.folder(self, title)

    def choose_folder(self) -> None:
        """Choose another exchange folder."""
        folder = self._context.ask.folder(self, "Choose the exchange folder")
        if folder is None:
            return
        desk = self._context.desk
        self._context.jobs.run(
            lambda _: remember_folder(desk, folder),
            owner=self,
            then=lambda _: self.refresh(),
            otherwise=self._refused,
        )

    def _problems(self) -> list[Problem]:
        if self.state is not None and self.state.held.behind:
            return [Problem("", _OLDER)]
        if not self.leaving.chosen and not self._has_first:
            return [Problem("", "Put in at least one case.")]
        return self.leaving.problems()

    @property
    def _has_first(self) -> bool:
        """Say whether something leaves although no case was chosen."""
        return self.state is not None and self.state.leaving is not None and bool(self.state.leaving.first)

    def _export(self, folder: Path) -> None:
        desk = self._context.desk
        ids = [one.case_id for one in self.leaving.chosen]
        include, deposit = frozenset(self.leaving.include), self.leaving.deposits
        basis, reason = self.leaving.basis.value, self.leaving.reason.text().strip()
        if not self.leaving.lacking:
            basis = reason = ""

        def work(progress: Progress) -> Sent:
            sent = exchange.export(
                desk,
                ids,
                folder,
                include,
                basis=basis,
                reason=reason,
                deposit=deposit,
                progress=progress,
            )
            remember_folder(desk, folder)
            return sent

        self.doing.start("Sealing the bundle", work, self._sent)

    def _sent(self, sent: Sent) -> None:
        self._to_top()
        self.leaving.forget_choices()
        where = sent.file_name if len(sent.files) < 2 else f"{len(sent.files)} files"
        self._context.toast(f"Bundle {sent.number} is in {where}. Sent, not confirmed")
        self._changed_here()

    # --- what is said ---

    def _joined_here(self) -> None:
        self.request.lead_here()
        self._changed_here()

    def _changed_here(self) -> None:
        self._context.bridge.announce_change((Kind.ORGANISATION,))

    def _refused(self, error: ImsaError) -> None:
        """Say why in plain words and stay; what was chosen is still chosen."""
        if isinstance(error, Refused) and any(problem.field in self._fields for problem in error.problems):
            self.summary.show_problems(error.problems, self._fields)
            return
        self._say_wrong(with_next(error))
        if error.code in ("E_BEHIND", "E_FORK", "E_DIFFERS"):
            self.refresh()

    def _say_wrong(self, *sentences: str) -> None:
        self.wrong.say(*sentences)
        self._to_top()

    def _to_top(self) -> None:
        self.verticalScrollBar().setValue(0)
