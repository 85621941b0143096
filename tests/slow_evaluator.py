"""A second evaluator of forms, slow and simple: every value is worked out anew from the definition.

It keeps nothing between questions and shares no code with the one it is compared with, but for the form
and the tree of an expression.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal, DivisionByZero, InvalidOperation, Overflow, localcontext

from imsa_desk.domain.assessments import Answer, AnswerValue
from imsa_desk.domain.forms.expressions import Call, Expr, Literal, Ref, Self
from imsa_desk.domain.forms.model import Form, Question, QuestionKind, Section
from imsa_desk.domain.forms.parts import PARTS
from imsa_desk.vocab import Band

Worth = bool | Decimal | str | date | list[str] | None


class Slow:
    """What follows from answers, by direct recursion."""

    def __init__(self, form: Form, answers: Mapping[str, Answer], on: date | None) -> None:
        self.form = form
        self.answers = answers
        self.on = on

    def visible(self) -> set[str]:
        """Name everything that is asked."""
        return {self._key(one, row) for _, group, one in self._all() for row in self._rows(group, one)}

    def calculated(self) -> dict[str, str]:
        """Give every reckoned value, spelled."""
        found = {}
        for _, group, one in self._all():
            for row in self._rows(group, one):
                if one.kind is QuestionKind.CALCULATED:
                    words = self._spell(self._answer(one, row, ""))
                    if words:
                        found[self._key(one, row)] = words
        return found

    def problems(self) -> list[tuple[str, str]]:
        """Name the keys that lack an answer or are outside a limit, and which of both."""
        found = []
        for _, group, one in self._all():
            for row in self._rows(group, one):
                if one.kind in (QuestionKind.CALCULATED, QuestionKind.INSTRUCTION):
                    continue
                key = self._key(one, row)
                answer = self.answers.get(key)
                needed = one.required or (
                    one.required_if is not None and self._true(one.required_if, row, None)
                )
                if needed and (not self._there(one, answer) or (answer is not None and answer.carried_from)):
                    found.append((key, "required"))
                elif answer is not None and self._there(one, answer) and not answer.not_discussed:
                    few = one.least_rows and len(answer.value["rows"]) < one.least_rows  # type: ignore[arg-type]
                    own = self._worth(one, answer, "")
                    if few or (one.limit is not None and not self._true(one.limit, row, own)):
                        found.append((key, "limit"))
        return found

    def bands(self) -> dict[str, int]:
        """Give the place of each risk's band, from 0 for low, by key; judgement stands before the numbers."""
        found = {}
        for key, value in self._told(QuestionKind.RISK_ITEM):
            likelihood, severity = value.get("likelihood"), value.get("severity")
            if value.get("present") == "no":
                found[key] = 0
            elif isinstance(likelihood, int) and isinstance(severity, int):
                product = likelihood * severity
                reckoned = (product > 4) + (product > 9) + (product > 14)
                if severity == 5:
                    reckoned = 2 if likelihood == 1 else 3
                judged = value.get("judged_band")
                found[key] = [*Band].index(Band(str(judged))) if judged else reckoned
        return found

    def levels(self) -> dict[str, int]:
        """Give the highest need of each theme."""
        found: dict[str, int] = {}
        for key, value in self._told(QuestionKind.NEED_ITEM):
            level = value["advocate"] if "advocate" in value else value.get("survivor")
            theme = next(section.theme for section, _, one in self._all() if one.id == key.split("#")[0])
            if isinstance(level, int):
                found[theme] = max(found.get(theme, 0), level)
        return found

    def _told(self, kind: QuestionKind) -> list[tuple[str, AnswerValue]]:
        asked = {
            self._key(one, row)
            for _, group, one in self._all()
            if one.kind is kind
            for row in self._rows(group, one)
        }
        return [(key, answer.value) for key, answer in self.answers.items() if key in asked]

    # --- where questions stand ---

    def _all(self) -> Iterator[tuple[Section, Question | None, Question]]:
        for section in self.form.sections:
            for one in section.questions:
                yield section, None, one
                for member in one.members:
                    yield section, one, member

    def _home(self, question_id: str) -> tuple[Section, Question | None, Question] | None:
        return next((home for home in self._all() if home[2].id == question_id), None)

    def _key(self, question: Question, row: int) -> str:
        return question.id + (f"#{row}" if row else "")

    def _rows(self, group: Question | None, one: Question) -> list[int]:
        """Give the rows in which a question is asked; [0] for one outside of groups."""
        if group is None:
            return [0] if self._shown(one, 0) else []
        answer = self.answers.get(group.id)
        rows = answer.value.get("rows", []) if answer is not None else []
        return [row for row in rows if self._shown(one, row)]  # type: ignore[attr-defined]

    def _shown(self, question: Question, row: int) -> bool:
        home = self._home(question.id)
        assert home is not None
        section, group, _ = home
        if section.show_if is not None and not self._true(section.show_if, 0, None):
            return False
        if group is not None:
            answer = self.answers.get(group.id)
            if not self._shown(group, 0) or answer is None or row not in answer.value.get("rows", []):  # type: ignore[operator]
                return False
        return question.show_if is None or self._true(question.show_if, row, None)

    # --- what answers are worth ---

    def _there(self, question: Question, answer: Answer | None) -> bool:
        if answer is None:
            return False
        if answer.not_discussed:
            return True
        value = answer.value
        if question.kind is QuestionKind.INSTRUCTION:
            return False
        if question.kind is QuestionKind.RISK_ITEM and value.get("present") == "yes":
            return "likelihood" in value and "severity" in value
        if question.kind is QuestionKind.NEED_ITEM:
            return "advocate" in value or "survivor" in value
        telling = (
            ("choice", "choices", "other") if "other" in PARTS[question.kind] else PARTS[question.kind][:1]
        )
        return any(value.get(part) not in (None, "", []) for part in telling)

    def _worth(self, question: Question, answer: Answer | None, part: str) -> Worth:
        if answer is None:
            return None
        raw = answer.value.get(part or PARTS[question.kind][0])
        other = answer.value.get("other") if not part else None
        if isinstance(raw, list):
            return [str(one) for one in raw] + (["other"] if other else [])
        if isinstance(raw, int):
            return (
                Decimal(raw).scaleb(-2) if question.kind is QuestionKind.MONEY and not part else Decimal(raw)
            )
        assert raw is None or isinstance(raw, str)
        if other:
            return raw or (["other"] if question.kind is QuestionKind.CHOICES else "other")
        if question.kind in (QuestionKind.DATE, QuestionKind.PARTIAL_DATE) and raw and not part:
            numbers = [int(one) for one in raw.split("-")]
            return date(*[*numbers, 1, 1][:3])
        return raw

    def _answer(self, question: Question, row: int, part: str) -> Worth:
        if not self._shown(question, row):
            return None
        if question.kind is QuestionKind.CALCULATED:
            assert question.calculation is not None
            return self._value(question.calculation, row, None)
        return self._worth(question, self.answers.get(self._key(question, row)), part)

    # --- expressions ---

    def _true(self, expr: Expr, row: int, own: Worth) -> bool:
        return self._truth(self._value(expr, row, own))

    def _truth(self, worth: Worth) -> bool:
        if isinstance(worth, date):
            return True
        return bool(worth)

    def _referred(self, ref: Ref, row: int) -> tuple[Question, int]:
        home = self._home(ref.question)
        assert home is not None
        return home[2], row if home[1] is not None else 0

    def _value(self, expr: Expr, row: int, own: Worth) -> Worth:
        if isinstance(expr, Literal):
            return expr.value
        if isinstance(expr, Self):
            return own
        if isinstance(expr, Ref):
            question, at = self._referred(expr, row)
            return self._answer(question, at, expr.part)
        if expr.op == "answered":
            assert isinstance(expr.args[0], Ref)
            question, at = self._referred(expr.args[0], row)
            if not self._shown(question, at):
                return False
            if question.kind is QuestionKind.CALCULATED:
                return self._spell(self._answer(question, at, "")) != ""
            return self._there(question, self.answers.get(self._key(question, at)))
        args = [self._value(one, row, own) for one in expr.args]
        return self._apply(expr, args)

    def _apply(self, call: Call, args: list[Worth]) -> Worth:
        op = call.op
        if op == "and":
            return False not in [self._truth(one) for one in args]
        if op == "or":
            return True in [self._truth(one) for one in args]
        if op == "not":
            return not self._truth(args[0])
        if op == "if":
            return args[1] if self._truth(args[0]) else args[2]
        if op == "today":
            return self.on
        if op == "=":
            return self._same(args[0], args[1])
        if op == "!=":
            return not self._same(args[0], args[1])
        if op in ("<", "<=", ">", ">="):
            return self._before(op, args[0], args[1])
        if op == "selected":
            word = self._spell(args[1])
            several = (
                args[0]
                if isinstance(args[0], list)
                else [*self._spell(args[0]).split(), self._spell(args[0])]
            )
            return word != "" and word in [*several, self._spell(args[0])]
        if op == "count-selected":
            return Decimal(len(args[0] if isinstance(args[0], list) else self._spell(args[0]).split()))
        if op == "negative":
            number = self._number(args[0])
            return None if number is None else -number
        return self._reckon(op, args[0], args[1])

    def _number(self, worth: Worth) -> Decimal | None:
        if isinstance(worth, bool):
            return Decimal(1) if worth else Decimal(0)
        if isinstance(worth, Decimal):
            return worth
        if not isinstance(worth, str):
            return None
        whole, point, rest = worth.strip().removeprefix("-").partition(".")
        sound = whole.isascii() and whole.isdigit() and len(whole) <= 18
        if point:
            sound = sound and rest.isascii() and rest.isdigit() and len(rest) <= 9
        return Decimal(worth.strip()) if sound else None

    def _day(self, worth: Worth) -> date | None:
        if isinstance(worth, date):
            return worth
        if isinstance(worth, str) and len(worth) == 10 and worth[4] == worth[7] == "-":
            try:
                return date.fromisoformat(worth)
            except ValueError:
                return None
        return None

    def _spell(self, worth: Worth) -> str:
        if worth is None:
            return ""
        if isinstance(worth, bool):
            return "yes" if worth else "no"
        if isinstance(worth, Decimal):
            words = f"{worth:.6f}".rstrip("0").rstrip(".")
            return "0" if words == "-0" else words
        if isinstance(worth, list):
            return " ".join(worth)
        return str(worth)

    def _same(self, left: Worth, right: Worth) -> bool:
        blank = [one in (None, "", []) for one in (left, right)]
        if any(blank):
            return all(blank)
        if isinstance(left, Decimal) or isinstance(right, Decimal):
            one, other = self._number(left), self._number(right)
            return one is not None and other is not None and one == other
        if isinstance(left, date) or isinstance(right, date):
            return self._day(left) is not None and self._day(left) == self._day(right)
        return self._spell(left) == self._spell(right)

    def _before(self, op: str, left: Worth, right: Worth) -> bool:
        numbers = self._number(left), self._number(right)
        days = self._day(left), self._day(right)
        if numbers[0] is not None and numbers[1] is not None:
            apart = (numbers[0] > numbers[1]) - (numbers[0] < numbers[1])
        elif days[0] is not None and days[1] is not None:
            apart = (days[0] > days[1]) - (days[0] < days[1])
        else:
            return False
        return {"<": apart < 0, "<=": apart <= 0, ">": apart > 0, ">=": apart >= 0}[op]

    def _reckon(self, op: str, left: Worth, right: Worth) -> Worth:
        one, other = self._number(left), self._number(right)
        if one is None or other is None:
            return self._move(op, left, right)
        if op in ("div", "mod") and other == 0:
            return None
        with localcontext() as context:
            context.prec = 28
            try:
                found = {
                    "+": lambda: one + other,
                    "-": lambda: one - other,
                    "*": lambda: one * other,
                    "div": lambda: one / other,
                    "mod": lambda: one % other,
                }[op]()
            except (InvalidOperation, Overflow, DivisionByZero):
                return None
        return found if abs(found) < 10**18 else None

    def _move(self, op: str, left: Worth, right: Worth) -> Worth:
        day, other = self._day(left), self._day(right)
        if op == "-" and day is not None and other is not None:
            return Decimal(day.toordinal() - other.toordinal())
        days = self._number(right)
        if op == "+" and day is None:
            day, days = other, self._number(left)
        if op not in ("+", "-") or day is None or days is None or days != int(days):
            return None
        try:
            return day + timedelta(days=int(days) * (1 if op == "+" else -1))
        except OverflowError:
            return None
