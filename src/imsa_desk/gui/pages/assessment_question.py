"""QuestionBlock: one question, its number and help, its editor, and the answer that was given before."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QMenu, QRadioButton, QWidget

from imsa_desk.domain.assessments import AnswerDraft
from imsa_desk.domain.forms import Question, QuestionKind
from imsa_desk.domain.forms.words import one_line, said
from imsa_desk.gui.forms.answers import editor_for
from imsa_desk.gui.forms.answers_origin import Origin
from imsa_desk.gui.forms.answers_parts import AnswerBody, Asked
from imsa_desk.gui.pages.assessment_earlier import Earlier, EarlierValue
from imsa_desk.gui.pages.assessment_frame import QuestionFrame
from imsa_desk.gui.pages.assessment_rested import Carried, Rested
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.layout import Line
from imsa_desk.gui.widgets.pill import Pill
from imsa_desk.gui.widgets.rating import Rating
from imsa_desk.gui.widgets.scale import ScaleSteps

_BY_DIGIT = frozenset({QuestionKind.NEED_ITEM, QuestionKind.SCALE})
"""Kinds whose answer begins with a rating, so that a digit on "Still so" is the new rating."""
_NO_ORIGIN = frozenset({QuestionKind.GROUP, QuestionKind.CALCULATED, QuestionKind.INSTRUCTION})


class QuestionBlock(QuestionFrame):
    """Only the block with the focus shows all of its answer. `answered` carries the AnswerDraft."""

    answered = Signal(object)
    confirmed = Signal()
    """Sent after `answered` when the person said that an answer carried over still holds."""
    grown = Signal()
    """Sent when parts were added that may lie below what is in sight."""
    action_pressed = Signal()

    def __init__(
        self,
        asked: Asked,
        draft: AnswerDraft,
        earlier: EarlierValue | None,
        *,
        narrow: bool,
        carried_on: str = "",
    ) -> None:
        question = asked.question
        super().__init__(question, indented=bool(asked.repeat), narrow=narrow)
        self.asked, self.key = asked, asked.key
        self._draft, self._carried_on = draft, carried_on
        self._unfolded = False
        self._changing = False
        self._leave: Button | None = None
        self._body: AnswerBody | None = None
        self.line = Line()
        """The hairline under the question; the section places it."""
        if earlier is not None:
            self._parts["earlier"] = Earlier(earlier, narrow=narrow)
        self.set_narrow(narrow)
        self._show_state()
        if question.takes_answer:
            self._add_leave()

    @property
    def question(self) -> Question:
        """Give the question."""
        return self.asked.question

    @property
    def draft(self) -> AnswerDraft:
        """Give the answer as it stands."""
        return self._draft

    # --- building ---

    def _add_leave(self) -> None:
        """Add the way to leave it out; made last, so that Tab comes to the answer first."""
        self._leave = Button("", "quiet", small=True)
        self._leave.clicked.connect(self._ask_reason)
        self._title.addWidget(self._leave, 0, Qt.AlignmentFlag.AlignTop)
        self._name_leave(self._draft.not_discussed)

    @property
    def body(self) -> AnswerBody:
        """Give the editor; of an answer carried over it is made when it is to change."""
        if self._body is None:
            self._body = body = editor_for(self.asked)
            self._put("body", body)
            body.show_draft(self._draft)
            body.unfold(self._unfolded and not self._rests)
            body.changed.connect(self._changed)
            body.not_discussed.connect(lambda: self.set_reason("not_now"))
            body.grown.connect(self.grown)
        return self._body

    def stops(self) -> list[QWidget]:
        """Give what the Tab key visits, in order."""
        carried, rested, origin = (self._parts.get(one) for one in ("carried", "rested", "origin"))
        found: list[QWidget] = [carried.still, carried.change] if isinstance(carried, Carried) else []
        found += self._body.stops() if self._body is not None else []
        found += origin.stops() if isinstance(origin, Origin) else []
        found += [part for part in [self._parts.get("make")] if part is not None]
        found += [rested.again] if isinstance(rested, Rested) else []
        found += [self._leave] if self._leave is not None else []
        return [part for part in found if part.isVisible() and part.isEnabled()]

    def step_inside(self, by: int) -> bool:
        """Move the focus to the next or the previous stop; False at the end of the question."""
        return step_among(self.stops(), by)

    # --- the answer ---

    @property
    def _rests(self) -> bool:
        """Say whether something else than the editor stands in its place."""
        return bool(self._draft.not_discussed) or self.is_carried

    @property
    def is_carried(self) -> bool:
        """Say whether the answer is one carried over that nobody is changing."""
        return bool(self._draft.carried_from) and not self._changing

    def show_draft(self, draft: AnswerDraft) -> None:
        """Show another answer without sending `answered`."""
        self._draft, self._changing = draft, False
        if self._body is not None:
            self._body.show_draft(draft)
        self._show_state()

    def _changed(self) -> None:
        body = self.body
        self._take(replace(self._draft, value=dict(body.value), source=body.source, carried_from=""))

    def _take(self, draft: AnswerDraft) -> None:
        self._draft = draft
        self._say_remark()
        self.set_error("")
        self.answered.emit(draft)

    def set_reason(self, reason: str) -> None:
        """Say why it was not discussed, or "" to answer it."""
        if reason == self._draft.not_discussed:
            return
        self._draft = replace(self._draft, not_discussed=reason, carried_from="")
        self._show_state()
        self.take_focus()
        self._take(self._draft)

    def confirm(self) -> bool:
        """Say that an answer carried over still holds; False where there is none."""
        if not self._draft.carried_from:
            return False
        self._changing = False
        self._draft = replace(self._draft, carried_from="")
        self._show_state()
        self._take(self._draft)
        self.confirmed.emit()
        return True

    def _change(self) -> None:
        """Open an answer carried over, to change it."""
        self._changing = True
        self._show_state()
        self.take_focus()

    def _change_by(self, event: QKeyEvent) -> None:
        """Open an answer carried over by a digit: the new rating where the answer begins with one."""
        self._change()
        first = next(iter(self.body.stops()), None)
        if self.question.kind in _BY_DIGIT and isinstance(first, (Rating, ScaleSteps)):
            first.take_key(event)

    def _show_state(self) -> None:
        reason = self._draft.not_discussed
        if self.is_carried:
            self._show_carried()
        else:
            self.body.setVisible(not reason)
        if self._body is not None and self._rests:
            self._body.hide()
        self._show_part("carried", self.is_carried)
        earlier = self.earlier
        if earlier is not None:
            before = self.asked.before
            same = before is not None and before.value == self._draft.value
            earlier.setVisible(not (self.is_carried and same))
        if reason and "rested" not in self._parts:
            rested = Rested()
            rested.pressed.connect(lambda: self.set_reason(""))
            self._put("rested", rested)
        self._show_part("rested", bool(reason) and not self.is_carried)
        if reason:
            self._say_reason(reason)
        self._name_leave(reason)
        self._say_remark()
        if self._unfolded:
            self._show_unfolded()

    def _show_part(self, slot: str, shown: bool) -> None:
        if slot in self._parts:
            self._parts[slot].setVisible(shown)

    def _show_carried(self) -> None:
        if "carried" not in self._parts:
            asked = self.asked
            words = one_line(said(asked.form, asked.question, self._draft, asked.speech, asked.lists))
            carried = Carried(self._carried_on, words, asked.question.text)
            carried.confirmed.connect(self.confirm)
            carried.change_pressed.connect(self._change)
            self._put("carried", carried)

    def _say_reason(self, reason: str) -> None:
        words = {one.id: one.text for one in self.asked.options("not_discussed")}.get(reason, reason)
        rested = self._parts["rested"]
        if isinstance(rested, Rested):
            rested.show_words(words)

    def _name_leave(self, reason: str) -> None:
        if self._leave is not None:
            self._leave.setVisible(not self.is_carried)
            self._leave.set_words("Change…" if reason else "Not discussed…")
            doing = "Change why it was not discussed" if reason else "Not discussed"
            self._leave.setAccessibleName(f"{doing}: {self.question.text}")

    def _ask_reason(self) -> None:
        if self._leave is not None:
            menu = self.reason_menu()
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(self._leave.mapToGlobal(QPoint(0, self._leave.height() + 2)))

    def reason_menu(self) -> QMenu:
        """Build the list of reasons."""
        menu = QMenu(self)
        group = QActionGroup(menu)
        for option in self.asked.options("not_discussed"):
            action = QAction(option.text.replace("&", "&&"), group, checkable=True)
            action.setChecked(option.id == self._draft.not_discussed)
            action.triggered.connect(lambda _=False, chosen=option.id: self.set_reason(chosen))
            menu.addAction(action)
        return menu

    # --- what is said beside it ---

    @property
    def error(self) -> str:
        """Give what keeps the answer from being stored, "" for nothing."""
        return self._said("error")

    def set_error(self, words: str) -> None:
        """Say what keeps the answer from being stored; "" takes it away."""
        number = self.question.number
        self._words("error", "alert", words.removeprefix(f"{number} ") if number else words)

    def set_needed(self, words: str) -> None:
        """Say that the form needs an answer here before it is signed; "" takes it away."""
        self._words("needed", "meta", words)

    def _say_remark(self) -> None:
        words = "" if self._rests or self._body is None else self._body.remark
        self._words("remark", "info", words, wrap=False)

    # --- the focus ---

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let N say "not discussed" wherever it types no letter and chooses nothing; a digit changes."""
        if self.is_carried and event.text().isdecimal() and not _held(event):
            self._change_by(event)
            return
        free = isinstance(QApplication.focusWidget(), (Pill, QCheckBox, QRadioButton))
        if event.key() == Qt.Key.Key_N and not event.modifiers() and free and self.question.takes_answer:
            self.set_reason("not_now")
            return
        super().keyPressEvent(event)

    def unfold(self, unfolded: bool) -> None:
        """Show all of the answer and the help, or fold it to what was said."""
        if unfolded != self._unfolded:
            self._unfolded = unfolded
            self._show_unfolded()

    def _show_unfolded(self) -> None:
        unfolded, open_ = self._unfolded, self._unfolded and not self._rests
        if self.question.help:
            self._words("help", "meta", self.question.help if unfolded else "")
        if self._body is not None:
            self._body.unfold(open_)
        if open_ and self.question.kind not in _NO_ORIGIN and "origin" not in self._parts:
            self._make_origin()
        origin, make = self._parts.get("origin"), self._parts.get("make")
        if isinstance(origin, Origin):
            origin.fold()
            origin.show_values(self._draft.source, self._draft.valid_on)
            told = bool(self._draft.valid_on) or (bool(self._draft.source) and not self.body.own_source)
            origin.setVisible(not self._rests and (unfolded or told))
        if open_ and make is None and self.question.kind is QuestionKind.NEED_ITEM:
            made = Button("Make an action…", "link", icon="check-circle", small=True)
            made.setAccessibleName(f"Make an action of: {self.question.text}")
            made.clicked.connect(self.action_pressed)
            self._put("make", made)
        self._show_part("make", open_ and bool(self._draft.value.get("next_step")))

    def _make_origin(self) -> None:
        origin = Origin(self.asked, with_source=not self.body.own_source)
        origin.changed.connect(self._origin_typed)
        self._put("origin", origin)

    def _origin_typed(self, source: str, day: str) -> None:
        if not self.body.own_source:
            self.body.source = source
        kept = self._draft.source if self.body.own_source else source
        self._take(replace(self._draft, source=kept, valid_on=day, carried_from=""))

    def take_focus(self) -> None:
        """Put the cursor where the answer begins."""
        carried, rested = self._parts.get("carried"), self._parts.get("rested")
        stops: list[QWidget] = self._body.stops() if self._body is not None else []
        if self.is_carried and isinstance(carried, Carried):
            stops = [carried.still]
        elif self._draft.not_discussed and isinstance(rested, Rested):
            stops = [rested.again]
        found: list[QWidget] = [*stops, *([self._leave] if self._leave is not None else [])]
        if found:
            found[0].setFocus(Qt.FocusReason.TabFocusReason)


def _held(event: QKeyEvent) -> bool:
    """Say whether a key is pressed together with another one that makes it a shortcut."""
    return bool(event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier)


def step_among(stops: list[QWidget], by: int) -> bool:
    """Move the focus to the next or the previous of some stops; False at their end."""
    at = QApplication.focusWidget()
    here = [n for n, part in enumerate(stops) if at is not None and (part is at or part.isAncestorOf(at))]
    to = here[0] + by if here else (0 if by > 0 else len(stops) - 1)
    if not 0 <= to < len(stops):
        return False
    reason = Qt.FocusReason.TabFocusReason if by > 0 else Qt.FocusReason.BacktabFocusReason
    stops[to].setFocus(reason)
    return True
