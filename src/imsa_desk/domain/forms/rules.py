"""What follows from answers: which questions are asked, how far a section is, what is urgent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from imsa_desk.domain.assessments import BAND_WORDS, AnswerValue, Urgent, answer_band
from imsa_desk.domain.forms.model import Condition, Form, Given, Question, QuestionKind, Section
from imsa_desk.domain.forms.parts import PARTS
from imsa_desk.vocab import Band

Answers = Mapping[str, Given]


def referred(condition: Condition | None) -> Iterator[Condition]:
    """Walk to every comparison in a condition."""
    if condition is None:
        return
    if condition.question:
        yield condition
    for inner in (*condition.all, *condition.any):
        yield from referred(inner)
    yield from referred(condition.not_)


def visible(form: Form, answers: Answers) -> frozenset[str]:
    """Give the ids of the questions that are asked, given these answers.

    The answer to a hidden question counts as none, so what depends on it is hidden too; it is kept all
    the same. A form that was read has no circles, so this ends.
    """
    homes = {question.id: (section, question) for section in form.sections for question in section.questions}
    known: dict[str, bool] = {}

    def shown(question_id: str) -> bool:
        if question_id not in known:
            section, question = homes[question_id]
            known[question_id] = _holds(section.show_if) and _holds(question.show_if)
        return known[question_id]

    def _holds(condition: Condition | None) -> bool:
        if condition is None:
            return True
        if condition.all:
            return all(_holds(one) for one in condition.all)
        if condition.any:
            return any(_holds(one) for one in condition.any)
        if condition.not_ is not None:
            return not _holds(condition.not_)
        given = answers.get(condition.question) if shown(condition.question) else None
        return _compare(condition, homes[condition.question][1], given)

    return frozenset(question_id for question_id in homes if shown(question_id))


def _compare(condition: Condition, question: Question, given: Given | None) -> bool:
    """Decide one comparison; without an answer only `is_not` and `answered = false` hold."""
    if condition.answered is not None:
        return is_answered(question, given) is condition.answered
    found = given.value.get(condition.part or PARTS[question.kind][0]) if given is not None else None
    if condition.is_ is not None:
        return found == condition.is_
    if condition.is_not is not None:
        return found != condition.is_not
    if condition.includes is not None:
        return isinstance(found, (list, tuple)) and condition.includes in found
    if not isinstance(found, int):
        return False
    return (condition.at_least is None or found >= condition.at_least) and (
        condition.at_most is None or found <= condition.at_most
    )


def is_answered(question: Question, given: Given | None) -> bool:
    """Say whether a question has its answer; "not discussed" with its reason is one."""
    if given is None:
        return False
    if given.not_discussed:
        return True
    value = given.value
    match question.kind:
        case QuestionKind.NEED_ITEM:
            return value.get("advocate") is not None or value.get("survivor") is not None
        case QuestionKind.RISK_ITEM:
            rated = value.get("likelihood") is not None and value.get("severity") is not None
            return value.get("present") == "no" or (value.get("present") == "yes" and rated)
        case QuestionKind.CHOICES | QuestionKind.CHOICE:
            return any(value.get(part) for part in PARTS[question.kind])
        case QuestionKind.INSTRUCTION:
            return False
        case _:
            return value.get(PARTS[question.kind][0]) not in (None, "")


def progress(form: Form, section: Section, answers: Answers) -> tuple[int, int]:
    """Count the answered and the asked questions of a section."""
    asked = visible(form, answers)
    counted = [one for one in section.questions if one.takes_answer and one.id in asked]
    return sum(is_answered(one, answers.get(one.id)) for one in counted), len(counted)


def progress_of(form: Form, answers: Answers, skipped: frozenset[str] = frozenset()) -> tuple[int, int]:
    """Count the answered and the asked questions of a form; a section skipped by choice asks nothing."""
    counts = [progress(form, one, answers) for one in form.sections if one.id not in skipped]
    return sum(done for done, _ in counts), sum(total for _, total in counts)


def urgents(form: Form, answers: Answers) -> tuple[Urgent, ...]:
    """Name the answers that ask at once what was done, in the form's order (rules are the form's data)."""
    asked = visible(form, answers)
    found = []
    for question in form.questions():
        given = answers.get(question.id)
        if question.id in asked and given is not None and not given.not_discussed:
            why = _why_urgent(question, given.value)
            if why:
                found.append(Urgent(question.id, question.text, why))
    return tuple(found)


def _why_urgent(question: Question, value: AnswerValue) -> str:
    if question.urgent_if_present and value.get("present") == "yes":
        return "The answer is yes."
    band = answer_band(value)
    if question.urgent and band is not None and _rank(band) >= _rank(Band(question.urgent)):
        return f"Risk: {BAND_WORDS[band].lower()}."
    return ""


def _rank(band: Band) -> int:
    return tuple(Band).index(band)


def highest_band(form: Form, answers: Answers) -> Band | None:
    """Give the highest risk band among the risks that are asked; None when none was answered.

    A risk that is said not to be there counts as low; a started one without its ratings counts as none.
    """
    asked = visible(form, answers)
    bands: list[Band] = []
    for question in form.questions():
        given = answers.get(question.id)
        if question.kind is not QuestionKind.RISK_ITEM or question.id not in asked or given is None:
            continue
        band = answer_band(given.value)
        if band is not None:
            bands.append(band)
        elif given.value.get("present") == "no":
            bands.append(Band.LOW)
    return max(bands, key=_rank, default=None)


def theme_levels(form: Form, answers: Answers) -> dict[str, int]:
    """Give the advocate's highest need level for each theme in which one was given.

    The survivor's own level stands where the advocate gave none.
    """
    asked = visible(form, answers)
    levels: dict[str, int] = {}
    for section in form.sections:
        for question in section.questions:
            given = answers.get(question.id)
            if section.theme and question.kind is QuestionKind.NEED_ITEM and question.id in asked and given:
                level = given.value.get("advocate", given.value.get("survivor"))
                if isinstance(level, int):
                    levels[section.theme] = max(level, levels.get(section.theme, 0))
    return levels
