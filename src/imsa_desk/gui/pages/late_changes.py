"""LateChangesPage: what former advocates changed after a case was handed over; each is taken or left."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from imsa_desk.domain.dates import say_when
from imsa_desk.domain.handover import LateChange
from imsa_desk.domain.ids import CaseId
from imsa_desk.gui.models import doing, say
from imsa_desk.gui.models.conflict_sides import covered_words
from imsa_desk.gui.models.pen import why_not
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.heading import EmptyState, Heading, Title, label
from imsa_desk.gui.widgets.layout import Line, empty, overhang, row
from imsa_desk.gui.widgets.page import BasePage
from imsa_desk.gui.widgets.rows import Row, RowList
from imsa_desk.gui.widgets.tag import TagValue
from imsa_desk.gui.widgets.tips import switch_off
from imsa_desk.services import late_changes
from imsa_desk.services.desk import Desk
from imsa_desk.services.handover_facts import names_of
from imsa_desk.vocab import Kind, LateDecision

_WORDS = (
    "A former advocate wrote this after the case was handed over. None of it counts until you take it in; "
    "what you leave out stays here, and both can be undone."
)
_SHORT = 160
_WHY = "It is kept with the decision and travels to your organisation."


def _read(desk: Desk, case: CaseId | None) -> tuple[tuple[LateChange, ...], dict[str, str]]:
    found = late_changes.late_changes(desk, case)
    return found, names_of(desk, (each.case_id for each in found))


def _key(change: LateChange) -> str:
    return f"{change.case_id} {change.writer} {change.first}"


class LateChangesPage(BasePage):
    """Args: case_id, or none for all cases."""

    kinds = frozenset(str(kind) for kind in Kind if kind is not Kind.ACCESS)

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self._case_id = ""
        self._found: tuple[LateChange, ...] = ()
        self._names: dict[str, str] = {}
        self._uncovered: dict[str, tuple[str, ...]] = {}
        self._decided_here = False
        self._title = Title("Late changes")
        self._all = Button("Show every case", "link", small=True)
        self._all.clicked.connect(lambda: context.open("late_changes"))
        self.empty = EmptyState(
            "Nothing waits",
            "When a case comes to you from another advocate, what they still change afterwards waits here "
            "until you decide about it.",
            icon="conflict",
        )
        self.cards = QVBoxLayout()
        self.cards.setSpacing(14)
        self.buttons: dict[str, tuple[Button, Button]] = {}
        self._decided_heading = Heading("Decided")
        self.decided = RowList("Decided late changes")
        self.decided.acted.connect(self._decide_again)
        self.content.addLayout(row(self._title, self._all))
        self.content.addSpacing(10)
        self.content.addWidget(self.empty)
        self.content.addLayout(self.cards)
        self.content.addSpacing(12)
        self.content.addWidget(self._decided_heading)
        self.content.addLayout(overhang(self.decided))
        self.content.addStretch(1)

    def show_for(self, **args: str) -> None:
        self._case_id = args.get("case_id", "")
        self._uncovered.clear()
        self._context.window.set_case("", "")
        self._all.setVisible(bool(self._case_id))
        self.refresh()

    def refresh(self) -> None:
        """Ask for everything that came late."""
        desk, case = self._context.desk, CaseId(self._case_id) if self._case_id else None
        self._context.jobs.run(lambda _: _read(desk, case), owner=self, then=self._came)

    def _came(self, found: tuple[tuple[LateChange, ...], dict[str, str]]) -> None:
        self._found, self._names = found
        waiting = sorted(
            (each for each in self._found if each.decision is None),
            key=lambda each: (not each.urgent, each.at, each.first),
        )
        decided = [each for each in self._found if each.decision is not None]
        self.empty.setVisible(not waiting)
        self._title.show_words("Late changes", _WORDS if waiting else "")
        empty(self.cards)
        self.buttons = {}
        for each in waiting:
            self.cards.addWidget(self._card(each))
        self._decided_heading.setVisible(bool(decided))
        self.decided.setVisible(bool(decided))
        self.decided.show_rows([self._decided_row(each) for each in decided])
        if self._decided_here:
            self._go_on(waiting)

    def _go_on(self, waiting: list[LateChange]) -> None:
        """Lead the keyboard to what is to be decided next: the button it was on is gone."""
        self._decided_here = False
        target = self.buttons[_key(waiting[0])][0] if waiting else self.decided
        target.setFocus()
        self.ensureWidgetVisible(target)

    def _head(self, change: LateChange) -> str:
        when = say_when(change.at, self._context.desk.today())
        return f"{self._names.get(change.case_id, 'A case')}: {change.who}, {when}"

    def _card(self, change: LateChange) -> QWidget:
        take = Button("Take in…", "plain", small=True, name=f"Take in: {self._head(change)}")
        leave = Button("Leave out…", "quiet", small=True, name=f"Leave out: {self._head(change)}")
        take.clicked.connect(lambda: self._decide(change, LateDecision.TAKEN))
        leave.clicked.connect(lambda: self._decide(change, LateDecision.LEFT))
        self.buttons[_key(change)] = (take, leave)
        why = why_not(self._context.desk, change.case_id, Kind.LATE_DECISION)
        for button in (take, leave):
            switch_off(button, why)
        made = QWidget()
        layout = QVBoxLayout(made)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        head = row(label(self._head(change), "strong", wrap=True), take, leave)
        head.setStretch(0, 1)
        layout.addLayout(head)
        if why:
            layout.addWidget(label(why, "muted", wrap=True))
        if change.urgent:
            layout.addWidget(label("About safety or agreement: look at this first.", "alert", wrap=True))
        for words in self._uncovered.get(_key(change), change.what):
            layout.addWidget(label(words, wrap=True, selectable=True))
        if change.restricted and _key(change) not in self._uncovered:
            show = Button("Show", "plain", icon="eye", small=True, name=f"Show: {self._head(change)}")
            show.clicked.connect(lambda: self._uncover(change))
            note = label(covered_words(), "muted", wrap=True)
            line = row(show, note, space=12)
            line.setStretch(1, 1)
            layout.addLayout(line)
        layout.addSpacing(8)
        layout.addWidget(Line())
        return made

    def _uncover(self, change: LateChange) -> None:
        """Show the restricted words of a change, once it is noted that they were looked at."""
        desk = self._context.desk

        def shown(words: tuple[str, ...]) -> None:
            self._uncovered[_key(change)] = words
            self._came((self._found, self._names))
            if _key(change) in self.buttons:
                self.buttons[_key(change)][0].setFocus()

        self._context.jobs.run(
            lambda _: late_changes.reveal(desk, change.case_id, change.writer, change.first),
            owner=self,
            then=shown,
        )

    def _decided_row(self, change: LateChange) -> Row:
        taken = change.decision is LateDecision.TAKEN
        tag = TagValue("Taken in", "good", "check") if taken else TagValue("Left out", "neutral")
        today, at = self._context.desk.today(), change.decided_at
        day = say.ago(say.local_day(at), today) if at else ""
        what = "; ".join(change.what)
        short = what if len(what) <= _SHORT else f"{what[:_SHORT]}…"
        why = " · ".join(part for part in (day, change.reason, short) if part)
        verb = "" if why_not(self._context.desk, change.case_id, Kind.LATE_DECISION) else "Decide again"
        return Row(_key(change), self._head(change), why=why, tags=(tag,), verb=verb)

    def _decide(self, change: LateChange, decision: LateDecision) -> None:
        taking = decision is LateDecision.TAKEN
        verb = "Take in" if taking else "Leave out"
        question = "Take this change in?" if taking else "Leave this change out?"
        reason = self._context.ask.line(self, question, "Why", verb, help=f"{self._head(change)}. {_WHY}")
        if reason is None:
            return
        desk = self._context.desk
        doing.do(
            self._context,
            self,
            lambda: late_changes.decide(
                desk, change.case_id, change.writer, change.first, change.last, decision, reason
            ),
            "Taken in" if taking else "Left out",
            (Kind.LATE_DECISION, *change.kinds),
            then=self._was_decided,
        )

    def _was_decided(self, _: object) -> None:
        self._decided_here = True

    def _decide_again(self, key: str) -> None:
        change = next((each for each in self._found if _key(each) == key), None)
        if change is None:
            return
        desk = self._context.desk
        doing.do(
            self._context,
            self,
            lambda: late_changes.undo_decision(desk, change.case_id, change.writer, change.first),
            "It waits again",
            (Kind.LATE_DECISION, *change.kinds),
        )
