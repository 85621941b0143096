"""CaseAssessments: the assessments of a case, what changed between the last two, and starting one."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QResizeEvent

from imsa_desk.domain.assessments import AssessmentHeader, AssessmentLine
from imsa_desk.domain.dates import say_day, say_full
from imsa_desk.domain.forms import theme_levels
from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.themes import FULL_NAMES, ICONS, LEVEL_WORDS
from imsa_desk.gui import theme
from imsa_desk.gui.models import doing, say
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.choice import Choice, Option
from imsa_desk.gui.widgets.heading import EmptyState, Heading, label
from imsa_desk.gui.widgets.layout import column, overhang, row
from imsa_desk.gui.widgets.page import BasePage
from imsa_desk.gui.widgets.rows import Row, RowList
from imsa_desk.gui.widgets.tag import TagValue
from imsa_desk.services.assessments import assessment, assessments_of, form_of, start_assessment
from imsa_desk.services.desk import Desk
from imsa_desk.vocab import AssessmentState, AssessmentType, Kind, Theme

_ONE_LINE_FROM = 760
_NOTHING = (
    "The review of needs, strengths and safety is talked through here, in any order and over as many "
    "meetings as the person wants. It is kept as a draft until you sign it."
)


@dataclass(frozen=True, slots=True)
class Change:
    """A theme's need level in the last signed assessment and in the one before."""

    theme: Theme
    now: int | None
    before: int | None


@dataclass(frozen=True, slots=True)
class Found:
    """What the tab shows."""

    lines: tuple[AssessmentLine, ...]
    changes: tuple[Change, ...] = ()
    since: str = ""


def find(desk: Desk, case_id: CaseId) -> Found:
    """Gather the assessments of a case and what changed between the last two that were signed."""
    lines = assessments_of(desk, case_id)
    signed = [line for line in lines if line.state is AssessmentState.SIGNED]
    if not signed:
        return Found(lines)
    now = _levels(desk, signed[0])
    before = _levels(desk, signed[1]) if len(signed) > 1 else {}
    known = [one for one in Theme if one in now or one in before]
    changes = tuple(Change(one, now.get(one), before.get(one)) for one in known)
    return Found(lines, changes, say_full(signed[1].on) if len(signed) > 1 else "")


def _levels(desk: Desk, line: AssessmentLine) -> dict[str, int]:
    value = assessment(desk, line.id)
    return theme_levels(form_of(desk, value), value.answers)


def start(context: PageContext, owner: BasePage, case_id: str, kind: str) -> None:
    """Start an assessment of a type as a draft, and open it."""
    desk = context.desk

    def started(result: object) -> None:
        context.open("assessment", case_id=case_id, assessment_id=str(result))

    doing.do(
        context,
        owner,
        lambda: start_assessment(desk, CaseId(case_id), AssessmentHeader(assessment_type=kind)),
        "Assessment started",
        (Kind.ASSESSMENT,),
        then=started,
    )


class CaseAssessments(BasePage):
    """Args: case_id."""

    kinds = frozenset({Kind.ASSESSMENT, Kind.ANSWER, Kind.SAFETY_RESPONSE})

    def __init__(self, context: PageContext) -> None:
        super().__init__((24, 16, 24, 24))
        self._context = context
        self._case_id = ""
        self._found = Found(())
        options = [Option(e.id, e.label) for e in context.desk.lists.entries("assessment_type")]
        self.kind = Choice("Type", options, AssessmentType.INITIAL, name="Type of assessment")
        self.go = Button("Start an assessment", "plain", icon="plus", shortcut="Ctrl+Shift+A")
        self.go.clicked.connect(self.start)
        self.paper = Button("Print…", "quiet", icon="print")
        self.paper.clicked.connect(self._print)
        self.sentence = label("", "muted", wrap=True)
        self.rows = RowList("Assessments")
        self.rows.opened.connect(self._open)
        self.rows.acted.connect(self._open)
        self.empty = EmptyState(
            "No assessments yet", _NOTHING, verb="Start an assessment", shortcut="Ctrl+Shift+A"
        )
        self.empty.pressed.connect(self.start)
        self.change_title = Heading("How needs have changed")
        self.change_rows = RowList("How needs have changed")
        self.change_rows.opened.connect(self._open_theme)
        self._head = row(self.sentence, row(self.paper, self.kind, self.go, None, space=12), space=12)
        self._head.setStretch(0, 1)
        self._list = column(self._head, 8, overhang(self.rows), space=2)
        self._more = column(16, self.change_title, overhang(self.change_rows), space=2)
        self.content.addLayout(self._list)
        self.content.addWidget(self.empty)
        self.content.addLayout(self._more)
        self.content.addStretch(1)
        self._show(self._found)
        context.window.bind("assessment.start", self, self.start)
        context.window.bind("print", self, self._print)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the sentence over the buttons where there is no room beside them."""
        super().resizeEvent(event)
        wide = self.viewport().width() >= theme.px(_ONE_LINE_FROM)
        across, down = self._head.Direction.LeftToRight, self._head.Direction.TopToBottom
        self._head.setDirection(across if wide else down)

    def show_for(self, **args: str) -> None:
        """Show the assessments of a case."""
        self._case_id = args.get("case_id", "")
        self.refresh()

    def refresh(self) -> None:
        """Ask again."""
        desk, case_id = self._context.desk, CaseId(self._case_id)
        if case_id:
            self._context.jobs.run(lambda _: find(desk, case_id), owner=self, then=self._show)

    def start(self) -> None:
        """Go on with the draft that waits, or start one of the chosen type."""
        draft = self._draft()
        if draft is not None:
            words = "Another can be started beside it, but nothing typed in one is carried to the other."
            if not self._context.ask.confirm(
                self,
                "A draft is waiting. Start another?",
                words,
                "Start another",
                leave="Open the draft",
            ):
                self._open(draft.id)
                return
        start(self._context, self, self._case_id, self.kind.value)

    def _draft(self) -> AssessmentLine | None:
        return next((line for line in self._found.lines if line.state is AssessmentState.DRAFT), None)

    def _show(self, found: Found) -> None:
        self._found = found
        lines, some = found.lines, bool(found.lines)
        self.empty.setVisible(not some)
        for part in (self.rows, self.kind, self.go, self.sentence, self.paper):
            part.setVisible(some)
        self.sentence.setText(self._said(lines))
        self.rows.show_rows([self._row(line) for line in lines])
        self.kind.set_value(AssessmentType.REVIEW if some else AssessmentType.INITIAL)
        self.change_title.setVisible(bool(found.changes))
        self.change_rows.setVisible(bool(found.changes))
        note = f"since {found.since}" if found.since else "as the advocate rated them"
        self.change_title.show_words("How needs have changed" if found.since else "Needs", note=note)
        self.change_rows.show_rows([_change_row(change) for change in found.changes])

    def _said(self, lines: tuple[AssessmentLine, ...]) -> str:
        if self._draft() is not None:
            return "One is in hand and not signed yet."
        review = next((line.review_on for line in lines if line.review_on is not None), None)
        if review is None:
            return ""
        today = self._context.desk.today()
        return f"Next review {say_day(review, today)}, {say.until(review, today)}."

    def _row(self, line: AssessmentLine) -> Row:
        desk, draft = self._context.desk, line.state is AssessmentState.DRAFT
        state = TagValue("Draft", "info", "draft") if draft else TagValue("Signed", "neutral", "sealed")
        risk = (say.risk_tag(line.highest),) if line.highest is not None else ()
        why = [f"{line.answered} of {line.total} answered", line.author]
        if line.review_on is not None:
            why.append(f"review on {say_day(line.review_on, desk.today())}")
        return Row(
            line.id,
            desk.lists.label("assessment_type", line.assessment_type),
            when=say_day(line.on, desk.today()),
            icon="draft" if draft else "check-circle",
            why=" · ".join(why),
            verb="Continue" if draft else "Open",
            tags=(state, *risk),
        )

    def _open(self, assessment_id: str) -> None:
        self._context.open("assessment", case_id=self._case_id, assessment_id=assessment_id)

    def _open_theme(self, theme_id: str) -> None:
        self._context.open("case", case_id=self._case_id, tab="themes", theme=theme_id)

    def _print(self) -> None:
        """Print the assessment the keyboard stands on, else the newest."""
        lines = self._found.lines
        wanted = self.rows.current_id or (lines[0].id if lines else "")
        if wanted:
            self._context.open_editor("print", case_id=self._case_id, assessment_id=wanted)


def _change_row(change: Change) -> Row:
    words = LEVEL_WORDS[change.now] if change.now is not None else "not discussed"
    if change.before is None:
        note = ""
    elif change.now == change.before:
        note = "no change"
    else:
        note = f"before: {LEVEL_WORDS[change.before]}"
    return Row(change.theme, words, who=FULL_NAMES[change.theme], note=note, icon=ICONS[change.theme])
