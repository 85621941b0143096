"""FilledFormEditor: read a form that was filled in on a screen, look at what was found, and put it in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from imsa_desk.domain.assessments import AnswerDraft, AssessmentHeader, AssessmentLine
from imsa_desk.domain.dates import say_day
from imsa_desk.domain.forms import Form
from imsa_desk.domain.forms.words import Speech, one_line, said
from imsa_desk.domain.ids import AssessmentId, CaseId
from imsa_desk.errors import Broken, ImsaError, Problem, Refused
from imsa_desk.gui.models import say
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.choice import Choice, Option
from imsa_desk.gui.widgets.errors import ErrorSummary
from imsa_desk.gui.widgets.fields import Field
from imsa_desk.gui.widgets.heading import Heading, Title, label
from imsa_desk.gui.widgets.layout import Line, PageScroll, SidePanel, column, empty, overhang, row
from imsa_desk.gui.widgets.rows import Row, RowList
from imsa_desk.progress import Progress
from imsa_desk.services.assessments import assessment, assessments_of, save_section, start_assessment
from imsa_desk.services.cases import case_head
from imsa_desk.services.desk import Desk
from imsa_desk.services.fillable import Checked, FilledForm, check_filled, read_filled
from imsa_desk.services.forms import form_named
from imsa_desk.vocab import AssessmentState, AssessmentType, Kind

_WHAT = (
    "Choose a form of this program that was filled in on a screen. It is read in a part of the program that "
    "is closed off, and nothing is stored before you have looked at what was found."
)
_AFTER = (
    "What the file holds stands in it in the clear. Delete it once its answers are in, and where it was sent "
    "from too."
)
_NEW = "new"


@dataclass(frozen=True, slots=True)
class Read:
    """A filled form as it was understood, and the drafts in hand that it would fit into."""

    filled: FilledForm
    form: Form
    checked: Checked
    speech: Speech
    drafts: tuple[AssessmentLine, ...]


@dataclass(frozen=True, slots=True)
class Put:
    """Where the answers went, and how many were put in and left as they stood."""

    id: AssessmentId
    taken: int
    kept: int
    refused: tuple[Problem, ...]


def understand(desk: Desk, case_id: CaseId, filled: FilledForm) -> Read:
    """Turn fields into answers, and find the drafts they could go into."""
    checked = check_filled(desk, filled)
    head = case_head(desk, case_id)
    lines = assessments_of(desk, case_id)
    return Read(
        filled,
        form_named(desk, filled.form_id, filled.version),
        checked,
        Speech(head.known_as, head.pronouns),
        tuple(
            line
            for line in lines
            if line.state is AssessmentState.DRAFT
            and (line.form_id, line.form_version) == (filled.form_id, filled.version)
        ),
    )


def put_in(desk: Desk, case_id: CaseId, read: Read, into: str, kind: str) -> Put:
    """Put the answers into a draft in hand or a new one; what is answered there already stays as it is."""
    if into == _NEW:
        where = start_assessment(desk, case_id, AssessmentHeader(assessment_type=kind), read.form.id)
    else:
        where = AssessmentId(into)
    there = assessment(desk, where).answers
    wanted = [draft for draft in read.checked.drafts if draft.key not in there]
    refused: list[Problem] = []
    for section in read.form.sections:
        ids = {one.id for question in section.questions for one in (question, *question.members)}
        refused += _save(desk, where, section.id, [one for one in wanted if one.question_id in ids])
    kept = len(read.checked.drafts) - len(wanted)
    return Put(where, len(wanted) - len(refused), kept, tuple(refused))


def _save(
    desk: Desk, where: AssessmentId, section_id: str, drafts: Sequence[AnswerDraft]
) -> Sequence[Problem]:
    """Save a section's answers; those that cannot be kept are left out and named."""
    if not drafts:
        return ()
    try:
        save_section(desk, where, section_id, drafts)
    except Refused as error:
        fields = {problem.field for problem in error.problems}
        rest = [one for one in drafts if one.key not in fields and one.question_id not in fields]
        if len(rest) == len(drafts):
            raise
        return (*error.problems, *_save(desk, where, section_id, rest))
    return ()


class FilledFormEditor(QWidget):
    """Args: case_id."""

    kinds: frozenset[str] = frozenset()

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self._case_id = CaseId("")
        self._read: Read | None = None
        self.heading = Title("Read in a filled form", "")
        self.summary = ErrorSummary()
        self.choose_button = Button("Choose the file…", "plain", icon="receive")
        self.choose_button.clicked.connect(self.choose)
        self.busy = label("Reading…", "muted")
        self.into = Choice("", (), tall=True, name="Put into")
        self.into.chosen.connect(lambda _: self._fit())
        self.kind = Choice("", (), tall=True, name="What it is for")
        self.put_button = Button("Put the answers in", "primary", shortcut="Ctrl+Enter")
        self.put_button.clicked.connect(self.put)
        self.found = QWidget()
        self._found = QVBoxLayout(self.found)
        self._found.setContentsMargins(12, 0, 12, 0)
        self._found.setSpacing(8)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self).activated.connect(self.put)
        self._build()

    def _build(self) -> None:
        self.sheet = PageScroll((24, 8, 24, 16))
        content = self.sheet.content
        content.addWidget(self.summary)
        content.addWidget(label(_WHAT, "muted", wrap=True, measure=84))
        content.addLayout(row(self.choose_button, self.busy, None))
        self._where = QWidget()
        self.kind_field = Field("What it is for", self.kind, small_label=True, stretch=False)
        into = Field("Put them into", self.into, small_label=True, stretch=False)
        self._where.setLayout(row(into, self.kind_field, None, space=16))
        content.addLayout(overhang(self.found))
        content.addWidget(self._where)
        content.addStretch(1)
        close = Button("Close", "quiet")
        close.clicked.connect(lambda: self.window().close())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(row(self.heading, margins=(24, 14, 24, 6)))
        layout.addWidget(self.sheet, 1)
        layout.addWidget(Line())
        layout.addLayout(row(self.put_button, close, None, margins=(24, 10, 24, 12)))
        for part in (self.busy, self.found, self._where, self.put_button):
            part.hide()

    # --- the editor protocol ---

    def show_for(self, **args: str) -> None:
        """Ask for a file for this case."""
        self._case_id = CaseId(args.get("case_id", ""))
        self.choose_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self) -> None:
        """Ask for nothing: what was read stays as it was."""

    def flush(self) -> None:
        """Store nothing: what was read is in the file still."""

    # --- reading ---

    def choose(self) -> None:
        """Ask for the file, and read it."""
        path = self._context.ask.open_file(self, "Read in a filled form", "Filled forms (*.pdf)")
        if path is not None:
            self.read(path)

    def read(self, path: Path) -> None:
        """Read a file in the limited child, then compare it with the form it says it is."""
        self.summary.clear({})
        for part in (self.found, self._where, self.put_button):
            part.hide()
        self.busy.show()

        def work(progress: Progress) -> FilledForm:
            return read_filled(_bytes(path), progress)

        self._context.jobs.run(work, owner=self, then=self._understand, otherwise=self._failed, lane="free")

    def _understand(self, filled: FilledForm) -> None:
        desk, case_id = self._context.desk, self._case_id
        self._context.jobs.run(
            lambda _: understand(desk, case_id, filled), owner=self, then=self._show, otherwise=self._failed
        )

    def _failed(self, error: ImsaError) -> None:
        self.busy.hide()
        self.summary.show_problems([Problem("", error.message)])

    # --- showing ---

    def _show(self, read: Read) -> None:
        self._read = read
        self.busy.hide()
        empty(self._found)
        count = len(read.checked.drafts)
        note = f"in {read.form.title}, version {read.form.version}"
        self._found.addWidget(Heading(f"{say.counted(count, 'answer')} found", note=note))
        self._found.addLayout(overhang(self._list(read)))
        if read.checked.left:
            self._found.addWidget(self._left_panel(read))
        self._found.addWidget(label(_AFTER, "meta", wrap=True, measure=96))
        today = self._context.desk.today()
        drafts = [
            Option(line.id, f"{self._kind_words(line.assessment_type)}, {say_day(line.on, today)}")
            for line in read.drafts
        ]
        first = drafts[0].id if drafts else _NEW
        self.into.set_options([*drafts, Option(_NEW, "A new assessment")], first)
        kinds = read.form.serves or tuple(one.value for one in AssessmentType)
        options = [Option(one, self._kind_words(one)) for one in kinds]
        self.kind.set_options(options, options[0].id if options else "")
        self._fit()
        self.found.show()
        self._where.setVisible(bool(count))
        self.put_button.setVisible(bool(count))

    def _kind_words(self, kind: str) -> str:
        return self._context.desk.lists.label("assessment_type", kind)

    def _fit(self) -> None:
        self.kind_field.setVisible(self.into.value == _NEW)

    def _list(self, read: Read) -> RowList:
        rows = []
        order = {question.id: at for at, question in enumerate(read.form.questions())}
        for draft in sorted(read.checked.drafts, key=lambda one: (order.get(one.question_id, 0), one.repeat)):
            question = read.form.question(draft.question_id)
            if question is not None:
                words = one_line(said(read.form, question, draft, read.speech))
                rows.append(Row(draft.key, f"{question.number} {question.text}".strip(), why=words or " "))
        made = RowList("Answers found")
        made.show_rows(rows)
        return made

    def _left_panel(self, read: Read) -> SidePanel:
        """Show what does not fit, with the words as they stand in the file."""
        parts: list[QWidget] = [label("Does not fit, and is not put in", "strong")]
        for one in read.checked.left:
            said_there = label(f"“{one.value}”", wrap=True, selectable=True)
            parts.append(label(f"{one.question}: {one.why}", "caution", wrap=True))
            parts.append(said_there)
        return SidePanel(column(*parts, space=2))

    # --- putting in ---

    def put(self) -> None:
        """Put the answers in, and open where they are."""
        if self._read is None or self.put_button.isHidden() or not self.put_button.isEnabled():
            return
        desk, case_id, read = self._context.desk, self._case_id, self._read
        into, kind = self.into.value, self.kind.value
        self.put_button.setEnabled(False)
        self._context.jobs.run(
            lambda _: put_in(desk, case_id, read, into, kind),
            owner=self,
            then=self._was_put,
            otherwise=self._not_put,
        )

    def _not_put(self, error: ImsaError) -> None:
        self.put_button.setEnabled(True)
        self._failed(error)

    def _was_put(self, put: Put) -> None:
        self._context.bridge.announce_change((Kind.ASSESSMENT, Kind.ANSWER))
        words = f"{say.counted(put.taken, 'answer')} put in"
        kept = f"; {put.kept} answered there already stay as they are" if put.kept else ""
        self._context.toast(f"{words}{kept}")
        if put.refused:
            named = "; ".join(one.text for one in put.refused)
            self._context.bridge.tell(f"Not put in: {named}")
        self._context.open("assessment", case_id=self._case_id, assessment_id=put.id)
        self.window().close()


def _bytes(path: Path) -> bytes:
    """Read a file. Raises Broken when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise Broken("This file cannot be read. Check that it is there and not open elsewhere.") from error
