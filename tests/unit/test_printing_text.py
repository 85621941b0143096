"""What stands on a print can be read and copied back, in every script, and nothing is cut."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from printing_samples import (
    HOSTILE,
    LEFT_TO_RIGHT,
    RIGHT_TO_LEFT,
    flat,
    fonts,
    long_answer,
    page_texts,
    sheet,
)
from structure_walk import faults_of

from imsa_desk.printing.assessment import assessment_pdf, uncovered
from imsa_desk.printing.lines import break_lines
from imsa_desk.printing.look import BODY
from imsa_desk.printing.paragraph import Paragraph
from imsa_desk.printing.shaping import Run, clean, shape_runs
from imsa_desk.printing.sheet import Fact, NeedItem, RiskItem, TextItem


def copied(answer: str) -> str:
    """Print one answer and copy its page back."""
    pages = page_texts(assessment_pdf(sheet(TextItem("1", "Question", answer)), fonts()))
    return flat(" ".join(pages))


def without_edges(pages: list[str]) -> str:
    """Join pages, leaving out what stands round the text of each."""
    bodies = [re.sub(r"(?s)^.*?page \d+ of \d+", "", page).split("PRACTICE Printed by")[0] for page in pages]
    return flat(" ".join(body.replace("PRACTICE", "") for body in bodies))


@pytest.mark.parametrize("language", LEFT_TO_RIGHT)
def test_left_to_right_text_is_copied_back_letter_by_letter(language: str) -> None:
    answer = LEFT_TO_RIGHT[language]
    # The reader, not the file, drops a space after some Hindi words: compare without spaces.
    assert flat(answer).replace(" ", "") in copied(answer).replace(" ", "")


@pytest.mark.parametrize("language", RIGHT_TO_LEFT)
def test_right_to_left_text_is_copied_back_word_by_word(language: str) -> None:
    answer = RIGHT_TO_LEFT[language]
    found = copied(answer).split()
    assert [word for word in flat(answer).split() if word not in found] == []


@pytest.mark.parametrize("answer", [*LEFT_TO_RIGHT.values(), *RIGHT_TO_LEFT.values()])
def test_no_letter_of_any_script_prints_as_an_empty_box(answer: str) -> None:
    for bold in (False, True):
        segments = shape_runs([Run(answer, bold=bold)], BODY, fonts())[0].segments
        assert all(glyph.gid for segment in segments for glyph in segment.shaped.glyphs)


def test_mark_up_in_an_answer_is_printed_as_it_was_typed() -> None:
    assert flat(HOSTILE) in copied(HOSTILE)


def test_a_long_answer_is_printed_whole_over_several_pages() -> None:
    answer = long_answer(6_000)
    pages = page_texts(assessment_pdf(sheet(TextItem("1", "Question", answer)), fonts()))
    assert len(pages) > 1
    assert flat(answer) in without_edges(pages)


def test_a_word_without_any_break_is_cut_between_letters_and_none_is_lost() -> None:
    for answer in ("x" * 6_000, "é" * 500 + "ሰ" * 500, "كلمة" * 300, "学" * 2_000):
        lines = break_lines(shape_runs([Run(answer)], BODY, fonts()), 300.0, BODY)
        assert "".join(segment.text for line in lines for segment in line.segments) == answer
        assert all(line.width <= 300.5 for line in lines)


def test_line_ends_in_an_answer_are_kept() -> None:
    paragraph = Paragraph("one\r\ntwo\n\nfour", fonts())
    texts = ["".join(s.text for s in line.segments) for line in paragraph.lines(400.0)]
    assert texts == ["one", "two", "", "four"]


def test_words_before_and_after_a_line_end_are_not_glued_together() -> None:
    lines = Paragraph("one\ntwo\nسلام\nend", fonts()).lines(400.0)
    assert [line.hanging is not None for line in lines] == [True, True, True, False]


def test_each_line_of_an_answer_has_a_direction_of_its_own() -> None:
    paragraph = Paragraph("left to right\n" + RIGHT_TO_LEFT["Arabic"], fonts())
    assert [line.rtl for line in paragraph.lines(400.0)] == [False, True]


def test_a_label_stays_with_the_first_word_of_its_value() -> None:
    runs = [Run("word " * 12), Run("She agrees ", together=True), Run("partly")]
    for width in range(150, 420, 3):
        lines = [
            "".join(s.text for s in line.segments) for line in Paragraph(runs, fonts()).lines(float(width))
        ]
        assert any("She agrees partly" in line for line in lines)


def test_arabic_letters_join_across_a_change_of_colour() -> None:
    whole = shape_runs([Run("سلم")], BODY, fonts())[0].segments[0].shaped.glyphs
    first, second = shape_runs([Run("س"), Run("لم", colour="#0B6963")], BODY, fonts())[0].segments
    drawn = second.shaped.glyphs + first.shaped.glyphs
    assert [glyph.gid for glyph in drawn] == [glyph.gid for glyph in whole]


def test_characters_that_no_font_has_are_named_before_printing() -> None:
    rare = "\U00013000"  # an Egyptian hieroglyph
    assert uncovered(sheet(TextItem("1", "Question", f"ok {rare}\n")), fonts()) == {rare}
    everything = " ".join([*LEFT_TO_RIGHT.values(), *RIGHT_TO_LEFT.values()])
    assert uncovered(sheet(TextItem("1", "Question", everything)), fonts()) == set()


def test_what_cannot_be_printed_is_taken_out_and_nothing_else() -> None:
    assert clean("a\x00b\x07\tc\r\nd\u2028e\ud800") == "ab    c\nd\ne\ufffd"


def test_scales_are_printed_as_words_and_never_as_numbers() -> None:
    words = (
        Fact("How likely is harm", "Very likely"),
        Fact("How serious", "Serious harm"),
        Fact("Risk", "High"),
    )
    risk = RiskItem("S1", "Risk", None, *words, band_level=3)
    need = NeedItem("A", "Not discussed need", not_discussed="she was tired")
    text = flat(" ".join(page_texts(assessment_pdf(sheet(risk, need), fonts()))))
    assert "How likely" in text and "Very likely" in text and "Serious harm" in text and "High" in text
    assert "Not discussed she was tired" in text
    assert "12" not in text.split("Sign-off")[0].split("My own page")[1]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.floats(min_value=40, max_value=500))
def test_lines_hold_every_character_of_any_text(text: str, width: float) -> None:
    parts = shape_runs([Run(text)], BODY, fonts())
    shaped = "".join(segment.text for part in parts for segment in part.segments)
    lines = break_lines(parts, width, BODY)
    seen = "".join(segment.text for line in lines for segment in line.segments)
    assert seen.replace(" ", "").replace("\u3000", "") == shaped.replace(" ", "").replace("\u3000", "")


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=300))
def test_any_text_at_all_can_be_printed(text: str) -> None:
    pdf = assessment_pdf(sheet(TextItem("1", text[:20] or "?", text, quoted=True)), fonts())
    assert pdf.startswith(b"%PDF-1.7")
    assert faults_of(pdf) == []
