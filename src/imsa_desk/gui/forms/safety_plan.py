"""SafetyPlanEditor: a person's own safety plan, read as it stands and kept as one version after another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QWidget

from imsa_desk.domain.ids import CaseId, PlanId
from imsa_desk.domain.prints import PrintKind
from imsa_desk.domain.safety_plans import PARTS, SafetyPlan, SafetyPlanDraft
from imsa_desk.gui.forms.editor import Editor, Loaded
from imsa_desk.gui.forms.picks import choice
from imsa_desk.gui.forms.safety_plan_reading import PlanReading, version_words
from imsa_desk.gui.models.pen import why_not
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.choice import Choice, Option
from imsa_desk.gui.widgets.datefield import DateField
from imsa_desk.gui.widgets.fields import Dot, Field, TextArea
from imsa_desk.gui.widgets.heading import Heading, label
from imsa_desk.gui.widgets.layout import column, row
from imsa_desk.services import cases
from imsa_desk.services.desk import Desk
from imsa_desk.services.safety_plans import note_look, plans_of, save_plan
from imsa_desk.vocab import Kind

_OWN_WORDS = (
    "In the person’s own words, part by part and in any order. Leave out what does not matter: nothing here "
    "has to be filled in."
)
_COPY_HELP = (
    "Think of who could find it: on paper, in a pocket, on a phone. It is asked again before printing."
)


class SafetyPlanEditor(Editor[SafetyPlanDraft]):
    """Args: case_id; plan_id to read one version. Writing makes the next version, old ones stay.

    That a restricted version was looked at is noted before it shows, once for each opening.
    """

    id = "safety_plan"
    draft_type = SafetyPlanDraft
    verb = "Save the plan"
    done = "Safety plan saved"
    changes = (Kind.SAFETY_PLAN,)

    def load(self, desk: Desk) -> Loaded[SafetyPlanDraft]:
        head = cases.case_head(desk, CaseId(self.case_id))
        plans = plans_of(desk, CaseId(self.case_id))
        draft = SafetyPlanDraft()
        if plans:
            newest = plans[0]
            draft = replace(
                draft, parts=dict(newest.parts), based_on=newest.id, sensitivity=newest.sensitivity
            )
        wanted = self.args.get("plan_id", "")
        shown = next((one for one in plans if one.id == wanted), next(iter(plans), None))
        self._looked_at: set[PlanId] = {shown.id} if shown is not None else set()
        if shown is not None and not desk.read_only:  # nothing can be noted in what cannot be written
            note_look(desk, shown)
        return Loaded(draft, f"Safety plan of {head.known_as}", "", {"plans": plans, "shown": shown})

    # --- building ---

    def build(self, loaded: Loaded[SafetyPlanDraft]) -> None:
        self._plans: tuple[SafetyPlan, ...] = loaded.values["plans"]
        self._shown: SafetyPlan | None = loaded.values["shown"]
        self._based_on = loaded.draft.based_on
        self._writes = False
        self._chosen = ""
        self._build_top()
        self.reading = PlanReading(self.context.desk)
        self._fields = QWidget()
        self._fields.setLayout(column(*self._build_parts(), 8, *self._build_agreement(), space=12))
        self.content.addLayout(self._top)
        self.content.addWidget(self.reading)
        self.content.addWidget(self._fields)

    def _build_top(self) -> None:
        today = self.context.desk.today()
        self.versions = Choice(
            "Show",
            [Option(one.id, version_words(one, self.context.desk.lists, today)) for one in self._plans],
            self._shown.id if self._shown else "",
            name="Version of the plan",
        )
        self.versions.chosen.connect(self._read_version)
        self.change = Button("Change the plan", "primary", icon="draft")
        self.change.clicked.connect(self._write)
        self.print_button = Button("Print…", "plain", icon="print")
        self.print_button.clicked.connect(self._print)
        self._top = row(self.versions, None, self.print_button, self.change, space=8)

    def _build_parts(self) -> Sequence[QWidget]:
        self.intro = label(_OWN_WORDS, "muted", wrap=True, measure=78)
        self.parts: dict[str, TextArea] = {}
        made: list[QWidget] = [self.intro]
        for part_id, part in PARTS.items():
            area = TextArea(lines=2, name=part.question)
            self.parts[part_id] = area
            made.append(self.add(part_id, Field(part.question, area, help=part.help)))
        return made

    def _build_agreement(self) -> Sequence[QWidget]:
        desk = self.context.desk
        self.on = DateField(today=desk.today, what="the day you talked it through", name="Talked through on")
        self.how = choice(desk.lists, "agreement_how", "How the person agreed", empty=True)
        self.agreed_on = DateField(today=desk.today, what="the day they agreed", name="Agreed on")
        self.review = DateField(
            today=desk.today, ahead=True, what="the day to look at it again", name="Look at it again on"
        )
        self.sensitivity = choice(desk.lists, "sensitivity", "Who may see this")
        days = QWidget()
        days.setLayout(
            row(
                self.add("agreed_how", Field("How they agreed", self.how, small_label=True, stretch=False)),
                self.add("agreed_on", Field("Agreed on", self.agreed_on, small_label=True)),
                space=10,
            )
        )
        return (
            Heading("Agreed, and when to look again"),
            self.add("on", Field("Talked through on", self.on, small_label=True)),
            days,
            self.add("review_on", Field("Look at it again on", self.review, small_label=True)),
            self._build_copy(),
            self.add(
                "sensitivity", Field("Who may see this", self.sensitivity, small_label=True, stretch=False)
            ),
        )

    def _build_copy(self) -> QWidget:
        self.copy_yes = Dot("Yes, a copy is safe at home")
        self.copy_no = Dot("No, no copy leaves with the person")
        self._copy = QButtonGroup(self)
        for dot in (self.copy_yes, self.copy_no):
            self._copy.addButton(dot)
        dots = QWidget()
        dots.setLayout(row(self.copy_yes, self.copy_no, None, space=16))
        dots.setFocusProxy(self.copy_yes)
        return self.add("copy_safe", Field("Is a copy safe at home?", dots, help=_COPY_HELP))

    # --- reading and writing ---

    @property
    def writes(self) -> bool:
        """Say whether the next version is being written, rather than one read."""
        return self._writes

    @property
    def _closed(self) -> bool:
        """Say whether the case is only read here; the plan is then read too."""
        return bool(why_not(self.context.desk, self.case_id))

    def first_field(self) -> str:
        return next((one for one in PARTS if not self.parts[one].text), next(iter(PARTS)))

    def _show_mode(self) -> None:
        some = bool(self._plans)
        self.reading.setVisible(not self._writes)
        self._fields.setVisible(self._writes)
        self.save_button.setVisible(self._writes)
        self.versions.setVisible(some)
        self.print_button.setVisible(some)
        newest = bool(self._plans) and self.versions.value == self._plans[0].id
        self.change.setVisible(not self._writes and not self._closed)
        self.change.set_words("Change the plan" if newest and not self._has_draft else "Go on writing")
        number = self._plans[0].version + 1 if self._plans else 1
        self.save_button.set_words(f"Save as version {number}")

    def _read_version(self, plan_id: str) -> None:
        """Show a version to read; what is being written stays as it is."""
        found = next((one for one in self._plans if one.id == plan_id), None)
        if found is None:
            return
        self._chosen = found.id
        desk = self.context.desk
        if found.id in self._looked_at or desk.read_only:
            self._show_version(found)
            return
        self.context.jobs.run(
            lambda _: note_look(desk, found), owner=self, then=lambda _: self._show_version(found)
        )

    def _show_version(self, plan: SafetyPlan) -> None:
        self._looked_at.add(plan.id)
        if plan.id == self._chosen:
            self._writes = False
            self.reading.show_plan(plan)
            self._show_mode()

    def _write(self) -> None:
        """Go on to the next version, from the newest one."""
        self._writes = True
        if self._plans:
            self.versions.set_value(self._plans[0].id)
        self._show_mode()
        self.parts[self.first_field()].setFocus(Qt.FocusReason.OtherFocusReason)

    def _print(self) -> None:
        args = {"what": PrintKind.SAFETY_PLAN.value, "plan_id": self.versions.value}
        self.context.open_editor("print", case_id=self.case_id, **args)

    # --- the draft ---

    def show_draft(self, draft: SafetyPlanDraft) -> None:
        for part_id, area in self.parts.items():
            area.setPlainText(draft.parts.get(part_id, ""))
        self.on.set_typed(draft.on or "today")
        self.how.set_value(draft.agreed_how)
        self.agreed_on.set_typed(draft.agreed_on)
        self.review.set_typed(draft.review_on)
        self.sensitivity.set_value(draft.sensitivity)
        for dot, answer in ((self.copy_yes, "yes"), (self.copy_no, "no")):
            dot.setChecked(draft.copy_safe == answer)
        self._based_on = draft.based_on
        fresh = self.loaded is not None and draft == self.loaded.draft
        self._writes = not (self._plans and fresh) and not self._closed
        if self._shown is not None:
            self.reading.show_plan(self._shown)
        self._show_mode()

    def read_draft(self) -> SafetyPlanDraft:
        copy = "yes" if self.copy_yes.isChecked() else "no" if self.copy_no.isChecked() else ""
        return SafetyPlanDraft(
            parts={part_id: area.text for part_id, area in self.parts.items() if area.text.strip()},
            on=self.on.typed,
            agreed_how=self.how.value,
            agreed_on=self.agreed_on.typed,
            review_on=self.review.typed,
            copy_safe=copy,
            based_on=self._based_on,
            sensitivity=self.sensitivity.value,
        )

    def save(self) -> None:
        """Save the version that is being written; while one is read there is nothing to save."""
        if self.loaded is not None and self._writes:
            super().save()

    def store(self, desk: Desk, draft: SafetyPlanDraft) -> object:
        return save_plan(desk, CaseId(self.case_id), draft)
