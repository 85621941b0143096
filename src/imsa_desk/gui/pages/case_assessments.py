"""CaseAssessments: the reviews of a case, what is due and why, how need moved, and comparing any two."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from imsa_desk.domain.addenda import Added
from imsa_desk.domain.assessments import AssessmentLine
from imsa_desk.domain.dates import say_day, say_full
from imsa_desk.domain.forms.words import Speech
from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.prints import PrintKind
from imsa_desk.gui import theme
from imsa_desk.gui.models import say
from imsa_desk.gui.models.moves import rated
from imsa_desk.gui.models.pen import Pen
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.pages.case_assessments_found import Found, Moves, find
from imsa_desk.gui.pages.case_assessments_side import NextReview, PlanLine
from imsa_desk.gui.pages.case_assessments_tools import Tools, TriggerLines
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.heading import EmptyState, Heading, label
from imsa_desk.gui.widgets.layout import column, overhang, row
from imsa_desk.gui.widgets.movement import MovementChart
from imsa_desk.gui.widgets.page import BasePage
from imsa_desk.gui.widgets.rows import Row, RowList
from imsa_desk.gui.widgets.tag import TagValue
from imsa_desk.vocab import AssessmentState, Kind

_WIDE, _SIDE = 900, 284
_NOTHING = (
    "The review of needs, strengths and safety is talked through here, in any order and over as many "
    "meetings as the person wants. It is kept as a draft until you sign it."
)
_OF_THEMES = "as the themes and the last review have it"


class CaseAssessments(BasePage):
    """Args: case_id."""

    kinds = frozenset(
        {
            Kind.ASSESSMENT, Kind.ANSWER, Kind.SAFETY_RESPONSE, Kind.ADDENDUM, Kind.SAFETY_PLAN,
            Kind.REVIEW_TRIGGER, Kind.THEME_ENTRY, Kind.CASE,
        }
    )  # fmt: skip

    def __init__(self, context: PageContext, pen: Pen) -> None:
        super().__init__((24, 16, 24, 24))
        self._context, self._pen = context, pen
        self._case_id = ""
        self._found = Found()
        self._build_list()
        self._build_moves()
        self._left, self._right = QWidget(), QWidget()
        self._left.setLayout(
            column(
                self.triggers, self._head, 4, overhang(self.rows), self.tools, self.empty, 12,
                self._moves_part, None, space=2,
            )
        )  # fmt: skip
        self._right.setLayout(self._build_side())
        self._sides = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._sides.setSpacing(36)
        self._sides.addWidget(self._left, 1)
        self._sides.addWidget(self._right)
        self.content.addLayout(self._sides)
        self.content.addStretch(1)
        self._show(self._found)
        context.window.bind("assessment.start", self, self.start)
        context.window.bind("print", self, self._print)

    def _build_list(self) -> None:
        self.go = Button("Start…", "plain", icon="plus", shortcut="Ctrl+Shift+A", name="Start an assessment")
        self.go.clicked.connect(self.start)
        self.sentence = label("", "muted", wrap=True)
        self._head = QWidget()
        head = row(self.sentence, self.go, space=12)
        head.setStretch(0, 1)
        self._head.setLayout(head)
        self.triggers = TriggerLines(self._context, self._pen)
        self.triggers.answered.connect(self._answer_trigger)
        self.tools = Tools(self._context.desk, self._pen)
        self.tools.print_pressed.connect(self._print)
        self.tools.add_pressed.connect(self._add)
        self.tools.compare_pressed.connect(self._compare)
        self.rows = RowList("Assessments")
        self.rows.opened.connect(self._open)
        self.rows.acted.connect(self._open)
        self.rows.stepped.connect(self.tools.choose)
        self.empty = EmptyState(
            "No assessments yet", _NOTHING, verb="Start an assessment", shortcut="Ctrl+Shift+A"
        )
        self.empty.pressed.connect(self.start)
        self._pen.holds(self.go, self.empty)

    def _build_moves(self) -> None:
        self.change_title = Heading("How need moved")
        self.change_title.pressed.connect(self._compare_last)
        self.chart = MovementChart("How need moved in each theme")
        self.chart.chosen.connect(self._open_theme)
        self.since = label("", "meta", wrap=True)
        self._moves_part = QWidget()
        self._moves_part.setLayout(column(self.change_title, self.chart, self.since, space=2))

    def _build_side(self) -> QVBoxLayout:
        lists = self._context.desk.lists
        self.due, self.plan = NextReview(lists), PlanLine(lists)
        self.plan.pressed.connect(lambda: self._edit("safety_plan"))
        happened = Button("Something happened…", "link", icon="flag", small=True)
        happened.clicked.connect(lambda: self._edit("trigger"))
        blank = Button("Print a blank form…", "link", icon="print", small=True)
        blank.clicked.connect(lambda: self._edit("print", what=PrintKind.BLANK.value))
        filled = Button("Read in a filled form…", "link", icon="receive", small=True)
        filled.clicked.connect(lambda: self._edit("filled_form"))
        self._pen.holds(self.plan, happened, filled)
        return column(
            self.due, row(happened, None), 20, self.plan, 20, label("On paper", "caps"), row(blank, None),
            row(filled, None), None, space=6,
        )  # fmt: skip

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put what stands beside under the list where there is no room beside it."""
        super().resizeEvent(event)
        wide = self.viewport().width() >= theme.px(_WIDE)
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._sides.setDirection(across if wide else down)
        self._right.setMinimumWidth(theme.px(_SIDE) if wide else 0)
        self._right.setMaximumWidth(theme.px(_SIDE) if wide else 16777215)

    # --- the page protocol ---

    def show_for(self, **args: str) -> None:
        """Show the assessments of a case."""
        self._case_id = args.get("case_id", "")
        self.refresh()

    def refresh(self) -> None:
        """Ask again."""
        desk, case_id = self._context.desk, CaseId(self._case_id)
        if case_id:
            self._context.jobs.run(lambda _: find(desk, case_id), owner=self, then=self._show)

    # --- showing ---

    def _show(self, found: Found) -> None:
        if found.head is not None and found.head.id != self._case_id:
            return
        self._found = found
        some, today = bool(found.lines), self._context.desk.today()
        self.empty.setVisible(not some)
        for part in (self.rows, self._head, self.tools):
            part.setVisible(some)
        self.triggers.show_triggers(found.triggers)
        self.sentence.setText(_sentence(found))
        self.rows.show_rows([self._row(line, found.added.get(line.id, Added())) for line in found.lines])
        self.tools.show_lines(found.lines)
        self.due.show_due(found.due, today)
        self.plan.show_plan(found.plan, today)
        self._show_moves(found)

    def _show_moves(self, found: Found) -> None:
        moves = found.moves
        values = rated(moves.values)
        self._moves_part.setVisible(bool(values) and bool(found.lines))
        title, note, link = _moves_words(moves)
        self.change_title.show_words(title, note=note, link=link)
        speech = Speech(found.head.known_as, found.head.pronouns) if found.head else Speech()
        self.chart.show_values(values, f"{speech.own} own")
        self.since.setVisible(bool(moves.noted_since))
        self.since.setText(
            f"A theme was noted since, on {moves.noted_since}: the Themes tab shows how each stands now."
        )

    def _row(self, line: AssessmentLine, added: Added) -> Row:
        desk, draft = self._context.desk, line.state is AssessmentState.DRAFT
        tags = [TagValue("Draft", "info", "draft") if draft else TagValue("Signed", "neutral", "sealed")]
        if added.countersigned:
            tags.append(TagValue("Countersigned", "good", "check"))
        if added.count:
            tags.append(TagValue(say.counted(added.count, "addition"), "neutral", "plus"))
        if line.highest is not None:
            tags.append(say.risk_tag(line.highest))
        why = [f"{line.answered} of {line.total} answered", line.author]
        if line.form_title:
            why.insert(0, line.form_title)
        return Row(
            line.id,
            desk.lists.label("assessment_type", line.assessment_type),
            when=say_day(line.on, desk.today()),
            icon="draft" if draft else "check-circle",
            why=" · ".join(why),
            verb="Continue" if draft and not self._pen.why else "Open",
            tags=tuple(tags),
        )

    # --- what the person does ---

    def _edit(self, editor: str, **args: str) -> None:
        self._context.open_editor(editor, case_id=self._case_id, **args)

    def start(self) -> None:
        """Ask what it is for; Enter starts what is usual."""
        self._edit("start_assessment")

    def _answer_trigger(self, trigger_id: str) -> None:
        self._edit("start_assessment", assessment_type="event_triggered", trigger_id=trigger_id)

    def _open(self, assessment_id: str) -> None:
        self._context.open("assessment", case_id=self._case_id, assessment_id=assessment_id)

    def _open_theme(self, theme_id: str) -> None:
        self._context.open("case", case_id=self._case_id, tab="themes", theme=theme_id)

    def _compare(self, one_id: str, other_id: str) -> None:
        """Compare two, the later one as it is now."""
        order = [line.id for line in self._found.lines if line.id in (one_id, other_id)]
        if len(order) > 1:
            now_id, before_id = order
            self._context.open("comparison", case_id=self._case_id, now_id=now_id, before_id=before_id)

    def _compare_last(self) -> None:
        moves = self._found.moves
        if moves.now is not None and moves.before is not None:
            self._compare(moves.now.id, moves.before.id)

    def _add(self, assessment_id: str, what: str) -> None:
        self._edit("addendum", assessment_id=assessment_id, what=what)

    def _print(self) -> None:
        """Print the assessment that is chosen, else the newest; without any, a blank form."""
        wanted = self.tools.chosen
        if wanted:
            self._edit("print", assessment_id=wanted)
        else:
            self._edit("print", what=PrintKind.BLANK.value)


def _sentence(found: Found) -> str:
    """Say what is in hand, else how many there are."""
    count = len(found.drafts)
    if count:
        return (
            "One is in hand and not signed yet." if count == 1 else f"{count} are in hand and not signed yet."
        )
    return f"{say.counted(len(found.lines), 'assessment')}, all signed."


def _moves_words(moves: Moves) -> tuple[str, str, str]:
    """Say which story the chart tells, so that it is never taken for another."""
    if moves.before is None or moves.now is None:
        return "How the themes stand", _OF_THEMES, ""
    days = f"{say_full(moves.before.on)} and {say_full(moves.now.on)}"
    return "How need moved", f"between the reviews of {days}", "Compare in words"
