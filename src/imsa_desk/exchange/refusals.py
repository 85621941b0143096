"""Every way a bundle or an enrolment file is turned away: one stable code, one text, one class.

The codes and the order in which they are tested are those of the bundle format, "Reader order".
"""

from __future__ import annotations

from imsa_desk.errors import Broken, ImsaError, Refused

_REFUSED = {
    "E_TOO_BIG": "The file is larger than a bundle may be.",
    "E_LIMIT": "The bundle goes beyond a limit of the format.",
    "E_SEALED": "The file is sealed for somebody else, or it was damaged on the way.",
    "E_UNKNOWN_SIGNER": "The bundle is signed by someone who is not enrolled here.",
    "E_REVOKED": "The bundle is signed with a key that has been withdrawn.",
    "E_VERSION": "The bundle needs a newer version of this program.",
    "E_NOT_FOR_US": "The bundle was made for a different organisation or advocate.",
    "E_ROLE": "The signer may not send this kind of bundle.",
    "E_PRACTICE": "Practice data and real data never mix.",
    "E_REPLAY": "The bundle is older than what was already taken in. Nothing was changed.",
    "E_GAP": "An earlier bundle from this sender is missing. Take that one in first; if it was lost, "
    "the sender sends everything again.",
    "E_FORK": "The bundle contradicts one that was taken in before. Stop, and speak to the sender in person.",
    "E_BEHIND": "The organisation holds more of this vault than the vault itself: it was put back to an "
    "earlier state. Nothing was changed. Go on as a new writer, or open the newest backup.",
    "E_DIFFERS": "What the organisation holds of a case differs from what this vault believes it holds. "
    "Nothing was overwritten: both were kept. Speak to the organisation before you send more.",
    "E_ENROLMENT": "The file is not a valid enrolment or joining file.",
    "E_FINGERPRINT": "The words do not match the file. Compare them again with the other person.",
}
_BROKEN = {
    "E_DECRYPT": "The file is damaged: it cannot be opened. Ask for it again.",
    "E_CONTAINER": "The bundle is not put together as it should be.",
    "E_SIGNATURE": "The bundle was changed after it was signed.",
    "E_TRUNCATED": "The bundle is cut short. Ask for it again.",
    "E_HASH": "A part of the bundle is not what was signed.",
    "E_TRAILING": "The bundle has something added at its end.",
    "E_RECORD": "A record in the bundle breaks the rules of the format.",
}
CODES = frozenset(_REFUSED) | frozenset(_BROKEN)


def refusal(code: str, detail: str = "") -> ImsaError:
    """Make the error for `code`; `detail` adds what a support person needs, never record content."""
    kind, table = (Refused, _REFUSED) if code in _REFUSED else (Broken, _BROKEN)
    text = table[code] if not detail else f"{table[code]} ({detail})"
    # Sealed for somebody else and damaged in its first lines look the same: one code for scripts.
    return kind(text, code="E_DECRYPT" if code == "E_SEALED" else code)
