"""A key's words as a QR code: the same modules in the terminal, as a picture and on the screen."""

from __future__ import annotations

import re

from imsa_desk.crypto.keys import SigningKey
from imsa_desk.crypto.words import fingerprint_words
from imsa_desk.printing.qr import QUIET, modules_of
from imsa_desk.services.fingerprints import words_as_lines, words_as_modules, words_as_picture

WORDS = fingerprint_words(SigningKey(bytes(range(32))).public)
MODULES = modules_of(" ".join(WORDS))


def test_the_code_holds_the_words_in_their_order() -> None:
    assert words_as_modules(WORDS) == MODULES
    assert words_as_modules(WORDS[::-1]) != MODULES
    assert len(MODULES) == len(MODULES[0]) >= 21


def test_the_terminal_shows_every_module_and_the_white_round_them() -> None:
    dark = {"█": (False, False), "▀": (False, True), "▄": (True, False), " ": (True, True)}
    rows: list[tuple[bool, ...]] = []
    for line in words_as_lines(WORDS).splitlines():
        upper, lower = zip(*(dark[letter] for letter in line), strict=True)
        rows += [upper, lower]
    inner = tuple(row[QUIET:-QUIET] for row in rows[QUIET : QUIET + len(MODULES)])
    assert inner == MODULES
    white = [*rows[:QUIET], *rows[QUIET + len(MODULES) :]]
    assert len(white) >= 2 * QUIET and not any(any(row) for row in white)


def test_the_picture_has_the_same_modules_and_says_the_words() -> None:
    picture = words_as_picture(WORDS).decode()
    drawn = {(int(y), int(x)) for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", picture)}
    wanted = {
        (line + QUIET, at + QUIET) for line, row in enumerate(MODULES) for at, dark in enumerate(row) if dark
    }
    assert drawn == wanted
    assert f"<title>Words to compare: {', '.join(WORDS)}</title>" in picture
