"""The ways into a vault: what a person types for each kind of slot, in the form that the slot takes."""

from __future__ import annotations

from imsa_desk.crypto import shares
from imsa_desk.crypto.age import Identity
from imsa_desk.crypto.words import parse_recovery_code
from imsa_desk.errors import Refused
from imsa_desk.store.escrow import parse_identities
from imsa_desk.vocab import SlotKind

Proof = str | bytes | bytearray | tuple[Identity, ...]
"""A passphrase, the bytes of a recovery code, of shares or of joined escrow parts, or the holders' keys."""

_WRONG: dict[SlotKind, tuple[str, str]] = {
    SlotKind.PASSPHRASE: (
        "The passphrase is not right. Check the keyboard's language and the Caps Lock key, and try again.",
        "E_PASSPHRASE",
    ),
    SlotKind.RECOVERY: ("This recovery code does not open this vault.", "E_PASSPHRASE"),
    SlotKind.SHARES: ("These recovery shares do not open this vault.", "E_SHARES"),
    SlotKind.ESCROW: (
        "These keys do not open this vault. Both holders' keys are needed, and only those named when the "
        "safekeeping was last set up.",
        "E_ESCROW",
    ),
}
_NONE = {
    SlotKind.PASSPHRASE: "This vault has no passphrase.",
    SlotKind.RECOVERY: "This vault has no recovery code.",
    SlotKind.SHARES: "This vault has no recovery shares.",
    SlotKind.ESCROW: "This vault's key is in nobody's safekeeping.",
}
WRONG_CODES = frozenset({"E_PASSPHRASE", "E_RECOVERY_CODE", "E_SHARES", "E_ESCROW"})
"""The codes of a secret that does not open the vault."""


def proof_of(secret: str, way: SlotKind) -> Proof:
    """Read what was typed; raises `Refused` (E_RECOVERY_CODE, E_SHARES, E_ESCROW) when it can be none."""
    if way is SlotKind.RECOVERY:
        return parse_recovery_code(secret)
    if way is SlotKind.SHARES:
        return shares.combine(secret.splitlines())
    if way is SlotKind.ESCROW:
        return parse_identities(secret)
    return secret


def wrong(way: SlotKind, *, there: bool = True, doubt: str = "") -> Refused:
    """Say that a secret opens no slot; `there` says whether the vault has a slot of this kind."""
    text, code = _WRONG[way]
    return Refused(" ".join(filter(None, (text if there else _NONE[way], doubt))), code=code)


def superseded(way: SlotKind) -> Refused:
    """Say that a secret opened the vault before the last change of its keys."""
    if way in (SlotKind.PASSPHRASE, SlotKind.RECOVERY):
        text = "This is the passphrase or code from before the last change. Use the present one."
    else:
        text = "These are the shares or keys from before the last change. Use the present ones."
    return Refused(text, code=_WRONG[way][1])
