"""The lists that come with the program, read once: they cannot change while it runs."""

from __future__ import annotations

from functools import cache

from imsa_desk import paths
from imsa_desk.domain.lists import Lists, load_lists


@cache
def shipped_lists() -> Lists:
    """Give every list; the window reads them while the passphrase is typed."""
    return load_lists(paths.resources() / "lists")
