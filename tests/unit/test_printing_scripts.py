"""Glyphs on paper are those of HarfBuzz for the whole line, and the text comes back out of the file."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import uharfbuzz as hb
from printing_samples import FONTS, LEFT_TO_RIGHT, PRINTED, RIGHT_TO_LEFT, fonts, page_texts, sheet
from structure_walk import faults_of, structure_words

from imsa_desk.printing.assessment import assessment_pdf, uncovered
from imsa_desk.printing.canvas import About, Paper
from imsa_desk.printing.look import BODY, TextStyle
from imsa_desk.printing.paragraph import Paragraph
from imsa_desk.printing.shaping import Run, shape_runs
from imsa_desk.printing.sheet import TextItem
from imsa_desk.printing.tagging import Elem

LATIN, ARABIC, ETHIOPIC = "NotoSans-Regular", "NotoSansArabic-Regular", "NotoSansEthiopic-Regular"
BENGALI, HINDI, HAN = "NotoSansBengali-Regular", "NotoSansDevanagari-Regular", "DroidSansFallbackFull"
HEAVY_MARKS = "Tôi muốn ở gần trường; Chị ấy nói: “không”."
SENTENCES: dict[str, tuple[str, str, str]] = {
    "Albanian": (LEFT_TO_RIGHT["Albanian"], LATIN, "Latn"),
    "Romanian": (LEFT_TO_RIGHT["Romanian"], LATIN, "Latn"),
    "Vietnamese": (LEFT_TO_RIGHT["Vietnamese"], LATIN, "Latn"),
    "Vietnamese decomposed": (unicodedata.normalize("NFD", LEFT_TO_RIGHT["Vietnamese"]), LATIN, "Latn"),
    "Vietnamese marks": (unicodedata.normalize("NFD", HEAVY_MARKS), LATIN, "Latn"),
    "Tigrinya": (LEFT_TO_RIGHT["Tigrinya"], ETHIOPIC, "Ethi"),
    "Amharic": (LEFT_TO_RIGHT["Amharic"], ETHIOPIC, "Ethi"),
    "Bengali": (LEFT_TO_RIGHT["Bengali"], BENGALI, "Beng"),
    "Hindi": (LEFT_TO_RIGHT["Hindi"], HINDI, "Deva"),
    "Chinese": (LEFT_TO_RIGHT["Chinese"], HAN, "Hani"),
    "Arabic": (RIGHT_TO_LEFT["Arabic"], ARABIC, "Arab"),
    "Farsi": ("می‌خواهم نزدیک مدرسهٔ پسرم زندگی کنم", ARABIC, "Arab"),
    "Sorani": (RIGHT_TO_LEFT["Sorani"], ARABIC, "Arab"),
    "Urdu": (RIGHT_TO_LEFT["Urdu"], ARABIC, "Arab"),
}
TO_LEFT = frozenset({"Arab"})
MIXED = "She said سلام عليكم and ሰላም, আমি ভালো আছি, then में हूँ or 学校 in Hải Phòng."
MIXED_RUNS = (
    ("She said", LATIN, "Latn"), ("سلام عليكم", ARABIC, "Arab"),
    ("and", LATIN, "Latn"), ("ሰላም", ETHIOPIC, "Ethi"), (",", LATIN, "Latn"),
    ("আমি ভালো আছি,", BENGALI, "Beng"), ("then", LATIN, "Latn"), ("में हूँ", HINDI, "Deva"), ("or", LATIN, "Latn"),
    ("学校", HAN, "Hani"), ("in Hải Phòng.", LATIN, "Latn"),
)  # fmt: skip
MIXED_TO_LEFT = "قالت لي سلام (Selam) في 12/11/2026 عن غرفتها"
MIXED_TO_LEFT_RUNS = (
    ("عن غرفتها", ARABIC, "Arab"), ("12", ARABIC, "digits"), ("/", LATIN, "digits"),
    ("11", ARABIC, "digits"), ("/", LATIN, "digits"), ("2026", ARABIC, "digits"), ("في", ARABIC, "Arab"),
    (")", LATIN, "Arab"), ("Selam", LATIN, "Latn"), ("(", LATIN, "Arab"), ("قالت لي سلام", ARABIC, "Arab"),
)  # fmt: skip
READER = shutil.which("pdftotext")


def one_line(text: str) -> bytes:
    """Draw a text as one line of a tagged page."""
    paper = Paper(About("One line", "en-GB", PRINTED))
    paper.bookmark("One line", 800.0, 0)
    paragraph = Paragraph(text, fonts(), TextStyle(size=5.0, leading=8.0), elem=Elem("H1"))
    assert len(paragraph.lines(560.0)) == 1
    paragraph.draw(paper, 15.0, 800.0, 560.0)
    paper.end_page()
    return paper.finish()


def drawn(pdf: bytes) -> list[tuple[str, int]]:
    """Give the face and the glyph of everything that is seen on the page, from left to right."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        page = opened.pages[0]
        faces = {name: Face(font) for name, font in page.Resources.Font.items()}
        words = sorted(_words(page, faces), key=lambda word: word[0])
    return [glyph for _, word in words for glyph in word]


class Face:
    """A font of the file: its name, and the glyph that each code stands for."""

    def __init__(self, font: Any) -> None:
        name = str(font.BaseFont).partition("+")[2]
        self.name = HAN if HAN.startswith(name) else name
        self.gids = font.DescendantFonts[0].CIDToGIDMap.read_bytes()

    def glyphs(self, codes: bytes) -> list[tuple[str, int]]:
        places = (2 * int.from_bytes(codes[i : i + 2], "big") for i in range(0, len(codes), 2))
        return [(self.name, int.from_bytes(self.gids[at : at + 2], "big")) for at in places]


def _words(page: Any, faces: dict[str, Face]) -> Iterator[tuple[float, list[tuple[str, int]]]]:
    x, mode, face = 0.0, 0, next(iter(faces.values()))
    for instruction in pikepdf.parse_content_stream(page):
        operands, name = list(instruction.operands), str(instruction.operator)
        if name == "Tm":
            x = float(operands[4])
        elif name == "Tr":
            mode = int(operands[0])
        elif name == "Tf":
            face = faces[str(operands[0])]
        elif name == "TJ" and mode != 3:
            codes = b"".join(bytes(part) for part in operands[0] if isinstance(part, pikepdf.String))
            yield x, face.glyphs(codes)


def shaped(text: str, face: str, script: str) -> list[tuple[str, int]]:
    """Shape a whole run with HarfBuzz alone."""
    buffer = hb.Buffer()
    buffer.add_codepoints([ord(char) for char in text])
    buffer.direction = "rtl" if script in TO_LEFT else "ltr"
    buffer.script = "Arab" if script == "digits" else script
    buffer.language = "und"
    hb.shape(_font(face), buffer, {})
    return [(face, info.codepoint) for info in buffer.glyph_infos]


def _font(face: str) -> Any:
    return hb.Font(hb.Face(hb.Blob.from_file_path(str(FONTS / f"{face}.ttf"))))


def without_spaces(glyphs: list[tuple[str, int]]) -> list[tuple[str, int]]:
    spaces = {face: _font(face).get_nominal_glyph(0x20) for face, _ in glyphs}
    return [(face, glyph) for face, glyph in glyphs if glyph != spaces[face]]


@pytest.mark.parametrize("language", SENTENCES)
def test_glyphs_are_those_of_harfbuzz_for_the_whole_sentence(language: str) -> None:
    text, face, script = SENTENCES[language]
    pdf = one_line(text)
    found = drawn(pdf)
    assert all(glyph for _, glyph in found)
    assert found == shaped(text, face, script)
    assert faults_of(pdf) == []


@pytest.mark.parametrize(
    ("text", "runs"), [(MIXED, MIXED_RUNS), (MIXED_TO_LEFT, MIXED_TO_LEFT_RUNS)], ids=["mixed", "mixed rtl"]
)
def test_glyphs_of_a_mixed_line_are_those_of_each_script(
    text: str, runs: tuple[tuple[str, str, str], ...]
) -> None:
    pdf = one_line(text)
    found = drawn(pdf)
    assert all(glyph for _, glyph in found)
    assert without_spaces(found) == without_spaces([glyph for run in runs for glyph in shaped(*run)])
    assert ("H1", text) in structure_words(pdf)


def bare(text: str) -> str:
    """Give text with single spaces, without characters that only steer direction."""
    return re.sub(
        r"\s+", " ", re.sub("[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]", "", text)
    ).strip()


def copies(text: str, folder: Path) -> dict[str, str]:
    """Print an answer and copy it out with every reader there is."""
    pdf = assessment_pdf(sheet(TextItem("1", "Question", text)), fonts())
    found = {"pdfium": bare(" ".join(page_texts(pdf)))}
    if READER is not None:
        file = folder / "print.pdf"
        file.write_bytes(pdf)
        command = [READER, "-enc", "UTF-8", str(file), "-"]
        said = subprocess.run(command, capture_output=True, check=True, timeout=20).stdout
        found["poppler"] = bare(said.decode("utf-8"))
    return found


@pytest.mark.parametrize("language", [name for name in SENTENCES if SENTENCES[name][2] not in TO_LEFT])
def test_left_to_right_text_is_copied_out_exactly(language: str, tmp_path: Path) -> None:
    text = " ".join([SENTENCES[language][0]] * 3)
    for reader, copy in copies(text, tmp_path).items():
        if language == "Chinese":  # the end of a line becomes a space
            assert text.replace(" ", "") in copy.replace(" ", ""), reader
        else:
            assert bare(text) in copy, reader


@pytest.mark.parametrize("language", RIGHT_TO_LEFT)
def test_right_to_left_text_is_copied_out_word_by_word(language: str, tmp_path: Path) -> None:
    text = RIGHT_TO_LEFT[language]
    for reader, copy in copies(text, tmp_path).items():
        words = copy.split()
        assert [word for word in bare(text).split() if word not in words] == [], reader


def test_a_mark_that_its_letters_font_lacks_is_drawn_with_another_font() -> None:
    segments = shape_runs([Run("a\u135f b\u0308\u064b", bold=True)], BODY, fonts())[0].segments
    assert all(glyph.gid for segment in segments for glyph in segment.shaped.glyphs)
    assert "".join(segment.text for segment in segments) == "a\u135f b\u0308\u064b"


@pytest.mark.parametrize("char", ["\U00013000", "\ufff9", "\u1680", "\u070f", "\U000110bd"])
def test_a_character_without_a_picture_anywhere_is_named_before_printing(char: str) -> None:
    assert uncovered(sheet(TextItem("1", "Question", f"ok{char}ok")), fonts()) == {char}


def test_a_character_that_is_printed_all_the_same_stands_as_its_number_and_never_as_a_box() -> None:
    segments = shape_runs([Run("ok \U00013000 ሰ", bold=True)], BODY, fonts())[0].segments
    assert "".join(segment.text for segment in segments) == "ok [U+13000] ሰ"
    assert all(glyph.gid for segment in segments for glyph in segment.shaped.glyphs)


def test_signs_of_our_own_words_are_in_a_font_that_ships() -> None:
    assert fonts().uncovered(["→ – — · • … “ ” ‘ ’ « »"]) == set()


def test_what_is_not_named_never_prints_as_a_box() -> None:
    points = [p for p in range(0x20, 0x3000) if unicodedata.category(chr(p)) not in {"Cn", "Co", "Cs"}]
    text = " ".join(chr(point) for point in points)
    missing = fonts().uncovered([text])
    for bold, mono in ((False, False), (True, False), (False, True)):
        kept = "".join(char for char in text if char not in missing)
        for part in shape_runs([Run(kept, bold=bold, mono=mono)], BODY, fonts()):
            boxes = [s.text for s in part.segments if any(not glyph.gid for glyph in s.shaped.glyphs)]
            assert boxes == []
