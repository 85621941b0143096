"""AgreedList: what was agreed, each with a box to tick when it is done."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from imsa_desk.domain.actions import Action
from imsa_desk.domain.dates import say_day
from imsa_desk.gui import theme
from imsa_desk.gui.models import doing, say
from imsa_desk.gui.models.pen import Pen
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.fields import Tick
from imsa_desk.gui.widgets.heading import LabelKind, label
from imsa_desk.gui.widgets.layout import column, empty, row
from imsa_desk.services.actions import set_action_state
from imsa_desk.vocab import ActionState, Kind, OwnerKind


class AgreedList(QWidget):
    """Ticking marks an action done, with Undo in the toast; clearing opens it again."""

    def __init__(self, context: PageContext, pen: Pen, most: int = 5) -> None:
        super().__init__()
        self._context, self._pen, self._most = context, pen, most
        self._shown: tuple[Action, ...] = ()
        self._all = False
        self.setAccessibleName("Agreed next")
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(8)

    def show_actions(
        self, actions: Sequence[Action], *, none: str = "Nothing is agreed at the moment."
    ) -> None:
        """Show these actions, the nearest first."""
        if self._shown == tuple(actions) and self._box.count():
            return
        self._shown = tuple(actions)
        empty(self._box)
        shown = actions if self._all else actions[: self._most]
        for action in shown:
            self._box.addLayout(self._line(action))
        if len(actions) > len(shown):
            more = Button(
                f"Show all {len(actions)}", "link", small=True, name=f"Show all {len(actions)} agreed"
            )
            more.clicked.connect(self._show_all)
            self._box.addLayout(row(more, None))
        if not actions:
            self._box.addWidget(label(none, "muted", wrap=True))

    def _show_all(self) -> None:
        actions, self._shown, self._all = self._shown, (), True
        self.show_actions(actions)

    def _line(self, action: Action) -> QVBoxLayout:
        tick = Tick("", on=action.state is ActionState.DONE)
        tick.setFixedWidth(theme.px(24))
        tick.setAccessibleName(f"Done: {action.owner_name}, {action.text}")
        tick.clicked.connect(lambda done: self._mark(action, done))
        self._pen.holds(tick)
        what = label(action.text, wrap=True)
        words, kind = self._note(action)
        who = label(action.owner_name, "caps")
        note = label(words, kind)
        made = row(column(tick, None), column(what, row(who, note, None, space=8), space=1), space=8)
        made.setStretch(1, 1)
        return column(made)

    def _note(self, action: Action) -> tuple[str, LabelKind]:
        today = self._context.desk.today()
        if action.done_on is not None:
            return f"done {say_day(action.done_on, today)}", "meta"
        if not action.is_open:
            return self._context.desk.lists.label("action_state", action.state).lower(), "meta"
        if action.due_on is None:
            return "no day set", "meta"
        gone = (today - action.due_on).days
        if gone > 0 and action.owner is OwnerKind.PROFESSIONAL:
            return f"{say.days(gone)} silent", "caution"
        role = say.due_role(action.due_on, today)
        kind: LabelKind = "caution" if role == "caution" else "alert" if role == "alert" else "meta"
        return f"{say_day(action.due_on, today)}, {say.until(action.due_on, today)}", kind

    def _mark(self, action: Action, done: bool) -> None:
        desk = self._context.desk
        state = ActionState.DONE if done else ActionState.AGREED
        doing.do(
            self._context,
            self,
            lambda: set_action_state(desk, action.id, state),
            "Marked done" if done else "Open again",
            (Kind.ACTION,),
        )
