"""What is asked about a print: for whom, the name, the language, and whether it is safe to take home."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QWidget

from imsa_desk.domain.consents import Recipient
from imsa_desk.domain.prints import SAVED_IN_CLEAR, TAKEN_HOME, PrintKind
from imsa_desk.gui.forms.flow import Flow
from imsa_desk.gui.forms.print_choice import EMPTY_FORMS, FOR_OTHERS, OF_ASSESSMENT
from imsa_desk.gui.widgets.choice import Choice, Option
from imsa_desk.gui.widgets.fields import Dot, Field, Tick
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import column, row

SAFE_QUESTION = "Is it safe for this to be taken home?"


@dataclass(frozen=True, slots=True)
class Offers:
    """What can be chosen from: other reviews, forms, languages of each form, and who may be told."""

    reviews: tuple[Option, ...] = ()
    forms: tuple[Option, ...] = ()
    languages: Mapping[str, tuple[Option, ...]] = field(default_factory=dict)
    people: Mapping[str, Recipient] = field(default_factory=dict)


class PrintOptions(QWidget):
    """The choices that fit the document in hand. `changed` when it is to be drawn anew."""

    changed = Signal()
    answered = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._offers = Offers()
        self.before = Choice("Compared with", (), name="Compared with")
        self.form = Choice("Form", (), name="Form")
        self.language = Choice("In", (), name="Language of the questions")
        self.recipient = Choice(
            "For", (), empty="the person and their advocate", may_be_empty=True, name="For whom"
        )
        self.show_name = Tick("Show the name instead of only the case code")
        for choice in (self.before, self.language, self.recipient):
            choice.chosen.connect(lambda _: self.changed.emit())
        self.form.chosen.connect(lambda _: self._form_chosen())
        self.show_name.toggled.connect(lambda _: self.changed.emit())
        flow = Flow(name="How to print it")
        for part in (self.before, self.form, self.language, self.recipient, self.show_name):
            flow.flow.addWidget(part)
        self.clear_words = label(SAVED_IN_CLEAR, "caution", wrap=True, measure=100)
        self.setLayout(column(flow, self._build_safety(), self.clear_words, space=8))

    def _build_safety(self) -> Field:
        self.safe, self.unsafe = Dot("Yes, it is safe"), Dot("No, it stays with me")
        self._answers = QButtonGroup(self)
        for dot in (self.safe, self.unsafe):
            self._answers.addButton(dot)
            dot.toggled.connect(lambda on: self.answered.emit() if on else None)
        box = QWidget()
        box.setLayout(row(self.safe, self.unsafe, None, space=16))
        box.setFocusProxy(self.safe)
        self.asked = Field(SAFE_QUESTION, box)
        return self.asked

    def offer(self, offers: Offers, *, before: str, form: str) -> None:
        """Offer what this case has; `before` and `form` are chosen."""
        self._offers = offers
        known = {one.id for one in offers.reviews}
        first = offers.reviews[0].id if offers.reviews else ""
        self.before.set_options(offers.reviews, before if before in known else first)
        self.form.set_options(offers.forms, form or (offers.forms[0].id if offers.forms else ""))
        self.recipient.set_options([Option(key, who.name) for key, who in offers.people.items()])

    def fit(self, kind: PrintKind, form_id: str) -> None:
        """Show what applies to a document; whether it is safe is asked anew for each."""
        empty_form = kind in EMPTY_FORMS
        self.before.setVisible(kind is PrintKind.COMPARISON)
        self.form.setVisible(empty_form and bool(self._offers.forms))
        self.recipient.setVisible(kind in FOR_OTHERS and bool(self._offers.people))
        self.show_name.setVisible(not empty_form)
        self.asked.setVisible(not empty_form and kind is not PrintKind.DOSSIER)
        self.clear_words.setVisible(kind is PrintKind.FILLABLE)
        self._offer_languages(kind, self.form.value if empty_form else form_id)
        self._answers.setExclusive(False)
        for dot in (self.safe, self.unsafe):
            dot.setChecked(False)
        self._answers.setExclusive(True)

    def _offer_languages(self, kind: PrintKind, form_id: str) -> None:
        fits = kind in EMPTY_FORMS or kind in OF_ASSESSMENT
        found = self._offers.languages.get(form_id, ()) if fits else ()
        kept = self.language.value
        value = kept if kept in {one.id for one in found} else (found[0].id if found else "")
        self.language.set_options(found, value)
        self.language.setVisible(len(found) > 1)

    def _form_chosen(self) -> None:
        self._offer_languages(PrintKind.BLANK, self.form.value)
        self.changed.emit()

    @property
    def safe_home(self) -> str:
        """Give the answer about taking it home: yes, no, or "" while it was not asked."""
        return "yes" if self.safe.isChecked() else "no" if self.unsafe.isChecked() else ""

    def waits(self, kind: PrintKind) -> bool:
        """Say whether a copy for the person still waits for the answer that it is safe."""
        return kind in TAKEN_HOME and self.safe_home != "yes"

    def recipient_for(self, kind: PrintKind) -> Recipient | None:
        """Give who it is made for, where it may be made for somebody else."""
        return self._offers.people.get(self.recipient.value) if kind in FOR_OTHERS else None

    def drawn_when_safe(self, kind: PrintKind) -> bool:
        """Say whether the answer decides if the document is made at all."""
        return kind in TAKEN_HOME

    def language_for(self, form_id: str) -> str:
        """Give the language that was chosen for a form, "" for the form's own."""
        found = self._offers.languages.get(form_id, ())
        if self.language.isHidden() or not found or self.language.value == found[0].id:
            return ""
        return self.language.value
