"""Editors for money, half-known days, long lists, scales with their meanings, and reckoned values."""

from __future__ import annotations

import re

from PySide6.QtWidgets import QWidget

from imsa_desk.domain.dates import MONTHS
from imsa_desk.domain.forms import Scale
from imsa_desk.domain.forms.expressions import refs_of
from imsa_desk.gui.forms.answers_parts import AnswerBody, Asked, Captioned
from imsa_desk.gui.forms.answers_plain import other_line
from imsa_desk.gui.forms.picks import PickOne
from imsa_desk.gui.widgets.choice import Choice, Option
from imsa_desk.gui.widgets.fields import TextLine, Tick
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import row
from imsa_desk.gui.widgets.scale import ScaleSteps, StepValue

_AMOUNT = re.compile(r"£?\s*(\d{1,9}|\d{1,3}(?:,\d{3}){1,2})(?:\.(\d{1,2}))?")
_PER = ("once", "day", "week", "month", "year")
_FEW = 7
"""A list of so few values is shown whole; a longer one is found by typing."""
STEP_ROLES = {
    **{f"level{n}": f"level_{n}" for n in range(5)},
    "good": "good",
    "caution": "caution_edge",
    "alert": "alert",
    "info": "info",
    "neutral": "muted",
}
"""The colours a form may name, as roles of the theme."""


def read_pence(typed: str) -> int | str:
    """Read an amount in pounds as pence; what is none stays as it was typed, so that it can be put right."""
    found = _AMOUNT.fullmatch(typed.strip())
    if found is None:
        return typed.strip()
    pounds, pence = found[1].replace(",", ""), (found[2] or "").ljust(2, "0")
    return int(pounds) * 100 + int(pence)


def write_pounds(pence: object) -> str:
    """Write pence as pounds to be edited; what is no amount stays."""
    if not isinstance(pence, int):
        return "" if pence is None else str(pence)
    return f"{pence // 100:,}" if pence % 100 == 0 else f"{pence // 100:,}.{pence % 100:02}"


class MoneyBody(AnswerBody):
    """An amount in pounds and how often."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self._line = TextLine(name=f"{asked.question.text}: pounds", width=12)
        self._line.setMaxLength(40)
        self._line.textEdited.connect(lambda words: self.put("pence", read_pence(words)))
        options = [Option(one, "once" if one == "once" else f"a {one}") for one in _PER]
        self._per = Choice("How often", options, may_be_empty=True, empty="not said")
        self._per.chosen.connect(lambda chosen: self.put("per", chosen))
        self.content.addLayout(row(label("£", "strong"), self._line, self._per, None))

    def show_value(self) -> None:
        if read_pence(self._line.text()) != self.value.get("pence", ""):
            self._line.setText(write_pounds(self.value.get("pence")))
        self._per.set_value(self.words("per"))

    def stops(self) -> list[QWidget]:
        return [self._line, self._per]


class PartialDateBody(AnswerBody):
    """Day, month and year of which only the year must be known; a tick says that it is about then."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        name = asked.question.text
        self._day = TextLine(name=f"{name}: day, if known", width=3)
        self._month = Choice(
            "",
            [Option(f"{n:02}", month) for n, month in enumerate(MONTHS, 1)],
            empty="not known",
            may_be_empty=True,
            tall=True,
            name=f"{name}: month, if known",
        )
        self._year = TextLine(name=f"{name}: year", width=6)
        for line, most in ((self._day, 2), (self._year, 4)):
            line.setMaxLength(most)
            line.textEdited.connect(lambda _: self._typed())
        self._month.chosen.connect(lambda _: self._typed())
        self._about = Tick("About then")
        self._about.toggled.connect(self._say_about)
        self.content.addLayout(
            row(
                Captioned("Day", self._day),
                Captioned("Month", self._month),
                Captioned("Year", self._year),
                Captioned("", self._about),
                None,
                space=10,
            )
        )

    def _typed(self) -> None:
        self.put("when", self._when())

    def _when(self) -> str:
        day, month, year = self._day.text().strip(), self._month.value, self._year.text().strip()
        if not (day or month or year):
            return ""
        parts = [year, month, f"{int(day):02}" if day.isdecimal() else day]
        while parts and not parts[-1]:
            parts.pop()
        return "-".join(parts)

    def _say_about(self, on: bool) -> None:
        if ("yes" if on else "") != self.words("about"):
            self.put("about", "yes" if on else "")

    def show_value(self) -> None:
        if self._when() != self.words("when"):
            year, month, day = (*self.words("when").split("-", 2), "", "")[:3]
            self._year.setText(year)
            self._month.set_value(month)
            self._day.setText(day.removeprefix("0"))
        self._about.setChecked(bool(self.value.get("about")))

    def stops(self) -> list[QWidget]:
        return [self._day, self._month, self._year, self._about]


class ListChoiceBody(AnswerBody):
    """One value of a list the whole program knows; typing finds it in a long one."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        entries = asked.lists.entries(asked.question.list, asked.today())
        options = [Option(one.id, one.label) for one in sorted(entries, key=lambda one: not one.common)]
        name = asked.question.text
        self._finding = PickOne(options, name=name, width=34) if len(options) > _FEW else None
        self._choice = Choice("", options, may_be_empty=True, tall=True, name=name)
        self._said = label("Type a few letters and choose from the list.", "meta", wrap=True)
        if self._finding is not None:
            self._choice.hide()
            self._finding.textChanged.connect(lambda _: self._found())
            self._said.hide()
            self.content.addLayout(row(self._finding, None))
            self.content.addWidget(self._said)
        else:
            self._choice.chosen.connect(lambda chosen: self.put("choice", chosen))
            self.content.addLayout(row(self._choice, None))
        self._options = {option.id: option.text for option in options}
        self._other = other_line(self) if asked.question.other else None

    def _found(self) -> None:
        finding = self._finding
        if finding is None:
            return
        typed = finding.text().strip()
        # What is no value of the list stays typed, in marks that no value has, so that it is refused.
        found = finding.value or (f"“{typed}”" if typed else "")
        if found != self.words("choice"):
            self.put("choice", found)
        self._said.setVisible(bool(typed) and not finding.value)

    def show_value(self) -> None:
        chosen = self.words("choice")
        if self._finding is None:
            self._choice.set_value(chosen)
        elif chosen[:1] == "“":
            self._finding.setText(chosen.strip("“”"))
        elif chosen != self._finding.value or not chosen:
            words = self._options.get(chosen) or self.asked.lists.label(self.asked.question.list, chosen)
            self._finding.setText(words if chosen else "")
        if self._other is not None:
            self._other.setText(self.words("other"))

    def stops(self) -> list[QWidget]:
        main: QWidget = self._finding if self._finding is not None else self._choice
        return [main, *([self._other] if self._other else [])]


class ScaleBody(AnswerBody):
    """A step of a scale, each with its word, its meaning and its colour beside it."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self._scale = scale = asked.form.scale(asked.question.scale)
        steps = [StepValue(p.label, p.meaning, STEP_ROLES.get(p.colour, "muted")) for p in scale.point]
        first = scale.point[0].value if scale.point else 1
        digits = first if isinstance(first, int) and first in (0, 1) else 1
        self._steps = ScaleSteps(asked.question.text, steps, first_digit=digits)
        self._steps.set_before(index_of(scale, asked.was("step")))
        self._steps.rated.connect(self._rated)
        self._steps.not_discussed.connect(self.not_discussed)
        self.content.addWidget(self._steps)
        self._note = TextLine(name=f"{asked.question.text}: note")
        self._note.textEdited.connect(lambda words: self.put("note", words))
        self._note_part = Captioned("Note", self._note)
        self._note_part.hide()
        self.content.addWidget(self._note_part)

    def _rated(self, at: int) -> None:
        self.put("step", None if at < 0 else self._scale.point[at].value)

    def unfold(self, unfolded: bool) -> None:
        self._note_part.setVisible(unfolded or bool(self.value.get("note")))

    def show_value(self) -> None:
        self._steps.set_value(index_of(self._scale, self.value.get("step")))
        if self._note.text() != self.words("note"):
            self._note.setText(self.words("note"))

    def stops(self) -> list[QWidget]:
        return [self._steps, self._note]


class CalculatedBody(AnswerBody):
    """What is reckoned from other answers; it can be read and not typed."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self._shown = label("", "strong", selectable=True)
        self._why = label(_reckoned_from(asked), "meta", wrap=True)
        self.content.addWidget(self._shown)
        self.content.addWidget(self._why)
        self.show_result(None)

    def show_result(self, result: object) -> None:
        unit = f" {self.asked.question.unit}" if self.asked.question.unit else ""
        words = "Nothing to reckon from yet" if result in (None, "") else f"{result}{unit}"
        if words != self._shown.text():
            self._shown.setText(words)
            self._shown.setAccessibleName(f"{self.asked.question.text}: {words}")

    def show_value(self) -> None:
        if "result" in self.value:
            self.show_result(self.value["result"])


def _reckoned_from(asked: Asked) -> str:
    """Name the questions a value is reckoned from."""
    named = []
    for question_id in dict.fromkeys(ref.question for ref in refs_of(asked.question.calculation)):
        question = asked.form.question(question_id)
        if question is not None:
            named.append(f"{question.number} {question.text}".strip())
    return f"Reckoned from: {'; '.join(named)}" if named else "Reckoned by the form"


def index_of(scale: Scale, value: object) -> int | None:
    """Give the place of a value on its scale."""
    return next((at for at, point in enumerate(scale.point) if point.value == value), None)
