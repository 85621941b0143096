"""Verbs about the vault: create, unlock, lock, check."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select, text

from imsa_desk import paths
from imsa_desk.crypto.kdf import Params
from imsa_desk.crypto.words import generate_passphrase
from imsa_desk.domain.forms.read import load_forms
from imsa_desk.domain.ids import AdvocateId, AssessmentId
from imsa_desk.domain.lists import load_lists
from imsa_desk.errors import Broken, Problem, Refused
from imsa_desk.services.access import record_access
from imsa_desk.services.assessments import seal_is_whole
from imsa_desk.services.desk import Actor, Desk
from imsa_desk.store import local, migrate, vault
from imsa_desk.store.anchor import Anchor, read_anchor, write_anchor
from imsa_desk.store.engine import checkpoint
from imsa_desk.store.passphrase import check_passphrase
from imsa_desk.store.project import differences
from imsa_desk.store.records import AdvocateRow, AssessmentRow
from imsa_desk.store.store import Store
from imsa_desk.store.vault import OpenVault, VaultInfo
from imsa_desk.store.verify import verify_chains
from imsa_desk.vocab import AccessKind, AssessmentState

IDENTITY = "identity"
"""Local value {"actor": id}: whose vault this is."""


@dataclass(frozen=True, slots=True)
class Strength:
    """How well a passphrase stands: `ok` for a real vault, `advice` in words."""

    ok: bool
    advice: str


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a full check looked at, and what it found wrong."""

    looked_at: tuple[str, ...]
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Say whether nothing is wrong."""
        return not self.problems


def _utc_now() -> datetime:
    return datetime.now(UTC)


def describe(folder: Path) -> VaultInfo:
    """Say what stands in a folder, without any secret."""
    return vault.describe(folder)


def suggest_passphrase() -> str:
    """Make five random words."""
    return generate_passphrase()


def strength(passphrase: str) -> Strength:
    """Judge a passphrase for a real vault."""
    try:
        check_passphrase(passphrase)
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
    opened, recovery_code = vault.create_vault(folder, passphrase, practice=practice, params=params)
    store = _open_store(opened, now or _utc_now)
    with store.begin("create_vault") as session:
        advocate = AdvocateRow(name=name, organisation=" ".join(organisation.split()))
        session.add(advocate)
        local.put(session, IDENTITY, {"actor": advocate.id})
    desk = _desk(opened, store)
    keep_anchor(desk)
    return desk, recovery_code


def unlock(
    folder: Path,
    secret: str,
    *,
    with_recovery_code: bool = False,
    now: Callable[[], datetime] | None = None,
) -> Desk:
    """Open a vault: key, database, schema, chain since the anchor; the unlocking is recorded.

    Raises Refused or Broken with a code and a plain message for each thing that may be wrong;
    nothing is changed then.
    """
    opened = vault.unlock_vault(folder, secret, with_recovery_code=with_recovery_code)
    try:
        if opened.kind != "desk":
            raise Refused("This folder belongs to an office. Open it with imsa-office.", code="E_KIND")
        _anchor_of(opened)  # before the database is opened, which may fold its log in or migrate it
        store = _open_store(opened, now or _utc_now)
        try:
            verify_since_anchor(opened, store)
            desk = _desk(opened, store)
            record_access(desk, AccessKind.UNLOCK, detail="recovery code" if with_recovery_code else "")
        except BaseException:
            store.close()
            raise
    except BaseException:
        opened.close()
        raise
    return desk


def verify_since_anchor(opened: OpenVault, store: Store) -> None:
    """Check the links since the anchor.

    Raises Broken: E_ROLLBACK where known lines are gone, E_CHAIN where they do not fit, E_ANCHOR where
    the anchor is altered or gone. Creating a vault ends with its first anchor.
    """
    anchor = _anchor_of(opened)
    with store.read() as session:
        verify_chains(session.connection(), anchor.heads, bodies=False)


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
        migrate.upgrade(engine)
        store = Store(engine, opened.vault_id, now)
        store.wind_clock()
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
    return Desk(
        store=store,
        forms=load_forms(paths.resources() / "forms"),
        lists=load_lists(paths.resources() / "lists"),
        actor=actor,
        now=store.now,
        vault=opened,
    )


def keep_anchor(desk: Desk) -> None:
    """Write the anchor anew if lines were added since; every minute while open, at lock, after an export."""
    heads = desk.store.heads()
    anchor = read_anchor(desk.vault)
    if anchor is None or dict(anchor.heads) != heads:
        write_anchor(desk.vault, Anchor(heads, desk.now()))


def lock(desk: Desk) -> None:
    """Close the vault: anchor written, log folded into the database, keys wiped."""
    try:
        record_access(desk, AccessKind.LOCK)
        keep_anchor(desk)
        checkpoint(desk.store.engine)
    finally:
        desk.store.close()
        desk.vault.close()


def check(folder: Path, secret: str, *, with_recovery_code: bool = False) -> CheckReport:
    """Check a closed vault in full: pages, tables, every link and body, and that the tables follow."""
    desk = unlock(folder, secret, with_recovery_code=with_recovery_code)
    try:
        return check_open(desk)
    finally:
        desk.store.close()
        desk.vault.close()


def check_open(desk: Desk) -> CheckReport:
    """Check an open vault in full; ids only in what it reports."""
    problems: list[str] = []
    with desk.store.read() as session:
        connection = session.connection()
        for pragma in ("cipher_integrity_check", "integrity_check", "foreign_key_check"):
            rows = [str(row[0]) for row in connection.execute(text(f"PRAGMA {pragma}"))]
            problems += [f"{pragma}: {row}" for row in rows if row != "ok"]
        try:
            verify_chains(connection, {}, bodies=True)
            problems += differences(connection)
        except Broken as error:
            problems.append(f"{error.code}: {error.message}")
        signed = session.scalars(
            select(AssessmentRow.id).where(AssessmentRow.state == AssessmentState.SIGNED)
        ).all()
    problems += [f"{i}: seal broken" for i in signed if not seal_is_whole(desk, AssessmentId(i))]
    return CheckReport(("pages", "tables", "references", "chain", "projection", "seals"), tuple(problems))
