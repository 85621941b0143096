"""SafetyResponseEditor: what was done at once about a danger, who was told and when, beside the protocol."""

from __future__ import annotations

from imsa_desk.domain.ids import AssessmentId, CaseId
from imsa_desk.domain.safety import SafetyResponseDraft
from imsa_desk.gui.forms.editor import Editor, Loaded
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.datefield import DateField
from imsa_desk.gui.widgets.fields import Field, TextArea, TextLine
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import SidePanel, row
from imsa_desk.services import assessments, cases, safety
from imsa_desk.services.desk import Desk
from imsa_desk.vocab import Kind


class SafetyResponseEditor(Editor[SafetyResponseDraft]):
    """Args: case_id; assessment_id, question_id and why when an answer was urgent."""

    id = "safety_response"
    draft_type = SafetyResponseDraft
    verb = "Record what was done"
    done = "Safety response recorded; it stays on Today until closed"
    changes = (Kind.SAFETY_RESPONSE,)
    subject_args = ("question_id", "assessment_id")

    def load(self, desk: Desk) -> Loaded[SafetyResponseDraft]:
        head = cases.case_head(desk, CaseId(self.case_id))
        draft = SafetyResponseDraft(
            case_id=self.case_id,
            assessment_id=self.args.get("assessment_id", ""),
            question_id=self.subject,
            why=self.args.get("why", "") or _why(desk, self.args.get("assessment_id", ""), self.subject),
            told_on="today",
        )
        values = {"protocol": safety.protocol(desk, self.subject)}
        return Loaded(
            draft, f"Safety of {head.known_as}", "What was done now, who was told, and when.", values
        )

    def build(self, loaded: Loaded[SafetyResponseDraft]) -> None:
        desk = self.context.desk
        self.why, self.done_now = TextArea(lines=1), TextArea(lines=3)
        self.told_who, self.told_time = TextLine(), TextLine(width=8)
        self.told_on = DateField(today=desk.today, what="the day they were told", name="Told on")
        protocol = label(loaded.values["protocol"], wrap=True, selectable=True)
        put, add = self.content.addWidget, self.add
        put(add("why", Field("What the danger is", self.why, small_label=True)))
        put(add("done_now", Field("What was done now", self.done_now, small_label=True)))
        who = Field("Who was told", self.told_who, help="or that nobody was, and why", small_label=True)
        put(add("told_who", who))
        on = add("told_on", Field("On", self.told_on, small_label=True))
        at = add("told_time", Field("At", self.told_time, small_label=True, stretch=False))
        self.content.addLayout(row(on, at, space=10))
        plan = Button("Open the safety plan", "link", icon="shield", small=True)
        plan.clicked.connect(lambda: self.context.open_editor("safety_plan", case_id=self.case_id))
        put(SidePanel(label("The organisation’s protocol", "strong"), protocol, row(plan, None)))

    def first_field(self) -> str:
        return "done_now" if self.loaded and self.loaded.draft.why else "why"

    def show_draft(self, draft: SafetyResponseDraft) -> None:
        self.why.setPlainText(draft.why)
        self.done_now.setPlainText(draft.done_now)
        self.told_who.setText(draft.told_who)
        self.told_on.set_typed(draft.told_on)
        self.told_time.setText(draft.told_time)

    def read_draft(self) -> SafetyResponseDraft:
        return SafetyResponseDraft(
            case_id=self.case_id,
            assessment_id=self.args.get("assessment_id", ""),
            question_id=self.subject,
            why=self.why.text,
            done_now=self.done_now.text,
            told_who=self.told_who.text(),
            told_on=self.told_on.typed,
            told_time=self.told_time.text(),
        )

    def store(self, desk: Desk, draft: SafetyResponseDraft) -> object:
        return safety.record_response(desk, draft)


def _why(desk: Desk, assessment_id: str, question_id: str) -> str:
    """Say what the danger is, in the words of the question that was answered."""
    if not assessment_id:
        return ""
    found = assessments.urgent_of(desk, AssessmentId(assessment_id))
    return next((f"{one.question}. {one.why}" for one in found if one.question_id == question_id), "")
