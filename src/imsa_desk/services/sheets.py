"""Verbs about sheets: a recovery code and each recovery share as a page to print or keep as a PDF."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from imsa_desk.paths import resources
from imsa_desk.printing.fonts import load_fonts
from imsa_desk.printing.sheets import SecretSheet, sheet_pdf
from imsa_desk.services.access import note_access
from imsa_desk.services.desk import LOCAL, Desk
from imsa_desk.vocab import AccessKind

SHARES, NEEDED = 5, 2
_WORDS = ("no", "one", "two", "three", "four", "five")

_RECOVERY_HOW = (
    "Choose “Open it another way” where IMSA Desk asks for the passphrase, and type the groups in their "
    "order; capitals, spaces and hyphens do not matter.",
    "Keep this sheet apart from the laptop, in a locked drawer or sealed with your manager: whoever has both "
    "can read everything.",
    "Once a newer sheet is in force, or everything has been moved to a new key, destroy this one.",
)
_SHARE_HOW = (
    "Any two of the five shares open the vault together; one alone opens nothing and tells nothing.",
    "Keep it sealed, apart from the laptop and from the other shares, and give it only into the advocate’s "
    "own hands, or as your organisation has agreed in writing.",
    "Choose “Open it another way” where IMSA Desk asks for the passphrase, and type the words of two shares "
    "in their order.",
)


@dataclass(frozen=True, slots=True, repr=False)
class SecretPaper:
    """One sheet: its name, its groups to be typed back, and the page itself; never shown by `repr`."""

    title: str
    file_name: str
    groups: tuple[str, ...]
    pdf: bytes


def recovery_paper(desk: Desk, code: str) -> SecretPaper:
    """Set the recovery sheet of a code; nothing is kept."""
    title, groups = "Recovery sheet", tuple(code.split("-"))
    lead = "Opens this vault of IMSA Desk if the passphrase is forgotten. Nobody else has a copy."
    sheet = SecretSheet(
        title, lead, groups, code, 3, 28.0, _RECOVERY_HOW, desk.folder.name, _made(desk), desk.practice
    )
    return SecretPaper(title, "recovery-sheet.pdf", groups, _pdf(sheet))


def share_papers(desk: Desk, shares: tuple[str, ...]) -> tuple[SecretPaper, ...]:
    """Set one sheet for each recovery share; nothing is kept. A share is a line of words."""
    return tuple(_share(desk, number, words) for number, words in enumerate(shares, start=1))


def record_paper(desk: Desk, papers: Sequence[SecretPaper], *, saved: bool = False) -> None:
    """Note in the journal that sheets were printed, or saved as files outside the vault; never a secret."""
    how = "saved as a file" if saved else "printed"
    with desk.store.begin("paper") as session:
        for paper in papers:
            note_access(desk, session, AccessKind.PRINT, detail=f"{paper.title.lower()} {how}")


def _share(desk: Desk, number: int, words: str) -> SecretPaper:
    title, groups = f"Recovery share {number} of {SHARES}", tuple(words.split())
    lead = f"Opens this vault of IMSA Desk together with {_WORDS[NEEDED - 1]} other share of the same date."
    sheet = SecretSheet(
        title,
        lead,
        groups,
        " ".join(groups),
        3,
        15.0,
        _SHARE_HOW,
        desk.folder.name,
        _made(desk),
        desk.practice,
    )
    return SecretPaper(title, f"recovery-share-{number}-of-{SHARES}.pdf", groups, _pdf(sheet))


def _made(desk: Desk) -> datetime:
    return desk.now().astimezone(LOCAL)


def _pdf(sheet: SecretSheet) -> bytes:
    return sheet_pdf(sheet, load_fonts(resources() / "fonts"))
