"""What a review was begun from and could not take over: every such answer named, with its words and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from PySide6.QtWidgets import QWidget

from imsa_desk.domain.assessments import Assessment, answer_key
from imsa_desk.domain.cases import CaseHead
from imsa_desk.domain.forms.words import Said, Speech, one_line, said
from imsa_desk.domain.ids import AssessmentId
from imsa_desk.errors import Refused
from imsa_desk.gui.pages.assessment_earlier import EarlierValue, say_on
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import column
from imsa_desk.gui.widgets.wrapped import WrappedLink
from imsa_desk.services.assessments import assessment, form_of
from imsa_desk.services.carrying import left_behind
from imsa_desk.services.desk import Desk

UNFIT = "Did not fit"


@dataclass(frozen=True, slots=True)
class Unfit:
    """An answer that stands only in the earlier review; `key` is its place now, "" where there is none."""

    key: str
    question: str
    lines: tuple[Said, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Behind:
    """What did not fit of the review of a day; nothing for one that was begun anew."""

    on: date | None = None
    answers: tuple[Unfit, ...] = ()

    def sentence(self, today: date) -> str:
        """Say how many there are and where they stand."""
        of = f"of the review of {say_on(self.on, today)} " if self.on is not None else ""
        if len(self.answers) == 1:
            return f"1 answer {of}did not fit here and stands only there"
        return f"{len(self.answers)} answers {of}did not fit here and stand only there"

    def facts(self, today: date) -> list[Said]:
        """Say each as a line to read."""
        when = f" ({say_on(self.on, today)})" if self.on is not None else ""
        return [Said(f"{UNFIT}{when}: {one.question}", _told(one)) for one in self.answers]

    def beside(self, key: str, earlier: EarlierValue | None, today: date) -> EarlierValue | None:
        """Give what stands beside a question: its earlier answer, and what did not fit in its place."""
        mine = [one for one in self.answers if one.key == key]
        if not mine or self.on is None:
            return earlier
        lines = list(earlier.lines) if earlier is not None else []
        for one in mine:
            lines += [*one.lines, Said(UNFIT, one.why)]
        return EarlierValue(say_on(self.on, today), tuple(lines))


def behind(desk: Desk, value: Assessment, head: CaseHead) -> Behind:
    """Gather what an assessment could not take over of the one it was begun from, in that one's words."""
    left = left_behind(desk, value.line.id) if value.begun_from else ()
    if not left or not value.begun_from:
        return Behind()
    try:
        earlier = assessment(desk, AssessmentId(value.begun_from))
    except Refused:  # it was removed since; what did not fit is still named
        return Behind(None, tuple(Unfit("", one.text, (), one.why) for one in left))
    form, speech = form_of(desk, earlier), Speech(head.known_as, head.pronouns)
    found = []
    for one in left:
        answer = earlier.answers.get(answer_key(one.question_id, one.repeat))
        question = form.question(one.question_id)
        lines = said(form, question, answer, speech, desk.lists) if question is not None else ()
        key = answer_key(one.target, one.repeat) if one.target else ""
        found.append(Unfit(key, one.text, tuple(lines), one.why))
    return Behind(earlier.line.on, tuple(found))


class LeftBehind(QWidget):
    """One line that says how many did not fit, and under it, once pressed, all of them."""

    def __init__(self, left: Behind, today: date) -> None:
        super().__init__()
        self.fold = WrappedLink(left.sentence(today), role="accent_text", size="small")
        self.answers = QWidget()
        parts = column(space=2, margins=(12, 2, 0, 6))
        for one in left.answers:
            parts.addWidget(label(one.question, "strong", wrap=True, measure=78))
            parts.addWidget(label(_told(one), "muted", wrap=True, selectable=True, measure=78))
            parts.addSpacing(6)
        self.answers.setLayout(parts)
        self.setLayout(column(self.fold, self.answers, space=2))
        self.fold.clicked.connect(lambda: self.open_list(self.answers.isHidden()))
        self.open_list(False)

    def open_list(self, opened: bool) -> None:
        """Show all of them, or only how many there are."""
        self.answers.setVisible(opened)
        self.fold.setAccessibleDescription("Hides them" if opened else "Shows them all")


def _told(one: Unfit) -> str:
    return f"{one_line(one.lines).rstrip('.')}. {UNFIT}: {one.why}" if one.lines else f"{UNFIT}: {one.why}"
