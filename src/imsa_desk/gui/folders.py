"""Vault folders as the window sees them before one is open: used or not, and a practice passphrase beside."""

from __future__ import annotations

from pathlib import Path

from imsa_desk import supervisor


def read_passphrase(file: Path) -> str:
    """Read the practice passphrase: the first line without its line ending; "" when there is none."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return ""
    return lines[0] if lines else ""


def practice_passphrase_file(folder: Path) -> Path:
    """Name the file beside a practice vault that holds its passphrase, for the unlock page to show."""
    return folder.with_name(f"{folder.name}.passphrase")


def looks_used(folder: Path) -> bool:
    """Say whether a vault may be there, without reading it; the vault's own verb decides later."""
    try:
        return folder.is_dir() and any(each.name != supervisor.LOCK for each in folder.iterdir())
    except OSError:
        return True
