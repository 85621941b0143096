"""What must be open before a page or an action makes sense."""

from __future__ import annotations

from enum import StrEnum


class Needs(StrEnum):
    """Nothing, an unlocked vault, or an open case in it."""

    NONE = "none"
    VAULT = "vault"
    CASE = "case"
