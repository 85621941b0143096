"""What may be wrong with the rules of a form: unknown questions, impossible values, circles."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from decimal import Decimal

from imsa_desk.domain.forms.evaluate import dependencies
from imsa_desk.domain.forms.expressions import Call, Expr, Literal, Ref, calls_of, refs_of, uses_self
from imsa_desk.domain.forms.fault import Fault
from imsa_desk.domain.forms.given import OTHER
from imsa_desk.domain.forms.model import Form, Question, QuestionKind, Scale
from imsa_desk.domain.forms.parts import MONEY_PERIODS, PARTS, YES_NO_UNKNOWN
from imsa_desk.domain.forms.values import equal, text_of
from imsa_desk.vocab import AgreementHow

_SHOWN_STEPS = 6
"""Questions of a circle that are named."""
_COMPARE = ("=", "!=", "selected")


def rule_faults(form: Form) -> Iterator[Fault]:
    """Find rules that name what is not there or can never be."""
    for owner, line, name, rule, group in _rules(form):
        if uses_self(rule) and name != "limit":
            yield Fault(
                owner, line, f'{name} uses ".", which only a limit knows. Name the question as ${{id}}.'
            )
        unknown = False
        for ref in dict.fromkeys(refs_of(rule)):
            words = _reference(form, name, ref, group)
            if words:
                unknown = True
                yield Fault(owner, line, words)
        if name == "required_if" and any(ref.question == owner for ref in refs_of(rule)):
            yield Fault(owner, line, "required_if asks about the question itself. Name another question.")
        if not unknown:
            for words in _comparisons(form, owner, name, rule):
                yield Fault(owner, line, words)


def _rules(form: Form) -> Iterator[tuple[str, int, str, Expr, str]]:
    """Walk to every rule with its owner, line and name, and the group it stands in ("" outside)."""
    for section in form.sections:
        if section.show_if is not None:
            yield section.id, section.line, "show_if", section.show_if, ""
        for top in section.questions:
            for question in (top, *top.members):
                named = (
                    ("show_if", question.show_if),
                    ("required_if", question.required_if),
                    ("limit", question.limit),
                    ("calculation", question.calculation),
                )
                for name, rule in named:
                    if rule is not None:
                        yield question.id, question.line, name, rule, top.id if question is not top else ""


def _reference(form: Form, name: str, ref: Ref, group: str) -> str:
    question = form.question(ref.question)
    if question is None:
        return f'{name} names the question "{ref.question}", which this form does not have. Correct the id.'
    home = form.group_of(question.id)
    if home is not None and home.id != group:
        return (
            f"{name} names {question.id}, which has an answer in each row of the group {home.id}. "
            f"From outside of it, count its rows: count-selected(${{{home.id}}})."
        )
    parts = PARTS[question.kind]
    if not parts or (ref.part and ref.part not in parts):
        names = ", ".join(parts) or "no parts"
        return f'{name} names the part "{ref.part}" of {question.id}, which has: {names}.'
    return ""


def _comparisons(form: Form, owner: str, name: str, rule: Expr) -> Iterator[str]:
    """Find comparisons with a word that the answer can never be."""
    for call in calls_of(rule):
        if call.op not in _COMPARE:
            continue
        for side, other in (call.args, call.args[::-1]):
            question, part = _compared(form, owner, side)
            if question is None or not isinstance(other, Literal) or other.value == "":
                continue
            allowed = [_worth(step) for step in _values(question, part, form.scales)]
            if allowed and not any(equal(step, other.value) for step in allowed):
                words = ", ".join(text_of(step) for step in allowed)
                yield f'{name} compares {question.id} with "{text_of(other.value)}"; it can be: {words}.'


def _worth(step: int | str) -> Decimal | str:
    return Decimal(step) if isinstance(step, int) else step


def _compared(form: Form, owner: str, side: Expr) -> tuple[Question | None, str]:
    if isinstance(side, (Call, Literal)):
        return None, ""
    question = form.question(side.question if isinstance(side, Ref) else owner)
    if question is None:
        return None, ""
    part = side.part if isinstance(side, Ref) else ""
    return question, part or PARTS[question.kind][0]


def _values(question: Question, part: str, scales: Mapping[str, Scale]) -> tuple[int | str, ...]:
    """Give the values a part can take; none when it is text or a number of any size."""
    match question.kind, part:
        case QuestionKind.YES_NO_UNKNOWN, "choice":
            return tuple(YES_NO_UNKNOWN)
        case ((QuestionKind.CHOICE | QuestionKind.CHOICES), ("choice" | "choices")):
            other = (OTHER,) if question.other else ()
            return (*(option.value for option in question.options), *other)
        case QuestionKind.AGREEMENT, "how":
            return tuple(AgreementHow)
        case QuestionKind.MONEY, "per":
            return tuple(MONEY_PERIODS)
        case QuestionKind.SCALE, "step":
            part = question.scale
        case QuestionKind.NEED_ITEM, ("advocate" | "survivor"):
            part = "need"
        case QuestionKind.RISK_ITEM, ("judged_band" | "residual_band"):
            part = "band"
        case ((QuestionKind.NEED_ITEM | QuestionKind.RISK_ITEM), _):
            pass
        case _:
            return ()
    scale = scales.get(part)
    return tuple(point.value for point in scale.point) if scale is not None else ()


def circle_faults(form: Form) -> Iterator[Fault]:
    """Find questions whose showing or value depends, by whatever way round, on themselves."""
    needs = _in_circles(dependencies(form))
    for question in form.questions():
        way = _way_round(question.id, needs) if question.id in needs else []
        if way:
            steps = " needs ".join([*way[:_SHOWN_STEPS], *(["…"] if len(way) > _SHOWN_STEPS else []), way[0]])
            words = f"{_rule_between(form, question, way[1] if len(way) > 1 else way[0])} depends on itself"
            yield Fault(question.id, question.line, f"{words}: {steps}. Break the circle.")


def _rule_between(form: Form, question: Question, needed: str) -> str:
    """Name the rule by which a question needs another: its own, its section's or its group's."""
    if any(ref.question == needed for ref in refs_of(question.show_if)):
        return "Its show_if"
    if any(ref.question == needed for ref in refs_of(question.calculation)):
        return "Its calculation"
    section = form.section_of(question.id)
    if section is not None and any(ref.question == needed for ref in refs_of(section.show_if)):
        return f"The show_if of its section {section.id}"
    return "Being asked in its group"


def _in_circles(needs: Mapping[str, tuple[str, ...]]) -> dict[str, set[str]]:
    """Take away what needs no circle and what no circle needs; what is left holds the circles."""
    left = _without_ends({one: set(others) for one, others in needs.items()})
    return _turned(_without_ends(_turned(left)))


def _without_ends(needs: dict[str, set[str]]) -> dict[str, set[str]]:
    """Take away, one after the other, what needs nothing any more."""
    left = {one: set(others) for one, others in needs.items()}
    users = _turned(left)
    free = [one for one, others in left.items() if not others]
    while free:
        one = free.pop()
        del left[one]
        for user in users[one]:
            left[user].discard(one)
            if not left[user]:
                free.append(user)
    return left


def _turned(needs: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """Say of each who needs it."""
    users: dict[str, set[str]] = {one: set() for one in needs}
    for one, others in needs.items():
        for other in others & needs.keys():
            users[other].add(one)
    return users


def _way_round(start: str, needs: Mapping[str, set[str]]) -> list[str]:
    """Give the shortest way from a question by what it needs back to itself; nothing where there is none."""
    came: dict[str, str] = {}
    waiting = deque([start])
    while waiting:
        one = waiting.popleft()
        for other in sorted(needs[one]):
            if other == start:
                way = [one]
                while way[-1] != start:
                    way.append(came[way[-1]])
                return way[::-1]
            if other not in came:
                came[other] = one
                waiting.append(other)
    return []
