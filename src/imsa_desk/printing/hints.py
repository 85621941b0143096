"""Say in words when a question is asked: "Only if S4 “The place where I sleep …” is “Yes”"."""

from __future__ import annotations

from dataclasses import dataclass

from imsa_desk.domain.forms import YES_NO_UNKNOWN, Form, Question, QuestionKind
from imsa_desk.domain.forms.expressions import Call, Expr, Literal, Ref, Self
from imsa_desk.domain.forms.parts import PARTS
from imsa_desk.domain.forms.values import text_of
from imsa_desk.printing.blocks import isolated

_SHORT = 64
_COMPARED = {
    "=": "is",
    "!=": "is not",
    ">": "is more than",
    ">=": "is at least",
    "<": "is less than",
    "<=": "is at most",
}
_RECKONED = {"+": "plus", "-": "less", "*": "times", "div": "divided by", "mod": "modulo"}


def only_if(form: Form, rule: Expr | None) -> str:
    """Say when something is asked; "" where it always is."""
    return f"Only if {_Saying(form).condition(rule)}." if rule is not None else ""


@dataclass(frozen=True, slots=True)
class _Saying:
    form: Form

    def condition(self, rule: Expr) -> str:
        """Say a rule that is true or not."""
        if isinstance(rule, Call):
            if rule.op in ("and", "or"):
                return f" {rule.op} ".join(self._side(one) for one in rule.args)
            if rule.op == "not":
                return self._denied(rule.args[0])
            if rule.op in _COMPARED:
                return self._compared(rule)
            if rule.op == "selected":
                return f"{self.value(rule.args[0])} includes {self.value(rule.args[1], rule.args[0])}"
            if rule.op == "answered":
                return f"{self.value(rule.args[0])} is answered"
        return f"{self.value(rule)} is answered" if isinstance(rule, Ref) else self.value(rule)

    def _side(self, rule: Expr) -> str:
        mixed = isinstance(rule, Call) and rule.op in ("and", "or")
        return f"({self.condition(rule)})" if mixed else self.condition(rule)

    def _denied(self, rule: Expr) -> str:
        if isinstance(rule, Call):
            said = self.condition(rule)
            for words, other in (("is answered", "is not answered"), (" includes ", " does not include ")):
                if rule.op in ("answered", "selected") and words in said:
                    return said.replace(words, other, 1)
        return f"this is not so: {self.condition(rule)}"

    def _compared(self, rule: Call) -> str:
        left, right = rule.args
        if isinstance(right, Literal) and right.value == "" and rule.op in ("=", "!="):
            return f"{self.value(left)} is {'not ' if rule.op == '=' else ''}answered"
        scaled = isinstance(left, Ref) and self._label(left, right) is not None
        said = self.value(right, left)
        if scaled and rule.op in (">=", "<="):
            return f"{self.value(left)} is {said} or {'more' if rule.op == '>=' else 'less'}"
        return f"{self.value(left)} {_COMPARED[rule.op]} {said}"

    def value(self, rule: Expr, of: Expr | None = None) -> str:
        """Say a value; `of` is what it is compared with, which gives its words."""
        if isinstance(rule, Ref):
            return self._question(rule)
        if isinstance(rule, Literal):
            label = self._label(of, rule) if isinstance(of, Ref) else None
            said = text_of(rule.value)
            if label is not None:
                return f"“{isolated(label)}”"
            return f"“{isolated(said)}”" if isinstance(rule.value, str) else said
        if isinstance(rule, Self):
            return "the answer"
        return self._reckoned(rule)

    def _reckoned(self, rule: Call) -> str:
        if rule.op == "today":
            return "today"
        if rule.op == "count-selected":
            return f"the number chosen in {self.value(rule.args[0])}"
        if rule.op == "negative":
            return f"minus {self.value(rule.args[0])}"
        if rule.op == "if":
            test, yes, no = rule.args
            return f"{self.value(yes)} (where {self.condition(test)}) or {self.value(no)}"
        if rule.op in _RECKONED:
            return f" {_RECKONED[rule.op]} ".join(self.value(one) for one in rule.args)
        return f"({self.condition(rule)})"

    def _question(self, ref: Ref) -> str:
        question = self.form.question(ref.question)
        if question is None:
            return f"“{ref.question}”"
        text = question.text
        if len(text) > _SHORT:
            text = f"{text[:_SHORT].rsplit(' ', 1)[0]} …"
        part = ref.part if ref.part and ref.part != PARTS[question.kind][0] else ""
        title = self.form.scale(part).title or part.replace("_", " ") if part else ""
        quoted = f"“{isolated(text)}”"
        named = f"{question.number} {quoted}" if question.number else quoted
        return f"{named} ({title})" if title else named

    def _label(self, ref: Ref, value: Expr) -> str | None:
        """Give the form's words of a value of a question, where it has any."""
        question = self.form.question(ref.question)
        if question is None or not isinstance(value, Literal):
            return None
        said = text_of(value.value)
        return _labels(self.form, question, ref.part).get(said)


def _labels(form: Form, question: Question, part: str) -> dict[str, str]:
    """Give the words of each value of a part, by the value as text."""
    part = part or (PARTS[question.kind] or ("",))[0]
    if question.kind is QuestionKind.YES_NO_UNKNOWN:
        return dict(YES_NO_UNKNOWN)
    if question.options and part in ("choice", "choices"):
        return {option.value: option.label for option in question.options}
    scale = {"advocate": "need", "survivor": "need", "step": question.scale, "judged_band": "band"}
    return {str(point.value): point.label for point in form.scale(scale.get(part, part)).point}
