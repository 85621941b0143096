"""Turn a form and its answers into the items of a printed sheet: one printer for each kind of question."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from imsa_desk.domain.assessments import Answer, AnswerValue, answer_band, risk_band
from imsa_desk.domain.dates import say_full
from imsa_desk.domain.forms import (
    YES_NO_UNKNOWN,
    Form,
    Question,
    QuestionKind,
    Section,
    is_empty,
    progress,
    visible,
)
from imsa_desk.printing import sheet
from imsa_desk.printing.sheet import ChoiceItem, Fact, Item, NeedItem, Rating, RiskItem, TextItem
from imsa_desk.vocab import Band

NEED_DETAILS = ("importance", "confidence", "owner", "consent_to_refer")
RISK_DETAILS = (
    "imminence",
    "trend",
    "who_at_risk",
    "risk_from",
    "protective_effect",
    "protective_factors",
    "survivor_agrees",
)
_RATED_KINDS = (QuestionKind.NEED_ITEM, QuestionKind.RISK_ITEM)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with its answer and the form that words both."""

    form: Form
    section: Section
    question: Question
    answer: Answer

    @property
    def value(self) -> AnswerValue:
        """Give the parts of the answer."""
        return self.answer.value

    def text(self, part: str) -> str:
        """Give a part that is text, "" if it is not there."""
        return str(self.value.get(part) or "")

    def word(self, part: str, scale: str = "") -> str:
        """Give the form's words for a part measured on a scale; several are joined."""
        said = self.value.get(part)
        if said is None or said == "":
            return ""
        words = said if isinstance(said, list) else [said]
        return ", ".join(self.form.scale(scale or part).label(one) for one in words)

    def fact(self, part: str, scale: str = "") -> Fact | None:
        """Give a part with its scale's title as label; None if it is not there."""
        word = self.word(part, scale)
        return Fact(self.form.scale(scale or part).title, word) if word else None

    def facts(self, parts: tuple[str, ...]) -> list[Fact]:
        """Give those of the parts that are there."""
        return [fact for fact in map(self.fact, parts) if fact is not None]

    @property
    def not_discussed(self) -> str:
        """Give the reason it was not discussed, in the form's words."""
        reason = self.answer.not_discussed
        return self.form.scale("not_discussed").label(reason) if reason else ""

    def origin(self) -> list[Fact]:
        """Say where the answer comes from and of which day it speaks."""
        found = []
        if self.answer.source is not None:
            scale = self.form.scale("source")
            found.append(Fact(scale.title, scale.label(self.answer.source)))
        if self.answer.valid_on is not None:
            found.append(Fact("As it was on", say_full(self.answer.valid_on)))
        return found


Printer = Callable[[Asked], Item | None]


def _need(asked: Asked) -> Item:
    details = [*asked.facts(NEED_DETAILS), *asked.origin(), Fact("Next step", asked.text("next_step"))]
    return NeedItem(
        number=asked.question.number,
        text=asked.question.text,
        advocate=_rating(asked, "advocate"),
        own=_rating(asked, "survivor"),
        words=asked.text("words"),
        details=tuple(details),
        not_discussed=asked.not_discussed,
    )


def _rating(asked: Asked, part: str) -> Rating | None:
    level = asked.value.get(part)
    return Rating(asked.form.scale("need").label(level), level) if isinstance(level, int) else None


def _risk(asked: Asked) -> Item:
    band = answer_band(asked.value)
    details = [*asked.facts(RISK_DETAILS), *asked.origin()]
    after = asked.word("residual_band", "band")
    if after:
        details.append(Fact(f"{asked.form.scale('band').title} with this plan", after))
    details.append(Fact("Note", asked.text("note")))
    return RiskItem(
        number=asked.question.number,
        text=asked.question.text,
        present=None if band else asked.fact("present"),
        likelihood=asked.fact("likelihood"),
        severity=asked.fact("severity"),
        band=Fact(asked.form.scale("band").title, asked.form.scale("band").label(band)) if band else None,
        band_level=tuple(Band).index(band) + 1 if band else 0,
        reason=_reason(asked, band),
        words=asked.text("words"),
        details=tuple(details),
        not_discussed=asked.not_discussed,
    )


def _reason(asked: Asked, band: Band | None) -> str:
    """Say what the band asks for, and why judgement moved it where it did."""
    if band is None:
        return ""
    scale = asked.form.scale("band")
    point = scale.find(band)
    sentences = [f"{point.meaning}."] if point is not None and point.meaning else []
    likelihood, severity = asked.value.get("likelihood"), asked.value.get("severity")
    if isinstance(likelihood, int) and isinstance(severity, int):
        reckoned = risk_band(likelihood, severity)
        if reckoned is not band:
            sentences.append(f"By judgement; the scale alone gives {scale.label(reckoned).lower()}.")
    why = asked.text("judgement_reason")
    if why:
        sentences.append(f"Reason: {why}")
    return " ".join(sentences)


def _written(asked: Asked, answer: str) -> Item:
    own = not asked.section.theme and not any(q.kind in _RATED_KINDS for q in asked.section.questions)
    return TextItem(
        asked.question.number,
        asked.question.text,
        answer,
        quoted=own and asked.question.kind is QuestionKind.LONG_TEXT,
        not_discussed=asked.not_discussed,
    )


def _text(asked: Asked) -> Item:
    return _written(asked, asked.text("text"))


def _number(asked: Asked) -> Item:
    number = asked.value.get("number")
    return _written(asked, "" if number is None else str(number))


def _date(asked: Asked) -> Item:
    typed = asked.text("day")
    return _written(asked, say_full(date.fromisoformat(typed)) if typed else "")


def _picked(asked: Asked, chosen: list[str], note: str) -> Item:
    words = tuple(word for word in chosen if word)
    return ChoiceItem(asked.question.number, asked.question.text, words, note, asked.not_discussed)


def _yes_no_unknown(asked: Asked) -> Item:
    choice = asked.text("choice")
    return _picked(asked, [YES_NO_UNKNOWN.get(choice, choice)], asked.text("note"))


def _choice(asked: Asked) -> Item:
    choice = asked.text("choice")
    return _picked(asked, [asked.question.option_label(choice) if choice else ""], asked.text("other"))


def _choices(asked: Asked) -> Item:
    said = asked.value.get("choices")
    chosen = [asked.question.option_label(one) for one in said] if isinstance(said, list) else []
    return _picked(asked, chosen, asked.text("other"))


def _instruction(asked: Asked) -> None:
    """Print nothing: an instruction speaks to whoever fills in the form."""


PRINTERS: dict[QuestionKind, Printer] = {
    QuestionKind.SHORT_TEXT: _text,
    QuestionKind.LONG_TEXT: _text,
    QuestionKind.NUMBER: _number,
    QuestionKind.DATE: _date,
    QuestionKind.YES_NO_UNKNOWN: _yes_no_unknown,
    QuestionKind.CHOICE: _choice,
    QuestionKind.CHOICES: _choices,
    QuestionKind.NEED_ITEM: _need,
    QuestionKind.RISK_ITEM: _risk,
    QuestionKind.INSTRUCTION: _instruction,
}


def printed_sections(
    form: Form, answers: Mapping[str, Answer], skipped: frozenset[str] = frozenset()
) -> tuple[sheet.Section, ...]:
    """Give every section of a form as it prints; questions that were not asked are left out."""
    asked = visible(form, answers)
    return tuple(
        _section(form, section, answers, asked, section.id in skipped)
        for section in form.sections
        if section.id in skipped or any(question.id in asked for question in section.questions)
    )


def _section(
    form: Form, section: Section, answers: Mapping[str, Answer], asked: frozenset[str], skipped: bool
) -> sheet.Section:
    items: list[Item] = []
    unanswered: list[str] = []
    for question in section.questions:
        answer = answers.get(question.id)
        if question.id not in asked or not question.takes_answer:
            continue
        if answer is None or is_empty(answer):
            unanswered.append(question.number or question.text)
            continue
        item = PRINTERS[question.kind](Asked(form, section, question, answer))
        if item is not None:
            items.append(item)
    if skipped:
        return sheet.Section(section.title, "Skipped by choice", tuple(items), skipped=True)
    done, total = progress(form, section, answers)
    return sheet.Section(section.title, f"{done} of {total} answered", tuple(items), tuple(unanswered))
