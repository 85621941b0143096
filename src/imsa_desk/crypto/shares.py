"""Splits a random secret into five lists of words, any two of which give it back (SLIP-39)."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence

from shamir_mnemonic import MnemonicError, Share, combine_mnemonics, generate_mnemonics

from imsa_desk.crypto.keys import wipe
from imsa_desk.errors import Problem, Refused

SHARES = 5
NEEDED = 2
SECRET_BYTES = 32
WORDS = 33
"""Words of one share of a 256-bit secret."""
# The secret is random and has 256 bits, so that stretching it adds nothing but a wait.
_EXPONENT = 0
_MAX_EXPONENT = 1


def new_shares() -> tuple[str, ...]:
    """Split a new random secret; the secret itself is in nobody's hands."""
    secret = bytearray(secrets.token_bytes(SECRET_BYTES))
    try:
        groups = generate_mnemonics(1, [(NEEDED, SHARES)], bytes(secret), iteration_exponent=_EXPONENT)
    finally:
        wipe(secret)
    return tuple(groups[0])


def combine(lines: Sequence[str]) -> bytearray:
    """Give back the secret of two or more typed shares; the caller wipes it.

    Every share given must belong to it. Raises `Refused` (E_SHARES), saying which line is not right and why.
    """
    typed = [normal(line) for line in lines if line.strip()]
    if len(typed) < NEEDED:
        raise _refused(f"Type at least {NEEDED} shares, one a line.")
    shares = [_read(number, words) for number, words in enumerate(typed, 1)]
    if len({share.common_parameters() for share in shares}) > 1:
        raise _refused("These shares do not belong together: they are from different sets.")
    if len({share.index for share in shares}) < len(shares):
        raise _refused(f"The same share was typed twice. {NEEDED} different shares are needed.")
    found = _combined(typed[0], typed[1])
    for other in typed[NEEDED:]:
        again = _combined(typed[0], other)
        fits = again == found
        wipe(again)
        if not fits:
            wipe(found)
            raise _unfit()
    return found


def normal(typed: str) -> str:
    """Give the one spelling of a typed share: small letters, one space between words, no numbering."""
    return " ".join(re.findall(r"[a-z]+", typed.lower()))


def _read(number: int, words: str) -> Share:
    count = len(words.split())
    if count != WORDS:
        raise _refused(f"Share {number} has {count} words instead of {WORDS}.")
    try:
        share = Share.from_mnemonic(words)
    except MnemonicError:
        # Without its cause: that error repeats words of the share.
        raise _refused(f"Share {number} has a wrong word. Compare every word with the page.") from None
    ours = (share.group_index, share.group_threshold, share.group_count, share.member_threshold)
    # A share says how long combining takes, so a foreign one could keep the computer busy for hours.
    if ours != (0, 1, 1, NEEDED) or share.iteration_exponent > _MAX_EXPONENT or share.index >= SHARES:
        raise _refused(f"Share {number} is not a recovery share of IMSA Desk.")
    return share


def _combined(one: str, other: str) -> bytearray:
    try:
        return bytearray(combine_mnemonics([one, other]))
    except MnemonicError:
        raise _unfit() from None


def _unfit() -> Refused:
    return _refused("These shares do not fit together. Compare every word with the pages.")


def _refused(text: str) -> Refused:
    return Refused([Problem("shares", text)], code="E_SHARES")
