"""CloseCaseEditor: close a case with its reason and day; changing its status opens it again."""

from __future__ import annotations

from dataclasses import dataclass

from imsa_desk.domain.dates import say_full
from imsa_desk.domain.ids import CaseId
from imsa_desk.gui.forms.editor import Editor, Loaded
from imsa_desk.gui.forms.picks import choice
from imsa_desk.gui.widgets.datefield import DateField
from imsa_desk.gui.widgets.fields import Field
from imsa_desk.services import cases
from imsa_desk.services.desk import Desk
from imsa_desk.vocab import Kind


@dataclass(frozen=True, slots=True)
class Closing:
    """What is asked to close a case."""

    reason: str = ""
    on: str = ""


class CloseCaseEditor(Editor[Closing]):
    """Args: case_id."""

    id = "close_case"
    draft_type = Closing
    verb = "Close case"
    done = "Case closed"
    changes = (Kind.CASE,)
    keeps_draft = False

    def load(self, desk: Desk) -> Loaded[Closing]:
        head = cases.case_head(desk, CaseId(self.case_id))
        words = "The record stays as it is. It leaves the caseload, where closed cases can be shown again."
        return Loaded(Closing(on=say_full(desk.today())), f"Close {head.known_as}’s case", words)

    def build(self, loaded: Loaded[Closing]) -> None:
        self.reason = choice(self.context.desk.lists, "closure_reason", "Why it is closed", empty=True)
        self.on = DateField(
            today=self.context.desk.today, what="the day the case was closed", name="Closed on"
        )
        why = Field("Why it is closed", self.reason, small_label=True, stretch=False)
        self.content.addWidget(self.add("closure_reason", why))
        self.content.addWidget(self.add("closed_on", Field("Closed on", self.on, small_label=True)))

    def show_draft(self, draft: Closing) -> None:
        self.reason.set_value(draft.reason)
        self.on.set_typed(draft.on)

    def read_draft(self) -> Closing:
        return Closing(self.reason.value, self.on.typed)

    def store(self, desk: Desk, draft: Closing) -> object:
        cases.close_case(desk, CaseId(self.case_id), draft.reason, draft.on)
        return None
