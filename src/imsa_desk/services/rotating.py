"""A new key for the vault, for when somebody may know a secret of it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from imsa_desk.crypto.kdf import PRACTICE, Params, calibrate
from imsa_desk.crypto.words import parse_recovery_code
from imsa_desk.errors import Broken
from imsa_desk.progress import Progress
from imsa_desk.services.access import note_access
from imsa_desk.services.backups import make_backup, one_at_a_time, part_of
from imsa_desk.services.desk import Desk
from imsa_desk.store import local
from imsa_desk.store import rotate as rotation
from imsa_desk.store.anchor import Anchor, write_anchor
from imsa_desk.store.check import full_check, heads_of
from imsa_desk.store.passphrase import check_passphrase
from imsa_desk.store.rotate import Fresh
from imsa_desk.store.slots import GENERATION
from imsa_desk.store.store import Store
from imsa_desk.store.vault import open_database
from imsa_desk.store.verify import Heads, verify_chains
from imsa_desk.vocab import AccessKind, BackupWhy


def rotate(desk: Desk, new: str, code: str, progress: Progress, *, params: Params | None = None) -> None:
    """Give the vault a new key, passphrase and recovery code; ends with the vault closed.

    After a verified backup the records are copied into a new database under the new key, which is checked in
    full; then one rename of the header puts it in force. Until then nothing is changed, whatever happens;
    from then on no secret of before opens the vault, recovery shares included. Keys in safekeeping stay with
    their holders, who open the new one as they did the old. The database of before stays in the folder until
    a backup of the new one was verified (`vault.drop_superseded`).

    Not ended by this: somebody who copied the folder or a backup before, and knows a secret of that time,
    reads what was in that copy. Nothing written after it is within their reach.

    Raises Refused (E_WEAK_PASSPHRASE, E_RECOVERY_CODE, E_READ_ONLY), Broken (E_FOLDER, E_ROTATION, and what
    `make_backup` raises) and Cancelled. A failure after the rename is raised too; the vault is closed then.
    """
    if not desk.practice:
        check_passphrase(new, (desk.actor.name, desk.actor.organisation))
    parse_recovery_code(code)
    secrets = _Secrets(new, code, params or (PRACTICE if desk.practice else calibrate()))
    make_backup(desk, BackupWhy.ROTATION, part_of(progress, 0, 1, 2))
    with desk.store.begin("keys") as session:
        note_access(desk, session, AccessKind.KEYS, detail="new key begun")
    # Its own anchor, whatever it was called so far: the new database's takes the place of a nameless one.
    write_anchor(desk.vault, Anchor(desk.store.heads(), desk.now()))
    rest = part_of(progress, 1, 1, 2)
    # A backup that ends meanwhile would take the new database for a superseded one.
    with one_at_a_time(desk.store, rest):
        try:
            with desk.store.read() as session:
                # Whoever waits for a turn would write into the database that is left behind.
                desk.store.read_only = True
                _turn(desk, session.connection(), secrets, rest)
        finally:
            if desk.store.read_only:
                desk.store.close()
                desk.vault.close()


@dataclass(frozen=True, slots=True, repr=False)
class _Secrets:
    passphrase: str
    code: str
    cost: Params


def _turn(desk: Desk, connection: Connection, new: _Secrets, progress: Progress) -> None:
    """Copy, check, put in force; the store stays closed to changes only if the new key came into force."""
    fresh: Fresh | None = None
    try:
        heads, _ = heads_of(connection)
        fresh = rotation.copy_under_new_key(desk.vault, connection, part_of(progress, 0, 1, 2))
        _first_lines(desk, fresh)
        _check(fresh, heads, part_of(progress, 1, 1, 2))
        rotation.make_durable(fresh)
        rotation.put_in_force(fresh, new.passphrase, new.code, new.cost, desk.now())
        fresh.vault.close()
    except BaseException:
        if fresh is None or not rotation.is_in_force(fresh):
            desk.store.read_only = False
            if fresh is not None:
                rotation.discard(fresh)
        raise


def _first_lines(desk: Desk, fresh: Fresh) -> None:
    """Say in the new database's journal that it has a new key, and write its anchor."""
    engine = open_database(fresh.vault)
    store = Store(engine, desk.store.writer, desk.store.now)
    try:
        store.wind_clock()
        with store.begin("keys") as session:
            note_access(desk, session, AccessKind.KEYS, detail="new key")
            local.put(session, GENERATION, fresh.header.gen)
        write_anchor(fresh.vault, Anchor(store.heads(), desk.now()))
    finally:
        store.close()


def _check(fresh: Fresh, heads: Heads, progress: Progress) -> None:
    """Check the new database in full on a connection of its own, and that no line is missing."""
    engine = open_database(fresh.vault)
    try:
        problems = full_check(engine, progress).problems
        with engine.connect() as connection:
            verify_chains(connection, heads, bodies=False)
    finally:
        engine.dispose()
    if problems:
        raise Broken(
            "The copy under the new key did not pass its check, so the vault keeps its key. Check the vault "
            "and the disk.",
            code="E_ROTATION",
        )
