"""ActionEditor: one thing agreed outside a meeting."""

from __future__ import annotations

from imsa_desk.domain.actions import ActionDraft
from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.themes import SHORT_NAMES
from imsa_desk.gui.forms.action_rows import PROFESSIONAL, owners
from imsa_desk.gui.forms.editor import Editor, Loaded
from imsa_desk.gui.widgets.choice import Choice, Option
from imsa_desk.gui.widgets.datefield import DateField
from imsa_desk.gui.widgets.fields import Field, TextLine
from imsa_desk.services import actions, cases, professionals
from imsa_desk.services.desk import Desk
from imsa_desk.vocab import Kind, OwnerKind, Theme


class ActionEditor(Editor[ActionDraft]):
    """Args: case_id; theme."""

    id = "action"
    draft_type = ActionDraft
    verb = "Add"
    done = "Added to what was agreed"
    changes = (Kind.ACTION,)
    subject_args = ("theme",)

    def load(self, desk: Desk) -> Loaded[ActionDraft]:
        head = cases.case_head(desk, CaseId(self.case_id))
        people = [i.professional for i in professionals.involvements_of(desk, head.id) if i.ended_on is None]
        return Loaded(
            ActionDraft(theme=self.subject),
            f"Agreed with {head.known_as}",
            "",
            {"people": people, "head": head},
        )

    def build(self, loaded: Loaded[ActionDraft]) -> None:
        answers = owners(loaded.values["head"].known_as, loaded.values["people"])
        self.what = TextLine()
        self.who = Choice("", answers, OwnerKind.IMSA, tall=True, name="Who will do it")
        self.due = DateField(
            today=self.context.desk.today, ahead=True, what="the day it is due", name="By when"
        )
        themes = [Option(t, SHORT_NAMES[t]) for t in Theme]
        self.theme = Choice("", themes, "", empty="none", may_be_empty=True, tall=True, name="Theme")
        put = self.content.addWidget
        put(self.add("actions.0.text", Field("What was agreed", self.what, small_label=True)))
        put(self.add("actions.0.owner", Field("Who will do it", self.who, small_label=True, stretch=False)))
        put(self.add("actions.0.due_on", Field("By when", self.due, small_label=True)))
        put(self.add("theme", Field("Theme", self.theme, small_label=True, stretch=False)))
        self.fields["text"] = self.fields["actions.0.text"]

    def show_draft(self, draft: ActionDraft) -> None:
        self.what.setText(draft.text)
        self.who.set_value(f"{PROFESSIONAL}{draft.professional_id}" if draft.professional_id else draft.owner)
        self.due.set_typed(draft.due_on)
        self.theme.set_value(draft.theme)

    def read_draft(self) -> ActionDraft:
        owner, who = self.who.value, ""
        if owner.startswith(PROFESSIONAL):
            owner, who = OwnerKind.PROFESSIONAL, owner[len(PROFESSIONAL) :]
        return ActionDraft(self.what.text(), owner, who, self.due.typed, self.theme.value)

    def store(self, desk: Desk, draft: ActionDraft) -> object:
        return actions.add_action(desk, CaseId(self.case_id), draft)
