"""How words are spelt so that they are found: letters that a search would otherwise take for others.

The index folds case and accents itself; this adds what it does not know: letters without a
decomposition (đ, ł, ø), Arabic letters that people write in several ways, digits of other scripts,
and scripts written without spaces between words.
"""

from __future__ import annotations

import re
import unicodedata

_LETTERS = str.maketrans(
    {
        "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "ı": "i", "İ": "I",
        "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ß": "ss", "þ": "th", "Þ": "Th", "’": "'",
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ـ": "",
    }
)  # fmt: skip
_ARABIC_MARKS = re.compile("[\u0610-\u061a\u064b-\u065f\u0670]")
_SPACELESS = re.compile(
    "[\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]+"
)


def fold(text: str) -> str:
    """Give a text with its letters in their plainest spelling and its digits as 0 to 9."""
    plain = _ARABIC_MARKS.sub("", text).translate(_LETTERS)
    if plain.isascii():
        return plain
    return "".join(str(d) if (d := unicodedata.decimal(c, None)) is not None else c for c in plain)


def apart(text: str) -> str:
    """Give a text with the characters of scripts without spaces set apart, each a word of its own."""
    return _SPACELESS.sub(lambda m: f" {' '.join(m.group())} ", text)


def has_spaceless(text: str) -> bool:
    """Say whether a text has characters of a script that puts no spaces between words."""
    return _SPACELESS.search(text) is not None


def other_spellings(text: str) -> list[str]:
    """Give the other spellings by which the words of a text are found."""
    if text.isascii():
        return []
    folded = [f for word in text.split() if (f := fold(word)) != word]
    return [*folded, *(" ".join(m.group()) for m in _SPACELESS.finditer(text))]
