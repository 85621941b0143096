"""ConflictsPage: where two versions of something stand, both beside each other, to be settled by a person."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from imsa_desk.domain.conflicts import SEAL_WORDS, WHY_WORDS, Conflict, Seal, Settled, Shape, Why
from imsa_desk.domain.dates import say_when
from imsa_desk.errors import ImsaError, Refused
from imsa_desk.gui.models.conflict_sides import SidesRow, ThirdValue, covered_words
from imsa_desk.gui.models.doing import do, undo
from imsa_desk.gui.models.pen import why_not
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.heading import EmptyState, Heading, Title, label
from imsa_desk.gui.widgets.layout import column, empty, overhang, row
from imsa_desk.gui.widgets.page import BasePage
from imsa_desk.gui.widgets.rows import Row, RowList
from imsa_desk.gui.widgets.tag import TagValue
from imsa_desk.gui.widgets.tips import switch_off
from imsa_desk.services import conflicts, timeline
from imsa_desk.services.conflicts_settled import settled
from imsa_desk.vocab import Kind

_TITLE = "Conflicts"
_NONE = (
    "When you write on two laptops, or the organisation proposes a correction, both versions are kept and "
    "stand here side by side until you choose. Nothing is written over on the way."
)
_AT_ONCE = 4
"""Rows above the chosen one's sides: with more, the sides would lie below what is seen."""
Found = tuple[tuple[Conflict, ...], tuple[Settled, ...]]


class ConflictsPage(BasePage):
    """A list of conflicts, the chosen one whole, and what was settled lately."""

    kinds = frozenset(Kind)

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self._found: tuple[Conflict, ...] = ()
        self._case = self._wanted = ""
        self._uncovered: set[str] = set()
        self._third: ThirdValue | None = None
        self._sides: SidesRow | None = None
        self._drawn: tuple[object, ...] = ()
        self._title = Title(_TITLE)
        self._all = Button("Show every case", "link", small=True)
        self._all.clicked.connect(self._show_all)
        self.content.addLayout(row(self._title, self._all))
        self.empty = EmptyState("Nothing stands in two versions", _NONE, icon="conflict")
        self.list = RowList("Conflicts", chooses=True, most=_AT_ONCE)
        self.list.stepped.connect(self._choose)
        self.list.opened.connect(self._enter)
        self._whole = QWidget()
        self._inside = QVBoxLayout(self._whole)
        self._inside.setContentsMargins(0, 12, 0, 12)
        self._inside.setSpacing(8)
        self._lately = Heading("Settled lately")
        self.settled_list = RowList("Settled lately")
        self.settled_list.acted.connect(self._choose_again)
        self.content.addWidget(self.empty)
        self.content.addLayout(overhang(self.list))
        self.content.addWidget(self._whole)
        self.content.addSpacing(12)
        self.content.addWidget(self._lately)
        self.content.addLayout(overhang(self.settled_list))
        self.content.addStretch(1)

    def show_for(self, case_id: str = "", record: str = "", field: str = "", **_: str) -> None:
        """Show the conflicts of a case, or of every case."""
        self._case, self._wanted = case_id, f"{record} {field}" if record else ""
        self._uncovered.clear()
        self._drawn = ()
        self.refresh()

    def _show_all(self) -> None:
        self.show_for()

    def refresh(self) -> None:
        """Ask for what stands in several versions, and what was settled."""
        desk = self._context.desk

        def ask(_: object) -> Found:
            return conflicts.conflicts(desk), settled(desk)

        self._context.jobs.run(ask, owner=self, then=self._came)

    def _came(self, found: Found) -> None:
        every, lately = found
        self._context.window.show_count("conflicts", len(every))
        wanted = self._wanted  # showing other rows steps through them
        self._found = tuple(one for one in every if self._case in ("", one.case_id))
        self._all.setVisible(bool(self._case) and len(every) > len(self._found))
        self._title.show_words(_TITLE, self._sentence())
        has = bool(self._found)
        for part, shown in ((self.empty, not has), (self.list, has), (self._whole, has)):
            part.setVisible(shown)
        self.list.show_rows([self._row(one) for one in self._found])
        self._show_lately([one for one in lately if self._case in ("", one.case_id)])
        if has:
            chosen = next((one for one in self._found if _id(one) == wanted), self._found[0])
            self.list.set_current(_id(chosen))
            self._choose(_id(chosen))

    def _sentence(self) -> str:
        count = len(self._found)
        if not count:
            return ""
        what = "One thing stands" if count == 1 else f"{count} things stand"
        return f"{what} in more than one version. Nothing is lost; choose what is right."

    def _row(self, one: Conflict) -> Row:
        tags = {
            Why.PROTECTS: (TagValue("Safety", "alert", "shield"),),
            Why.PROPOSED: (TagValue("Proposal", "info", "send"),),
            Why.LATEST: (),
            Why.REMOVED: (TagValue("Removed", "caution", "trash"),),
        }[one.why]
        if one.seal is not Seal.NONE:
            tags = (*tags, TagValue("Signed", "restricted", "sealed"))
        who = f"{one.person} {one.case_code}".strip()
        when = say_when(one.since, self._context.desk.today())
        return Row(_id(one), one.label, who=who, when=when, why=one.title, tags=tags, icon="conflict")

    def _choose(self, one_id: str) -> None:
        self._wanted = one_id
        chosen = next((one for one in self._found if _id(one) == one_id), None)
        if chosen is not None:
            self._show(chosen)

    def _enter(self, one_id: str) -> None:
        """Go on to the sides of a conflict with the keyboard."""
        self._choose(one_id)
        first = next((c.keep for c in self._sides.cards if c.keep.isEnabled()), None) if self._sides else None
        if first is not None:
            first.setFocus()
            self.ensureWidgetVisible(first)

    def _show(self, one: Conflict) -> None:
        desk = self._context.desk
        covered = one.restricted and _id(one) not in self._uncovered
        why = why_not(desk, one.case_id or "")
        if self._drawn == (one, covered, why):
            return  # what is being typed as a third value stays
        self._drawn = (one, covered, why)
        empty(self._inside)
        where = Button("Open the case", "link", small=True, name=f"Open the case {one.case_code}")
        where.clicked.connect(lambda: self._context.open("case", case_id=one.case_id))
        where.setVisible(bool(one.case_id))
        who = f"{one.person} {one.case_code}".strip()
        head = row(label(f"{who}: {one.label}" if who else one.label, "strong", wrap=True), where)
        head.setStretch(0, 1)
        self._inside.addLayout(head)
        self._inside.addWidget(label(f"{one.title}. {why or WHY_WORDS[one.why]}", "muted", wrap=True))
        if one.seal is not Seal.NONE:
            self._inside.addWidget(label(SEAL_WORDS[one.seal], "caution", wrap=True))
        if covered:
            show = Button("Show", "plain", icon="eye")
            show.clicked.connect(lambda: self._uncover(one))
            self._inside.addLayout(row(show, label(covered_words(), "muted"), None, space=12))
        self._sides = SidesRow(one, desk, covered=covered)
        self._sides.kept.connect(lambda line: self._settle(one, keep=line))
        self._inside.addWidget(self._sides)
        self._third = None
        if not why:
            self._add_third(one, covered=covered)
        for card in self._sides.cards if why else ():
            switch_off(card.keep, why)

    def _add_third(self, one: Conflict, *, covered: bool) -> None:
        if one.shape is not Shape.KEPT and not covered:
            third = self._third = ThirdValue(one, self._context.desk)
            third.settled.connect(lambda: self._settle_third(one, third))
            self._inside.addWidget(third)
        elif one.review:
            self._inside.addLayout(column(self._review_button(one)))

    def _review_button(self, one: Conflict) -> Button:
        words = (
            "Open the review to add to it" if one.seal is not Seal.NONE else "Answer it anew in the review"
        )
        button = Button(words, "link", small=True)
        button.clicked.connect(
            lambda: self._context.open("assessment", assessment_id=one.review, case_id=one.case_id)
        )
        return button

    def _uncover(self, one: Conflict) -> None:
        desk = self._context.desk
        self._uncovered.add(_id(one))
        self._context.jobs.run(
            lambda _: timeline.reveal(desk, one.case_id, one.kind, one.record),  # type: ignore[arg-type]  # ids
            owner=self,
            then=lambda _: self._choose(_id(one)),
        )

    def _settle_third(self, one: Conflict, third: ThirdValue) -> None:
        try:
            value = third.read()
        except Refused as error:
            third.show_problem(error.problems[0].text if error.problems else error.message)
            return
        self._settle(one, value=value)

    def _settle(self, one: Conflict, *, keep: str | None = None, value: object = None) -> None:
        desk = self._context.desk

        def verb() -> str:
            return conflicts.settle(desk, one.record, one.field, keep=keep, value=value, seen=one.seen)

        do(
            self._context,
            self,
            verb,
            f"Settled: {one.label}",
            Kind,
            then=lambda _: self.list.setFocus(),
            otherwise=self._refused,
        )

    def _refused(self, error: ImsaError) -> None:
        if isinstance(error, Refused) and error.problems and self._third is not None:
            self._third.show_problem(error.problems[0].text)
            return
        self._context.ask.error(self, "Not settled", error.message)
        self.refresh()

    def _show_lately(self, lately: list[Settled]) -> None:
        self._lately.setVisible(bool(lately))
        self.settled_list.setVisible(bool(lately))
        today = self._context.desk.today()
        self.settled_list.show_rows(
            [
                Row(
                    one.act_id,
                    ", ".join(one.labels),
                    who=one.case_code,
                    when=say_when(one.at, today),
                    why=f"{one.title}. {_kept(one)}",
                    verb="" if why_not(self._context.desk, one.case_id or "") else "Choose again",
                    icon="check",
                )
                for one in lately
            ]
        )

    def _choose_again(self, act_id: str) -> None:
        undo(self._context, act_id, Kind)


def _id(one: Conflict) -> str:
    return f"{one.record} {one.field}"


def _kept(one: Settled) -> str:
    words = " ".join(one.words.split())
    kept = f"Kept: {words[:120]}" if words else "Kept"
    how = ", with another change" if one.on_the_way else ""
    return f"{kept} ({one.author}{how})"
