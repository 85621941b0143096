"""Where sealed files are put and looked for: a folder of this computer, remembered in the vault."""

from __future__ import annotations

from pathlib import Path

from imsa_desk.services.desk import Desk
from imsa_desk.store import local

FOLDER = "exchange.folder"
"""Local value: the path of the exchange folder chosen last."""


def exchange_folder(desk: Desk) -> Path | None:
    """Give the folder chosen last; None before the first, and where it is not there any more."""
    with desk.store.read() as session:
        found = local.get(session, FOLDER)
    folder = Path(found) if found else None
    return folder if folder is not None and folder.is_dir() else None


def remember_folder(desk: Desk, folder: Path) -> None:
    """Remember a folder; the same one again writes nothing."""
    if exchange_folder(desk) == folder:
        return
    with desk.store.begin("exchange_folder") as session:
        local.put(session, FOLDER, str(folder))
