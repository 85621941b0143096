"""The one evaluator of forms: which questions are asked, what is reckoned, and what is not yet right.

The rules are data. An expression is reckoned with the values of other answers; the answer to a question
that is not asked counts as none, so what depends on it goes with it, though it is kept. Nothing here can
fail, whatever stands in the answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from imsa_desk.domain.assessments import answer_key
from imsa_desk.domain.forms.expressions import NEGATIVE, Call, Expr, Literal, Ref, refs_of
from imsa_desk.domain.forms.given import is_answered, is_given, part_value, rows_of
from imsa_desk.domain.forms.model import Form, Given, Question, QuestionKind, Section
from imsa_desk.domain.forms.values import Value, equal, number_of, ordered, plain, reckon, text_of, truth
from imsa_desk.errors import Problem

Answers = Mapping[str, Given]

MISSING = "Answer this, say why it was not discussed, or skip the section."
UNCONFIRMED = "Carried over from before: confirm that it is still so, or answer it anew."
UNFIT = "This answer does not fit. Check it."


@dataclass(frozen=True, slots=True)
class Asked:
    """A question where it is asked: on its own, or in one row of its group."""

    question: Question
    repeat: int = 0

    @property
    def key(self) -> str:
        """Give the key its answer is found by."""
        return answer_key(self.question.id, self.repeat)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What follows from a form and answers to it."""

    form: Form
    answers: Answers
    visible: frozenset[str]
    """The keys of what is asked (`answer_key`); the members of a group once for each of its rows."""
    calculated: Mapping[str, str | int]
    """What is reckoned, by key; nothing where it comes out empty."""
    problems: tuple[Problem, ...]
    """What is required and missing, and what lies outside its limit; each names its key."""
    by_section: Mapping[str, tuple[Asked, ...]]
    """What is asked in each section, in order: a group, then its members row by row."""

    def asked(self, section: Section | None = None) -> tuple[Asked, ...]:
        """Give what is asked in a section or in the whole form, in order."""
        if section is not None:
            return self.by_section.get(section.id, ())
        return tuple(one for places in self.by_section.values() for one in places)

    def progress(self, section: Section) -> tuple[int, int]:
        """Count the answered and the asked questions of a section."""
        counted = [one for one in self.asked(section) if one.question.takes_answer]
        return sum(is_answered(one.question, self.answers.get(one.key)) for one in counted), len(counted)

    def progress_all(self, skipped: frozenset[str] = frozenset()) -> tuple[int, int]:
        """Count those of the form; a section skipped by choice asks nothing."""
        counts = [self.progress(one) for one in self.form.sections if one.id not in skipped]
        return sum(done for done, _ in counts), sum(total for _, total in counts)


@dataclass(frozen=True, slots=True)
class _Node:
    """A question with its place, in an order in which nothing comes before what it depends on."""

    question: Question
    section: Section
    group: Question | None


def evaluate(form: Form, answers: Answers, on: date | None = None) -> Evaluation:
    """Work out what follows from answers; `today()` is the day `on`, and empty without one.

    One pass over the questions in the order of what depends on what, so that it takes time by their number.
    """
    run = _Run(form, answers, on)
    for node in form.once("order", _order):
        run.settle(node)
    by_section = {section.id: tuple(run.places(section)) for section in form.sections}
    return Evaluation(
        form=form,
        answers=answers,
        visible=frozenset(run.shown),
        calculated={
            key: said for key, value in run.results.items() if (said := _result(run, key, value)) != ""
        },
        problems=tuple(run.problems(one for places in by_section.values() for one in places)),
        by_section=by_section,
    )


class _Run:
    """One evaluation on its way."""

    def __init__(self, form: Form, answers: Answers, on: date | None) -> None:
        self.form = form
        self.answers = answers
        self.on = on
        self.shown: set[str] = set()
        self.results: dict[str, Value] = {}
        self._sections: dict[str, bool] = {}
        self._rows: dict[str, tuple[int, ...]] = {}

    def settle(self, node: _Node) -> None:
        """Decide whether a question is asked, in each row, and reckon it if it is calculated."""
        section, question, group = node.section, node.question, node.group
        if section.show_if is not None:
            if section.id not in self._sections:
                self._sections[section.id] = truth(self.value(section.show_if, 0))
            if not self._sections[section.id]:
                return
        if group is None:
            self._settle(question, 0)
            if question.kind is QuestionKind.GROUP and question.id in self.shown:
                given = self.answers.get(question.id)
                self._rows[question.id] = rows_of(given.value) if given is not None else ()
            return
        for row in self._rows.get(group.id, ()):
            self._settle(question, row)

    def _settle(self, question: Question, row: int) -> None:
        if question.show_if is None or truth(self.value(question.show_if, row)):
            key = answer_key(question.id, row)
            self.shown.add(key)
            if question.calculation is not None:
                self.results[key] = self.value(question.calculation, row)

    def places(self, section: Section) -> Iterator[Asked]:
        """Walk through what is asked in a section."""
        for question in section.questions:
            if question.id in self.shown:
                yield Asked(question)
            for row in self._rows.get(question.id, ()) if question.members else ():
                for member in question.members:
                    if answer_key(member.id, row) in self.shown:
                        yield Asked(member, row)

    def problems(self, places: Iterator[Asked]) -> Iterator[Problem]:
        """Walk to what is required and missing, and to answers outside their limit."""
        for one in places:
            question = one.question
            if not question.takes_answer:
                continue
            given = self.answers.get(one.key)
            words = self._lack(question, given, one.repeat) or self._unfit(question, given, one.repeat)
            if words:
                yield Problem(one.key, f"{question.number} {words}".strip())

    def _lack(self, question: Question, given: Given | None, row: int) -> str:
        required = question.required or (
            question.required_if is not None and truth(self.value(question.required_if, row))
        )
        if not required or is_answered(question, given):
            return ""
        return UNCONFIRMED if is_given(question, given) else MISSING

    def _unfit(self, question: Question, given: Given | None, row: int) -> str:
        if given is None or given.not_discussed or not is_given(question, given):
            return ""
        if question.least_rows and len(rows_of(given.value)) < question.least_rows:
            return f"Add at least {question.least_rows}, or say why it was not discussed."
        if question.limit is None:
            return ""
        own = part_value(question, given)
        return "" if truth(self.value(question.limit, row, own)) else question.limit_words or UNFIT

    def value(self, expr: Expr, row: int, own: Value = None) -> Value:
        """Reckon an expression as it stands in a row (0 outside of groups)."""
        if isinstance(expr, Call):
            return self._call(expr, row, own)
        if isinstance(expr, Ref):
            return self._referred(expr, row)
        return expr.value if isinstance(expr, Literal) else own

    def _referred(self, ref: Ref, row: int) -> Value:
        question, key = self._place(ref, row)
        if question is None or key not in self.shown:
            return None
        if question.kind is QuestionKind.CALCULATED:
            return self.results.get(key)
        return part_value(question, self.answers.get(key), ref.part)

    def _place(self, ref: Ref, row: int) -> tuple[Question | None, str]:
        """Find a question and the key of its answer; a member's is the one of the same row."""
        question = self.form.question(ref.question)
        in_row = row and self.form.group_of(ref.question) is not None
        return question, answer_key(ref.question, row if in_row else 0)

    def _call(self, call: Call, row: int, own: Value) -> Value:
        op, args = call.op, call.args
        match op:
            case "and":
                return all(truth(self.value(one, row, own)) for one in args)
            case "or":
                return any(truth(self.value(one, row, own)) for one in args)
            case "if":
                chosen = args[1] if truth(self.value(args[0], row, own)) else args[2]
                return self.value(chosen, row, own)
            case "answered":
                return self._is_given(args[0], row)
            case "today":
                return self.on
        values = [self.value(one, row, own) for one in args]
        return _OPERATIONS[op](values) if op in _OPERATIONS else None

    def _is_given(self, expr: Expr, row: int) -> bool:
        question, key = self._place(expr, row) if isinstance(expr, Ref) else (None, "")
        if question is None or key not in self.shown:
            return False
        if question.kind is QuestionKind.CALCULATED:
            return text_of(self.results.get(key)) != ""
        return is_given(question, self.answers.get(key))


def _comparing(op: str) -> Callable[[list[Value]], Value]:
    return lambda values: ordered(op, values[0], values[1])


def _reckoning(op: str) -> Callable[[list[Value]], Value]:
    return lambda values: reckon(op, values[0], values[1])


def _selected(values: list[Value]) -> Value:
    """Say whether a word is among those chosen; a text is taken as the words in it, as XLSForm does."""
    chosen = values[0] if isinstance(values[0], tuple) else tuple(text_of(values[0]).split())
    wanted = text_of(values[1])
    return wanted != "" and (wanted in chosen or wanted == text_of(values[0]))


def _count(values: list[Value]) -> Value:
    chosen = values[0] if isinstance(values[0], tuple) else text_of(values[0]).split()
    return Decimal(len(chosen))


def _minus(values: list[Value]) -> Value:
    number = number_of(values[0])
    return -number if number is not None else None


_OPERATIONS: dict[str, Callable[[list[Value]], Value]] = {
    "=": lambda values: equal(values[0], values[1]),
    "!=": lambda values: not equal(values[0], values[1]),
    **{op: _comparing(op) for op in ("<", "<=", ">", ">=")},
    **{op: _reckoning(op) for op in ("+", "-", "*", "div", "mod")},
    "not": lambda values: not truth(values[0]),
    "selected": _selected,
    "count-selected": _count,
    NEGATIVE: _minus,
}


def _result(run: _Run, key: str, value: Value) -> str | int:
    """Spell a reckoned value: a whole number as one, else words; decimals as the question asks for."""
    if not isinstance(value, Decimal):
        return text_of(value)
    question = run.form.question(key.partition("#")[0])
    text = plain(value, question.decimals if question is not None and question.decimals else None)
    return text if "." in text else int(text)


def _order(form: Form) -> tuple[_Node, ...]:
    """Order questions so that each comes after all it depends on; no recursion, for chains may be long."""
    nodes = {
        question.id: _Node(question, section, group)
        for section in form.sections
        for top in section.questions
        for question, group in ((top, None), *((member, top) for member in top.members))
    }
    needs = dependencies(form)
    done: dict[str, _Node] = {}
    for start in nodes:
        waiting, entered = [start], set[str]()
        while waiting:
            one = waiting[-1]
            open_needs = [need for need in needs[one] if need not in done and need not in entered]
            entered.add(one)
            if open_needs and one not in done:
                waiting += open_needs
            else:
                done.setdefault(one, nodes[one])
                waiting.pop()
    return tuple(done.values())


def dependencies(form: Form) -> dict[str, tuple[str, ...]]:
    """Name, for each question, the questions that must be settled before it."""
    known = {question.id for question in form.questions()}
    found: dict[str, tuple[str, ...]] = {}
    for section in form.sections:
        above = {ref.question for ref in refs_of(section.show_if)}
        for top in section.questions:
            for question in (top, *top.members):
                own = {
                    ref.question for rule in (question.show_if, question.calculation) for ref in refs_of(rule)
                }
                group = {top.id} if question is not top else set()
                found[question.id] = tuple(sorted((above | own | group) & known))
    return found
