"""AddendumEditor: a correction, an addition or a supervisor's countersignature after a review was signed."""

from __future__ import annotations

from imsa_desk.domain.addenda import AddendumDraft
from imsa_desk.domain.dates import say_full
from imsa_desk.domain.ids import AssessmentId
from imsa_desk.gui.forms.editor import Editor, Loaded
from imsa_desk.gui.forms.picks import PickOne, choice
from imsa_desk.gui.widgets.choice import Option
from imsa_desk.gui.widgets.fields import Field, TextArea, TextLine
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import row
from imsa_desk.services.addenda import add_addendum
from imsa_desk.services.assessments import assessment, form_of
from imsa_desk.services.desk import Desk
from imsa_desk.vocab import AddendumKind, Kind

_HELP = {
    AddendumKind.CORRECTION: "Say what was written, what is right, and how you know.",
    AddendumKind.ADDITION: "What came to light, or was said, after it was signed.",
    AddendumKind.COUNTERSIGNATURE: "Who has read the review and stands by it. One line is enough, or none.",
}
_SEALED = (
    "The review stays as it was signed. What you add is sealed with it, with your name and the time, and "
    "prints after it. It cannot be changed: it can only be taken back with Undo, until something else is "
    "added."
)


class AddendumEditor(Editor[AddendumDraft]):
    """Args: case_id, assessment_id; what and question_id to start with."""

    id = "addendum"
    draft_type = AddendumDraft
    verb = "Add and seal"
    done = "Added to the signed review"
    changes = (Kind.ADDENDUM, Kind.ASSESSMENT)
    subject_args = ("assessment_id", "what", "question_id")

    def load(self, desk: Desk) -> Loaded[AddendumDraft]:
        value = assessment(desk, AssessmentId(self.subject))
        form = form_of(desk, value)
        questions = [
            Option(one.id, f"{one.number} {one.text}".strip())
            for section in form.sections
            for one in section.questions
            if one.number
        ]
        kind = desk.lists.label("assessment_type", value.line.assessment_type)
        draft = AddendumDraft(
            what=self.args.get("what") or AddendumKind.ADDITION, question_id=self.args.get("question_id", "")
        )
        title = f"{kind}, {say_full(value.line.on)}"
        return Loaded(draft, f"Add to: {title}", "", {"questions": questions})

    def build(self, loaded: Loaded[AddendumDraft]) -> None:
        self.what = choice(self.context.desk.lists, "addendum_kind", "What you add")
        self.what.chosen.connect(lambda _: self._fit())
        self.question = PickOne(loaded.values["questions"], name="About which question", width=48)
        self.text = TextArea(lines=4)
        self.name, self.role = TextLine(width=26), TextLine(width=26)
        self.help = label("", "meta", wrap=True)
        add, put = self.add, self.content.addWidget
        put(label(_SEALED, "muted", wrap=True, measure=78))
        put(add("what", Field("What you add", self.what, small_label=True, stretch=False)))
        put(self.help)
        put(
            add(
                "question_id",
                Field(
                    "About which question", self.question, help="Leave it empty for the whole review.",
                    small_label=True,
                ),
            )
        )  # fmt: skip
        self.who = row(
            add("name", Field("Supervisor’s name", self.name, small_label=True)),
            add("role", Field("Their role", self.role, small_label=True)),
            space=10,
        )
        self.content.addLayout(self.who)
        put(add("text", Field("What is to be added", self.text, small_label=True)))

    def _fit(self) -> None:
        """Ask for a name only where somebody countersigns, and about a question only where none does."""
        signs = self.what.value == AddendumKind.COUNTERSIGNATURE
        self.help.setText(_HELP.get(AddendumKind(self.what.value), ""))
        for key in ("name", "role"):
            self.fields[key].setVisible(signs)
        self.fields["question_id"].setVisible(not signs)

    def first_field(self) -> str:
        return "name" if self.what.value == AddendumKind.COUNTERSIGNATURE else "text"

    def show_draft(self, draft: AddendumDraft) -> None:
        self.what.set_value(draft.what)
        self.question.set_value(draft.question_id)
        self.text.setPlainText(draft.text)
        self.name.setText(draft.name)
        self.role.setText(draft.role)
        self._fit()

    def read_draft(self) -> AddendumDraft:
        signs = self.what.value == AddendumKind.COUNTERSIGNATURE
        return AddendumDraft(
            what=self.what.value,
            text=self.text.text,
            question_id="" if signs else self.question.value,
            name=self.name.text() if signs else "",
            role=self.role.text() if signs else "",
        )

    def store(self, desk: Desk, draft: AddendumDraft) -> object:
        return add_addendum(desk, AssessmentId(self.subject), draft)
