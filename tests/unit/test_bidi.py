"""Direction of characters and order of a line, against Unicode's own test file."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from imsa_desk.printing.bidi import levels
from imsa_desk.printing.bidi_classes import needs_bidi
from imsa_desk.printing.bidi_lines import line_levels, visual_order

SAMPLE = Path(__file__).parents[1] / "data" / "bidi_character_sample.txt.gz"
WHOLE = Path("/usr/share/unicode/BidiCharacterTest.txt")
BASES = {"0": 0, "1": 1, "2": None}


def wrong_lines(lines: Iterator[str]) -> tuple[int, list[str]]:
    """Count the test lines and give those that come out wrong."""
    count, wrong = 0, []
    for line in lines:
        if line[0] in "#\n":
            continue
        count += 1
        points, asked, base, expected, order = line.strip().split(";")
        text = "".join(chr(int(point, 16)) for point in points.split())
        found_base, resolved = levels(text, BASES[asked])
        found = line_levels(text, resolved, found_base)
        wanted = expected.split()
        kept = [i for i, level in enumerate(wanted) if level != "x"]
        drawn = [kept[i] for i in visual_order([found[i] for i in kept])]
        good = (
            found_base == int(base)
            and all(found[i] == int(wanted[i]) for i in kept)
            and drawn == [int(place) for place in order.split()]
        )
        if not good:
            wrong.append(line.strip())
    return count, wrong


def test_a_sample_of_unicodes_own_lines_comes_out_right() -> None:
    with gzip.open(SAMPLE, "rt", encoding="utf-8") as lines:
        count, wrong = wrong_lines(iter(lines))
    assert count > 3_000
    assert wrong == []


@pytest.mark.skipif(not WHOLE.exists(), reason="Unicode's data package is not installed here")
def test_all_of_unicodes_own_lines_come_out_right() -> None:
    with WHOLE.open(encoding="utf-8") as lines:
        count, wrong = wrong_lines(iter(lines))
    assert count > 90_000
    assert wrong == []


def test_only_text_that_may_run_from_right_to_left_needs_the_algorithm() -> None:
    assert needs_bidi("Selam سلام")
    assert needs_bidi("a\u2067b")
    assert not needs_bidi("Chị ấy ሰላም 你好 नमस्ते")


def test_a_date_inside_arabic_keeps_its_order() -> None:
    text = "تاريخ 12/11/2026"
    base, found = levels(text)
    assert base == 1
    drawn = "".join(text[i] for i in visual_order(found))
    assert drawn.startswith("12/11/2026")


def test_an_isolated_name_does_not_move_the_text_round_it() -> None:
    text = "Source \u2068سلام\u2069 · low"
    base, found = levels(text)
    assert base == 0
    assert found[: len("Source ")] == [0] * 7
    assert set(found[-5:]) == {0}
