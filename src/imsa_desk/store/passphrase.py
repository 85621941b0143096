"""Which passphrases a real vault accepts: long enough to stand against somebody who has copied the file."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from zxcvbn import zxcvbn

from imsa_desk.crypto.kdf import secret_bytes
from imsa_desk.errors import Problem, Refused

MIN_CHARACTERS = 15
_MIN_SCORE = 4  # of 4: more than 10^10 guesses; 3 would let "password password" pass
_LOOKED_AT = 72  # the estimate takes no more


def check_passphrase(passphrase: str, known: Sequence[str] = ()) -> None:
    """Refuse what is too short or easily guessed (E_WEAK_PASSPHRASE); no rules about kinds of character.

    `known` is what somebody who knows the owner would try: the owner's name and organisation, whole and word
    by word. Five generated words always pass. Source of the rule: OWASP ASVS 5.0, 6.2.
    """
    text = unicodedata.normalize("NFC", passphrase)
    secret_bytes(text)
    if len(text) < MIN_CHARACTERS:
        raise _weak(
            f"A passphrase has at least {MIN_CHARACTERS} characters. Use the five suggested words, or more "
            "of your own."
        )
    if int(zxcvbn(text[:_LOOKED_AT], user_inputs=_words(known))["score"]) < _MIN_SCORE:
        raise _weak(
            "This passphrase would be guessed. Use the five suggested words, or words of your own that do "
            "not belong together."
        )


def _words(known: Sequence[str]) -> list[str]:
    texts = [unicodedata.normalize("NFC", text).lower() for text in known]
    words = {word for text in texts for word in re.split(r"[\W_]+", text) if len(word) > 1}
    joined = {"".join(re.split(r"[\W_]+", text)) for text in texts}
    return sorted(filter(None, words | joined | set(texts)))


def _weak(text: str) -> Refused:
    return Refused([Problem("passphrase", text)], code="E_WEAK_PASSPHRASE")
