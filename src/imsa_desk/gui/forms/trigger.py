"""TriggerEditor: something happened that asks for a review, noted in a moment."""

from __future__ import annotations

from dataclasses import dataclass

from imsa_desk.domain.ids import CaseId
from imsa_desk.gui.forms.editor import Editor, Loaded
from imsa_desk.gui.forms.picks import choice
from imsa_desk.gui.widgets.datefield import DateField
from imsa_desk.gui.widgets.fields import Field, TextArea
from imsa_desk.gui.widgets.heading import label
from imsa_desk.services import cases
from imsa_desk.services.desk import Desk
from imsa_desk.services.review_cycle import note_trigger
from imsa_desk.vocab import Kind

_WHAT_FOR = (
    "A review will stand on Today and on the Assessments tab until one is signed, or until you set this "
    "aside with a reason."
)


@dataclass(frozen=True, slots=True)
class TriggerDraft:
    """What was typed about something that happened."""

    why: str = ""
    on: str = "today"
    note: str = ""


class TriggerEditor(Editor[TriggerDraft]):
    """Args: case_id; why to start with."""

    id = "trigger"
    draft_type = TriggerDraft
    verb = "Note it"
    done = "Noted; a review is due"
    changes = (Kind.REVIEW_TRIGGER,)

    def load(self, desk: Desk) -> Loaded[TriggerDraft]:
        head = cases.case_head(desk, CaseId(self.case_id))
        draft = TriggerDraft(self.args.get("why", ""))
        return Loaded(draft, "Something happened", f"{head.known_as}, {head.code}")

    def build(self, loaded: Loaded[TriggerDraft]) -> None:
        desk = self.context.desk
        self.why = choice(desk.lists, "review_trigger", "What happened", empty=True)
        self.on = DateField(today=desk.today, what="the day it happened", name="When")
        self.note = TextArea(lines=3)
        put, add = self.content.addWidget, self.add
        put(add("why", Field("What happened", self.why, small_label=True, stretch=False)))
        put(add("on", Field("When", self.on, small_label=True)))
        put(add("note", Field("What you know so far", self.note, small_label=True)))
        put(label(_WHAT_FOR, "muted", wrap=True, measure=72))

    def show_draft(self, draft: TriggerDraft) -> None:
        self.why.set_value(draft.why)
        self.on.set_typed(draft.on)
        self.note.setPlainText(draft.note)

    def read_draft(self) -> TriggerDraft:
        return TriggerDraft(self.why.value, self.on.typed, self.note.text)

    def store(self, desk: Desk, draft: TriggerDraft) -> object:
        return note_trigger(desk, CaseId(self.case_id), draft.why, draft.on, draft.note)
