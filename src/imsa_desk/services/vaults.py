"""Verbs about the vault: create, unlock, lock."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.orm import configure_mappers

from imsa_desk import paths
from imsa_desk.crypto.kdf import Params
from imsa_desk.crypto.words import generate_passphrase
from imsa_desk.domain.forms import Shelf
from imsa_desk.domain.ids import AdvocateId
from imsa_desk.errors import Broken, Problem, Refused
from imsa_desk.services import backups
from imsa_desk.services.access import note_access, record_access
from imsa_desk.services.assignments import settle_standing
from imsa_desk.services.backups import WRITER
from imsa_desk.services.desk import Actor, Desk
from imsa_desk.services.reference import lists_of
from imsa_desk.services.surroundings import warnings_of
from imsa_desk.store import local, migrate, slots, tries, vault
from imsa_desk.store.anchor import Anchor, read_anchor, write_anchor
from imsa_desk.store.passphrase import check_passphrase
from imsa_desk.store.records import AdvocateRow
from imsa_desk.store.store import Store
from imsa_desk.store.vault import OpenVault, VaultInfo
from imsa_desk.store.verify import verify_chains
from imsa_desk.vocab import AccessKind, SlotKind

IDENTITY = "identity"
"""Local value {"actor": id}: whose vault this is."""
_WAY_WORDS = {
    SlotKind.PASSPHRASE: "",
    SlotKind.RECOVERY: "recovery code",
    SlotKind.SHARES: "recovery shares",
    SlotKind.ESCROW: "safekeeping",
}


@dataclass(frozen=True, slots=True)
class Strength:
    """How well a passphrase stands: `ok` for a real vault, `advice` in words."""

    ok: bool
    advice: str


def _utc_now() -> datetime:
    return datetime.now(UTC)


def describe(folder: Path) -> VaultInfo:
    """Say what stands in a folder, without any secret."""
    return vault.describe(folder)


def suggest_passphrase() -> str:
    """Make five random words."""
    return generate_passphrase()


def strength(passphrase: str, known: Sequence[str] = ()) -> Strength:
    """Judge a passphrase for a real vault; `known` are the owner's name and organisation."""
    try:
        check_passphrase(passphrase, known)
    except Refused as error:
        return Strength(False, error.message)
    return Strength(True, "Strong enough.")


def create(
    folder: Path,
    passphrase: str,
    *,
    advocate_name: str,
    organisation: str = "",
    practice: bool = False,
    params: Params | None = None,
    now: Callable[[], datetime] | None = None,
) -> tuple[Desk, str]:
    """Create a vault for an advocate and open it; also gives the recovery code, shown once.

    Raises Refused for a name left empty and what `create_vault` refuses; nothing is left behind.
    """
    name = " ".join(advocate_name.split())
    if not name:
        raise Refused([Problem("advocate_name", "Enter your name.")])
    clock = now or _utc_now

    def fill(opened: OpenVault) -> None:
        store = _open_store(opened, clock)
        try:
            with store.begin("create_vault") as session:
                advocate = AdvocateRow(name=name, organisation=" ".join(organisation.split()))
                session.add(advocate)
                local.put(session, IDENTITY, {"actor": advocate.id})
            write_anchor(opened, Anchor(store.heads(), store.now()))
        finally:
            store.close()

    opened, recovery_code = vault.create_vault(
        folder, passphrase, practice=practice, known=(name, organisation), params=params, fill=fill
    )
    return _desk(opened, _open_store(opened, clock)), recovery_code


def unlock(
    folder: Path,
    secret: str,
    *,
    way: SlotKind = SlotKind.PASSPHRASE,
    now: Callable[[], datetime] | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Desk:
    """Open a vault: key, database, schema, chain since the anchor; the unlocking is recorded.

    For SHARES `secret` is two or more shares, for ESCROW the keys of both holders, one a line. Raises
    Refused or Broken with a code and a plain message for each thing that may be wrong; nothing is changed
    then but the count of failed tries, which is recorded at the next unlocking.
    """
    with tries.counted(folder, (now or _utc_now)(), sleep):
        opened = vault.unlock_vault(folder, secret, way=way)
    try:
        if opened.kind != "desk":
            raise Refused("This folder belongs to an office. Open it with imsa-office.", code="E_KIND")
        anchor = _anchor_of(opened)  # before the database is opened, which may fold its log in or migrate it
        store = _open_store(opened, now or _utc_now)
        try:
            verify_since_anchor(opened, store)
            desk = replace(_desk(opened, store), warnings=warnings_of(opened, anchor.at, store.now()))
            _record_unlock(desk, way)
        except BaseException:
            store.close()
            raise
    except BaseException:
        opened.close()
        raise
    return desk


def _record_unlock(desk: Desk, way: SlotKind) -> None:
    failed = tries.failed(desk.folder)
    with desk.store.begin("access_unlock") as session:
        if failed:
            plural = "tries" if failed > 1 else "try"
            note_access(desk, session, AccessKind.FAILED_UNLOCK, detail=f"{failed} failed {plural}")
        known, present = slots.note_generation(desk.folder, session)
        if known and known != present:
            detail = f"keys found changed: number {present}, last known {known}"
            note_access(desk, session, AccessKind.KEYS, detail=detail)
        note_access(desk, session, AccessKind.UNLOCK, detail=_WAY_WORDS[way])
    if failed:
        tries.forget(desk.folder)


def verify_since_anchor(opened: OpenVault, store: Store) -> None:
    """Check the links since the anchor.

    Raises Broken: E_ROLLBACK where known lines are gone, E_CHAIN where they do not fit, E_ANCHOR where
    the anchor is altered or gone. Creating a vault ends with its first anchor.
    """
    anchor = _anchor_of(opened)
    with store.read() as session:
        verify_chains(session.connection(), anchor.heads, bodies=False)


def make_ready() -> None:
    """Put the records together, which the first question to a database waits for; needs no vault."""
    configure_mappers()


def _anchor_of(opened: OpenVault) -> Anchor:
    anchor = read_anchor(opened)
    if anchor is None:
        raise Broken(
            "The vault's anchor is missing, so it cannot be told whether records are missing. Nothing was "
            "changed. Keep the folder as it is and ask your organisation for help.",
            code="E_ANCHOR",
        )
    return anchor


def _open_store(opened: OpenVault, now: Callable[[], datetime]) -> Store:
    engine = vault.open_database(opened)
    try:
        backup = backups.before_migration(opened, engine, now())
        migrate.upgrade(engine)
        store = Store(engine, opened.vault_id, now)
        with store.read() as session:
            store.writer = local.get(session, WRITER) or opened.vault_id
            author = (local.get(session, IDENTITY) or {}).get("actor", "")
        store.wind_clock()
        backups.note_beforehand(store, backup, author)
    except BaseException:
        engine.dispose()
        raise
    return store


def _desk(opened: OpenVault, store: Store) -> Desk:
    with store.read() as session:
        identity = local.get(session, IDENTITY)
        row = session.get(AdvocateRow, identity["actor"]) if identity else None
        if row is None:
            raise Broken("This vault does not say whose it is.", code="E_IDENTITY")
        actor = Actor(AdvocateId(row.id), row.name, row.organisation)
    desk = Desk(
        store=store,
        forms=Shelf(paths.resources() / "forms"),
        lists=lists_of(store),
        actor=actor,
        now=store.now,
        vault=opened,
    )
    settle_standing(desk)
    return desk


def keep_anchor(desk: Desk) -> None:
    """Write the anchor anew if lines were added since; every minute while open, at lock, after an export."""
    heads = desk.store.heads()
    anchor = read_anchor(desk.vault)
    if anchor is None or dict(anchor.heads) != heads:
        write_anchor(desk.vault, Anchor(heads, desk.now()))


def rest(desk: Desk) -> None:
    """Fold the log into the database while nobody needs it; raises what the disk does to it."""
    if not desk.read_only and not desk.store.disk_failed:
        desk.store.fold_log()


def lock(desk: Desk) -> None:
    """Close the vault: anchor written, log folded into the database, keys wiped."""
    try:
        if not desk.read_only:
            if not desk.store.disk_failed:  # else nothing can be recorded, and closing is the way out
                record_access(desk, AccessKind.LOCK)
            keep_anchor(desk)
            desk.store.fold_log()
    finally:
        desk.store.close()
        desk.vault.close()
