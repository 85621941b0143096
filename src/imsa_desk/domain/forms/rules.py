"""What follows from answers: which questions are asked, how far a section is, what is urgent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from imsa_desk.domain.assessments import BAND_WORDS, AnswerValue, Urgent, answer_band
from imsa_desk.domain.forms.evaluate import Answers, Asked, evaluate
from imsa_desk.domain.forms.model import Form, Given, Question, QuestionKind, Section
from imsa_desk.vocab import Band


def visible(form: Form, answers: Answers, on: date | None = None) -> frozenset[str]:
    """Give the keys of the questions that are asked, given these answers (`answer_key`).

    The answer to a hidden question counts as none, so what depends on it is hidden too; it is kept all
    the same.
    """
    return evaluate(form, answers, on).visible


def progress(form: Form, section: Section, answers: Answers, on: date | None = None) -> tuple[int, int]:
    """Count the answered and the asked questions of a section."""
    return evaluate(form, answers, on).progress(section)


def progress_of(
    form: Form, answers: Answers, skipped: frozenset[str] = frozenset(), on: date | None = None
) -> tuple[int, int]:
    """Count the answered and the asked questions of a form; a section skipped by choice asks nothing."""
    return evaluate(form, answers, on).progress_all(skipped)


def urgents(form: Form, answers: Answers, on: date | None = None) -> tuple[Urgent, ...]:
    """Name the answers that ask at once what was done, in the form's order (rules are the form's data).

    In a repeating group the id is the answer's key, so that each row is its own.
    """
    found = []
    for one, given in _given(form, answers, on):
        if not given.not_discussed:
            why = _why_urgent(one.question, given.value)
            if why:
                found.append(Urgent(one.key, one.question.text, why))
    return tuple(found)


def _given(form: Form, answers: Answers, on: date | None) -> Iterator[tuple[Asked, Given]]:
    for one in evaluate(form, answers, on).asked():
        given = answers.get(one.key)
        if given is not None:
            yield one, given


def _why_urgent(question: Question, value: AnswerValue) -> str:
    if question.urgent_if_present and value.get("present") == "yes":
        return "The answer is yes."
    band = answer_band(value)
    if question.urgent and band is not None and _rank(band) >= _rank(Band(question.urgent)):
        return f"Risk: {BAND_WORDS[band].lower()}."
    return ""


def _rank(band: Band) -> int:
    return tuple(Band).index(band)


def highest_band(form: Form, answers: Answers, on: date | None = None) -> Band | None:
    """Give the highest risk band among the risks that are asked; None when none was answered.

    A risk that is said not to be there counts as low; a started one without its ratings counts as none.
    """
    bands: list[Band] = []
    for one, given in _given(form, answers, on):
        if one.question.kind is QuestionKind.RISK_ITEM:
            band = answer_band(given.value)
            if band is not None:
                bands.append(band)
            elif given.value.get("present") == "no":
                bands.append(Band.LOW)
    return max(bands, key=_rank, default=None)


def theme_levels(form: Form, answers: Answers, on: date | None = None) -> dict[str, int]:
    """Give the advocate's highest need level for each theme in which one was given.

    The survivor's own level stands where the advocate gave none.
    """
    levels: dict[str, int] = {}
    found = evaluate(form, answers, on)
    for section in form.sections:
        for one in found.asked(section):
            given = answers.get(one.key)
            if section.theme and one.question.kind is QuestionKind.NEED_ITEM and given is not None:
                level = given.value.get("advocate", given.value.get("survivor"))
                if isinstance(level, int):
                    levels[section.theme] = max(level, levels.get(section.theme, 0))
    return levels
