"""Expressions of forms: read with their places, written back, and reckoned without surprises."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from imsa_desk.domain.forms import parse_expression, refs_of, write_expression
from imsa_desk.domain.forms.expressions import Call, Literal, Ref, Self
from imsa_desk.domain.forms.values import Value, equal, ordered, reckon, text_of, truth
from imsa_desk.errors import Refused

DAY = date(2026, 11, 4)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("${a}='x'and(${b}>3 or not(${c}))", "${a} = 'x' and (${b} > 3 or not(${c}))"),
        ("1+2*3 - -4", "1 + 2 * 3 - -4"),
        ("(1+2)*3", "(1 + 2) * 3"),
        ("1-(2-3)", "1 - (2 - 3)"),
        ('. >= 0 and . <= 10 or . = "it\'s"', '. >= 0 and . <= 10 or . = "it\'s"'),
        ("selected( ${who} , 'child' )", "selected(${who}, 'child')"),
        ("count-selected(${g}) div 2 mod 3", "count-selected(${g}) div 2 mod 3"),
        ("if(today() - ${d#on} > 28, 'late', '')", "if(today() - ${d#on} > 28, 'late', '')"),
        ("answered(${S4.a-b_c})", "answered(${S4.a-b_c})"),
        ("1 = 1 = 1 and (1 and 1)", "1 = 1 = 1 and (1 and 1)"),
    ],
)
def test_an_expression_is_read_by_the_strength_of_its_operators(text: str, written: str) -> None:
    expr = parse_expression(text)
    assert write_expression(expr) == written
    assert parse_expression(written) == expr


def test_an_expression_is_a_tree_of_plain_values() -> None:
    expr = parse_expression("${a#part} != 2.5 or not(.)")
    first = Call("!=", (Ref("a", "part"), Literal(Decimal("2.5"))))
    assert expr == Call("or", (first, Call("not", (Self(),))))
    assert list(refs_of(expr)) == [Ref("a", "part")]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "Character 1: A value is missing before the end. Write a question, number or text."),
        ("${a} = ", "Character 7: A value is missing before the end"),
        ("${a} ${b}", 'Character 6: "${b}" is not expected here. Write an operator'),
        ("yes = ${a}", 'Character 1: There is no "yes" here. Put a text in quotation marks'),
        ("${a} = 'x", "Character 8: This text has no end. Close it"),
        ("${a b}", "Character 1: A question is named as ${id}"),
        ("if(1, 2)", "Character 1: if() takes 3 values and has 2"),
        ("today(1)", "today() takes 0 values and has 1"),
        ("(1 + 2", 'Character 7: ")" is missing after "(", before the end. Add it.'),
        ("regex(., 'x')", 'Character 1: There is no "regex" here'),
        ("jr:choice-name(1)", 'There is no "jr:choice-name" here'),
        ("answered(1)", "answered() takes a question"),
        ("1 & 2", 'Character 3: "&" means nothing here. Take it out.'),
        ("1.2.3", "Character 1: A number has at most 18 digits"),
        ("x" * 9_000, "It is longer than 8,000 characters"),
        ("(" * 100 + "1" + ")" * 100, "It has more than 60 levels"),
        ("1" + " + 1" * 100, "There are too many steps in a row"),
        ("__import__('os')", "means nothing here"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place_and_the_cure(text: str, told: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_expression(text)
    assert refused.value.code == "E_EXPRESSION"
    assert told in refused.value.message


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        (None, None, True),
        (None, "", True),
        ("", (), True),
        (None, "x", False),
        (None, Decimal(0), False),
        (Decimal(2), "2.0", True),
        (Decimal(2), "two", False),
        ("2", "2.0", False),
        (DAY, "2026-11-04", True),
        (DAY, "2026-11-4", False),
        (("a", "b"), "a b", True),
        (True, "yes", True),
        (False, Decimal(0), True),
    ],
)
def test_values_are_the_same_as_far_as_both_can_be_read_alike(left: Value, right: Value, same: bool) -> None:
    assert equal(left, right) is same
    assert equal(right, left) is same


@pytest.mark.parametrize(
    ("op", "left", "right", "found"),
    [
        ("+", Decimal("0.1"), Decimal("0.2"), Decimal("0.3")),
        ("+", "2", Decimal(3), Decimal(5)),
        ("+", "x", Decimal(3), None),
        ("+", None, Decimal(3), None),
        ("div", Decimal(1), Decimal(0), None),
        ("mod", Decimal(7), Decimal(0), None),
        ("mod", Decimal(-7), Decimal(3), Decimal(-1)),
        ("*", Decimal(10**17), Decimal(100), None),
        ("+", DAY, Decimal(28), date(2026, 12, 2)),
        ("+", Decimal(1), DAY, date(2026, 11, 5)),
        ("-", DAY, "2026-11-01", Decimal(3)),
        ("-", DAY, Decimal("0.5"), None),
        ("-", Decimal(1), DAY, None),
        ("+", DAY, DAY, None),
        ("+", DAY, Decimal(10**9), None),
        ("*", DAY, Decimal(2), None),
    ],
)
def test_numbers_and_days_are_reckoned_and_anything_else_is_empty(
    op: str, left: Value, right: Value, found: Value
) -> None:
    assert reckon(op, left, right) == found


def test_only_two_numbers_or_two_days_have_an_order() -> None:
    assert ordered("<", "9", Decimal(10))
    assert ordered(">=", DAY, "2026-11-04")
    assert not ordered("<", "a", "b")
    assert not ordered("<", None, Decimal(1))
    assert not ordered(">=", DAY, Decimal(1))


def test_values_are_spelled_without_needless_noughts() -> None:
    spelled = [
        text_of(one) for one in (Decimal("2.50"), Decimal(100), Decimal("-0"), Decimal(1) / 3, True, DAY)
    ]
    assert spelled == ["2.5", "100", "0", "0.333333", "yes", "2026-11-04"]
    assert [truth(one) for one in (None, "", (), False, Decimal(0), "0", ("a",))] == [False] * 5 + [True] * 2
