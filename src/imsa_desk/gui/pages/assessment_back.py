"""TakingBack: what can be taken back on the assessment page by the toast that announced it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from imsa_desk.domain.assessments import AnswerDraft
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.pages.assessment_filling import Filling
from imsa_desk.gui.pages.assessment_keeping import Keeper


class TakingBack:
    """Rows of a group that were removed, and answers that were confirmed all at once."""

    def __init__(self, context: PageContext, keeper: Keeper, go_to: Callable[[str, str], None]) -> None:
        self._context, self._keeper, self._go_to = context, keeper, go_to
        self._filling: Filling | None = None

    def take(self, filling: Filling) -> None:
        """Begin with an assessment; what was done in another can no longer be taken back here."""
        self._filling = filling

    def row_removed(self, was: AnswerDraft, title: str) -> None:
        """Offer to bring a removed row back, with all that was answered in it."""
        filling = self._filling

        def undo() -> None:
            if filling is not None and filling is self._filling:
                now = _rows(filling.draft(was.question_id))
                before = _rows(was)
                rows = [*before, *(one for one in now if one not in before)]
                self._put(filling, (replace(was, value={**was.value, "rows": rows}),))

        self._context.toast(f"{title} removed", undo)

    def confirmed_all(self, was: tuple[AnswerDraft, ...]) -> None:
        """Say how many were confirmed, and offer to take it back."""
        filling = self._filling

        def undo() -> None:
            if filling is not None and filling is self._filling:
                self._put(filling, was)

        count = "1 answer" if len(was) == 1 else f"{len(was)} answers"
        self._context.toast(f"{count} confirmed as still so", undo)

    def _put(self, filling: Filling, drafts: tuple[AnswerDraft, ...]) -> None:
        for draft in drafts:
            filling.put(draft)
        self._keeper.typed(drafts[0].key)
        section = filling.section_of(drafts[0].key)
        if section is not None:
            self._go_to(section.id, drafts[0].key)


def _rows(draft: AnswerDraft) -> list[object]:
    found = draft.value.get("rows")
    return list(found) if isinstance(found, (list, tuple)) else []
