"""Signing: an assessment is signed and sealed once nothing is missing; until then nothing is asked."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from imsa_desk.errors import ImsaError, Refused
from imsa_desk.gui.models import say
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.pages.assessment_filling import Filling
from imsa_desk.gui.pages.assessment_keeping import Keeper, Standing, standing
from imsa_desk.gui.pages.assessment_words import live_missing
from imsa_desk.services import assessments
from imsa_desk.vocab import Kind

QUESTION = "Sign and seal this review?"
WORDS = "Its answers can no longer be changed after that. A later review can say something else."


class Signing(QObject):
    """Stores what was typed, looks what the vault still lacks, and only then asks.

    `lacking` carries a Standing with what keeps it from being signed.
    """

    lacking = Signal(object)

    def __init__(self, context: PageContext, keeper: Keeper, page: QWidget) -> None:
        super().__init__(page)
        self._context, self._keeper, self._page = context, keeper, page
        self._under_way = False

    def begin(self, filling: Filling) -> None:
        """Sign an assessment, or show what is missing."""
        if self._under_way:
            return
        self._under_way = True
        self._keeper.commit()
        desk, line = self._context.desk, filling.assessment.line
        self._context.jobs.run(
            lambda _: standing(desk, line.id),
            owner=self._page,
            then=lambda found: self._look(filling, found),
            otherwise=self._refused,
        )

    def _look(self, filling: Filling, found: Standing) -> None:
        missing = live_missing(filling, found.missing)
        if missing:
            self._under_way = False
            self.lacking.emit(found)
            things = say.counted(len(missing), "thing is", "things are")
            self._context.bridge.tell(f"It cannot be signed yet: {things} still to do.", "error")
        elif filling.unsaved.header is not None:  # why it could not be stored has been said
            self._under_way = False
        else:
            self._ask(filling, found)

    def _ask(self, filling: Filling, found: Standing) -> None:
        sure = self._context.ask.confirm(self._page, QUESTION, WORDS, "Sign off")
        self._under_way = False
        if not sure:
            return
        desk, line = self._context.desk, filling.assessment.line
        self._context.jobs.run(
            lambda _: assessments.sign_off(desk, line.id),
            owner=self._page,
            then=self._signed,
            otherwise=lambda error: self._not_signed(found, error),
        )

    def _signed(self, _: object) -> None:
        self._context.toast("Signed and sealed")
        self._context.bridge.announce_change((Kind.ASSESSMENT, Kind.THEME_ENTRY, Kind.ACTION, Kind.CASE))

    def _refused(self, error: ImsaError) -> None:
        self._under_way = False
        self._context.bridge.tell(error.message, "error")

    def _not_signed(self, found: Standing, error: ImsaError) -> None:
        """Say why the vault refused: it may have changed while the question stood."""
        problems = error.problems if isinstance(error, Refused) else ()
        if problems:
            self.lacking.emit(replace(found, missing=problems))
        self._context.bridge.tell("It cannot be signed yet." if problems else error.message, "error")
