"""Places: the header, the sections, the signature and the sealed answers, one of them shown at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget

from imsa_desk.domain.assessments import Assessment
from imsa_desk.domain.forms.words import Speech
from imsa_desk.domain.lists import Lists
from imsa_desk.errors import Problem
from imsa_desk.gui.forms.answers_parts import Known
from imsa_desk.gui.pages import assessment_words as words
from imsa_desk.gui.pages.assessment_building import Beside
from imsa_desk.gui.pages.assessment_filling import Filling
from imsa_desk.gui.pages.assessment_header import HeaderPage
from imsa_desk.gui.pages.assessment_left import Behind
from imsa_desk.gui.pages.assessment_reading import Read, ReadView
from imsa_desk.gui.pages.assessment_sealed import After
from imsa_desk.gui.pages.assessment_section import SectionView
from imsa_desk.gui.pages.assessment_sign import SignPage
from imsa_desk.gui.pages.assessment_words import HEADER, SIGN
from imsa_desk.vocab import AssessmentState


@dataclass(frozen=True, slots=True)
class Shown:
    """What the places show: the answers, the earlier assessment, how to speak, what is missing."""

    filling: Filling
    previous: Assessment | None
    speech: Speech
    missing: tuple[Problem, ...] = ()
    lists: Lists = field(default_factory=Lists)
    people: tuple[Known, ...] = ()
    after: After = field(default_factory=After)
    read_only: bool = False
    behind: Behind = field(default_factory=Behind)

    @property
    def signed(self) -> bool:
        """Say whether it is sealed, so that it can only be read."""
        return self.filling.assessment.line.state is AssessmentState.SIGNED

    @property
    def to_read(self) -> bool:
        """Say whether it can only be read: it is sealed, or the vault is open to be read and no more."""
        return self.signed or self.read_only


class Places(QStackedWidget):
    """`turned` carries how many places to go on, 1 or -1."""

    turned = Signal(int)

    def __init__(self, today: Callable[[], date]) -> None:
        super().__init__()
        self._today = today
        self.view = SectionView(today)
        self.header, self.sign, self.reading = HeaderPage(), SignPage(), ReadView()
        for part in (self.view, self.header, self.sign, self.reading):
            self.addWidget(part)
        self.view.next_pressed.connect(lambda: self.turned.emit(1))
        self.header.next_pressed.connect(lambda: self.turned.emit(1))
        self.reading.next_pressed.connect(lambda: self.turned.emit(1))
        self.place = ""

    def show_place(self, place: str, shown: Shown, question: str = "") -> None:
        """Show a place, with the cursor in a question or at the beginning."""
        self.place = place
        filling = shown.filling
        section = filling.form.section(place)
        after = words.next_words(filling.form, place)
        if shown.to_read:
            self._read(place, shown, after)
        elif section is not None:
            self.setCurrentWidget(self.view)
            focus = question or first_question(filling, place)
            beside = Beside(filling, shown.previous, shown.speech, shown.lists, shown.people, shown.behind)
            self.view.show_section(section, beside, focus=focus, next_words=after)
        elif place == SIGN:
            self.setCurrentWidget(self.sign)
            self.show_missing(shown)
            self.sign.take_focus()
        else:
            self.setCurrentWidget(self.header)
            whose = wants_today(shown.speech)
            self.header.show_header(filling.form, filling.header, self._today(), whose, shown.behind)
            self.header.focus_field()

    def show_missing(self, shown: Shown) -> None:
        """Show what is still to do before signing."""
        missing = words.in_short(shown.filling, shown.missing)
        self.sign.show_state(missing, words.summary(shown.filling))

    def _read(self, place: str, shown: Shown, after: str) -> None:
        value, form = shown.filling.assessment, shown.filling.form
        section = form.section(place)
        self.setCurrentWidget(self.reading)
        read = Read(form, value, shown.speech, shown.lists, shown.after, shown.read_only)
        if section is not None:
            self.reading.show_section(read, section, after)
        elif place == SIGN:
            self.reading.show_end(read)
        else:
            today = self._today()
            facts = [*words.header_facts(form, value), *words.talked(shown.filling, today)]
            facts += shown.behind.facts(today)
            self.reading.show_facts("About this talk", form.intro, facts)

    def take_focus(self) -> None:
        """Put the focus where the person was, as far as it is known."""
        if self.currentWidget() is self.view:
            if not (self.view.current and self.view.focus_question(self.view.current)):
                self.view.step(1)
        elif self.currentWidget() is self.sign:
            self.sign.take_focus()
        elif self.currentWidget() is self.header:
            self.header.focus_field()

    def step(self, by: int) -> bool:
        """Go to the next or the previous question; False at the end of what is shown."""
        return self.currentWidget() is self.view and self.view.step(by)

    def shows(self, section_id: str) -> bool:
        """Say whether this section stands open to be answered."""
        return self.place == section_id and self.currentWidget() is self.view


def first_question(filling: Filling, section_id: str) -> str:
    """Name the first question of a section that waits for an answer, else its first."""
    section = filling.form.section(section_id)
    asked = filling.visible()
    found = (
        [q.id for q in section.questions if q.takes_answer and q.id in asked] if section is not None else []
    )
    return found[0] if found else ""


def start_of(filling: Filling) -> str:
    """Name the place to begin with: the header of a new one, else the first section not finished."""
    line = filling.assessment.line
    if line.state is AssessmentState.SIGNED or (line.answered == 0 and filling.is_clean):
        return HEADER
    for section in filling.form.sections:
        done, total = filling.progress(section)
        if done < total and not filling.is_skipped(section.id):
            return section.id
    return SIGN


def wants_today(speech: Speech) -> str:
    """Ask for the wish of the day as the record says to speak of the person."""
    ending = "" if speech.they == "they" else "s"
    return f"What {speech.they} want{ending} from today, in {speech.their} words"
