"""Secrets and fingerprints that people can say, type and write down."""

from __future__ import annotations

import functools
import hashlib
import re
import secrets
from pathlib import Path

from imsa_desk import paths
from imsa_desk.errors import Broken, Problem, Refused

LIST_SIZE = 7776
FINGERPRINT_WORDS = 8
"""8 words of 11 bits: 88 bits, beyond what anybody can search for a look-alike key."""
_BITS = 11

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""31 characters, without 0 O 1 I L. A prime number, so one wrong or two swapped characters always show."""
_BASE = len(_ALPHABET)
_CODE_BYTES = 20
_DIGITS = 33
_GROUPS, _DATA = 9, 4
_GROUP = _DATA + 1
_SUM_DIGITS = _GROUPS * _DATA - _DIGITS
_SUM_RANGE: int = _BASE**_SUM_DIGITS
_SUM_LABEL = b"imsa-recovery-v1"


@functools.cache
def word_list() -> tuple[str, ...]:
    """Load the 7,776 words in their permanent order; raises `Broken` (E_INSTALLATION)."""
    file: Path = paths.resources() / "words" / "words.txt"
    try:
        words = tuple(file.read_text("ascii").split())
    except (OSError, UnicodeDecodeError) as error:
        raise _incomplete() from error
    if len(words) != LIST_SIZE:
        raise _incomplete()
    return words


def _incomplete() -> Broken:
    return Broken(
        "The program's word list is missing or damaged. Install the program again.", code="E_INSTALLATION"
    )


def generate_passphrase(n: int = 5) -> str:
    """Draw `n` words (12.9 bits each) from the system's random source, separated by spaces."""
    words = word_list()
    return " ".join(secrets.choice(words) for _ in range(n))


def fingerprint_words(public: bytes, n: int = FINGERPRINT_WORDS) -> tuple[str, ...]:
    """Name a public key in words, 11 bits of its SHA-256 for each, to be read out and compared."""
    number = int.from_bytes(hashlib.sha256(public).digest(), "big")
    words = word_list()[: 1 << _BITS]
    return tuple(words[number >> (256 - _BITS * (i + 1)) & ((1 << _BITS) - 1)] for i in range(n))


def words_match(public: bytes, text: str) -> bool:
    """Tell whether a person typed a key's words; case, spaces, hyphens, commas and dots do not matter."""
    typed = tuple(re.split(r"[\s\-‐‑–—,.]+", text.strip().lower()))
    return typed == fingerprint_words(public)


def new_recovery_code() -> str:
    """Make a code of 160 random bits to be printed: 9 groups of 5 characters, the last of each a check."""
    return _spell(secrets.token_bytes(_CODE_BYTES))


def parse_recovery_code(text: str) -> bytes:
    """Return the 20 bytes that a typed code stands for; case, spaces and hyphens do not matter.

    Raises `Refused` (E_RECOVERY_CODE) with one problem for each group that looks wrong.
    """
    groups = _groups(text)
    wrong = [i for i, group in enumerate(groups) if not _group_holds(i, group)]
    if wrong:
        raise Refused(
            (Problem("code", f"Group {i + 1} of {_GROUPS} does not look right.") for i in wrong),
            code="E_RECOVERY_CODE",
        )
    digits = [_ALPHABET.index(char) for group in groups for char in group[:_DATA]]
    number = _number(digits[:_DIGITS])
    if number >> (8 * _CODE_BYTES) == 0:
        raw = number.to_bytes(_CODE_BYTES, "big")
        if _number(digits[_DIGITS:]) == _sum(raw):
            return raw
    raise Refused(
        "This is not a recovery code of IMSA Desk. Compare every group with the printed page.",
        code="E_RECOVERY_CODE",
    )


def _groups(text: str) -> list[str]:
    parts = [part for part in re.split(r"[\s\-‐‑–—]+", text.strip().upper()) if part]
    if len(parts) == _GROUPS:
        return parts
    joined = "".join(parts)
    if len(joined) != _GROUPS * _GROUP:
        raise Refused(
            f"A recovery code has {_GROUPS} groups of {_GROUP} characters. This one has {len(joined)} "
            f"characters instead of {_GROUPS * _GROUP}.",
            code="E_RECOVERY_CODE",
        )
    return [joined[i : i + _GROUP] for i in range(0, len(joined), _GROUP)]


def _spell(raw: bytes) -> str:
    digits = _split(int.from_bytes(raw, "big"), _DIGITS) + _split(_sum(raw), _SUM_DIGITS)
    groups = []
    for i in range(_GROUPS):
        data = digits[i * _DATA : (i + 1) * _DATA]
        groups.append("".join(_ALPHABET[d] for d in [*data, _check(i, data)]))
    return "-".join(groups)


def _group_holds(index: int, group: str) -> bool:
    if len(group) != _GROUP or any(char not in _ALPHABET for char in group):
        return False
    *data, check = (_ALPHABET.index(char) for char in group)
    return check == _check(index, data)


def _check(index: int, data: list[int]) -> int:
    # The place of the group counts, so that two groups written in each other's place show as well.
    return (sum((weight + 2) * digit for weight, digit in enumerate(data)) + 7 * index) % _BASE


def _sum(raw: bytes) -> int:
    return int.from_bytes(hashlib.sha256(_SUM_LABEL + raw).digest(), "big") % _SUM_RANGE


def _split(number: int, count: int) -> list[int]:
    digits = []
    for _ in range(count):
        number, digit = divmod(number, _BASE)
        digits.append(digit)
    return digits[::-1]


def _number(digits: list[int]) -> int:
    number = 0
    for digit in digits:
        number = number * _BASE + digit
    return number
