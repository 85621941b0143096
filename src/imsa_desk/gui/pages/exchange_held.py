"""HeldPart: the cases of which nothing waits to leave, with what the organisation holds and since when."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from imsa_desk.domain.exchange import CaseHeld, HoldState
from imsa_desk.domain.ids import CaseId
from imsa_desk.gui.models import say
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.pages.exchange_state import SCOPE_WORDS, ExchangeState, moment
from imsa_desk.gui.widgets.heading import Heading
from imsa_desk.gui.widgets.layout import OVERHANG, column, overhang
from imsa_desk.gui.widgets.rows import Row, RowList
from imsa_desk.gui.widgets.tag import TagValue
from imsa_desk.vocab import ShareScope

SHOWN = 60
"""Cases shown at once; the others are counted."""


class HeldPart(QWidget):
    """Shows nothing before the first receipt; `opened` with a case to be shown in full."""

    opened = Signal(str)

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self.title = Heading("Held")
        self.cases = RowList("Cases your organisation holds")
        self.cases.opened.connect(self.opened)
        parts = column(self.title, space=2, margins=(OVERHANG, 0, OVERHANG, 0))
        parts.addLayout(overhang(self.cases))
        self.setLayout(parts)
        self.hide()

    def show_state(self, state: ExchangeState) -> None:
        """Show the cases that are held in full."""
        found = [
            (case, one)
            for case, one in state.held.cases.items()
            if one.state is HoldState.HELD and case in state.cases
        ]
        found.sort(key=lambda pair: state.name(pair[0]).casefold())
        self.setVisible(bool(found))
        more = f", {len(found) - SHOWN} more not shown" if len(found) > SHOWN else ""
        note = f"{say.counted(len(found), 'case')}, nothing waits to leave{more}"
        self.title.show_words("Held", note=note)
        self.cases.show_rows([self._row(state, case, one) for case, one in found[:SHOWN]])

    def _row(self, state: ExchangeState, case: CaseId, one: CaseHeld) -> Row:
        today = self._context.desk.today()
        kept = f", {one.kept_back:,} kept back here" if one.kept_back else ""
        waits = f"{say.counted(one.waiting, 'change')} wait there for a decision" if one.waiting else ""
        since = f"since {moment(one.since, today)}" if one.since is not None else ""
        scope = () if one.scope is ShareScope.FULL else (TagValue(SCOPE_WORDS[one.scope], "neutral"),)
        return Row(
            case,
            "only numbers" if one.only_numbers else f"{say.counted(one.held, 'change')}{kept}",
            who=state.name(case),
            note=f"{state.code(case)} {since}".strip(),
            why=waits,
            icon="check",
            tags=scope,
        )
