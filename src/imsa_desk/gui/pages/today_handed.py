"""HandedPart: what Today says of hand-overs: changes that came late, and what was asked and not answered."""

from __future__ import annotations

from imsa_desk.domain.dates import say_day
from imsa_desk.domain.handover import Handover, LateChange, many
from imsa_desk.gui.models import say
from imsa_desk.gui.models.part import Part
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.widgets.rows import Row
from imsa_desk.services import handover, late_changes
from imsa_desk.services.desk import Desk
from imsa_desk.services.handover_facts import names_of

_Found = tuple[tuple[LateChange, ...], tuple[Handover, ...], dict[str, str]]


def _read(desk: Desk) -> _Found:
    late = late_changes.waiting(desk)
    return late, handover.asked(desk), names_of(desk, (each.case_id for each in late))


class HandedPart(Part):
    """A part of Today that asks for itself."""

    def __init__(self, context: PageContext) -> None:
        super().__init__("Handed over", most=6)
        self._context = context
        self.rows.acted.connect(self._act)
        self.rows.opened.connect(self._act)

    def ask(self) -> None:
        """Ask for what waits."""
        desk = self._context.desk
        self._context.jobs.run(lambda _: _read(desk), owner=self, then=self._came)

    def _came(self, found: _Found) -> None:
        late, asked, names = found
        today, by_case = self._context.desk.today(), dict[str, list[LateChange]]()
        for change in late:
            by_case.setdefault(change.case_id, []).append(change)
        rows = [
            Row(
                f"late {case}",
                f"{many(len(changes), 'change', 'changes')} came late",
                who=names.get(case, ""),
                icon="conflict",
                why=f"{changes[0].who}; none of it counts until you decide",
                verb="Decide",
                tone="caution" if any(each.urgent for each in changes) else "",
            )
            for case, changes in by_case.items()
        ]
        rows += [
            Row(
                f"asked {each.case_id}",
                "Hand-over asked",
                who=each.known_as,
                icon="send",
                why=f"{say_day(say.local_day(each.asked_at), today)}; your organisation has not answered",
                verb="See",
            )
            for each in asked
        ]
        self.show_rows(rows)

    def _act(self, key: str) -> None:
        what, _, case = key.partition(" ")
        if what == "late":
            self._context.open("late_changes", case_id=case)
        else:
            self._context.open("case", case_id=case)
