"""StartAssessment: what an assessment is for, on which form, and whether it begins from the last one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QWidget

from imsa_desk.domain.assessments import AssessmentHeader, AssessmentLine
from imsa_desk.domain.dates import say_day, say_full
from imsa_desk.domain.forms.carry import Left
from imsa_desk.domain.ids import AssessmentId, CaseId
from imsa_desk.domain.review_cycle import Trigger
from imsa_desk.gui.forms.editor import Editor, Loaded
from imsa_desk.gui.forms.picks import common_first
from imsa_desk.gui.models import say
from imsa_desk.gui.widgets.choice import Choice, Option
from imsa_desk.gui.widgets.fields import Dot, Field, TextLine, Tick
from imsa_desk.gui.widgets.heading import Heading, label
from imsa_desk.gui.widgets.layout import column, overhang
from imsa_desk.gui.widgets.rows import Row, RowList
from imsa_desk.services import cases
from imsa_desk.services.assessments import assessments_of, start_assessment
from imsa_desk.services.carrying import left_behind
from imsa_desk.services.desk import Desk
from imsa_desk.services.forms import FormEntry, form_named, forms_for
from imsa_desk.services.review_cycle import next_due, open_triggers
from imsa_desk.vocab import AssessmentState, AssessmentType, Kind

_BEGIN_HELP = (
    "Its answers stand in the new one, each marked as not asked again until you confirm or change it. The "
    "old one stays exactly as it was signed."
)
_NO_FORM = "No form here is meant for this yet. Add one on the Forms page, or choose something else."


@dataclass(frozen=True, slots=True)
class StartDraft:
    """What is to be started."""

    assessment_type: str = ""
    form_id: str = ""
    trigger: str = ""
    begin_from: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Started:
    """A draft that was started, and the earlier answers that did not fit its form."""

    id: AssessmentId
    left: tuple[Left, ...]


class StartAssessment(Editor[StartDraft]):
    """Args: case_id; assessment_type and trigger_id to begin with an answer to what happened."""

    id = "start_assessment"
    draft_type = StartDraft
    verb = "Start"
    done = "Assessment started"
    changes = (Kind.ASSESSMENT, Kind.ANSWER)
    subject_args = ("assessment_type", "trigger_id")
    keeps_draft = False

    def load(self, desk: Desk) -> Loaded[StartDraft]:
        case_id = CaseId(self.case_id)
        head = cases.case_head(desk, case_id)
        lines, triggers = assessments_of(desk, case_id), open_triggers(desk, case_id)
        forms = {kind.value: forms_for(desk, kind) for kind in AssessmentType}
        languages = {one.id: _languages(desk, one) for entries in forms.values() for one in entries}
        due = next_due(desk, case_id)
        signed = any(line.state is AssessmentState.SIGNED for line in lines)
        kind = self.subject or (due.what if due and signed else "")
        draft = StartDraft(kind or (AssessmentType.REVIEW if signed else AssessmentType.INITIAL))
        wanted = self.args.get("trigger_id") or (due.trigger_id if due else None)
        chosen = next((one for one in triggers if one.id == wanted), None)
        if chosen is not None:
            draft = replace(draft, trigger=trigger_words(desk, chosen))
        values = {"lines": lines, "forms": forms, "languages": languages}
        return Loaded(draft, "Start an assessment", f"{head.known_as}, {head.code}", values)

    # --- building ---

    def build(self, loaded: Loaded[StartDraft]) -> None:
        self._lines: tuple[AssessmentLine, ...] = loaded.values["lines"]
        self._forms: Mapping[str, tuple[FormEntry, ...]] = loaded.values["forms"]
        self._languages: Mapping[str, tuple[str, ...]] = loaded.values["languages"]
        self._build_waiting()
        self.content.addWidget(self._build_types())
        self.form = Choice("", (), tall=True, name="Form")
        self.form.chosen.connect(lambda _: self._form_changed())
        self.form_note = label("", "meta", wrap=True)
        self.trigger = TextLine()
        self.begin = Tick("")
        self.begin_help = label(_BEGIN_HELP, "meta", wrap=True, measure=78)
        self.language = Choice("", (), tall=True, name="Language of the questions")
        put, add = self.content.addWidget, self.add
        put(add("form_id", Field("On which form", self.form, small_label=True, stretch=False)))
        put(self.form_note)
        put(add("review_trigger", Field("What happened", self.trigger, small_label=True)))
        self._begin_part = QWidget()
        self._begin_part.setLayout(column(self.begin, self.begin_help, space=0))
        put(self._begin_part)
        spoken = Field("Show the questions in", self.language, small_label=True, stretch=False)
        put(add("language", spoken))

    def _build_waiting(self) -> None:
        """Offer what is in hand already before anything new."""
        waiting = [line for line in self._lines if line.state is AssessmentState.DRAFT]
        self.waiting = RowList("Drafts in hand")
        self.waiting.show_rows([self._waiting_row(line) for line in waiting])
        self.waiting.acted.connect(self._go_on)
        self.waiting.opened.connect(self._go_on)
        if waiting:
            note = "another can be started beside it"
            self.content.addLayout(
                column(Heading("Go on with what is in hand", note=note), overhang(self.waiting), space=0)
            )

    def _waiting_row(self, line: AssessmentLine) -> Row:
        desk = self.context.desk
        kind = desk.lists.label("assessment_type", line.assessment_type)
        why = f"{line.answered} of {line.total} answered · {line.form_title}"
        when = say_day(line.on, desk.today())
        return Row(line.id, kind, when=when, icon="draft", why=why, verb="Continue")

    def _build_types(self) -> Field:
        """Show every purpose at once: there are few, and each is a different talk."""
        self._group = QButtonGroup(self)
        self.types: dict[str, Dot] = {}
        for entry in self.context.desk.lists.entries("assessment_type"):
            dot = Dot(entry.label)
            dot.toggled.connect(self._toggled)
            self._group.addButton(dot)
            self.types[entry.id] = dot
        box = QWidget()
        box.setLayout(column(*self.types.values(), space=0))
        return self.add("assessment_type", Field("What is it for?", box))

    # --- following the choices ---

    @property
    def chosen_type(self) -> str:
        """Give what it is for."""
        return next((key for key, dot in self.types.items() if dot.isChecked()), "")

    def _toggled(self, on: bool) -> None:
        if on:
            # Qt leaves the first of a group in the way of Tab where another was chosen before it was shown.
            for dot in self.types.values():
                tab = Qt.FocusPolicy.StrongFocus if dot.isChecked() else Qt.FocusPolicy.ClickFocus
                dot.setFocusPolicy(tab)
            self._type_changed()

    def _type_changed(self) -> None:
        entries = self._forms.get(self.chosen_type, ())
        usual = self._usual(tuple(one.id for one in entries))
        self.form.set_options([Option(one.id, one.title) for one in entries], usual)
        self.fields["form_id"].setVisible(len(entries) > 1)
        self.fields["review_trigger"].setVisible(self.chosen_type == AssessmentType.EVENT_TRIGGERED)
        self.save_button.setEnabled(bool(entries))
        self._form_changed()

    def _usual(self, offered: tuple[str, ...]) -> str:
        """Give the form that this person's last talk of the kind was on, else the first that is offered."""
        kinds = {self.chosen_type}
        if self.chosen_type == AssessmentType.REVIEW:
            kinds.add(AssessmentType.INITIAL)
        used = (line.form_id for line in self._lines if line.assessment_type in kinds)
        return next((one for one in used if one in offered), offered[0] if offered else "")

    def _form_changed(self) -> None:
        entries = self._forms.get(self.chosen_type, ())
        entry = next((one for one in entries if one.id == self.form.value), None)
        self.form_note.setText(_note(entry) if entry else _NO_FORM)
        last = self._last()
        self._begin_part.setVisible(last is not None)
        self.begin.setChecked(last is not None and self.chosen_type == AssessmentType.REVIEW)
        if last is not None:
            kind = self.context.desk.lists.label("assessment_type", last.assessment_type)
            self._name_begin(f"Begin from the last one: {kind}, {say_full(last.on)}")
        self._offer_languages()

    def _name_begin(self, words: str) -> None:
        self.begin.setText(words.replace("&", "&&"))
        self.begin.setAccessibleName(words)
        self.begin.updateGeometry()

    def _last(self) -> AssessmentLine | None:
        """Give the newest signed assessment on the chosen form in which something was answered."""
        signed = (line for line in self._lines if line.state is AssessmentState.SIGNED and line.answered)
        return next((line for line in signed if line.form_id == self.form.value), None)

    def _offer_languages(self) -> None:
        codes = self._languages.get(self.form.value, ())
        names = {one.id: one.text for one in common_first(self.context.desk.lists, "languages")}
        value = self.language.value if self.language.value in codes else (codes[0] if codes else "")
        self.language.set_options([Option(code, names.get(code, code)) for code in codes], value)
        self.fields["language"].setVisible(len(codes) > 1)

    # --- the protocol of an editor ---

    def first_field(self) -> str:
        """Begin on what is in hand, else on the verb, so that Enter does what is usual."""
        start = self.waiting if self.waiting.entries else self.save_button
        start.setFocus(Qt.FocusReason.TabFocusReason)
        return ""

    def show_draft(self, draft: StartDraft) -> None:
        wanted = draft.assessment_type if draft.assessment_type in self.types else AssessmentType.INITIAL
        self.types[wanted].setChecked(True)
        self.trigger.setText(draft.trigger)
        self._type_changed()

    def read_draft(self) -> StartDraft:
        last = self._last()
        happened = self.chosen_type == AssessmentType.EVENT_TRIGGERED
        return StartDraft(
            assessment_type=self.chosen_type,
            form_id=self.form.value,
            trigger=self.trigger.text() if happened else "",
            begin_from=last.id if last is not None and self.begin.isChecked() else "",
            language=self.language.value,
        )

    def store(self, desk: Desk, draft: StartDraft) -> object:
        header = AssessmentHeader(assessment_type=draft.assessment_type, review_trigger=draft.trigger)
        begin = AssessmentId(draft.begin_from) if draft.begin_from else None
        made = start_assessment(desk, CaseId(self.case_id), header, draft.form_id, begin_from=begin)
        return Started(made, left_behind(desk, made) if begin else ())

    def saved(self, result: object) -> None:
        assert isinstance(result, Started)
        codes = self._languages.get(self.form.value, ())
        spoken = {"language": self.language.value} if codes and self.language.value != codes[0] else {}
        self.context.open("assessment", case_id=self.case_id, assessment_id=result.id, **spoken)
        if result.left:
            self.context.bridge.tell(_left_words(result.left), "info")

    def _go_on(self, assessment_id: str) -> None:
        self.context.open("assessment", case_id=self.case_id, assessment_id=assessment_id)
        self.window().close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter start from every part that has no use for it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.save()
            return
        super().keyPressEvent(event)


def trigger_words(desk: Desk, trigger: Trigger) -> str:
    """Say what happened and when: "A decision came, 3 November 2026"."""
    return f"{desk.lists.label('review_trigger', trigger.why)}, {say_full(trigger.on)}"


def _languages(desk: Desk, entry: FormEntry) -> tuple[str, ...]:
    """Name the languages a form can be read in, its own first."""
    form = form_named(desk, entry.id, entry.version)
    return (form.language, *form.languages) if form.languages else ()


def _note(entry: FormEntry) -> str:
    own = "a form of the organisation’s own" if entry.own else "a form of the program"
    return f"{entry.title}: {say.counted(entry.questions, 'question')}, version {entry.version}, {own}."


def _left_words(left: tuple[Left, ...]) -> str:
    """Say how many earlier answers could not be carried over, and where they are named."""
    count = say.counted(len(left), "earlier answer does not fit", "earlier answers do not fit")
    return f"{count} this form. See “About this talk”."
