"""Verbs about a recovery sheet that was begun with the vault and never put away."""

from __future__ import annotations

from imsa_desk.errors import Broken
from imsa_desk.services.desk import Desk
from imsa_desk.services.keys import slots_of
from imsa_desk.store import local
from imsa_desk.vocab import SlotKind

_SHEET = "sheet-unfinished"
"""Local value {"slot": id}: the recovery slot whose sheet nobody has proven to hold."""


def begin_sheet(desk: Desk) -> None:
    """Note that the recovery sheet made with the vault is still to be printed and put away."""
    slot = next((s.id for s in slots_of(desk.folder) if s.kind is SlotKind.RECOVERY), "")
    with desk.store.begin("begin_sheet") as session:
        local.put(session, _SHEET, {"slot": slot})


def finish_sheet(desk: Desk) -> None:
    """Note that the recovery sheet was proven and put away."""
    with desk.store.begin("finish_sheet") as session:
        local.put(session, _SHEET, {"slot": ""})


def sheet_missing(desk: Desk) -> bool:
    """Say whether the recovery code in force was never proven; a newer one was, before it was kept."""
    with desk.store.read() as session:
        noted = local.get(session, _SHEET)
    waiting = noted.get("slot") if isinstance(noted, dict) else ""
    try:
        return bool(waiting) and waiting in {slot.id for slot in slots_of(desk.folder)}
    except Broken:
        return False
