"""One parser for each kind of question: what was typed becomes the value that is stored, or is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from imsa_desk.domain.assessments import Answer, AnswerDraft, AnswerValue, answer_band, risk_band
from imsa_desk.domain.dates import parse_day
from imsa_desk.domain.forms.model import Form, Question, QuestionKind
from imsa_desk.domain.forms.parts import (
    NEED_PARTS,
    PARTS,
    RATED_RISK_PARTS,
    RISK_PARTS,
    SHORT_LIMIT,
    TEXT_LIMIT,
    YES_NO_UNKNOWN,
    Part,
)
from imsa_desk.errors import Problem, Refused
from imsa_desk.vocab import AnswerSource, NotDiscussed

_WHOLE_NUMBER_DIGITS = 9
_KEPT_CONTROLS = "\n\t"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a parser is given: the form, the question, the parts as drafted and the day."""

    form: Form
    question: Question
    value: AnswerValue
    today: date

    def refuse(self, text: str) -> Refused:
        """Make the refusal of this question."""
        return Refused([Problem(self.question.id, f"{self.question.number} {text}".strip())], code="E_ANSWER")


Parser = Callable[[Reading], AnswerValue]


def parse_answer(form: Form, question: Question, draft: AnswerDraft, today: date) -> Answer:
    """Turn what stands in the editor into what is stored; empty parts are left out.

    With a reason why it was not discussed only words remain. Author and day asked are the caller's to add.
    Raises `Refused` (E_ANSWER) about the question's id.
    """
    reading = Reading(form, question, draft.value, today)
    known = PARTS[question.kind]
    for part in draft.value:
        if part not in known:
            raise reading.refuse(f'An answer to this question has no part "{part}".')
    reason = _word(reading, draft.not_discussed, tuple(NotDiscussed), "why it was not discussed")
    source = _word(reading, draft.source, tuple(AnswerSource), "where the answer comes from")
    value = PARSERS[question.kind](reading)
    if reason:
        value = {part: words for part, words in value.items() if part in ("words", "note", "text")}
    return Answer(
        question_id=question.id,
        value=value,
        repeat=draft.repeat,
        source=AnswerSource(source) if source else None,
        valid_on=_day(draft.valid_on, reading) if draft.valid_on.strip() else None,
        not_discussed=NotDiscussed(reason) if reason else None,
    )


def is_empty(answer: Answer) -> bool:
    """Say whether nothing was answered, so that no row is kept."""
    return not answer.value and answer.not_discussed is None


def incomplete(form: Form, question: Question, answer: Answer | None) -> str:
    """Say what a started answer still lacks before it may be signed; "" when nothing."""
    if answer is None or answer.not_discussed is not None or question.kind is not QuestionKind.RISK_ITEM:
        return ""
    value = answer.value
    if value.get("present") != "yes":
        return ""
    likelihood, severity = value.get("likelihood"), value.get("severity")
    if not isinstance(likelihood, int) or not isinstance(severity, int):
        return "Choose how likely it is and how serious it would be, or say why it was not discussed."
    if answer_band(value) is not risk_band(likelihood, severity) and not value.get("judgement_reason"):
        words = form.scale("band").label(str(risk_band(likelihood, severity))).lower()
        return f'Give the reason why your judgement is not "{words}".'
    return ""


def _text(reading: Reading) -> AnswerValue:
    limit = SHORT_LIMIT if reading.question.kind is QuestionKind.SHORT_TEXT else TEXT_LIMIT
    return _drop_empty({"text": clean(reading, reading.value.get("text"), limit)})


def _number(reading: Reading) -> AnswerValue:
    number = whole(reading.value.get("number"))
    question = reading.question
    if number is None:
        if reading.value.get("number") in (None, ""):
            return {}
        raise reading.refuse("Enter a whole number, for example 2.")
    least, most = question.minimum, question.maximum
    if (least is not None and number < least) or (most is not None and number > most):
        raise reading.refuse(f"Enter a number {_range(least, most)}.")
    return {"number": number}


def _range(least: int | None, most: int | None) -> str:
    if most is None:
        return f"of {least} or more"
    return f"of {most} or less" if least is None else f"between {least} and {most}"


def _date(reading: Reading) -> AnswerValue:
    typed = clean(reading, reading.value.get("day"), SHORT_LIMIT)
    return {"day": _day(typed, reading).isoformat()} if typed else {}


def _day(typed: str, reading: Reading) -> date:
    return parse_day(typed, reading.today, field=reading.question.id)


def _yes_no_unknown(reading: Reading) -> AnswerValue:
    choice = _word(reading, reading.value.get("choice"), tuple(YES_NO_UNKNOWN), "yes, no or not known")
    return _drop_empty({"choice": choice, "note": clean(reading, reading.value.get("note"), TEXT_LIMIT)})


def _choice(reading: Reading) -> AnswerValue:
    options = tuple(option.value for option in reading.question.options)
    return _drop_empty(
        {
            "choice": _word(reading, reading.value.get("choice"), options, "one of the choices"),
            "other": _other(reading),
        }
    )


def _choices(reading: Reading) -> AnswerValue:
    options = tuple(option.value for option in reading.question.options)
    return _drop_empty(
        {"choices": _words(reading, reading.value.get("choices"), options), "other": _other(reading)}
    )


def _other(reading: Reading) -> str:
    other = clean(reading, reading.value.get("other"), SHORT_LIMIT)
    if other and not reading.question.other:
        raise reading.refuse("Choose one of the choices; nothing else can be added here.")
    return other


def _need_item(reading: Reading) -> AnswerValue:
    return _by_table(reading, NEED_PARTS)


def _risk_item(reading: Reading) -> AnswerValue:
    """Read a risk; a rating implies that it is there, and a "no" carries no rating."""
    value = _by_table(reading, RISK_PARTS)
    if "present" not in value and ("likelihood" in value or "severity" in value):
        value["present"] = "yes"
    if value.get("present") == "no":
        value = {part: said for part, said in value.items() if part not in RATED_RISK_PARTS}
    return value


def _instruction(reading: Reading) -> AnswerValue:
    return {}


PARSERS: dict[QuestionKind, Parser] = {
    QuestionKind.SHORT_TEXT: _text,
    QuestionKind.LONG_TEXT: _text,
    QuestionKind.NUMBER: _number,
    QuestionKind.DATE: _date,
    QuestionKind.YES_NO_UNKNOWN: _yes_no_unknown,
    QuestionKind.CHOICE: _choice,
    QuestionKind.CHOICES: _choices,
    QuestionKind.NEED_ITEM: _need_item,
    QuestionKind.RISK_ITEM: _risk_item,
    QuestionKind.INSTRUCTION: _instruction,
}


def _by_table(reading: Reading, table: dict[str, Part]) -> AnswerValue:
    value: AnswerValue = {}
    for name, part in table.items():
        given = reading.value.get(name)
        if not part.scale:
            value[name] = clean(reading, given, part.limit)
            continue
        scale = reading.form.scale(part.scale)
        steps = tuple(point.value for point in scale.point)
        said = f'a step of "{scale.title}"'
        value[name] = _words(reading, given, steps) if part.several else _step(reading, given, steps, said)
    return _drop_empty(value)


def _step(reading: Reading, given: object, steps: tuple[int | str, ...], what: str) -> int | str | None:
    if any(isinstance(step, str) for step in steps):
        return _word(reading, given, tuple(str(step) for step in steps), what)
    if given is None or given == "":
        return None
    number = whole(given)
    if number is None or number not in steps:
        raise reading.refuse(f"Choose {what}.")
    return number


def _words(reading: Reading, given: object, steps: tuple[int | str, ...]) -> list[str]:
    """Read several words, in the order the form offers them, each once."""
    if given is None or given == "":
        return []
    if not isinstance(given, (list, tuple)) or any(one not in steps for one in given):
        raise reading.refuse("Choose from what is offered.")
    return [str(step) for step in steps if step in given]


def _word(reading: Reading, given: object, steps: tuple[str, ...], what: str) -> str:
    if given is None or given == "":
        return ""
    if not isinstance(given, str) or given not in steps:
        raise reading.refuse(f"Choose {what}.")
    return str(given)


def whole(given: object) -> int | None:
    """Read a whole number, also from digits typed; None when it is none."""
    if isinstance(given, bool):
        return None
    if isinstance(given, int):
        return given
    if isinstance(given, str):
        typed = given.strip()
        digits = typed.removeprefix("-")
        if digits.isascii() and digits.isdigit() and len(digits) <= _WHOLE_NUMBER_DIGITS:
            return int(typed)
    return None


def clean(reading: Reading, given: object, limit: int) -> str:
    """Keep a text as typed, without invisible control characters and space around it."""
    if given is None:
        return ""
    if not isinstance(given, str):
        raise reading.refuse("Enter words here.")
    text = given.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(c for c in text if c in _KEPT_CONTROLS or not (ord(c) < 32 or ord(c) == 127)).strip()
    if len(text) > limit:
        raise reading.refuse(f"Shorten the text to {limit:,} characters; it has {len(text):,}.")
    return text


def _drop_empty(value: AnswerValue) -> AnswerValue:
    return {part: said for part, said in value.items() if said not in (None, "", [])}
