"""Verbs that make and open an office: an encrypted vault for its keys, and a database for its records.

By default the records live in the vault's own database; otherwise in PostgreSQL, whose address the vault
remembers. Keys, advocates and settings never leave the vault.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from imsa_desk.crypto.age import Identity
from imsa_desk.crypto.kdf import Params
from imsa_desk.crypto.keys import SigningKey
from imsa_desk.domain.canonical import parse_canonical
from imsa_desk.domain.ids import new_id
from imsa_desk.errors import Broken, Problem, Refused
from imsa_desk.exchange.enrolment import DEFAULT_POLICY, Enrolment, read_enrolment, write_enrolment
from imsa_desk.store import local
from imsa_desk.store.anchor import Anchor, read_anchor, write_anchor
from imsa_desk.store.atomic import replace_file
from imsa_desk.store.engine import postgres_engine
from imsa_desk.store.migrate import upgrade
from imsa_desk.store.store import Store
from imsa_desk.store.tables import journal_body
from imsa_desk.store.vault import OpenVault, create_vault, open_database, unlock_vault
from imsa_desk.store.verify import verify_chains

ENROLMENT_FILE = "enrolment.json"
_KEYS = "office.keys"
_ABOUT = "office.about"
_OWNER = "office.owner"
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
        anchor(self)
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
        vault, code = create_vault(
            folder, passphrase, practice=practice, kind="office", params=params, now=now()
        )
    except BaseException:
        if engine is not None:
            engine.dispose()
        raise
    opened: list[Engine] = [] if engine is None else [engine]
    try:
        own = open_database(vault)
        opened.append(own)
        upgrade(own)
        settings = Store(own, vault.vault_id, now)
        _write_about(settings, vault, name, database, now())
        office = _office(vault, settings, engine, now)
        with office.records.begin("init_office") as session:
            local.put(session, _OWNER, {"vault": vault.vault_id, "practice": practice})
        anchor(office)
        replace_file(folder / ENROLMENT_FILE, enrolment_file(office))
    except BaseException:
        for each in opened:
            each.dispose()
        vault.close()
        raise
    return office, code


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
        local.put(session, _KEYS, keys)
        file = write_enrolment(about, root).decode()
        local.put(session, _ABOUT, {"file": file, "database": database})


def enrolment_file(office: Office) -> bytes:
    """Give the enrolment file that advocates open to join."""
    return write_enrolment(office.about, office.root)


def open_office(
    folder: Path, passphrase: str, *, password: str | None = None, now: Clock = utc_now
) -> Office:
    """Open an office with its passphrase; raises E_NOT_OFFICE, E_ROLLBACK and what opening a vault does."""
    vault = unlock_vault(folder, passphrase)
    opened: list[Store] = []
    try:
        if vault.kind != "office":
            raise Refused("This folder holds an advocate's vault, not an office.", code="E_NOT_OFFICE")
        own = open_database(vault)
        settings = Store(own, vault.vault_id, now)
        opened.append(settings)
        upgrade(own)
        with settings.read() as session:
            about = local.get(session, _ABOUT)
        if about is None:
            raise Broken("The office was not set up to the end. Make a new one.", code="E_NOT_OFFICE")
        engine = postgres_engine(about["database"], password) if about["database"] else None
        office = _office(vault, settings, engine, now)
        opened.append(office.records)
        _check_records(office)
    except BaseException:
        for store in opened:
            store.close()
        vault.close()
        raise
    return office


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
        keys, about = local.get(session, _KEYS), local.get(session, _ABOUT)
    records = settings if engine is None else Store(engine, vault.vault_id, now)
    with records.read() as session:
        _wind_clock(records, session)
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


def _wind_clock(records: Store, session: Session) -> None:
    """Set the clock past every writer's last present body, so that it never runs backwards."""
    for writer in session.execute(select(journal_body.c.writer).distinct()).scalars().all():
        query = select(journal_body.c.body).where(
            journal_body.c.writer == writer, journal_body.c.body.is_not(None)
        )
        body = session.execute(query.order_by(journal_body.c.seq.desc()).limit(1)).scalar_one_or_none()
        if body:
            records.clock.seen(parse_canonical(body.encode())["hlc"])


def _refuse_owned(engine: Engine) -> None:
    with Session(engine) as session:
        owned = local.get(session, _OWNER) is not None
    if owned:
        raise Refused("The database already belongs to an office.", code="E_DATABASE_USED")


def _check_records(office: Office) -> None:
    """Refuse a records database that is another office's, or older than what this office last saw."""
    engine = office.records.engine
    if office.database:
        upgrade(engine)
    with office.records.read() as session:
        owner = local.get(session, _OWNER)
        if owner != {"vault": office.vault.vault_id, "practice": office.vault.practice}:
            raise Refused("The database does not belong to this office.", code="E_DATABASE_USED")
        seen = read_anchor(office.vault)
        verify_chains(session.connection(), seen.heads if seen else {}, bodies=False)


def anchor(office: Office) -> None:
    """Note beside the vault how far each writer's journal goes."""
    write_anchor(office.vault, Anchor(office.records.heads(), office.now()))
