"""AssessmentPage: a review filled in with the person, question by question, then signed and sealed."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from imsa_desk.domain.addenda import Addendum
from imsa_desk.domain.assessments import AnswerDraft, Assessment, AssessmentHeader
from imsa_desk.domain.cases import CaseHead
from imsa_desk.domain.forms import QuestionKind
from imsa_desk.domain.forms.words import Speech
from imsa_desk.domain.ids import AssessmentId, CaseId
from imsa_desk.errors import ImsaError, Refused
from imsa_desk.gui import theme
from imsa_desk.gui.pages import PageContext, assessment_words
from imsa_desk.gui.pages.assessment_back import TakingBack
from imsa_desk.gui.pages.assessment_danger import Danger
from imsa_desk.gui.pages.assessment_filling import Filling
from imsa_desk.gui.pages.assessment_head import AssessmentHead
from imsa_desk.gui.pages.assessment_keeping import Keeper, Standing, standing
from imsa_desk.gui.pages.assessment_opened import Opened, addenda, open_assessment
from imsa_desk.gui.pages.assessment_pause import PauseSheet
from imsa_desk.gui.pages.assessment_places import Places, Shown, start_of
from imsa_desk.gui.pages.assessment_rail import Rail
from imsa_desk.gui.pages.assessment_words import HEADER
from imsa_desk.gui.widgets.banner import Banner
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.choice import Choice, Option
from imsa_desk.gui.widgets.layout import Line, row
from imsa_desk.services import assessments
from imsa_desk.services.cases import case_head
from imsa_desk.vocab import Kind

_TYPED = frozenset({QuestionKind.SHORT_TEXT, QuestionKind.LONG_TEXT})
LOOK_AFTER_MS = 250
RAIL_FROM = 760
"""Below this width (at 100 % text) the rail becomes a choice above the questions."""
SIGNED_QUESTION = "Sign and seal this review?"
SIGNED_WORDS = "Its answers can no longer be changed after that. A later review can say something else."


class AssessmentPage(QWidget):
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
        super().__init__()
        self.context = context
        self.opened: Opened | None = None
        self.filling: Filling | None = None
        self._args: dict[str, str] = {}
        self._last: dict[str, str] = {}
        self._spoken: dict[str, str] = {}
        self._resting = ""
        self._keeper = Keeper(context, self)
        self.danger = Danger(context, self._keeper, self)
        self._look = QTimer(self)
        self._look.setSingleShot(True)
        self._back = TakingBack(context, self._keeper, self.go_to)
        self._build()
        self._connect()

    def _build(self) -> None:
        self.head = AssessmentHead()
        self.urgent = Banner("", "alert", verb="Record what was done")
        self._urgent_row = QWidget()
        self._urgent_row.setLayout(row(self.urgent, margins=(20, 0, 20, 8)))
        self._urgent_row.hide()
        self.rail = Rail()
        self.jump = Choice("Section", (), name="Section")
        self._jump_row = QWidget()
        self._pause_narrow = Button("Pause", "quiet", icon="pause", small=True)
        self._pause_narrow.clicked.connect(self.pause)
        self._jump_row.setLayout(row(self.jump, None, self._pause_narrow, margins=(28, 10, 28, 0)))
        self._jump_row.hide()
        self.places = Places(self.context.desk.today)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self._jump_row)
        right.addWidget(self.places, 1)
        across = row(self.rail, right, space=0)
        across.setStretch(1, 1)
        main = QWidget()
        layout = QVBoxLayout(main)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.head)
        layout.addWidget(self._urgent_row)
        layout.addWidget(Line())
        layout.addLayout(across, 1)
        self.sheet = PauseSheet()
        self._layers = QStackedLayout(self)
        self._layers.addWidget(main)
        self._layers.addWidget(self.sheet)

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
        self.rail.print_pressed.connect(self.print)
        self.rail.gone_to.connect(self._go_to_problem)
        self.sheet.gone_on.connect(self._go_on)
        self.sheet.ended.connect(self._end_for_today)
        self.head.asked.connect(lambda: self._open_editor("safe_contact"))
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

        def look(_: object) -> tuple[CaseHead, Standing, tuple[Addendum, ...]]:
            found = standing(desk, line.id)
            return case_head(desk, head.id), found, addenda(desk, found.assessment)

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
        self._layers.setCurrentIndex(0)
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
        if draft is not None:
            self.context.toast("What you typed before is back")

    @property
    def shown(self) -> Shown:
        """Give what the places show."""
        assert self.opened is not None and self.filling is not None, "no assessment is open"
        head = self.opened.head
        speech = Speech(head.known_as, head.pronouns)
        desk, opened = self.context.desk, self.opened
        missing = assessment_words.live_missing(self.filling, opened.standing.missing)
        people, added = opened.people, opened.addenda
        return Shown(
            self.filling, opened.previous, speech, missing, desk.lists, people, added, bool(desk.read_only)
        )

    def _refreshed(self, found: tuple[CaseHead, Standing, tuple[Addendum, ...]]) -> None:
        head, now, added = found
        if self.opened is None or self.filling is None:
            return
        if self.filling.assessment.line.id != now.assessment.line.id:
            return
        before = self.filling.assessment
        news = added != self.opened.addenda
        self.opened = replace(self.opened, head=head, addenda=added)
        self.head.show_head(head, self.context.desk.today())
        self.filling.rebase(now.assessment)
        self._stands(now)
        if news or _content(before) != _content(now.assessment):
            self.go_to(self.places.place)

    def _stands(self, now: Standing) -> None:
        if self.opened is None or self.filling is None:
            return
        self.opened = replace(self.opened, standing=now)
        waiting = () if self.shown.to_read else now.urgents
        self._urgent_row.setVisible(bool(waiting))
        if waiting:
            words = assessment_words.waiting(self.filling.form, waiting[0], len(waiting))
            self.urgent.show_words(words, "alert")
        self._show_rail()
        self.places.show_missing(self.shown)

    def _show_rail(self) -> None:
        shown, desk = self.shown, self.context.desk
        today, filling = desk.today(), shown.filling
        title, count, share = assessment_words.rail_words(filling, desk.lists)
        pause = "" if shown.to_read else f"Pause, {shown.speech.wish}"
        days = assessment_words.talked_on(filling, today)
        self.rail.show_words(title, count, share, pause, days)
        self._pause_narrow.setVisible(bool(pause))
        missing = () if shown.to_read else shown.missing
        self.rail.show_missing(assessment_words.in_short(filling, missing), offered=not shown.to_read)
        entries = assessment_words.entries(filling, missing, today)
        self.rail.sections.show_entries(entries, self.places.place)
        self.jump.set_options([Option(one.id, one.sentence) for one in entries], self.places.place)

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
        if self.opened is not None:
            line = self.opened.standing.assessment.line
            args = {"assessment_id": str(line.id), "key": key}
            self.context.open_editor("need_action", case_id=self.opened.head.id, **args)

    def _add_to_signed(self, what: str, question_id: str) -> None:
        """Add a correction, an addition or a countersignature to a signed assessment."""
        if self.opened is not None:
            line = self.opened.standing.assessment.line
            args = {"assessment_id": str(line.id), "what": what, "question_id": question_id}
            self.context.open_editor("addendum", case_id=self.opened.head.id, **args)

    def pause(self) -> None:
        """Note that the person paused, store everything, and cover the page with a calm sheet."""
        if self.filling is None or self.shown.to_read:
            return
        self._resting = self.places.view.current if self.places.currentWidget() is self.places.view else ""
        self.filling.put_header(replace(self.filling.header, person_paused=True))
        self._keeper.commit()
        self._layers.setCurrentWidget(self.sheet)
        self.sheet.take_focus()

    def _go_on(self) -> None:
        """Go back to the question where the talk rested."""
        self._layers.setCurrentIndex(0)
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

    def _open_editor(self, editor: str) -> None:
        if self.opened is not None:
            line = self.opened.standing.assessment.line
            args = {"assessment_id": str(line.id)} if editor == "print" else {}
            self.context.open_editor(editor, case_id=self.opened.head.id, **args)

    def sign_off(self) -> None:
        """Ask once, then sign and seal."""
        if self.filling is None:
            return
        if not self.context.ask.confirm(self, SIGNED_QUESTION, SIGNED_WORDS, "Sign off"):
            return
        self._keeper.commit()
        desk, line = self.context.desk, self.filling.assessment.line

        def signed(_: object) -> None:
            self.context.toast("Signed and sealed")
            self.context.bridge.announce_change((Kind.ASSESSMENT, Kind.THEME_ENTRY, Kind.ACTION, Kind.CASE))

        self.context.jobs.run(
            lambda _: assessments.sign_off(desk, line.id), owner=self, then=signed, otherwise=self._not_signed
        )

    def _not_signed(self, error: ImsaError) -> None:
        problems = error.problems if isinstance(error, Refused) else ()
        if problems and self.opened is not None:
            self._stands(replace(self.opened.standing, missing=problems))
        self.context.bridge.tell(error.message if not problems else "It cannot be signed yet.", "error")

    def _record_first(self) -> None:
        if self.opened is not None and self.opened.standing.urgents:
            self.danger.record(self.opened.standing.urgents[0].question_id)

    def minimumSizeHint(self) -> QSize:
        """Never make the window grow past the screen; the sections and the rail scroll."""
        return QSize(theme.px(240), theme.px(200))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        with_rail = self.width() >= theme.px(RAIL_FROM)
        self.rail.setVisible(with_rail)
        self._jump_row.setVisible(not with_rail)


def _content(value: Assessment) -> tuple[object, ...]:
    return (dict(value.answers), value.header, value.line.state, value.skipped_sections)
