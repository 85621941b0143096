"""One row of the survey as one question: its words, its choices, its numbers and its rules."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from imsa_desk.domain.forms.expressions import joined
from imsa_desk.domain.forms.model import QuestionKind
from imsa_desk.domain.xlsform.choices import AGREED, YES_NO, Lists
from imsa_desk.domain.xlsform.draft import DraftQuestion, Rule, Words
from imsa_desk.domain.xlsform.model import Notes
from imsa_desk.domain.xlsform.rules import Named, Unfit, shown, to_rule
from imsa_desk.domain.xlsform.spoken import Speech
from imsa_desk.domain.xlsform.table import MEDIA, Row
from imsa_desk.domain.xlsform.tree import Node
from imsa_desk.domain.xlsform.types import ACKNOWLEDGED

YES = ("yes", "true", "true()", "1")
NO = ("no", "false", "false()", "0")
DECIMALS = 4
"""Decimals of a number that may have any."""
_LONG = re.compile(r"\bmulti-?line\b")
_PARTIAL = re.compile(r"\b(year|month-year)\b")
_HARMLESS = re.compile(
    r"(multi-?line|minimal|quick|compact(-\d+)?|quickcompact(-\d+)?|horizontal(-compact)?|vertical|field-list"
    r"|autocomplete(_chars)?|likert|columns(-\w+)?|label|list(-nolabel)?|table-list|numbers|no-calendar|no-ticks"
    r"|thousands-sep|spinner|picker|rating|vertical-range|year|month-year|w\d+|no-buttons|bearing|maps?"
    r"|randomi[sz]ed?|hide-input|distress|no-collapse|fullscreen|h\d)"
)
_WHOLE = re.compile(r"-?\d{1,9}")
_SEVERAL = (QuestionKind.CHOICE, QuestionKind.CHOICES)
_RECKONED = (QuestionKind.SHORT_TEXT, QuestionKind.NUMBER, QuestionKind.DATE)
_LIMIT_WORDS = "This answer is outside what the form allows. Check it."


@dataclass(slots=True)
class Reading:
    """What rows are read with."""

    names: Mapping[str, Named]
    lists: Lists
    speech: Speech
    notes: Notes
    wanted: frozenset[str]
    """Names that some expression refers to."""

    def say(self, row: Row, column: str, what: str, cure: str = "") -> None:
        """Take down a note about a row."""
        self.notes.add(row.sheet, row.number, row.head(column), what, cure)

    def rule(self, row: Row, column: str, repeat: str, without: str) -> Rule | None:
        """Turn a row's expression into a rule, or say why not and what happens `without` it."""
        text = row.get(column)
        if not text:
            return None
        try:
            return Rule(to_rule(text, self.names, repeat), row.head(column), text)
        except Unfit as unfit:
            self.say(row, column, f"Not carried over: {shown(text)} ({unfit}). {without}")
            return None


def read_question(node: Node, repeat: str, above: tuple[Rule, ...], reading: Reading) -> DraftQuestion | None:
    """Make the question of a row; None when nothing of it can be asked (and then a note says so)."""
    row, kind = node.row, _kind(node)
    question = DraftQuestion(row.number, node.id, kind, _text(row, node, reading), _help(row, reading))
    if kind in _SEVERAL and not _choose(question, node, reading):
        return None
    if kind is QuestionKind.NUMBER:
        _numbers(question, row, reading)
    say_left_out(row, reading)
    show = show_rule(row, repeat, above, reading)
    if show is not None:
        question.rules["show_if"] = show
    if not _reckon(question, row, repeat, reading):
        return None
    _require(question, row, repeat, reading)
    _limit(question, row, repeat, reading)
    return question


def show_rule(row: Row, repeat: str, above: tuple[Rule, ...], reading: Reading) -> Rule | None:
    """Join a row's relevance with that of the groups it stands in."""
    own = None
    if row.get("relevant").casefold() not in YES:
        own = reading.rule(row, "relevant", repeat, "It is always shown.")
    parts = [*above, *([own] if own else [])]
    expr = joined("and", *(part.expr for part in parts))
    return Rule(expr, row.head("relevant"), " and ".join(part.said for part in parts)) if expr else None


def _kind(node: Node) -> QuestionKind:
    kind = node.type.kind or QuestionKind.SHORT_TEXT
    appearance = node.row.get("appearance").casefold()
    rows = node.row.get("rows")
    several = _WHOLE.fullmatch(rows) is not None and int(rows) > 1
    if kind is QuestionKind.SHORT_TEXT and (_LONG.search(appearance) or several):
        return QuestionKind.LONG_TEXT
    if kind is QuestionKind.DATE and _PARTIAL.search(appearance):
        return QuestionKind.PARTIAL_DATE
    return kind


def _text(row: Row, node: Node, reading: Reading) -> Words:
    label = reading.speech.words(row, "label")
    if label.main:
        return label
    name = row.get("name") or node.id
    hint = reading.speech.words(row, "hint")
    if node.type.kind is QuestionKind.CALCULATED:
        return Words(name)
    stands = "the hint" if hint.main else f'"{name}"'
    reading.say(row, "label", f"The question has no words; {stands} stands instead.", "Write a label.")
    return hint if hint.main else Words(name)


def _help(row: Row, reading: Reading) -> Words:
    """Join hint and guidance; where the hint had to be the question it is not said twice."""
    hint = reading.speech.words(row, "hint")
    if not row.words.get("label"):
        hint = Words()
    guidance = reading.speech.words(row, "guidance_hint")
    codes = dict.fromkeys((*hint.others, *guidance.others))
    others = {code: _lines(hint.others.get(code, ""), guidance.others.get(code, "")) for code in codes}
    return Words(_lines(hint.main, guidance.main), others)


def _lines(*texts: str) -> str:
    return "\n".join(text for text in texts if text)


def _choose(question: DraftQuestion, node: Node, reading: Reading) -> bool:
    row, words = node.row, " ".join(node.row.get("type").casefold().split())
    if words in ACKNOWLEDGED:
        question.choices = AGREED
    elif words == "yes or no question":
        question.choices = YES_NO
    else:
        question.choices = reading.lists.get(node.type.list, ())
        question.other = node.type.other
    if not question.choices:
        what = f'There is no list "{node.type.list}" on the sheet choices.'
        reading.notes.stop(row.sheet, row.number, row.head("type"), what, "Add it, or correct its name.")
        return False
    if row.get("choice_filter"):
        what = f"Not carried over: {shown(row.get('choice_filter'))}. Every choice of the list is offered."
        reading.say(row, "choice_filter", what)
    return True


def _numbers(question: DraftQuestion, row: Row, reading: Reading) -> None:
    """Read the ends and the steps of a range; decimals may have some places."""
    said = row.get("type").casefold().split()[0]
    if said == "decimal":
        question.numbers["decimals"] = DECIMALS
    given = dict(
        part.split("=", 1) for part in row.get("parameters").replace(";", " ").split() if part.count("=") == 1
    )
    if said != "range":
        return
    ends = {"minimum": given.pop("start", "0"), "maximum": given.pop("end", "10")}
    step = given.pop("step", "1")
    for name, end in ends.items():
        if _WHOLE.fullmatch(end):
            question.numbers[name] = int(end)
        else:
            reading.say(row, "parameters", f"The end {end[:40]} of the range is not carried over.", "")
    decimals = len(step.partition(".")[2])
    if decimals:
        question.numbers["decimals"] = min(decimals, DECIMALS)
    if step != "1":
        reading.say(
            row, "parameters", f"The steps of {step[:40]} are not carried over; any number may be typed."
        )


def say_left_out(row: Row, reading: Reading) -> None:
    """Name what stands in the row and has no counterpart."""
    if row.get("default"):
        reading.say(
            row, "default", f"Not carried over: an answer is not filled in ({shown(row.get('default'))})."
        )
    if row.get("read_only").casefold() in YES:
        reading.say(row, "read_only", "Not carried over: the answer can be typed.")
    if row.get(MEDIA):
        reading.say(row, MEDIA, f"Pictures and sounds are not carried over: {shown(row.get(MEDIA))}.")
    if row.get("trigger"):
        reading.say(row, "trigger", "Not carried over: a value is reckoned whenever it is needed.")
    if row.get("parameters") and not row.get("type").casefold().startswith("range"):
        reading.say(row, "parameters", f"Not carried over: {shown(row.get('parameters'))}.")
    strange = [one for one in row.get("appearance").casefold().split() if not _HARMLESS.fullmatch(one)]
    if strange:
        reading.say(row, "appearance", f"Not carried over: {shown(' '.join(strange))}. It is asked as usual.")


def _reckon(question: DraftQuestion, row: Row, repeat: str, reading: Reading) -> bool:
    """Give a question its calculation; say whether it is asked at all."""
    calculates = question.kind is QuestionKind.CALCULATED
    if not row.get("calculation"):
        if calculates:
            reading.say(row, "calculation", "There is nothing to calculate, so the row is not carried over.")
        return not calculates
    if not calculates and question.kind not in _RECKONED:
        said = shown(row.get("calculation"))
        reading.say(row, "calculation", f"Not carried over: {said}. The answer is given by hand.")
        return True
    needed = row.get("name") in reading.wanted
    kept = "It is asked instead." if needed or not calculates else "The row is left out."
    rule = reading.rule(row, "calculation", repeat, kept)
    if rule is not None:
        if not calculates:
            reading.say(row, "calculation", "The answer is calculated here and cannot be typed.")
        question.kind = QuestionKind.CALCULATED
        question.numbers.clear()
        question.rules["calculation"] = rule
        return True
    if calculates and needed:
        question.kind = QuestionKind.SHORT_TEXT
    return needed or not calculates


def _require(question: DraftQuestion, row: Row, repeat: str, reading: Reading) -> None:
    said = row.get("required").casefold().replace(" ", "")
    told = row.words.get("required_message")
    if said and said not in NO:
        if question.kind in (QuestionKind.CALCULATED, QuestionKind.INSTRUCTION):
            reading.say(row, "required", "Not carried over: nobody answers this row.")
        elif said in YES:
            question.required = True
        elif rule := reading.rule(row, "required", repeat, "It may be left."):
            question.rules["required_if"] = rule
    if told:
        reading.say(row, "required_message", "Not carried over: the program has its own words for it.")


def _limit(question: DraftQuestion, row: Row, repeat: str, reading: Reading) -> None:
    if not row.get("constraint"):
        if row.words.get("constraint_message"):
            reading.say(
                row, "constraint_message", "There is no constraint, so its words are not carried over."
            )
        return
    if question.kind in (QuestionKind.CALCULATED, QuestionKind.INSTRUCTION):
        reading.say(row, "constraint", "Not carried over: nobody answers this row.")
        return
    rule = reading.rule(row, "constraint", repeat, "It is left out.")
    if rule is not None:
        question.rules["limit"] = rule
        words = reading.speech.words(row, "constraint_message")
        question.limit_words = words if words.main else Words(_LIMIT_WORDS)
