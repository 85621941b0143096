"""AgreementBody: whether somebody agreed, how, when and in what words; a signature may be drawn."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from imsa_desk.domain.forms import Option
from imsa_desk.domain.forms.words import said_day
from imsa_desk.gui import theme
from imsa_desk.gui.forms.answers_parts import AnswerBody, Asked, Captioned
from imsa_desk.gui.forms.answers_plain import Dots
from imsa_desk.gui.widgets.datefield import DateField
from imsa_desk.gui.widgets.fields import TextArea, TextLine
from imsa_desk.gui.widgets.layout import column, row
from imsa_desk.gui.widgets.signature import SignaturePad
from imsa_desk.vocab import AgreementHow

_WORDS = {
    AgreementHow.SIGNED: "Signed",
    AgreementHow.SPOKEN: "Agreed in words",
    AgreementHow.NOT_AGREED: "Did not agree",
    AgreementHow.NOT_ASKED: "Not asked",
}


class AgreementBody(AnswerBody):
    """How comes first; name, day and words follow once somebody was asked, the pad only to sign."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        listed = {one.id: one.label for one in asked.lists.entries("agreement_how")}
        options = [Option(how.value, listed.get(how.value, words)) for how, words in _WORDS.items()]
        self._dots = Dots(asked.question.text, options, self, "how")
        self.content.addWidget(self._dots)
        self._rest: QWidget | None = None

    def _build(self) -> None:
        name = self.asked.question.text
        self._name = TextLine(name=f"{name}: name", width=28)
        self._name.setMaxLength(500)
        self._name.textEdited.connect(lambda words: self.put("name", words))
        self._day = DateField(today=self.asked.today, what="the day", name=f"{name}: day")
        self._day.line.textEdited.connect(lambda _: self.put("on", self._day.typed))
        self._day.setMaximumWidth(theme.px(300))
        self._words = TextArea(name=f"{name}: in {self.asked.speech.their} words", lines=1)
        self._words.textChanged.connect(self._typed)
        self._pad = SignaturePad(f"{name}: signature")
        self._pad.changed.connect(lambda strokes: self.put("strokes", strokes))
        self._rest = QWidget()
        who = row(Captioned("Name", self._name), Captioned("Day", self._day), None, space=10)
        words = Captioned(f"In {self.asked.speech.their} words", self._words)
        self._pad_part = Captioned("Signature", self._pad)
        self._rest.setLayout(column(who, self._pad_part, words, space=6, margins=(0, 4, 0, 0)))
        self.content.addWidget(self._rest)
        self.grown.emit()

    def _typed(self) -> None:
        if self._words.text != self.words("words"):
            self.put("words", self._words.text)

    def put(self, part: str, said: object) -> None:
        """Take a part; the day of an agreement is today unless somebody says otherwise."""
        if part == "how" and said in (AgreementHow.SIGNED, AgreementHow.SPOKEN) and "on" not in self.value:
            self.value["on"] = self.asked.today().isoformat()
        super().put(part, said)
        if part == "how":
            self._follow()

    def _follow(self) -> None:
        how = self.words("how")
        asked = bool(how) and how != AgreementHow.NOT_ASKED
        if asked and self._rest is None:
            self._build()
        if self._rest is not None:
            self._rest.setVisible(asked)
            self._pad_part.setVisible(how == AgreementHow.SIGNED)
            self._show_rest()

    def _show_rest(self) -> None:
        if self._name.text() != self.words("name"):
            self._name.setText(self.words("name"))
        shown = said_day(self.words("on"))
        if self._day.typed not in (shown, self.words("on")):
            self._day.set_typed(shown)
        if self._words.text != self.words("words"):
            self._words.setPlainText(self.words("words"))
        self._pad.set_strokes(self.words("strokes"))

    def show_value(self) -> None:
        self._dots.show_value(self.words("how"))
        self._follow()

    def stops(self) -> list[QWidget]:
        found: list[QWidget] = list(self._dots.dots.values())
        if self._rest is not None:
            found += [self._name, self._day.line, self._pad.undo, self._pad.clear, self._words]
        return found
