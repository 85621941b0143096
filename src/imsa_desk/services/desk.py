"""The Desk: the value every verb is handed, which exists only while the vault is unlocked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from imsa_desk.domain.forms import Shelf
from imsa_desk.domain.ids import AdvocateId
from imsa_desk.domain.lists import Lists
from imsa_desk.store.store import Store
from imsa_desk.store.vault import OpenVault

LOCAL = ZoneInfo("Europe/London")
"""Where the advocates work; dates and times a person types are meant there."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is at the desk."""

    id: AdvocateId
    name: str
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """An unlocked vault with everything a verb needs; no globals beside it."""

    store: Store
    forms: Shelf
    lists: Lists
    actor: Actor
    now: Callable[[], datetime]
    vault: OpenVault
    read_only: str = ""
    """Why nothing can be changed; empty where it can."""
    warnings: tuple[str, ...] = ()
    """What may do harm, seen at the unlocking: a folder that is copied elsewhere, a clock that jumped."""

    @property
    def folder(self) -> Path:
        """Give the vault's folder."""
        return self.vault.folder

    @property
    def practice(self) -> bool:
        """Say whether everybody in this vault is invented."""
        return self.vault.practice

    def today(self) -> date:
        """Give the day it is where the advocate works."""
        return self.now().astimezone(LOCAL).date()
