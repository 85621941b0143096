"""The security page promises nothing that no test keeps."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| ([\d, ]+) \|.*\|$", re.MULTILINE)
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
WANTED = {*range(1, 50)}


def page() -> str:
    return (ROOT / "SECURITY.md").read_text(encoding="utf-8")


def test_every_requirement_has_a_row() -> None:
    numbers = [int(n) for found in ROW.finditer(page()) for n in found[1].split(",")]
    assert sorted(numbers) == sorted(WANTED)


def test_every_test_that_the_page_names_exists() -> None:
    named = TEST.findall(page())
    assert len(named) > 100
    missing = [
        f"{file}::{name}"
        for file, name in named
        if f"def {name}(" not in ((ROOT / file).read_text(encoding="utf-8") if (ROOT / file).exists() else "")
    ]
    assert missing == []
