"""AssessmentPage: a review filled in with the person, question by question, then signed and sealed."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut

from imsa_desk.domain.assessments import AnswerDraft, AssessmentHeader
from imsa_desk.domain.cases import CaseHead
from imsa_desk.domain.forms import QuestionKind
from imsa_desk.domain.ids import AssessmentId, CaseId
from imsa_desk.errors import ImsaError, Refused
from imsa_desk.gui.pages import PageContext, assessment_words
from imsa_desk.gui.pages.assessment_back import TakingBack
from imsa_desk.gui.pages.assessment_board import Board
from imsa_desk.gui.pages.assessment_danger import Danger
from imsa_desk.gui.pages.assessment_filling import Filling
from imsa_desk.gui.pages.assessment_keeping import Keeper, Standing, standing
from imsa_desk.gui.pages.assessment_opened import Opened, after, open_assessment
from imsa_desk.gui.pages.assessment_places import Shown, start_of
from imsa_desk.gui.pages.assessment_sealed import After
from imsa_desk.gui.pages.assessment_signing import Signing
from imsa_desk.gui.pages.assessment_words import HEADER
from imsa_desk.services.cases import case_head
from imsa_desk.vocab import Kind

_TYPED = frozenset({QuestionKind.SHORT_TEXT, QuestionKind.LONG_TEXT})
LOOK_AFTER_MS = 250


class AssessmentPage(Board):
    """Args: case_id, assessment_id, and question to go to one."""

    kinds = frozenset(
        {
            Kind.ASSESSMENT,
            Kind.ANSWER,
            Kind.ADDENDUM,
            Kind.SAFETY_RESPONSE,
            Kind.SAFE_CONTACT,
            Kind.PERSON,
            Kind.CASE,
        }
    )

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.opened: Opened | None = None
        self.filling: Filling | None = None
        self._args: dict[str, str] = {}
        self._last: dict[str, str] = {}
        self._spoken: dict[str, str] = {}
        self._resting = ""
        self._keeper = Keeper(context, self)
        self.danger = Danger(context, self._keeper, self)
        self.signing = Signing(context, self._keeper, self)
        self._look = QTimer(self)
        self._look.setSingleShot(True)
        self._back = TakingBack(context, self._keeper, self.go_to)
        self._connect()

    def _connect(self) -> None:
        window, places = self.context.window, self.places
        window.bind("next", self, lambda: self.step(1))
        window.bind("print", self, self.print)
        for key, run in (
            ("Ctrl+Up", lambda: self.step(-1)),
            ("Ctrl+PgDown", lambda: self.turn(1)),
            ("Ctrl+PgUp", lambda: self.turn(-1)),
            ("Ctrl+Return", places.view.confirm_current),
            ("Ctrl+Enter", places.view.confirm_current),
        ):
            made = QShortcut(QKeySequence(key), self)
            made.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            made.activated.connect(run)
        self.rail.sections.chosen_section.connect(self.go_to)
        self.jump.chosen.connect(self.go_to)
        self.rail.pause_pressed.connect(self.pause)
        self.pause_narrow.clicked.connect(self.pause)
        self.rail.print_pressed.connect(self.print)
        self.rail.gone_to.connect(self._go_to_problem)
        self.sheet.gone_on.connect(self._go_on)
        self.sheet.ended.connect(self._end_for_today)
        self.head.asked.connect(self._ask_contact)
        self.urgent.pressed.connect(self._record_first)
        places.view.answered.connect(self._answered)
        places.view.entered.connect(self._entered)
        places.view.skipped.connect(self._skip)
        places.view.row_removed.connect(self._back.row_removed)
        places.view.confirmed_all.connect(self._back.confirmed_all)
        places.view.action_pressed.connect(self._make_action)
        places.reading.action_pressed.connect(self._make_action)
        places.reading.add_pressed.connect(self._add_to_signed)
        self._look.timeout.connect(self._follow)
        places.header.changed.connect(self._header_typed)
        places.sign.gone_to.connect(self._go_to_problem)
        places.sign.sign_pressed.connect(self.sign_off)
        places.turned.connect(self.turn)
        self._keeper.stood.connect(self._stands)
        self.signing.lacking.connect(self._lacks)
        self._keeper.refused.connect(self._not_stored)

    # --- the page protocol ---

    def show_for(self, **args: str) -> None:
        """Open an assessment where it was left."""
        self._args = args
        self.context.window.fold_navigation(True)
        desk, case_id = self.context.desk, CaseId(args.get("case_id", ""))
        assessment_id = AssessmentId(args.get("assessment_id", ""))
        language = args.get("language") or self._spoken.get(assessment_id, "")
        self._spoken[assessment_id] = language
        self.context.jobs.run(
            lambda _: open_assessment(desk, case_id, assessment_id, language),
            owner=self,
            then=self._show,
            otherwise=self._cannot_open,
        )

    def refresh(self) -> None:
        """Ask how it stands; what is being typed stays."""
        if self.opened is None or self._keeper.announcing:
            return
        desk, head, line = self.context.desk, self.opened.head, self.opened.standing.assessment.line

        def look(_: object) -> tuple[CaseHead, Standing, After]:
            found = standing(desk, line.id)
            return case_head(desk, head.id), found, after(desk, found.assessment)

        self.context.jobs.run(look, owner=self, then=self._refreshed)

    def flush(self) -> None:
        """Store what was typed: as answers where it can be, else in the draft."""
        self.danger.ask_now()
        self._keeper.commit(urgent=True)

    def _cannot_open(self, error: ImsaError) -> None:
        self.context.bridge.tell(error.message, "error")
        self.context.open("case", case_id=self._args.get("case_id", ""))

    # --- showing ---

    def _show(self, opened: Opened) -> None:
        self.opened = opened
        self.filling = filling = Filling(opened.form, opened.standing.assessment)
        self.cover(False)
        draft = None if self.shown.to_read else opened.draft
        if draft is not None and not filling.restore(draft.payload):
            self.context.bridge.tell("An earlier draft could not be read and was left in the vault.", "error")
            draft = None
        self._keeper.take(filling, draft)
        self.danger.take(filling)
        self._back.take(filling)
        self.context.window.set_case(opened.head.id, opened.head.code)
        self.head.show_head(opened.head, self.context.desk.today())
        self._stands(opened.standing)
        last = self._last.get(filling.assessment.line.id, "")
        question = self._args.get("question") or (draft.cursor if draft else "") or last
        if not (question and self.go_to_question(question)):
            self.go_to(start_of(filling))
        if self.shown.to_read:
            self.take_first_focus()
        if draft is not None:
            self.context.toast("What you typed before is back")

    @property
    def shown(self) -> Shown:
        """Give what the places show."""
        assert self.opened is not None and self.filling is not None, "no assessment is open"
        return self.opened.shown(self.filling, self.context.desk)

    def _refreshed(self, found: tuple[CaseHead, Standing, After]) -> None:
        head, now, added = found
        if self.opened is None or self.filling is None:
            return
        if self.filling.assessment.line.id != now.assessment.line.id:
            return
        before = self.filling.content
        news = added != self.opened.after
        self.opened = replace(self.opened, head=head, after=added)
        self.head.show_head(head, self.context.desk.today())
        self.filling.rebase(now.assessment)
        self._stands(now)
        if news or before != self.filling.content:
            self.go_to(self.places.place)

    def _stands(self, now: Standing) -> None:
        if self.opened is None or self.filling is None:
            return
        self.opened = replace(self.opened, standing=now)
        shown = self.shown
        self.show_urgent(shown, () if shown.to_read else now.urgents)
        self._show_rail()
        self.places.show_missing(shown)

    def _show_rail(self) -> None:
        self.show_rail(self.shown, self.context.desk.today())

    # --- going about ---

    def go_to(self, place: str, question: str = "") -> None:
        """Show a section, the header or the signature; what was typed in the one left is stored."""
        if self.filling is None:
            return
        self.places.view.check_current()
        self._keeper.commit()
        self.places.show_place(place, self.shown, question)
        self._show_rail()

    def go_to_question(self, question_id: str) -> bool:
        """Put the cursor into a question of any section; False where there is none."""
        section = self.filling.section_of(question_id) if self.filling is not None else None
        if section is None:
            return False
        if self.places.shows(section.id):
            return self.places.view.focus_question(question_id)
        self.go_to(section.id, question_id)
        return True

    def _go_to_problem(self, field: str) -> None:
        if not self.go_to_question(field):
            self.go_to(HEADER)
            self.places.header.focus_field(field)
        elif self.opened is not None and any(u.question_id == field for u in self.opened.standing.urgents):
            self.danger.record(field)

    def step(self, by: int) -> None:
        """Go to the next or the previous question, over the end of a section into the next."""
        if self.places.step(by):
            self._keeper.commit()
        else:
            self.turn(by)

    def turn(self, by: int) -> None:
        """Go to the next or the previous section."""
        if self.filling is None:
            return
        found = assessment_words.places(self.filling.form)
        at = found.index(self.places.place) + by if self.places.place in found else 0
        if 0 <= at < len(found):
            self.go_to(found[at])

    # --- what the person does ---

    def _answered(self, section_id: str, draft: AnswerDraft) -> None:
        if self.filling is None:
            return
        self.filling.put(draft)
        self._keeper.typed(draft.key)
        question = self.filling.question(draft.key)
        if question is not None and question.kind in _TYPED:
            self._look.start(LOOK_AFTER_MS)  # what follows from words waits until the letters pause
        else:
            self._look.start(0)

    def _follow(self) -> None:
        """Look what follows from the answers as they stand now."""
        if self.filling is not None:
            self.danger.look()
            self._show_rail()

    def _entered(self, question_id: str) -> None:
        if self.filling is not None:
            self._last[self.filling.assessment.line.id] = question_id

    def _header_typed(self, header: AssessmentHeader) -> None:
        if self.filling is not None:
            self.filling.put_header(header)
            self._keeper.typed("")
            self._show_rail()

    def _skip(self, section_id: str, skipped: bool) -> None:
        if self.filling is not None:
            self.filling.skip(section_id, skipped)
            self.go_to(section_id)

    def _not_stored(self, error: ImsaError) -> None:
        problems = error.problems if isinstance(error, Refused) else ()
        self.places.header.show_problems(problems)
        self.context.window.say_unsaved("Not stored yet: see what is to be put right")
        self.context.bridge.tell(error.message, "error")

    def _make_action(self, key: str) -> None:
        """Turn a need with its next step into an action."""
        self._keeper.commit()
        self._open_editor("need_action", key=key)

    def _add_to_signed(self, what: str, question_id: str) -> None:
        """Add a correction, an addition or a countersignature to a signed assessment."""
        self._open_editor("addendum", what=what, question_id=question_id)

    def pause(self) -> None:
        """Note that the person paused, store everything, and cover the page with a calm sheet."""
        if self.filling is None or self.shown.to_read:
            return
        self._resting = self.places.view.current if self.places.currentWidget() is self.places.view else ""
        self.filling.put_header(replace(self.filling.header, person_paused=True))
        self._keeper.commit()
        self.cover(True)
        self.sheet.take_focus()

    def _go_on(self) -> None:
        """Go back to the question where the talk rested."""
        self.cover(False)
        if not (self._resting and self.go_to_question(self._resting)):
            self.places.take_focus()

    def _end_for_today(self) -> None:
        """Leave the rest for another day."""
        if self.opened is not None:
            self.context.toast("Paused. Everything is kept")
            self.context.open("case", case_id=self.opened.head.id)

    def print(self) -> None:
        """Store what was typed and open the preview."""
        self._keeper.commit()
        self._open_editor("print")

    def _open_editor(self, editor: str, **args: str) -> None:
        """Open an editor that is about this assessment."""
        if self.opened is not None:
            line = self.opened.standing.assessment.line
            self.context.open_editor(editor, case_id=self.opened.head.id, assessment_id=line.id, **args)

    def _ask_contact(self) -> None:
        """Ask again how the person may be reached, which is of the case and no assessment."""
        if self.opened is not None:
            self.context.open_editor("safe_contact", case_id=self.opened.head.id)

    def sign_off(self) -> None:
        """Ask once, then sign and seal; what is missing is shown instead."""
        if self.filling is not None:
            self.signing.begin(self.filling)

    def _lacks(self, found: Standing) -> None:
        """Show what is still missing, and go to the list of it."""
        self._stands(found)
        if self.places.currentWidget() is self.places.sign:
            self.places.sign.take_focus()

    def _record_first(self) -> None:
        if self.opened is not None and self.opened.standing.urgents:
            self.danger.record(self.opened.standing.urgents[0].question_id)
