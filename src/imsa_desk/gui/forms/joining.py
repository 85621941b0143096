"""JoiningForm: how this vault joins: as an advocate's or a supervisor's, as a first or a second laptop."""

from __future__ import annotations

from dataclasses import dataclass

from imsa_desk.gui.forms.editor import Editor, Loaded
from imsa_desk.gui.widgets.choice import Choice, Option
from imsa_desk.gui.widgets.fields import Field, TextLine
from imsa_desk.gui.widgets.heading import label
from imsa_desk.services.desk import Desk
from imsa_desk.services.desk_trust import standing
from imsa_desk.services.joining import request_file

_ROLES = (Option("advocate", "An advocate"), Option("supervisor", "A supervisor"))
_DECIDES = "The office decides which role the vault gets. Afterwards save the joining request again."
_SECOND = (
    "Only where you are enrolled already with another laptop. Its number stands beside its own joining "
    "request; the office names it too, and then both laptops write as you."
)


@dataclass(frozen=True, slots=True)
class JoiningDraft:
    """What was typed about how the vault joins."""

    role: str = "advocate"
    second_of: str = ""


class JoiningForm(Editor[JoiningDraft]):
    """No args."""

    id = "joining"
    draft_type = JoiningDraft
    verb = "Set how this vault joins"
    done = "Set. Save the joining request again for the office"
    keeps_draft = False

    def load(self, desk: Desk) -> Loaded[JoiningDraft]:
        found = standing(desk)
        return Loaded(JoiningDraft(found.role.value, found.second_of), "How this vault joins")

    def build(self, loaded: Loaded[JoiningDraft]) -> None:
        self.role = Choice("", _ROLES, tall=True, name="I join as")
        self.second_of = TextLine(name="Number of my first laptop’s vault", width=34)
        put = self.content.addWidget
        put(self.add("role", Field("I join as", self.role, small_label=True, stretch=False)))
        put(label(_DECIDES, "muted", wrap=True, measure=72))
        put(
            self.add(
                "second_of", Field("Number of my first laptop’s vault", self.second_of, small_label=True)
            )
        )
        put(label(_SECOND, "muted", wrap=True, measure=72))

    def show_draft(self, draft: JoiningDraft) -> None:
        self.role.set_value(draft.role)
        self.second_of.setText(draft.second_of)

    def read_draft(self) -> JoiningDraft:
        return JoiningDraft(self.role.value, self.second_of.text())

    def store(self, desk: Desk, draft: JoiningDraft) -> object:
        return request_file(desk, role=draft.role, second_of=draft.second_of)
