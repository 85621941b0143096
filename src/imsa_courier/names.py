"""The only names the courier sees, and how it names what is not whole yet."""

from __future__ import annotations

import re

SEALED = re.compile(r"[0-9a-f]{16}\.imsa")
"""What the Desk and the Office call a sealed file; everything else is left alone, unread."""
VAULT_HEADER = "vault.hdr"
"""A folder that holds this file is a vault: the courier never works in one, or below one."""
SENT, FETCHED = "sent", "fetched"
"""Where a carried file is put when the settings say `move`: here, and there."""


def is_sealed(name: str) -> bool:
    """Say whether this is the name of a sealed file."""
    return SEALED.fullmatch(name) is not None


def part_of(name: str, own: str) -> str:
    """Name the unfinished copy; `own` keeps the parts of two couriers apart."""
    return f"{name}.{own}.part"
