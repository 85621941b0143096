"""Danger: an answer that asks at once what was done opens the window that asks, and never twice by itself."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.pages.assessment_filling import Filling
from imsa_desk.gui.pages.assessment_keeping import Keeper

ASK_AFTER_MS = 600
"""How long after the answer the window opens: arrow keys pass over words on their way to another."""


class Danger(QObject):
    """Watches the answers of one assessment; the window can be closed, the page goes on asking."""

    def __init__(self, context: PageContext, keeper: Keeper, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._keeper = context, keeper
        self._filling: Filling | None = None
        self._asked: set[str] = set()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(ASK_AFTER_MS)
        self._timer.timeout.connect(self._ask)

    def take(self, filling: Filling) -> None:
        """Begin with an assessment; what was urgent before is asked by the page, not by a window."""
        self._timer.stop()
        self._filling = filling
        self._asked = self._now()

    def _now(self) -> set[str]:
        filling = self._filling
        return {urgent.question_id for urgent in filling.urgents()} if filling is not None else set()

    def look(self) -> None:
        """See whether the last answer asks for something at once."""
        now = self._now()
        self._asked &= now
        if now - self._asked:
            self._timer.start()

    def ask_now(self) -> None:
        """Do not wait: the person leaves the page."""
        if self._timer.isActive():
            self._ask()

    def _ask(self) -> None:
        """Store the answer and open a window for each new danger."""
        self._timer.stop()
        new = self._now() - self._asked
        self._asked |= new
        if new:
            self._keeper.commit()
        for question_id in sorted(new):
            self.record(question_id)

    def record(self, question_id: str) -> None:
        """Open the window that asks what was done about one answer."""
        if self._filling is not None:
            line = self._filling.assessment.line
            args = {"assessment_id": str(line.id), "question_id": question_id}
            self._context.open_editor("safety_response", case_id=str(line.case_id), **args)
