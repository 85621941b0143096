"""Prints that are read at a glance: two reviews side by side, the one page, plans, and the large copy."""

from __future__ import annotations

from dataclasses import replace

import pytest
from printing_samples import LEFT_TO_RIGHT, PRINTED, RIGHT_TO_LEFT, flat, fonts, long_answer, page_texts
from structure_walk import faults_of

from imsa_desk.printing.comparison import (
    ChangedRow,
    ChangedSection,
    ComparisonSheet,
    SameSection,
    Told,
    Way,
    comparison_pdf,
)
from imsa_desk.printing.large_print import OwnCopySheet, OwnItem, OwnSection, own_copy_pdf
from imsa_desk.printing.movement import MovementRow
from imsa_desk.printing.one_page import OnePageSheet, Point, Step, one_page_pdf, shortened
from imsa_desk.printing.page import Frame
from imsa_desk.printing.plan import Contact, PlanSheet, PlanStep, StepsOf, plan_pdf
from imsa_desk.printing.safety_plan import DANGER, SafetyPlanSheet, safety_plan_pdf
from imsa_desk.printing.sheet import Fact

LEVELS = ("No need", "Holding", "Want help", "Pressing", "Urgent")
FRAME = Frame(
    title="A print",
    case_code="K7Q-M2T-3",
    sensitivity="Restricted",
    state="",
    printed_by="Ada Example",
    printed_at=PRINTED,
    form_line="Needs, strengths and safety review, version 1",
    consent_line="Nobody else is to see it.",
    practice=True,
)
ARABIC, TIGRINYA = RIGHT_TO_LEFT["Arabic"], LEFT_TO_RIGHT["Tigrinya"]


def told(*words: str) -> tuple[Told, ...]:
    """Give an answer in lines."""
    return tuple(Told("Advocate" if i == 0 else "", one) for i, one in enumerate(words))


def comparison(*rows: ChangedRow) -> ComparisonSheet:
    """Compare two reviews in which these questions changed."""
    return ComparisonSheet(
        frame=FRAME,
        known_as="",
        sides=(Fact("Before", "A review of 3 August"), Fact("Now", "A review of 20 November")),
        columns=("Before: 3 August 2026", "Now: 20 November 2026"),
        summary="1 eased.",
        levels=LEVELS,
        movement=(
            MovementRow("Housing", 3, 1, "Pressing → Holding", 4, 2, "Urgent → Want help"),
            MovementRow("Health", None, None, "Not rated"),
        ),
        own_label="In the GP’s own rating",
        changed=(ChangedSection("Housing", rows),) if rows else (),
        only_once=(),
        same=(SameSection("Health", (Fact("1.1 A doctor", "Holding"),)),),
    )


def text_of(pdf: bytes) -> str:
    """Give the text as a reader copies it."""
    return flat(" ".join(page_texts(pdf)))


def test_a_comparison_says_both_sides_what_changed_and_how_the_themes_moved() -> None:
    row = ChangedRow(
        "2.2",
        "Where I can live",
        told("Pressing", ARABIC),
        told("Holding", TIGRINYA),
        "Eased",
        "Pressing → Holding",
        Way.BETTER,
        asked_before="Where I could live",
        who_said="The person told me",
        disagreement="Advocate: Holding. The person: Want help.",
    )
    pdf = comparison_pdf(comparison(row), fonts())
    text = text_of(pdf)
    for words in (
        "Before: 3 August 2026",
        "Asked before as: Where I could live",
        "Eased",
        "The person told me",
        "Want help.",
        TIGRINYA,
        "1.1 A doctor",
        "In the GP’s own rating: Urgent → Want help",
        "Small marks below the line: in the GP’s own rating.",
    ):
        assert words in text
    assert text.index("What changed") < text.index("As it was")
    assert faults_of(pdf) == []


def test_a_long_answer_is_compared_whole_across_the_page() -> None:
    long = long_answer(9_000)
    short = ChangedRow("2.3", "Debts", told("Holding"), told("Urgent"), "Worse", "", Way.WORSE)
    row = ChangedRow("2.2", "Where I can live", told(long), told("Holding"), "Changed", "")
    pdf = comparison_pdf(comparison(short, row, replace(short, number="2.4")), fonts())
    text = text_of(pdf)
    pages = len(page_texts(pdf))
    assert f"Sentence {60} says" in text and flat(long)[-40:] in text
    assert 2 < pages < 6
    assert faults_of(pdf) == []


def test_nothing_changed_is_said_in_words() -> None:
    assert "Nothing changed between the two reviews." in text_of(comparison_pdf(comparison(), fonts()))


def one_page(points: int, length: int) -> OnePageSheet:
    """Give a summary with so many points of so many characters each."""
    words = long_answer(length)
    return OnePageSheet(
        frame=FRAME,
        known_as="Selam",
        about="Planned review",
        matters=(Fact("What I want", TIGRINYA), *[Fact(f"Page {i}", words) for i in range(points)]),
        safety=tuple(Point("High", f"S{i} {words}", ARABIC) for i in range(points)),
        needs=tuple(Point("Urgent", f"2.{i} {words}", words) for i in range(points)),
        steps=tuple(Step("Advocate", words, "3 December 2026") for _ in range(points)),
        review="Friday 18 December 2026: a risk was high.",
    )


@pytest.mark.parametrize(("points", "length"), [(0, 10), (3, 60), (14, 300), (60, 3_000)])
def test_the_summary_is_one_page_however_much_there_is_to_say(points: int, length: int) -> None:
    pdf = one_page_pdf(one_page(points, length), fonts())
    assert len(page_texts(pdf)) == 1
    text = text_of(pdf)
    assert "Next review Friday 18 December 2026" in text
    assert ("more" in text) is (points > 3)
    assert faults_of(pdf) == []


def test_the_summary_fills_its_page_before_it_leaves_anything_out() -> None:
    kept = tuple(Fact(f"Page {i}", "A room near the school.") for i in range(9))
    sheet = replace(one_page(2, 60), matters=kept)
    text = text_of(one_page_pdf(sheet, fonts()))
    assert "Page 8 “A room" in text or "Page 8 A room" in text
    assert "more" not in text
    many = replace(sheet, matters=kept * 9)
    pdf = one_page_pdf(many, fonts())
    (page,) = page_texts(pdf)
    shown = flat(page).count("A room near the school.")
    assert shown > 9 and f"and {81 - shown} more" in flat(page)
    assert faults_of(pdf) == []


def test_shortening_never_cuts_a_word() -> None:
    words = "one two three four five six seven"
    for most in range(6, 40):
        kept = shortened(words, most).removesuffix(" …")
        assert words.startswith(kept) and words[len(kept) : len(kept) + 1] in ("", " ")
    assert shortened("我想住在学校附近但不想共用厨房", 8).endswith("…")


def test_the_plan_says_who_does_what_in_the_person_s_words() -> None:
    sheet = PlanSheet(
        frame=FRAME,
        known_as="",
        about="",
        own_words=(Fact("What matters to me", ARABIC),),
        steps=(StepsOf("Me", (PlanStep("Bring the letters", "by 3 December 2026"),)),),
        agreed=(Fact("How I agreed", "Agreed aloud"),),
        strokes=(((0.0, 0.0), (900.0, 200.0)), ((10.0, 10.0),)),
        review="Friday 18 December 2026",
        contacts=(Contact("M. Okafor", "housing officer", "020 7946 0000"),),
    )
    pdf = plan_pdf(sheet, fonts())
    text = text_of(pdf)
    for words in ("Bring the letters", "by 3 December 2026", "Agreed aloud", "020 7946 0000"):
        assert words in text
    assert faults_of(pdf) == []


def test_a_safety_plan_prints_every_part_whole_over_pages() -> None:
    parts = tuple(Fact(f"Question {i}", long_answer(1_500)) for i in range(6))
    pdf = safety_plan_pdf(SafetyPlanSheet(FRAME, "", "Version 2", parts, ()), fonts())
    assert flat(DANGER) in text_of(pdf) and len(page_texts(pdf)) > 1
    assert all(f"Question {i}" in text_of(pdf) for i in range(6))
    assert faults_of(pdf) == []


def test_the_large_copy_is_set_in_letters_of_sixteen_points_or_more() -> None:
    item = OwnItem("Where I can live", TIGRINYA, (Fact("How I see it", "Urgent"),))
    sheet = OwnCopySheet(
        frame=replace(FRAME, language="ti"),
        known_as="",
        about="",
        first=(Fact("What I want", ARABIC),),
        sections=(OwnSection("Housing", (item,)),),
        steps=(Fact("My advocate", "Ask the council"),),
        review="Friday 18 December 2026",
        agreed=(Fact("How I agreed", "Agreed aloud"),),
    )
    pdf = own_copy_pdf(sheet, fonts())
    text = text_of(pdf)
    assert TIGRINYA in text and "My advocate: Ask the council" in text
    assert text.index("What I said") < text.index("Housing")
    assert faults_of(pdf) == []
