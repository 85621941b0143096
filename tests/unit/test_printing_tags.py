"""Prints are tagged: everything on a page says what it is, and the walk that checks it finds faults."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pikepdf
import pytest
from printing_samples import (
    LEFT_TO_RIGHT,
    PRINTED,
    RIGHT_TO_LEFT,
    flat,
    fonts,
    long_answer,
    page_texts,
    sheet,
)
from structure_walk import faults_of, structure_words

from imsa_desk.printing.assessment import assessment_pdf
from imsa_desk.printing.blocks import Heading, Numbered, Quote, Spacing
from imsa_desk.printing.canvas import About, Paper
from imsa_desk.printing.cells import Cell, Cells
from imsa_desk.printing.flow import Block
from imsa_desk.printing.groups import Figure, Within, grouped, listed
from imsa_desk.printing.look import ACCENT, HEADING, QUESTION, SUNKEN, TITLE
from imsa_desk.printing.page import Frame, draw_pages
from imsa_desk.printing.paragraph import Paragraph
from imsa_desk.printing.sheet import (
    AssessmentSheet,
    ChoiceItem,
    Fact,
    NeedItem,
    Rating,
    RiskItem,
    Section,
    TextItem,
)
from imsa_desk.printing.sheets import SecretSheet, sheet_pdf
from imsa_desk.printing.tables import Table
from imsa_desk.printing.tagging import Elem

FRAME = Frame(
    "Tags", "K7Q-M2T-3", "Restricted", "Draft", "Ada Example", PRINTED, "Form 1", "Consent given.", True
)


def every_script() -> AssessmentSheet:
    answers = [*LEFT_TO_RIGHT.values(), *RIGHT_TO_LEFT.values(), long_answer(5_000)]
    return sheet(*(TextItem(str(i), "Question", answer, True) for i, answer in enumerate(answers)))


def nobody_answered() -> AssessmentSheet:
    left_out = (Section("Health", "0 of 11 answered", unanswered=("1.1",)), Section("Work", skipped=True))
    return replace(sheet(), sections=left_out)


ASSESSMENTS: dict[str, Callable[[], AssessmentSheet]] = {
    "signed": sheet,
    "draft": lambda: sheet(signed=False, practice=False),
    "scripts": every_script,
    "nothing answered": nobody_answered,
    "nothing at all": lambda: replace(sheet(), sections=(), facts=(), form_line="", consent_line=""),
}


def drawn(*blocks: Block) -> bytes:
    """Draw blocks below a title and a heading, so that the document is whole."""
    title = Paragraph("Tags", fonts(), TITLE, elem=Elem("H1"))
    section = Heading(Paragraph("Part", fonts(), HEADING), "Part", 0)
    return draw_pages(FRAME, [title, section, *blocks], fonts())


def below(node: Any) -> Iterator[Any]:
    """Give all elements below one, in reading order."""
    kids = node.get("/K", [])
    for kid in list(kids) if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from below(kid)


@dataclass(frozen=True, slots=True)
class Found:
    """One element as the file has it; `stretches` are on its first page, `others` elsewhere."""

    role: str
    language: str
    alt: str
    stretches: int
    others: int


def elements(pdf: bytes) -> list[Found]:
    """Give all elements in reading order."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return [found(elem) for elem in below(opened.Root.StructTreeRoot)]


def found(elem: Any) -> Found:
    kids = list(elem.get("/K", []))
    stretches = sum(isinstance(kid, int) for kid in kids)
    role, language, alt = (str(elem.get(name, "")) for name in ("/S", "/Lang", "/Alt"))
    return Found(role[1:], language, alt, stretches, len(kids) - stretches)


def roles(pdf: bytes) -> list[str]:
    return [elem.role for elem in elements(pdf)]


def every_block() -> bytes:
    """Draw every kind of block once."""
    table = Table(
        ["What", "Before", "Now"],
        [["Housing", "Pressing", "Holding"], ["Health", "", RIGHT_TO_LEFT["Arabic"]], ["Long", "", "x"]],
        fonts(),
        [1, 2, 2],
        row_headers=True,
    )
    picture = Figure("Three steps upwards", draw_steps, 60.0)
    cells = Cells([Cell("Advocate", "Pressing", 3)], fonts(), Spacing(), columns=2)
    question = Numbered("1.1", Paragraph("What now?", fonts(), QUESTION), fonts(), outline="1.1 What now?")
    items = listed(["one", long_answer(300), "three"], fonts(), numbered=True)
    quote = Quote(Paragraph(LEFT_TO_RIGHT["Tigrinya"], fonts(), language="ti"))
    return drawn(*grouped("Sect", [question, cells, table, *items, picture, quote]))


def draw_steps(paper: Paper, x: float, top: float, width: float) -> None:
    paper.box(x, top - 60.0, width, 60.0, fill=SUNKEN)
    paper.line([(x, top - 60.0), (x + 40.0, top - 20.0)], ACCENT)
    paper.circle(x + 40.0, top - 20.0, 3.0, fill=ACCENT)
    Paragraph("high", fonts()).draw(paper, x, top, width)


@pytest.mark.parametrize("name", ASSESSMENTS)
def test_every_assessment_is_tagged_without_a_fault(name: str) -> None:
    assert faults_of(assessment_pdf(ASSESSMENTS[name](), fonts())) == []


@pytest.mark.parametrize("practice", [False, True])
def test_a_sheet_with_a_secret_is_tagged_without_a_fault(practice: bool) -> None:
    groups = tuple("ABCD-EFGH" for _ in range(8))
    made = datetime(2026, 11, 21, tzinfo=UTC)
    secret = SecretSheet(
        "Recovery sheet", "Keep it.", groups, "".join(groups), 2, 18.0, ("Scan it.",), "V", made, practice
    )
    pdf = sheet_pdf(secret, fonts())
    assert faults_of(pdf) == []
    assert roles(pdf).count("LI") == 8
    assert roles(pdf).count("Figure") == 1


def test_every_block_is_tagged_as_what_it_is() -> None:
    pdf = every_block()
    assert faults_of(pdf) == []
    order = roles(pdf)
    assert order[:6] == ["Document", "H1", "H2", "Sect", "H3", "P"]
    assert [order.count(role) for role in ("TR", "TH", "TD")] == [4, 6, 6]
    assert [order.count(role) for role in ("L", "LI", "Lbl", "LBody")] == [1, 3, 3, 3]
    assert order[-2:] == ["BlockQuote", "P"]


def test_letters_inside_a_figure_belong_to_it() -> None:
    figure = next(elem for elem in elements(every_block()) if elem.role == "Figure")
    assert (figure.alt, figure.stretches, figure.others) == ("Three steps upwards", 1, 0)


def test_a_paragraph_over_two_pages_is_one_element() -> None:
    pdf = drawn(Paragraph(long_answer(9_000), fonts()))
    assert faults_of(pdf) == []
    paragraphs = [elem for elem in elements(pdf) if elem.role == "P"]
    assert [(elem.stretches, elem.others) for elem in paragraphs] == [(1, 1)]


def test_a_list_item_and_a_quotation_over_two_pages_stay_one_element() -> None:
    quote = Quote(Paragraph(long_answer(5_000), fonts()))
    pdf = drawn(*listed(["a", long_answer(6_000)], fonts()), quote)
    assert faults_of(pdf) == []
    assert [roles(pdf).count(role) for role in ("LI", "Lbl", "LBody", "BlockQuote")] == [2, 2, 2, 1]


def test_headers_that_stand_again_on_the_next_page_are_read_once() -> None:
    rows = [[f"row {i}", long_answer(200), "x"] for i in range(30)]
    rows.append(["high", long_answer(9_000), "y"])
    pdf = drawn(Table(["What", "Words", "Mark"], rows, fonts(), [1, 3, 1]))
    assert faults_of(pdf) == []
    pages = page_texts(pdf)
    assert len(pages) > 3
    assert all("Words" in page for page in pages)
    assert [roles(pdf).count(role) for role in ("Table", "THead", "TR", "TH", "TD")] == [1, 1, 32, 3, 93]


def test_a_row_that_is_higher_than_a_page_is_printed_whole() -> None:
    answer = long_answer(12_000)
    pdf = drawn(Table(["What", "Words"], [["high", answer], ["after", "end"]], fonts(), [1, 3]))
    assert faults_of(pdf) == []
    body = "".join(re_joined(page) for page in page_texts(pdf))
    assert body.replace("WhatWords", "").find(answer.replace(" ", "")) >= 0


def re_joined(page: str) -> str:
    """Give what stands on a page below its header and above its footer, without spaces."""
    below = flat(page).split("page ", 1)[-1].split(" of ", 1)[-1].partition(" ")[2]
    return below.split("PRACTICE Printed by")[0].replace("PRACTICE", "").replace(" ", "")


def test_headers_higher_than_a_page_are_not_lost() -> None:
    answer = long_answer(6_000)
    pdf = drawn(Table([answer, ""], [["one", "two"]], fonts(), [1, 1]))
    assert faults_of(pdf) == []
    assert answer.replace(" ", "") in "".join(map(re_joined, page_texts(pdf)))


def test_ratings_are_read_as_label_and_word_and_bars_are_decoration() -> None:
    said = structure_words(assessment_pdf(sheet(), fonts()))
    assert ("P", "Advocate: Pressing") in said
    assert ("P", "In their own rating: Urgent") in said


@pytest.mark.parametrize("language", [*RIGHT_TO_LEFT, "Bengali", "Hindi"])
def test_the_exact_text_stands_in_the_structure_where_glyphs_do_not_give_it(language: str) -> None:
    answer = {**RIGHT_TO_LEFT, **LEFT_TO_RIGHT}[language]
    mixed = f"She wrote (in a letter of 12/11/2026): {answer} - and no more."
    pdf = assessment_pdf(sheet(TextItem("1", answer, mixed, quoted=True)), fonts())
    said = structure_words(pdf)
    assert ("P", mixed) in said
    assert ("H3", f"1 {answer}") in said


def test_text_in_another_language_says_so() -> None:
    given = Paragraph("ሰላም", fonts(), language="ti")
    unknown = Paragraph("سلام عليكم", fonts())
    languages = [elem.language for elem in elements(drawn(given, unknown))]
    assert languages == ["", "", "", "ti", "und-Arab"]


def test_text_in_the_documents_own_language_needs_no_other() -> None:
    title = Paragraph("ሰላም", fonts(), TITLE, elem=Elem("H1"))
    pdf = draw_pages(replace(FRAME, language="ti"), [title, Paragraph("Selam", fonts())], fonts())
    assert [elem.language for elem in elements(pdf)] == ["", "", "und-Latn"]


def test_exact_text_inside_another_element_stands_in_a_span_of_its_own() -> None:
    words = RIGHT_TO_LEFT["Farsi"]
    pdf = drawn(Within(Elem("P"), Paragraph(words, fonts())))
    assert faults_of(pdf) == []
    assert structure_words(pdf) == [("Span", words)]
    assert roles(pdf)[-2:] == ["P", "Span"]


def test_sections_and_their_questions_are_nested_in_the_outline() -> None:
    with (
        pikepdf.open(io.BytesIO(assessment_pdf(sheet(), fonts()))) as pdf,
        pdf.open_outline() as outline,
    ):
        housing = outline.root[1]
        assert str(housing.title) == "Housing and subsistence"
        assert [str(item.title)[:3] for item in housing.children] == ["2.1", "2.2", "2.3", "2.4", "2.5"]


def test_an_outline_that_would_skip_a_level_does_not() -> None:
    question = Numbered("1", Paragraph("What?", fonts(), QUESTION), fonts(), outline="1 What?")
    pdf = draw_pages(FRAME, [Paragraph("T", fonts(), TITLE, elem=Elem("H1")), question], fonts())
    with pikepdf.open(io.BytesIO(pdf)) as opened, opened.open_outline() as outline:
        assert [str(item.title) for item in outline.root] == ["1 What?"]


def test_fields_and_links_belong_to_elements_and_lead_back_to_them() -> None:
    paper = Paper(About("Fields", "en-GB", PRINTED))
    with paper.tag("H1"):
        Paragraph("Fields", fonts()).draw(paper, 60.0, 800.0, 300.0)
    paper.bookmark("Fields", 800.0, 0)
    for page in range(2):
        with paper.tag("P"):
            Paragraph("Name ", fonts()).draw(paper, 60.0, 700.0, 300.0)
            with paper.tag("Form", alt="Name"):
                paper.canvas.acroForm.textfield(
                    name=f"n{page}", tooltip="Name", x=60, y=650, value="", maxlen=500
                )
        paper.canvas.acroForm.checkbox(name=f"c{page}", tooltip="Yes", x=60, y=600, fieldFlags="")
        paper.end_page()
    pdf = paper.finish()
    assert faults_of(pdf) == []
    assert roles(pdf).count("Form") == 4


EXTREMES: dict[str, Sequence[str]] = {
    "20,000 characters": [long_answer(20_000)],
    "one word of 5,000 letters": ["x" * 5_000],
    "300 answers": [f"Answer {i}" for i in range(300)],
    "empty answers": ["", "", ""],
}


@pytest.mark.parametrize("name", EXTREMES)
def test_extreme_answers_are_printed_whole_and_tagged(name: str) -> None:
    answers = EXTREMES[name]
    items = [TextItem(str(i), f"Question {i}", answer, bool(i % 2)) for i, answer in enumerate(answers)]
    pdf = assessment_pdf(sheet(*items), fonts())
    assert faults_of(pdf) == []
    body = "".join(map(re_joined, page_texts(pdf)))
    assert all(answer.replace(" ", "") in body for answer in answers)


def test_questions_labels_and_ratings_longer_than_a_page_are_printed_whole() -> None:
    words = long_answer(4_000)
    items = (
        NeedItem("1", words, Rating(words, 2), Rating("Holding", 1), details=(Fact(words, words),)),
        RiskItem("2", "Risk", None, Fact(words, "x"), None, Fact("Risk", words), 4),
        ChoiceItem("3", "Choice", (words, words)),
    )
    whole = replace(sheet(*items), facts=(Fact("Place", words),))
    whole = replace(whole, sections=(replace(whole.sections[0], title=words),))
    pdf = assessment_pdf(whole, fonts())
    assert faults_of(pdf) == []
    bodies = "".join(map(re_joined, page_texts(pdf)))
    assert bodies.count(words[-300:].replace(" ", "")) == 11


# --- The walk itself finds faults. ---


def changed(change: Callable[[pikepdf.Pdf], None]) -> list[str]:
    """Damage a good print and give what the walk says."""
    with pikepdf.open(io.BytesIO(every_block())) as pdf:
        change(pdf)
        out = io.BytesIO()
        pdf.save(out)
    return faults_of(out.getvalue())


def first(pdf: pikepdf.Pdf, role: str) -> Any:
    """Give the first element of a role."""
    return next(elem for elem in below(pdf.Root.StructTreeRoot) if str(elem.S) == f"/{role}")


def paint_outside(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].contents_add(b"0 0 10 10 re f")


def untag_one(pdf: pikepdf.Pdf) -> None:
    page = pdf.pages[0]
    page.contents_coalesce()
    content = page.Contents.read_bytes().replace(b"/H2 <</MCID 1>> BDC", b"/H2 BMC", 1)
    page.Contents.write(content)


def wrong_parent(pdf: pikepdf.Pdf) -> None:
    first(pdf, "H2").P = first(pdf, "Sect")


def wrong_way_back(pdf: pikepdf.Pdf) -> None:
    row = pdf.Root.StructTreeRoot.ParentTree.Nums[1]
    row[0] = first(pdf, "H2")


def drop_way_back(pdf: pikepdf.Pdf) -> None:
    pdf.Root.StructTreeRoot.ParentTree.Nums = pikepdf.Array()


def drop_scope(pdf: pikepdf.Pdf) -> None:
    del first(pdf, "TH").A


def drop_cell(pdf: pikepdf.Pdf) -> None:
    del first(pdf, "TR").K[0]


def drop_alt(pdf: pikepdf.Pdf) -> None:
    del first(pdf, "Figure").Alt


def drop_language(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.Lang


def drop_title(pdf: pikepdf.Pdf) -> None:
    del pdf.docinfo["/Title"]


def drop_outline(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.Outlines


def drop_marks(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.MarkInfo


def drop_tabs(pdf: pikepdf.Pdf) -> None:
    del pdf.pages[0].Tabs


def skip_a_level(pdf: pikepdf.Pdf) -> None:
    first(pdf, "H2").S = pikepdf.Name("/H3")


def list_item_alone(pdf: pikepdf.Pdf) -> None:
    first(pdf, "L").S = pikepdf.Name("/Sect")


def other_paper(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].MediaBox = pikepdf.Array([0, 0, 612, 792])


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (paint_outside, "f paints outside marked content"),
        (untag_one, "TJ paints outside marked content"),
        (wrong_parent, "names another parent"),
        (wrong_way_back, "leads back to another element"),
        (drop_way_back, "has no way back"),
        (drop_scope, "does not say what it heads"),
        (drop_cell, "differ in length"),
        (drop_alt, "has no words that stand for it"),
        (drop_language, "no language"),
        (drop_title, "no title"),
        (drop_outline, "no outline"),
        (drop_marks, "not marked as tagged"),
        (drop_tabs, "has no tab order"),
        (skip_a_level, "follows a heading of level 1"),
        (list_item_alone, "stands in /Sect"),
        (other_paper, "is not A4"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_the_walk_finds(damage: Callable[[pikepdf.Pdf], None], words: str) -> None:
    assert any(words in fault for fault in changed(damage))
