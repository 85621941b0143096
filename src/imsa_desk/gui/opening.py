"""Opening a vault by any way in, and where to go when it does not open."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from imsa_desk.services import looking_over, reading, vaults
from imsa_desk.vocab import SlotKind

if TYPE_CHECKING:
    from imsa_desk.gui.pages import PageContext
    from imsa_desk.services.desk import Desk

DAMAGED = frozenset(
    {
        "E_HEADER", "E_NO_DATABASE", "E_DATABASE_EMPTY", "E_NOT_ENCRYPTED", "E_OTHER_DATABASE", "E_DATABASE",
        "E_ROLLBACK", "E_CHAIN", "E_ANCHOR", "E_IDENTITY", "E_PROJECTION", "E_STORAGE", "E_MIGRATION",
    }
)  # fmt: skip
"""Codes of a vault that does not open, for which there is more to be done than to try again."""
WRONG_SECRET = frozenset({"E_PASSPHRASE", "E_RECOVERY_CODE", "E_SHARES", "E_ESCROW"})
READ_ONLY, CANNOT_WRITE = "E_READ_ONLY", "E_LOCK"
"""Why somebody looks again at what can be done about a vault that was open to read only."""
_FREE_TRIES = 5


class Given(NamedTuple):
    """A secret and the way it is for; handed from page to page in the window, and never kept elsewhere."""

    secret: str
    way: SlotKind = SlotKind.PASSPHRASE

    def __repr__(self) -> str:
        return f"Given({self.way})"


def try_secret(folder: Path, given: Given, read_only_because: str = "") -> Desk:
    """Open a vault; to read only where its folder cannot be written. Raises what the verbs do."""
    if read_only_because:
        return reading.open_to_read(folder, given.secret, way=given.way, why=read_only_because)
    return vaults.unlock(folder, given.secret, way=given.way)


def try_words(folder: Path) -> str:
    """Say how many tries failed since the last unlocking and how many of them waited; "" for the first."""
    tries = looking_over.failed_tries(folder)
    if tries < _FREE_TRIES:
        return ""
    if tries == _FREE_TRIES:
        return "That was the fifth failed try. From now on each one waits a second; none is ever refused."
    waited = tries - _FREE_TRIES
    return f"That was failed try {tries}; {waited} of them waited a second. None is ever refused."


def go_to_trouble(context: PageContext, code: str, words: str, given: Given) -> None:
    """Show what can be done about a vault that does not open."""
    context.window.show_front("trouble", given, code=code, words=words)
