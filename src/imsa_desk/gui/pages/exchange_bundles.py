"""BundlesPart: the bundles that were sent, the last one with its way, and what became of each."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from imsa_desk.domain.exchange import Sent
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.pages.exchange_stages import Stages
from imsa_desk.gui.pages.exchange_state import moment, said_of, size_words
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.heading import Heading
from imsa_desk.gui.widgets.layout import OVERHANG, column, overhang, row
from imsa_desk.gui.widgets.rows import Row, RowList
from imsa_desk.gui.widgets.tag import TagValue

_REFUSED = "Your organisation could not take it in ({code}). Send the same cases again, or ask there."


class BundlesPart(QWidget):
    """Shows nothing before the first bundle."""

    lost = Signal()

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self.last_title = Heading("Last bundle")
        self.stages = Stages()
        self.again = Button("A file was lost: send everything again…", "link", small=True)
        self.again.clicked.connect(self.lost)
        self.earlier_title = Heading("Earlier bundles")
        self.earlier = RowList("Earlier bundles")
        parts = column(self.last_title, self.stages, row(self.again, None), 8, self.earlier_title, space=2)
        parts.addLayout(overhang(self.earlier))
        parts.setContentsMargins(OVERHANG, 0, OVERHANG, 0)
        self.setLayout(parts)

    def show_sent(self, sent: tuple[Sent, ...]) -> None:
        """Show what was sent, the newest first."""
        today = self._context.desk.today()
        self.setVisible(bool(sent))
        if sent:
            last = sent[0]
            confirmed = moment(last.confirmed_at, today) if last.confirmed_at else ""
            note = _REFUSED.format(code=last.refused) if last.refused else said_of(last)
            self.last_title.show_words(f"Last bundle, number {last.number}", note=note)
            self.stages.show_stages(("Prepared", moment(last.at, today)), ("Confirmed", confirmed))
        self.again.setVisible(any(one.confirmed_at is None for one in sent))
        self.earlier_title.setVisible(len(sent) > 1)
        self.earlier.setVisible(len(sent) > 1)
        self.earlier.show_rows([self._row(one) for one in sent[1:]])

    def _row(self, sent: Sent) -> Row:
        today = self._context.desk.today()
        tags: tuple[TagValue, ...] = ()
        note, why = size_words(sent.size) if sent.size else "", ""
        if sent.replaced:
            note = "not needed any more: a later one made it good"
        elif sent.confirmed_at is not None:
            note = f"confirmed {moment(sent.confirmed_at, today)}"
        elif sent.refused:
            tags, why = (TagValue("Refused", "alert", "alert"),), _REFUSED.format(code=sent.refused)
        else:
            tags = (TagValue("Sent, not confirmed", "caution", "hourglass"),)
        part = f", part {sent.part[0]} of {sent.part[1]}" if sent.part is not None else ""
        who, when = f"Bundle {sent.number}{part}", moment(sent.at, today)
        return Row(str(sent.number), said_of(sent), who=who, when=when, note=note, why=why, tags=tags)
