"""Pages, headers, fonts and metadata of a printed assessment."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from printing_samples import (
    FONTS,
    LEFT_TO_RIGHT,
    PRINTED,
    RIGHT_TO_LEFT,
    flat,
    fonts,
    long_answer,
    page_texts,
    sheet,
)

from imsa_desk.errors import Broken
from imsa_desk.printing.assessment import assessment_pdf
from imsa_desk.printing.blocks import Rule, Spacing
from imsa_desk.printing.flow import Block, paginate
from imsa_desk.printing.fonts import load_fonts
from imsa_desk.printing.look import HEADING
from imsa_desk.printing.paragraph import Paragraph
from imsa_desk.printing.sheet import Section, TextItem


def long_pdf(*, practice: bool = True) -> bytes:
    """Print something of several pages with every script in it."""
    answers = [*LEFT_TO_RIGHT.values(), *RIGHT_TO_LEFT.values(), long_answer(5_000)]
    items = [TextItem(str(i), "Question", answer, True) for i, answer in enumerate(answers)]
    return assessment_pdf(sheet(*items, practice=practice), fonts())


def test_every_page_says_which_of_how_many_it_is() -> None:
    pages = page_texts(long_pdf())
    assert len(pages) >= 3
    for number, page in enumerate(pages, start=1):
        assert f"page {number} of {len(pages)}" in flat(page)


def test_every_page_carries_code_title_sensitivity_printer_form_and_consent() -> None:
    for page in map(flat, page_texts(long_pdf())):
        for words in (
            "K7Q-M2T-3",
            "Needs, strengths and safety review",
            "Restricted",
            "Printed by Ada Example on 21 November 2026 at 14:32",
            "version 1",
            "Consent given 12 October 2026",
        ):
            assert words in page


def test_practice_stands_on_every_page_of_practice_prints_only() -> None:
    assert all("PRACTICE" in page for page in page_texts(long_pdf()))
    assert not any("PRACTICE" in page for page in page_texts(long_pdf(practice=False)))


def test_a_draft_says_so_on_its_pages() -> None:
    draft = flat(" ".join(page_texts(assessment_pdf(sheet(signed=False), fonts()))))
    assert "Draft" in draft and "Nobody has signed it off" in draft
    assert "Draft" not in flat(" ".join(page_texts(assessment_pdf(sheet(), fonts()))))


def test_the_name_is_printed_only_if_chosen() -> None:
    assert "Selam" not in "".join(page_texts(assessment_pdf(sheet(), fonts())))
    named = replace(sheet(), known_as="Selam")
    assert "Selam" in page_texts(assessment_pdf(named, fonts()))[0]


def test_all_fonts_are_embedded_with_a_table_of_their_letters() -> None:
    with pikepdf.open(io.BytesIO(long_pdf())) as pdf:
        found = [font for page in pdf.pages for font in page.Resources.Font.values()]
        assert found
        for font in found:
            assert font.Subtype == "/Type0"
            assert "/ToUnicode" in font
            assert "/FontFile2" in font.DescendantFonts[0].FontDescriptor
            assert re.match(r"/[A-Z]{6}\+", str(font.BaseFont))


def test_the_file_has_title_and_language_and_no_persons_name_in_its_data() -> None:
    with pikepdf.open(io.BytesIO(long_pdf())) as pdf:
        assert str(pdf.Root.Lang) == "en-GB"
        assert str(pdf.docinfo["/Title"]) == "Needs, strengths and safety review K7Q-M2T-3"
        assert str(pdf.docinfo["/Producer"]) == "IMSA Desk"
        assert "Example" not in str(dict(pdf.docinfo))
        assert "/Names" not in pdf.Root and "/OpenAction" not in pdf.Root and "/AcroForm" not in pdf.Root


def test_sections_are_in_the_outline_and_lead_to_their_pages() -> None:
    with pikepdf.open(io.BytesIO(assessment_pdf(sheet(), fonts()))) as pdf, pdf.open_outline() as outline:
        assert [str(item.title) for item in outline.root] == ["Safety", "Housing and subsistence", "Sign-off"]


def test_equal_values_give_equal_bytes() -> None:
    assert long_pdf() == long_pdf()
    later = replace(sheet(), printed_at=PRINTED + timedelta(minutes=1))
    assert assessment_pdf(later, fonts()) != assessment_pdf(sheet(), fonts())


def test_different_ratings_are_named_in_words_and_counted() -> None:
    text = flat(" ".join(page_texts(assessment_pdf(sheet(), fonts()))))
    assert text.count("Seen differently. Both ratings are kept.") == 1
    assert "One risk is high or very high." in text
    assert "One need is pressing or urgent." in text


def test_what_was_not_answered_is_summed_up_in_one_line() -> None:
    text = flat(" ".join(page_texts(assessment_pdf(sheet(), fonts()))))
    assert "2 questions in this section not answered: S2, S3." in text


def test_sections_nobody_answered_are_named_at_the_end_and_not_printed_empty() -> None:
    left_out = (
        Section("Health and social care", "0 of 11 answered", unanswered=("1.1", "1.2")),
        Section("Criminal justice", "Skipped by choice", skipped=True),
    )
    text = flat(" ".join(page_texts(assessment_pdf(replace(sheet(), sections=left_out), fonts()))))
    assert "Skipped by choice: Criminal justice" in text
    assert "Not answered: Health and social care" in text
    assert "1.1" not in text


def test_progress_is_told_page_by_page() -> None:
    told: list[tuple[int, int]] = []
    assessment_pdf(sheet(), fonts(), progress=lambda done, total: told.append((done, total)))
    assert told[0][0] == 0
    assert told[-1][0] == told[-1][1]


def test_a_heading_never_stands_alone_at_the_end_of_a_page() -> None:
    body = Paragraph(long_answer(900), fonts())
    for room in range(200, 330, 5):
        blocks: list[Block] = [
            Paragraph(long_answer(500), fonts()),
            Paragraph("Heading", fonts(), HEADING),
            body,
        ]
        for page in paginate(blocks, 300.0, float(room)):
            last = page.placed[-1][0]
            assert not last.keep_with_next


def test_a_line_between_items_falls_away_at_the_top_of_a_page() -> None:
    fill = Paragraph("line\n" * 9 + "line", fonts())
    between = Rule(Spacing(before=8, after=8, keep_with_next=True), separates=True)
    pages = paginate([fill, between, Paragraph("next", fonts())], 300.0, fill.measure(300.0) + 1)
    assert [len(page.placed) for page in pages] == [1, 1]


def test_missing_fonts_are_named_as_a_broken_installation(tmp_path: Path) -> None:
    with pytest.raises(Broken) as caught:
        load_fonts(tmp_path)
    assert caught.value.code == "E_FONTS"


def test_the_fonts_that_ship_stay_small_and_have_their_licences() -> None:
    assert sum(file.stat().st_size for file in FONTS.iterdir()) < 8 * 1024 * 1024
    assert {"OFL.txt", "LICENSE-Apache-2.0.txt", "SOURCES.txt"} <= {file.name for file in FONTS.iterdir()}
    sources = (FONTS / "SOURCES.txt").read_text(encoding="utf-8")
    for file in FONTS.glob("*.ttf"):
        assert file.name.split("-")[0].removesuffix(".ttf") in sources
