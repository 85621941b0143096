"""Which face draws what, and where the machine's own fonts come in."""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from printing_samples import FONTS, flat, fonts, page_texts, sheet
from structure_walk import faults_of

from imsa_desk.printing import system_fonts
from imsa_desk.printing.assessment import assessment_pdf
from imsa_desk.printing.fonts import Face, Family, FontSet
from imsa_desk.printing.look import BODY
from imsa_desk.printing.shaping import Run, shape_runs
from imsa_desk.printing.sheet import TextItem

ETHIOPIC = "NotoSansEthiopic-Regular.ttf"


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A machine whose only font folder is an empty one of our own."""
    if sys.platform in {"win32", "darwin"}:
        pytest.skip("font folders of Linux")
    folder = tmp_path / "fonts"
    folder.mkdir()
    monkeypatch.setenv("XDG_DATA_DIRS", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "none"))
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))
    system_fonts._files.cache_clear()
    yield folder
    system_fonts._files.cache_clear()


def latin_only() -> FontSet:
    """Give a set that knows Latin letters and asks the machine for others."""
    latin = Face(FONTS / "NotoSans-Regular.ttf")
    return FontSet([Family(latin)], Face(FONTS / "NotoSansMono-Regular.ttf"))


def test_a_character_that_ours_lack_is_drawn_with_a_font_of_the_machine(machine: Path) -> None:
    shutil.copy(FONTS / ETHIOPIC, machine / ETHIOPIC)
    found = latin_only()
    assert found.uncovered(["ሰላም"]) == set()
    segment = shape_runs([Run("ሰላም")], BODY, found)[0].segments[0]
    assert segment.face.path.name == ETHIOPIC


def test_a_machine_without_the_letters_says_which_are_missing(machine: Path) -> None:
    assert latin_only().uncovered(["ok ሰላም\n\t\u200d"]) == {"ሰ", "ላ", "ም"}


def test_a_font_of_the_machine_that_may_not_be_embedded_is_not_used(machine: Path) -> None:
    data = bytearray((FONTS / ETHIOPIC).read_bytes())
    count = int.from_bytes(data[4:6], "big")
    entries = (12 + 16 * i for i in range(count))
    entry = next(at for at in entries if data[at : at + 4] == b"OS/2")
    rights = int.from_bytes(data[entry + 8 : entry + 12], "big") + 8
    data[rights : rights + 2] = b"\x00\x02"
    (machine / ETHIOPIC).write_bytes(data)
    assert latin_only().uncovered(["ሰ ok"]) == {"ሰ"}


def test_text_in_a_font_of_the_machine_is_embedded_tagged_and_comes_back(machine: Path) -> None:
    shutil.copy(FONTS / ETHIOPIC, machine / ETHIOPIC)
    pdf = assessment_pdf(sheet(TextItem("1", "Question", "ok ሰላም", quoted=True)), latin_only())
    assert faults_of(pdf) == []
    assert "ok ሰላም" in flat(" ".join(page_texts(pdf)))
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        names = [str(font.BaseFont) for font in opened.pages[0].Resources.Font.values()]
    assert any("Ethiopic" in name for name in names)


def test_a_broken_font_on_the_machine_does_no_harm(machine: Path) -> None:
    (machine / "a.ttf").write_bytes(b"not a font")
    (machine / "b.ttc").write_bytes(b"ttcf" + b"\xff" * 20)
    (machine / "c.otf").write_bytes(b"")
    shutil.copy(FONTS / ETHIOPIC, machine / ETHIOPIC)
    assert latin_only().uncovered(["ሰ"]) == set()


def test_quotation_marks_after_an_arabic_word_stay_in_its_face() -> None:
    segments = shape_runs([Run("سلام «خير»!")], BODY, fonts())[0].segments
    assert {segment.face.name for segment in segments if not segment.space} == {"NotoSansArabic-Regular"}


def test_a_mark_is_never_parted_from_its_letter() -> None:
    segments = shape_runs([Run("e\u0302\u0301 ሰ\u135f")], BODY, fonts())[0].segments
    assert segments[0].text == "e\u0302\u0301"
    assert segments[-1].text == "ሰ\u135f"


def test_letters_beyond_the_first_plane_keep_their_places() -> None:
    parts = shape_runs([Run("a \U00010400 b \U00010428 c")], BODY, fonts())
    assert [segment.text for segment in parts[0].segments if not segment.space] == [
        "a",
        "\U00010400",
        "b",
        "\U00010428",
        "c",
    ]


def test_a_face_without_a_bold_one_is_drawn_heavier() -> None:
    chinese = shape_runs([Run("学校", bold=True)], BODY, fonts())[0].segments[0]
    english = shape_runs([Run("ok", bold=True)], BODY, fonts())[0].segments[0]
    assert chinese.heavier
    assert not english.heavier
