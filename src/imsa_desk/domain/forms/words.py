"""How answers are said: whose words they are, and an answer as lines to read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from imsa_desk.domain.assessments import BAND_WORDS, AnswerValue, answer_band
from imsa_desk.domain.dates import say_birth, say_full
from imsa_desk.domain.forms.given import rows_of
from imsa_desk.domain.forms.model import Form, Given, Question, QuestionKind, Scale
from imsa_desk.domain.forms.parts import MONEY_PERIODS, YES_NO_UNKNOWN
from imsa_desk.domain.forms.values import day_of
from imsa_desk.domain.lists import Lists, readable

_THEY = {"she": "she", "he": "he"}
_THEIR = {"she": "her", "he": "his"}
_THEM = {"she": "her", "he": "him"}
NAMED_SCALES = frozenset({"who_at_risk", "owner", "source", "survivor_agrees"})
"""Scales whose words speak of "the person", which reads better with the name the person is known by."""


@dataclass(frozen=True, slots=True)
class Speech:
    """How to speak of the person: by the known-as name and the pronouns in the record."""

    name: str = "The person"
    pronouns: str = ""

    @property
    def they(self) -> str:
        """Give "she", "he", "they", or the name where only the name is to be used."""
        return self.name if self.pronouns == "name_only" else _THEY.get(self.pronouns, "they")

    @property
    def their(self) -> str:
        """Give "her", "his", "their" or the name's own form."""
        return self.own if self.pronouns == "name_only" else _THEIR.get(self.pronouns, "their")

    @property
    def them(self) -> str:
        """Give "her", "him", "them" or the name."""
        return self.name if self.pronouns == "name_only" else _THEM.get(self.pronouns, "them")

    @property
    def own(self) -> str:
        """Give the name's own form: "Selam’s", "Agnes’"."""
        return f"{self.name}’" if self.name.endswith("s") else f"{self.name}’s"

    @property
    def wish(self) -> str:
        """Say that something rests because the person wishes so: "as she wishes", "as they wish"."""
        return f"as {self.they} wish{'' if self.they == 'they' else 'es'}"

    def label(self, form: Form, scale: str, value: object) -> str:
        """Give the words of a step, with the name in place of "the person"."""
        words = form.scale(scale).label(value)
        return words.replace("The person", self.name) if scale in NAMED_SCALES else words


@dataclass(frozen=True, slots=True)
class Said:
    """One line of an answer; `quoted` words are the person's own or free text."""

    label: str
    words: str
    quoted: bool = False


def said(
    form: Form, question: Question, given: Given | None, speech: Speech, lists: Lists | None = None
) -> tuple[Said, ...]:
    """Say an answer line by line, the most telling first; nothing where there is no answer.

    `lists` give the words of what was chosen from a list; without them its value is made readable.
    """
    if given is None:
        return ()
    value = given.value
    if given.not_discussed:
        lines = [Said("", speech.label(form, "not_discussed", given.not_discussed))]
        return (*lines, *_quotes(value, ("words", "text", "note")))
    match question.kind:
        case QuestionKind.NEED_ITEM:
            return tuple(_need(form, value, speech))
        case QuestionKind.RISK_ITEM:
            return tuple(_risk(form, value, speech))
        case QuestionKind.CHOICES:
            chosen = ", ".join(question.option_label(one) for one in several(value.get("choices")))
            return (*([Said("", chosen)] if chosen else []), *_quotes(value, ("other",)))
        case QuestionKind.PERSON:
            return tuple(_person(value))
        case QuestionKind.AGREEMENT:
            return tuple(_agreement(value, lists))
        case QuestionKind.GROUP:
            return tuple(_rows(question, value))
    plain = _plain(form, question, value, lists)
    return (*([Said("", plain)] if plain else []), *_quotes(value, ("other", "note", "text")))


def _plain(form: Form, question: Question, value: AnswerValue, lists: Lists | None) -> str:
    """Say the telling part of an answer that has one; "" where there is none."""
    match question.kind:
        case QuestionKind.CHOICE if value.get("choice"):
            return question.option_label(value["choice"])
        case QuestionKind.YES_NO_UNKNOWN if value.get("choice"):
            return YES_NO_UNKNOWN.get(str(value["choice"]), str(value["choice"]))
        case QuestionKind.LIST_CHOICE if value.get("choice"):
            return _of_list(question.list, str(value["choice"]), lists)
        case QuestionKind.SCALE if value.get("step") is not None:
            return form.scale(question.scale).label(value["step"])
        case QuestionKind.DATE if value.get("day"):
            return said_day(str(value["day"]))
        case QuestionKind.PARTIAL_DATE if value.get("when"):
            return said_partial(str(value["when"]), about=value.get("about") == "yes")
        case QuestionKind.MONEY if value.get("pence") is not None:
            return said_money(value["pence"], str(value.get("per") or ""))
        case QuestionKind.NUMBER if value.get("number") is not None:
            return f"{value['number']} {question.unit}".strip()
        case QuestionKind.CALCULATED if value.get("result") is not None:
            return said_result(question, value["result"])
    return ""


def said_result(question: Question, result: object) -> str:
    """Say what was reckoned, with its unit; a day in full, yes and no as words."""
    day = day_of(str(result))
    words = say_full(day) if day is not None else YES_NO_UNKNOWN.get(str(result), str(result))
    return f"{words} {question.unit}".strip()


def said_money(pence: object, per: str = "") -> str:
    """Say an amount as people write it: "£49.18 a week"."""
    if not isinstance(pence, int):
        return str(pence)
    amount = f"{'−' if pence < 0 else ''}£{abs(pence) // 100:,}.{abs(pence) % 100:02}"
    return f"{amount} {MONEY_PERIODS.get(per, per)}".strip()


def said_partial(when: str, *, about: bool = False) -> str:
    """Say a day, a month or a year as far as it is known: "about May 2019"."""
    try:
        return say_birth(when, approximate=about)
    except (ValueError, IndexError):
        return when


def _of_list(list_id: str, value: str, lists: Lists | None) -> str:
    return lists.label(list_id, value) if lists is not None else readable(value)


def _person(value: AnswerValue) -> list[Said]:
    """Say a name as it was then, with the role; somebody chosen without a name is told as such."""
    name = str(value.get("name") or "")
    words = ", ".join(one for one in (name, str(value.get("role") or "")) if one)
    if not words and value.get("who"):
        words = "Somebody of this case"
    return [Said("", words)] if words else []


def _agreement(value: AnswerValue, lists: Lists | None) -> list[Said]:
    """Say how it was agreed, by whom and when; a drawn signature is only named."""
    lines = []
    if value.get("how"):
        lines.append(Said("", _of_list("agreement_how", str(value["how"]), lists)))
    if value.get("name"):
        lines.append(Said("Name", str(value["name"])))
    if value.get("on"):
        lines.append(Said("On", said_day(str(value["on"]))))
    if value.get("strokes"):
        lines.append(Said("", "With a drawn signature"))
    return [*lines, *_quotes(value, ("words",))]


def _rows(question: Question, value: AnswerValue) -> list[Said]:
    """Say how many rows a group has; each row's answers are said at their own questions."""
    count = len(rows_of(value))
    if not count:
        return []
    return [Said("", f"{count} {'entry' if count == 1 else 'entries'}")]


def several(value: object) -> tuple[str, ...]:
    """Give the words of a part that takes several."""
    return tuple(str(one) for one in value) if isinstance(value, (list, tuple)) else ()


def _need(form: Form, value: dict[str, object], speech: Speech) -> list[Said]:
    lines = [
        Said(who, form.scale("need").label(value[part]))
        for who, part in (("You", "advocate"), (speech.name, "survivor"))
        if value.get(part) is not None
    ]
    lines += _quotes(value, ("words",))
    if value.get("next_step"):
        owner = value.get("owner")
        who = f" ({speech.label(form, 'owner', owner)})" if owner else ""
        lines.append(Said("Next step", f"{value['next_step']}{who}"))
    named = (("importance", "Matters"), ("confidence", "Sure of it"), ("consent_to_refer", "May refer"))
    lines += [Said(words, speech.label(form, part, value[part])) for part, words in named if value.get(part)]
    return lines


def _risk(form: Form, value: dict[str, object], speech: Speech) -> list[Said]:
    if value.get("present") == "no":
        return [Said("", "Not so now"), *_quotes(value, ("words", "note"))]
    lines = [
        Said(words, form.scale(part).label(value[part]))
        for words, part in (("Likelihood", "likelihood"), ("Severity", "severity"))
        if value.get(part) is not None
    ]
    band = answer_band(value)
    if band is not None:
        lines.append(Said("Risk", BAND_WORDS[band]))
    if not lines and value.get("present") == "yes":
        lines.append(Said("", "So now, not rated"))
    lines += _quotes(value, ("words", "judgement_reason"))
    if value.get("imminence"):
        lines.append(Said("How soon", alone(form.scale("imminence"), value["imminence"])))
    single = (("trend", "Trend"), ("residual_band", "Remains"))
    for part, words in (*single, ("protective_effect", "Held back"), ("survivor_agrees", "Agrees")):
        scale = "band" if part == "residual_band" else part
        if value.get(part):
            lines.append(Said(words, speech.label(form, scale, value[part])))
    for part, words in (
        ("who_at_risk", "Who"),
        ("risk_from", "From"),
        ("protective_factors", "Protected by"),
    ):
        chosen = ", ".join(speech.label(form, part, one) for one in several(value.get(part)))
        lines += [Said(words, chosen)] if chosen else []
    return [*lines, *_quotes(value, ("note",))]


def _quotes(value: dict[str, object], parts: tuple[str, ...]) -> list[Said]:
    return [Said("", _quoted(str(value[part])), quoted=True) for part in parts if value.get(part)]


def _quoted(words: str) -> str:
    return words if words[:1] in "“‘\"'«„" else f"“{words}”"


def said_day(typed: str) -> str:
    """Give a stored day in full; what is no day yet stays as it was typed."""
    try:
        return say_full(date.fromisoformat(typed))
    except ValueError:
        return typed


def alone(scale: Scale, value: object) -> str:
    """Give the words of a step so that they can be read without the steps before it.

    "Later than that" follows "This month" in a list; by itself it says "Later than this month".
    """
    words = scale.label(value)
    steps = [point.value for point in scale.point]
    at = steps.index(value) if value in steps else 0
    if at and words.endswith(" than that"):
        return f"{words.removesuffix('that')}{scale.point[at - 1].label.lower()}"
    return words


def one_line(lines: tuple[Said, ...]) -> str:
    """Join an answer to one line, for lists and for narrow pages."""
    return " · ".join(f"{one.label}: {one.words}" if one.label else one.words for one in lines)
