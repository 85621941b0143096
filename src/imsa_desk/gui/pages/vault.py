"""VaultPage: the advocate looks after the vault itself: backups first, then what opens it, then its facts."""

from __future__ import annotations

from datetime import date

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from imsa_desk.domain.handover import Forgotten
from imsa_desk.domain.retention import Erasure
from imsa_desk.gui import theme
from imsa_desk.gui.models.part import Part
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.pages.vault_backups import BackupPart
from imsa_desk.gui.pages.vault_here import HerePart
from imsa_desk.gui.pages.vault_keys import WaysPart
from imsa_desk.gui.pages.vault_words import VaultState, erased_words, forgotten_words, published_row
from imsa_desk.gui.widgets.heading import Title
from imsa_desk.gui.widgets.layout import SidePanel, column, overhang, row
from imsa_desk.gui.widgets.page import BasePage
from imsa_desk.gui.widgets.rows import Row
from imsa_desk.services import backups, forgetting, keys, reference, retention
from imsa_desk.services.desk import Desk
from imsa_desk.services.vault_facts import journal_lines
from imsa_desk.vocab import Kind

_SIDE = 300
_WIDE = 900
_SENTENCE = "Whether there is a copy of everything, and what opens it."


def gather(desk: Desk) -> VaultState:
    """Ask how the vault stands."""
    return VaultState(
        keys.slots_of(desk.folder),
        keys.escrow_of(desk),
        backups.state(desk),
        backups.backups_of(desk),
        journal_lines(desk),
        retention.erasures(desk),
        forgetting.forgotten(desk),
        reference.published(desk),
    )


class VaultPage(BasePage):
    """Every change of keys and every backup is an access, so the page asks again for those."""

    kinds = frozenset({Kind.ACCESS, Kind.ERASURE}) | reference.REFERENCE

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self.state: VaultState | None = None
        self.backups = BackupPart(context)
        self.ways = WaysPart(context)
        self.here = HerePart(context)
        self.erased = Part("Erased cases", "what is left of them", most=4)
        self.let_go = Part("Cases let go of", "somebody else has them", most=4)
        self.published = Part("From your organisation", "in force here beside what came with Desk")
        self.backups.changed.connect(self._changed)
        self._side = SidePanel(self.here)
        lists = (self.published, self.erased, self.let_go)
        left = column(overhang(self.backups), 16, overhang(self.ways), 16, *lists, space=2)
        self._across = row(left, column(self._side, None), space=32)
        self._across.setStretch(0, 1)
        self._body = QWidget()
        self._body.setLayout(self._across)
        self._body.hide()
        self.content.addWidget(Title("Vault", _SENTENCE))
        self.content.addSpacing(8)
        self.content.addWidget(self._body)
        self.content.addStretch(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the facts under the rest where there is no room beside it."""
        super().resizeEvent(event)
        wide = self.viewport().width() >= theme.px(_WIDE)
        direction = self._across.Direction.LeftToRight if wide else self._across.Direction.TopToBottom
        if self._across.direction() != direction or self._side.minimumWidth() == 0:
            self._across.setDirection(direction)
            self._side.setMinimumWidth(theme.px(_SIDE) if wide else 1)
            self._side.setMaximumWidth(theme.px(_SIDE if wide else 2_000))

    def refresh(self) -> None:
        """Ask how the vault stands."""
        desk = self._context.desk
        self._context.jobs.run(lambda _: gather(desk), owner=self, then=self._show)

    def _show(self, state: VaultState) -> None:
        self.state = state
        self._body.show()
        self.backups.show_state(state)
        self.ways.show_state(state)
        self.here.show_state(state)
        today = self._context.desk.today()
        self.let_go.show_rows([_forgotten_row(left, today) for left in state.forgotten])
        self.published.show_rows([published_row(one) for one in state.published])
        self.erased.show_rows([_erased_row(left, today) for left in state.erased])

    def _changed(self) -> None:
        self._context.bridge.announce_change((Kind.ACCESS,))


def _forgotten_row(left: Forgotten, today: date) -> Row:
    what, why = forgotten_words(left, today)
    return Row(left.case_id, what, who=left.code, icon="send", why=why)


def _erased_row(left: Erasure, today: date) -> Row:
    what, why = erased_words(left, today)
    return Row(left.case_code, what, who=left.case_code, icon="check", why=why)
