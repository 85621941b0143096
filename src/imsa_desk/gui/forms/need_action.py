"""NeedActionEditor: one step from a need in a review to something that somebody does by a day."""

from __future__ import annotations

from dataclasses import dataclass, field

from imsa_desk.domain.actions import Action, ActionDraft
from imsa_desk.domain.dates import say_day
from imsa_desk.domain.ids import AssessmentId, CaseId
from imsa_desk.domain.themes import SHORT_NAMES
from imsa_desk.gui.forms.action_rows import PROFESSIONAL, owners
from imsa_desk.gui.forms.editor import Editor, Loaded
from imsa_desk.gui.widgets.choice import Choice, Option
from imsa_desk.gui.widgets.datefield import DateField
from imsa_desk.gui.widgets.fields import Field, TextLine
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import SidePanel, row
from imsa_desk.services import cases, professionals
from imsa_desk.services.assessments import assessment, form_of
from imsa_desk.services.desk import Desk
from imsa_desk.services.targets import TARGETS, made_from, turn_into
from imsa_desk.vocab import Kind, OwnerKind, Theme


@dataclass(frozen=True, slots=True)
class NeedActionDraft:
    """What a need is turned into, and what was typed about it."""

    target: str = "action"
    action: ActionDraft = field(default_factory=ActionDraft)


class NeedActionEditor(Editor[NeedActionDraft]):
    """Args: case_id, assessment_id and key, the answer's key."""

    id = "need_action"
    draft_type = NeedActionDraft
    verb = "Agree it"
    done = "Added to what was agreed"
    changes = (Kind.ACTION,)
    subject_args = ("key", "assessment_id")

    @property
    def _assessment_id(self) -> AssessmentId:
        return AssessmentId(self.args.get("assessment_id", ""))

    def load(self, desk: Desk) -> Loaded[NeedActionDraft]:
        head = cases.case_head(desk, CaseId(self.case_id))
        value = assessment(desk, self._assessment_id)
        form = form_of(desk, value)
        question = form.question(self.subject.partition("#")[0])
        section = form.section_of(self.subject.partition("#")[0])
        answer = value.answers.get(self.subject)
        said = answer.value if answer is not None else {}
        owner = str(said.get("owner") or OwnerKind.IMSA)
        action = ActionDraft(
            text=str(said.get("next_step") or ""),
            owner=owner if owner != OwnerKind.PROFESSIONAL else OwnerKind.IMSA,
            theme=section.theme if section is not None else "",
        )
        people = [i.professional for i in professionals.involvements_of(desk, head.id) if i.ended_on is None]
        values = {
            "head": head,
            "people": people,
            "made": made_from(desk, value.line.id).get(self.subject, ()),
        }
        about = f"{question.number} {question.text}".strip() if question is not None else ""
        return Loaded(NeedActionDraft(action=action), "What happens next", about, values)

    def build(self, loaded: Loaded[NeedActionDraft]) -> None:
        answers = owners(loaded.values["head"].known_as, loaded.values["people"])
        targets = [Option(one.id, one.words) for one in TARGETS.values()]
        self.target = Choice("", targets, tall=True, name="What it becomes")
        self.what = TextLine()
        self.who = Choice("", answers, OwnerKind.IMSA, tall=True, name="Who will do it")
        self.due = DateField(
            today=self.context.desk.today, ahead=True, what="the day it is due", name="By when"
        )
        themes = [Option(one, SHORT_NAMES[one]) for one in Theme]
        self.theme = Choice("", themes, "", empty="none", may_be_empty=True, tall=True, name="Theme")
        self._show_made(loaded.values["made"])
        put, add = self.content.addWidget, self.add
        target = add("target", Field("What it becomes", self.target, small_label=True, stretch=False))
        target.setVisible(len(targets) > 1)
        put(target)
        put(add("actions.0.text", Field("What was agreed", self.what, small_label=True)))
        who = add("actions.0.owner", Field("Who will do it", self.who, small_label=True, stretch=False))
        about = add("theme", Field("Theme", self.theme, small_label=True, stretch=False))
        self.content.addLayout(row(who, about, None, space=16))
        put(add("actions.0.due_on", Field("By when", self.due, small_label=True)))
        self.fields["text"] = self.fields["actions.0.text"]
        self.fields["actions.0.professional_id"] = self.fields["actions.0.owner"]

    def _show_made(self, made: tuple[Action, ...]) -> None:
        """Show what this need has led to already, so that nothing is agreed twice."""
        if not made:
            return
        today = self.context.desk.today()
        lines = [label("Agreed from this already", "caps")]
        for one in made:
            due = f", by {say_day(one.due_on, today)}" if one.due_on is not None else ""
            lines.append(label(f"{one.owner_name}: {one.text}{due}", wrap=True))
        self.content.addWidget(SidePanel(*lines, space=2))

    def first_field(self) -> str:
        typed = self.loaded is not None and self.loaded.draft.action.text
        return "actions.0.due_on" if typed else "actions.0.text"

    def show_draft(self, draft: NeedActionDraft) -> None:
        action = draft.action
        self.target.set_value(draft.target)
        self.what.setText(action.text)
        self.who.set_value(
            f"{PROFESSIONAL}{action.professional_id}" if action.professional_id else action.owner
        )
        self.due.set_typed(action.due_on)
        self.theme.set_value(action.theme)

    def read_draft(self) -> NeedActionDraft:
        owner, who = self.who.value, ""
        if owner.startswith(PROFESSIONAL):
            owner, who = OwnerKind.PROFESSIONAL, owner[len(PROFESSIONAL) :]
        action = ActionDraft(self.what.text(), owner, who, self.due.typed, self.theme.value)
        return NeedActionDraft(self.target.value, action)

    def store(self, desk: Desk, draft: NeedActionDraft) -> object:
        return turn_into(desk, self._assessment_id, self.subject, draft.target, draft.action)
