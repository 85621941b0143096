"""Verbs about fingerprints: a key's words as a QR code, on the screen, in a terminal and as a picture.

The code holds the words themselves, in their order with a space between them, so that any telephone shows
what the eye can compare.
"""

from __future__ import annotations

from collections.abc import Sequence

from imsa_desk.printing.qr import modules_of, qr_lines, qr_svg


def words_as_modules(words: Sequence[str]) -> tuple[tuple[bool, ...], ...]:
    """Give the QR code of words as lines of modules, true for dark, without the white round it."""
    return modules_of(" ".join(words))


def words_as_lines(words: Sequence[str]) -> str:
    """Give the QR code of words as lines of characters for a terminal."""
    return qr_lines(" ".join(words))


def words_as_picture(words: Sequence[str]) -> bytes:
    """Give the QR code of words as an SVG picture whose title is the words."""
    return qr_svg(" ".join(words), "Words to compare: " + ", ".join(words))
