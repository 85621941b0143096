"""Random forms and answers to them, made from a number: small, tangled, and without circles."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal

from imsa_desk.domain.assessments import Answer, AnswerValue, answer_key
from imsa_desk.domain.forms import Form, Option, Question, QuestionKind, Scale, ScalePoint, Section
from imsa_desk.domain.forms.expressions import NEGATIVE, Call, Expr, Literal, Ref, Self
from imsa_desk.domain.forms.parts import PARTS
from imsa_desk.vocab import Band, NotDiscussed

SCALE = Scale("Steps", tuple(ScalePoint(n, f"Step {n}", "Means it", "neutral") for n in range(4)))
OPTIONS = tuple(Option(one, one.upper()) for one in ("a", "b", "c"))
KINDS = (
    QuestionKind.SHORT_TEXT,
    QuestionKind.NUMBER,
    QuestionKind.MONEY,
    QuestionKind.DATE,
    QuestionKind.PARTIAL_DATE,
    QuestionKind.YES_NO_UNKNOWN,
    QuestionKind.CHOICE,
    QuestionKind.CHOICES,
    QuestionKind.SCALE,
    QuestionKind.NEED_ITEM,
    QuestionKind.RISK_ITEM,
    QuestionKind.CALCULATED,
    QuestionKind.INSTRUCTION,
)
WORDS = ("a", "b", "yes", "no", "2", "2.50", "-3", "2026-11-04", "a b", "", "x", "other")
DAYS = ("2026-11-04", "2026-11-21", "1999-12-31")
COMPARE = ("=", "!=", "<", ">", "<=", ">=")
RECKON = ("+", "-", "*", "div", "mod")


class Maker:
    """A maker of one form; every choice comes from its number."""

    def __init__(self, number: int, size: int) -> None:
        self.rng = random.Random(number)
        self.size = size
        self.rank: dict[str, float] = {}
        self.kinds: dict[str, QuestionKind] = {}
        self.group_of: dict[str, str] = {}

    def form(self, form_id: str = "random", version: int = 1) -> Form:
        """Make a form of about `size` questions in one to three sections, some of them groups."""
        rng = self.rng
        ids = [f"q{n}" for n in range(1, self.size + 1)]
        tops = self._shapes(ids)
        cuts = sorted(rng.sample(range(len(tops) + 1), min(2, len(tops))))
        pieces = [tops[a:b] for a, b in zip([0, *cuts], [*cuts, len(tops)], strict=True)]
        late = [place for place in range(len(pieces)) if rng.random() < 0.4]
        for place in late:
            for one in self._inside(pieces[place]):
                self.rank[one] += 10 * (place + 1)
        sections = tuple(
            Section(
                f"s{place}",
                f"Section {place}",
                theme=f"t{1 + place % 2}",
                questions=tuple(self._question(one) for one in piece),
                show_if=self._above(piece) if place in late else None,
            )
            for place, piece in enumerate(pieces)
        )
        return Form(form_id, version, "Random", "en-GB", "0" * 64, sections, {"steps": SCALE})

    def _shapes(self, ids: list[str]) -> list[str]:
        """Decide the kind of each, which are members of a group, and in what order they depend."""
        tops, rng = [], self.rng
        group = ""
        for one in ids:
            member = bool(group) and rng.random() < 0.7
            kind = QuestionKind.GROUP if not member and rng.random() < 0.12 else rng.choice(KINDS)
            self.kinds[one] = kind
            self.rank[one] = rng.random() + (1 if member else 0)
            if member:
                self.group_of[one] = group
            else:
                tops.append(one)
                group = one if kind is QuestionKind.GROUP else ""
        return tops

    def _inside(self, piece: list[str]) -> list[str]:
        return [one for one in self.kinds if one in piece or self.group_of.get(one) in piece]

    def _above(self, piece: list[str]) -> Expr | None:
        """Give a section a rule over questions that come before all of its own."""
        lowest = min((self.rank[one] for one in self._inside(piece)), default=0.0)
        known = [
            one
            for one in self.kinds
            if self.rank[one] < lowest
            and one not in self.group_of
            and self.kinds[one] is not QuestionKind.INSTRUCTION
        ]
        return self.expression(known, 2) if known else None

    def _question(self, one: str) -> Question:
        rng, kind = self.rng, self.kinds[one]
        asks = kind not in (QuestionKind.CALCULATED, QuestionKind.INSTRUCTION)
        before, all_known = self.known(one, lower=True), self.known(one, lower=False)
        required = asks and rng.random() < 0.3
        members = tuple(self._question(inner) for inner, home in self.group_of.items() if home == one)
        return Question(
            id=one,
            kind=kind,
            text=f"Ask {one}",
            options=OPTIONS if kind in (QuestionKind.CHOICE, QuestionKind.CHOICES) else (),
            scale="steps" if kind is QuestionKind.SCALE else "",
            required=required,
            show_if=self.expression(before, 3) if before and rng.random() < 0.5 else None,
            required_if=self.expression(all_known, 2)
            if asks and not required and rng.random() < 0.2
            else None,
            limit=self.expression(all_known, 2, own=True) if asks and rng.random() < 0.25 else None,
            calculation=self.expression(before, 3) if kind is QuestionKind.CALCULATED else None,
            members=members,
            urgent=rng.choice(("", "high", "very_high")) if kind is QuestionKind.RISK_ITEM else "",
            least_rows=rng.choice((0, 0, 2)) if kind is QuestionKind.GROUP else 0,
        )

    def known(self, one: str, *, lower: bool) -> list[str]:
        """Name what a rule of a question may refer to."""
        home = self.group_of.get(one)
        return [
            other
            for other in self.kinds
            if other != one
            and self.group_of.get(other) in (None, home)
            and self.group_of.get(other) != one
            and self.kinds[other] is not QuestionKind.INSTRUCTION
            and (not lower or self.rank[other] < self.rank[one])
        ]

    def expression(self, known: list[str], depth: int, *, own: bool = False) -> Expr:
        """Make an expression, mostly of comparisons."""
        rng = self.rng
        if depth == 0 or rng.random() < 0.15:
            return self._leaf(known, own=own)

        def inner() -> Expr:
            return self.expression(known, depth - 1, own=own)

        choice = rng.random()
        if choice < 0.2:
            return Call(rng.choice(("and", "or")), tuple(inner() for _ in range(rng.randint(2, 3))))
        if choice < 0.5:
            return Call(rng.choice(COMPARE), (inner(), inner()))
        if choice < 0.7:
            return Call(rng.choice(RECKON), (inner(), inner()))
        if choice < 0.75:
            return Call("if", (inner(), inner(), inner()))
        if choice < 0.85:
            return Call("selected", (inner(), Literal(rng.choice(WORDS))))
        if choice < 0.9 and known:
            return Call("answered", (Ref(rng.choice(known)),))
        return Call(rng.choice(("not", "count-selected", NEGATIVE)), (inner(),))

    def _leaf(self, known: list[str], *, own: bool) -> Expr:
        rng = self.rng
        choice = rng.random()
        if own and choice < 0.3:
            return Self()
        if known and choice < 0.6:
            one = rng.choice(known)
            parts = ("", "", *PARTS[self.kinds[one]])
            return Ref(one, rng.choice(parts))
        if choice < 0.65:
            return Call("today", ())
        if choice < 0.8:
            return Literal(Decimal(rng.choice(("0", "1", "2", "2.5", "100", "999999999999999999"))))
        return Literal(rng.choice(WORDS))

    # --- answers ---

    def answers(self, form: Form) -> dict[str, Answer]:
        """Answer about two thirds of a form, hidden questions and removed rows too."""
        found: dict[str, Answer] = {}
        for question in form.questions():
            home = form.group_of(question.id)
            for row in (1, 2, 3) if home is not None else (0,):
                if self.rng.random() < 0.67:
                    found[answer_key(question.id, row)] = self._answer(question, row)
        return found

    def _answer(self, question: Question, row: int) -> Answer:
        rng = self.rng
        reason = rng.choice(list(NotDiscussed)) if rng.random() < 0.08 else None
        carried = "before" if rng.random() < 0.1 else ""
        value = {} if reason else self._value(question)
        return Answer(question.id, value, row, not_discussed=reason, carried_from=carried)

    def _value(self, question: Question) -> AnswerValue:
        rng = self.rng
        match question.kind:
            case QuestionKind.SHORT_TEXT:
                return {"text": rng.choice(WORDS)}
            case QuestionKind.NUMBER:
                return {"number": rng.choice((0, 1, 2, -3, 100, "2.5"))}
            case QuestionKind.MONEY:
                return {"pence": rng.choice((0, 250, 200)), "per": rng.choice(("once", "week"))}
            case QuestionKind.DATE:
                return {"day": rng.choice(DAYS)}
            case QuestionKind.YES_NO_UNKNOWN:
                return {"choice": rng.choice(("yes", "no", "unknown"))}
            case QuestionKind.CHOICE:
                return {"choice": rng.choice("abc")} if rng.random() < 0.8 else {"other": "My own"}
            case QuestionKind.CHOICES:
                chosen: AnswerValue = {"choices": rng.sample("abc", rng.randint(0, 3))}
                return chosen | ({"other": "My own"} if rng.random() < 0.2 else {})
            case QuestionKind.PARTIAL_DATE:
                return {"when": rng.choice(("2019", "2026-11", *DAYS))}
            case QuestionKind.SCALE:
                return {"step": rng.randint(0, 3)}
            case QuestionKind.NEED_ITEM:
                levels: AnswerValue = {
                    part: rng.randint(0, 4) for part in ("advocate", "survivor") if rng.random() < 0.6
                }
                return levels | {"importance": rng.randint(1, 3)}
            case QuestionKind.RISK_ITEM:
                return self._risk()
            case QuestionKind.GROUP:
                return {"rows": rng.sample((1, 2, 3), rng.randint(0, 3))}
        return {}

    def _risk(self) -> AnswerValue:
        rng = self.rng
        found: AnswerValue = {"present": rng.choice(("yes", "yes", "no")), "who_at_risk": ["survivor"]}
        rated = {part: rng.randint(1, 5) for part in ("likelihood", "severity") if rng.random() < 0.85}
        judged = {"judged_band": rng.choice(list(Band)).value} if rng.random() < 0.2 else {}
        return found | rated | judged

    # --- the next version ---

    def next_version(self, form: Form) -> Form:
        """Change a form at random: questions go, change kind, or move to a new id with or without a map."""
        sections = tuple(
            replace(
                section,
                questions=tuple(self._changed(one) for one in section.questions if self.rng.random() < 0.9),
            )
            for section in form.sections
        )
        return replace(form, version=form.version + 1, sections=sections)

    def _changed(self, question: Question) -> Question:
        rng = self.rng
        members = tuple(self._changed(one) for one in question.members if rng.random() < 0.9)
        question = replace(question, members=members, calculation=None)
        change = rng.random()
        if change < 0.1:
            return replace(question, id=f"new-{question.id}")
        if change < 0.3 and not members and question.kind is not QuestionKind.CALCULATED:
            kind = rng.choice((QuestionKind.LONG_TEXT, QuestionKind.NUMBER, QuestionKind.CHOICE))
            return replace(question, kind=kind, options=OPTIONS[:2] if kind is QuestionKind.CHOICE else ())
        return question
