"""Verbs that make and open an office: an encrypted vault for its keys, and a database for its records.

By default the records live in the vault's own database; otherwise in PostgreSQL, whose address the vault
remembers. Keys, advocates and settings never leave the vault.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from imsa_desk.crypto.age import Identity
from imsa_desk.crypto.kdf import Params
from imsa_desk.crypto.keys import SigningKey
from imsa_desk.domain.ids import new_id
from imsa_desk.errors import Broken, Problem, Refused
from imsa_desk.exchange.enrolment import DEFAULT_POLICY, Enrolment, read_enrolment, write_enrolment
from imsa_desk.services.office_records import ABOUT, ASKED, make_own_roles, records_engine, take_up_roles
from imsa_desk.store import local, tries
from imsa_desk.store.anchor import Anchor, read_anchor, write_anchor
from imsa_desk.store.atomic import replace_file
from imsa_desk.store.engine import postgres_engine
from imsa_desk.store.journal import tail_of
from imsa_desk.store.migrate import upgrade
from imsa_desk.store.records import AccessRow
from imsa_desk.store.store import Store
from imsa_desk.store.tables import journal_link
from imsa_desk.store.vault import OpenVault, create_vault, open_database, unlock_vault
from imsa_desk.store.verify import verify_chains
from imsa_desk.vocab import AccessKind

ENROLMENT_FILE = "enrolment.json"
WRITERS = "office.writers"
"""Local value: the writers that the office's own lines carried, the present one last; absent for one."""
KEYS = "office.keys"
OWNER = "office.owner"
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True, eq=False)
class Office:
    """An open office, first argument of every verb about it; `settings` and `records` may be one store."""

    vault: OpenVault
    settings: Store
    records: Store
    about: Enrolment
    root: SigningKey
    key: SigningKey
    identity: Identity
    database: str
    now: Clock

    def close(self) -> None:
        """Anchor what is there, close the databases and forget the keys."""
        try:
            anchor(self)
        finally:
            # Also where the database does not answer any more: the vault is free for the next opening.
            self.records.close()
            self.settings.close()
            self.vault.close()


def utc_now() -> datetime:
    """Give the moment it is."""
    return datetime.now(UTC)


def init_office(
    folder: Path,
    passphrase: str,
    name: str,
    *,
    database: str = "",
    password: str | None = None,
    practice: bool = False,
    params: Params | None = None,
    now: Clock = utc_now,
) -> tuple[Office, str]:
    """Make an office in an absent or empty folder and write its enrolment file; also give its recovery code.

    Raises what `create_vault` and `postgres_engine` do, and E_DATABASE_USED for another office's database.
    """
    name = " ".join(name.split())
    if not name or len(name) > 200:
        raise Refused([Problem("name", "Give the organisation's name, in at most 200 characters.")])
    engine = postgres_engine(database, password) if database else None
    try:
        if engine is not None:
            upgrade(engine)
            _refuse_owned(engine)

        def fill(vault: OpenVault) -> None:
            _fill(vault, name, database, now, engine)

        vault, code = create_vault(
            folder, passphrase, practice=practice, kind="office", params=params, now=now(), fill=fill
        )
    finally:
        if engine is not None:
            engine.dispose()
    vault.close()
    return open_office(folder, passphrase, password=password, now=now), code


def _fill(vault: OpenVault, name: str, database: str, now: Clock, engine: Engine | None) -> None:
    """Write the keys and the first records, before the vault has its header: cut off, there is no office."""
    own = open_database(vault)
    try:
        upgrade(own)
        settings = Store(own, vault.vault_id, now)
        _write_about(settings, vault, name, database, now())
        if engine is not None:
            make_own_roles(settings, engine, vault.vault_id)
        write_anchor(vault, Anchor({}, now()))
    finally:
        own.dispose()


def _write_about(settings: Store, vault: OpenVault, name: str, database: str, now: datetime) -> None:
    root, key, identity = SigningKey.generate(), SigningKey.generate(), Identity.generate()
    about = Enrolment(
        organisation=new_id(),
        name=name,
        writer=vault.vault_id,
        root=root.public,
        office=key.public,
        recipients=(identity.recipient,),
        escrow=(),
        policy=DEFAULT_POLICY,
        practice=vault.practice,
        serial=1,
        created=now,
    )
    with settings.begin("init_office") as session:
        keys = {"root": root.raw.hex(), "office": key.raw.hex(), "identity": identity.secret}
        local.put(session, KEYS, keys)
        file = write_enrolment(about, root).decode()
        local.put(session, ABOUT, {"file": file, "database": database})


def enrolment_file(office: Office) -> bytes:
    """Give the enrolment file that advocates open to join."""
    return write_enrolment(office.about, office.root)


def open_office(
    folder: Path,
    passphrase: str,
    *,
    password: str | None = None,
    now: Clock = utc_now,
) -> Office:
    """Open an office with its passphrase; raises E_NOT_OFFICE, E_ROLLBACK and what opening a vault does."""
    opened: list[Engine] = []
    vault: OpenVault | None = None
    try:
        with tries.counted(folder, now()):
            vault = unlock_vault(folder, passphrase)
        if vault.kind != "office":
            raise Refused("This folder holds an advocate's vault, not an office.", code="E_NOT_OFFICE")
        own = open_database(vault)
        opened.append(own)
        settings = Store(own, vault.vault_id, now)
        upgrade(own)
        with settings.read() as session:
            about = local.get(session, ABOUT)
        if about is None:
            raise Broken("The office was not set up to the end. Make a new one.", code="E_NOT_OFFICE")
        if about.get(ASKED) and not about.get("roles"):
            about = take_up_roles(settings, about)
        engine = records_engine(about, password) if about["database"] else None
        if engine is not None:
            opened.append(engine)
        office = _office(vault, settings, engine, now)
        _check_records(office)
        _note_failed_tries(office)
        if not (folder / ENROLMENT_FILE).exists():
            replace_file(folder / ENROLMENT_FILE, enrolment_file(office))
    except BaseException:
        for each in opened:
            each.dispose()
        if vault is not None:
            vault.close()
        raise
    return office


def _note_failed_tries(office: Office) -> None:
    """Record how many passphrases failed since the last opening, and count anew."""
    folder = office.vault.folder
    failed = tries.failed(folder)
    if not failed:
        return
    with office.settings.begin("access_unlock") as session:
        session.add(
            AccessRow(
                access_kind=AccessKind.FAILED_UNLOCK,
                at=office.now(),
                author=office.vault.vault_id,
                detail=f"{failed} failed {'tries' if failed > 1 else 'try'}",
            )
        )
    tries.forget(folder)


@contextmanager
def opened_office(
    folder: Path, passphrase: str, *, password: str | None = None, now: Clock = utc_now
) -> Iterator[Office]:
    """Open an office for the length of a command."""
    office = open_office(folder, passphrase, password=password, now=now)
    try:
        yield office
    finally:
        office.close()


def _office(vault: OpenVault, settings: Store, engine: Engine | None, now: Clock) -> Office:
    with settings.read() as session:
        keys, about = local.get(session, KEYS), local.get(session, ABOUT)
        # An office that was restored writes as a new writer, see `office_backup`.
        writer = (local.get(session, WRITERS) or [vault.vault_id])[-1]
    settings.writer = writer
    records = settings if engine is None else Store(engine, writer, now)
    records.wind_clock()
    return Office(
        vault=vault,
        settings=settings,
        records=records,
        about=read_enrolment(about["file"].encode()),
        root=SigningKey(bytes.fromhex(keys["root"])),
        key=SigningKey(bytes.fromhex(keys["office"])),
        identity=Identity.from_string(keys["identity"]),
        database=about["database"],
        now=now,
    )


def _refuse_owned(engine: Engine) -> None:
    with Session(engine) as session:
        owned = local.get(session, OWNER) is not None
    if owned:
        raise Refused("The database already belongs to an office.", code="E_DATABASE_USED")


def _check_records(office: Office) -> None:
    """Refuse a records database that is another office's, or older than what this office last saw."""
    mine: dict[str, str | bool] = {"vault": office.vault.vault_id, "practice": office.vault.practice}
    with office.records.read() as session:
        owner, seen = local.get(session, OWNER), read_anchor(office.vault)
        verify_chains(session.connection(), seen.heads if seen else {}, bodies=False)
    if owner is None and not (seen and seen.heads):
        # The first opening, or the one after an `init` that was cut off: nothing of anybody is there yet.
        _claim(office, mine)
    elif owner != mine:
        raise Refused("The database does not belong to this office.", code="E_DATABASE_USED")


def _claim(office: Office, mine: dict[str, str | bool]) -> None:
    with office.records.begin("init_office") as session:
        if local.get(session, OWNER) is not None or session.execute(select(journal_link)).first():
            raise Refused("The database does not belong to this office.", code="E_DATABASE_USED")
        local.put(session, OWNER, mine)
    anchor(office)


def anchor(office: Office, changed: Collection[str] | None = None) -> None:
    """Note beside the vault how far each writer's journal goes.

    `changed` are the writers of whom something is new since the last note; otherwise all are looked at.
    """
    seen = read_anchor(office.vault) if changed is not None else None
    if seen is None:
        heads = office.records.heads()
    else:
        with office.records.read() as session:
            connection = session.connection()
            now = {writer: tail_of(connection, writer) for writer in changed or ()}
        heads = {**seen.heads, **{writer: end for writer, end in now.items() if end[0]}}
    write_anchor(office.vault, Anchor(heads, office.now()))
