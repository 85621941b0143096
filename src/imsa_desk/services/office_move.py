"""Verbs that move an office's records from its encrypted file to PostgreSQL, and back.

Everything is copied in one transaction of the new place, compared table by table, and checked there like
every night. Only then does one transaction of the office's vault turn to it; on the way out of the file the
same one erases what the file held. Cut off before, the office is where it was, and the next try goes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from imsa_desk.errors import Broken, ImsaError, Refused
from imsa_desk.progress import Progress, quiet
from imsa_desk.services.office_opening import KEYS, OWNER, WRITERS, Office, anchor, open_office
from imsa_desk.services.office_records import ABOUT, asdict_roles, roles_of
from imsa_desk.services.office_trust import ADVOCATE, REVOCATIONS
from imsa_desk.store import local
from imsa_desk.store.audit import audit
from imsa_desk.store.engine import postgres_engine
from imsa_desk.store.migrate import upgrade
from imsa_desk.store.records import AccessRow
from imsa_desk.store.roles import Roles, make_roles, new_roles
from imsa_desk.store.transfer import (
    copy_all,
    differing,
    drop_all,
    erase_file,
    index_all,
    is_empty,
    shrink_file,
)
from imsa_desk.vocab import AccessKind

_SETTINGS = frozenset({KEYS, ABOUT, REVOCATIONS, WRITERS})


@dataclass(frozen=True, slots=True)
class Moved:
    """Where the records are now; `erased` says whether nothing of them is left where they were."""

    database: str
    links: int
    roles: bool
    erased: bool


def move_to_server(
    folder: Path, passphrase: str, to: str, *, password: str | None = None, progress: Progress = quiet
) -> Moved:
    """Move the records of an office into an empty PostgreSQL database.

    Raises E_MOVED where they are on a server already, E_DATABASE_USED for another's database, E_DIFFERS and
    E_CHECK where the copy is not the original; then nothing was changed.
    """
    office = open_office(folder, passphrase)
    try:
        if office.database:
            raise Refused("The office's records are on a server already.", code="E_MOVED")
        engine = postgres_engine(to, password)
        try:
            upgrade(engine)
            roles = new_roles(f"imsa_{office.vault.vault_id[:12]}")
            made = _copy_to(office, engine, roles, progress)
        finally:
            engine.dispose()
        anchor(office)
        kept = {each: [role.name, role.password] for each, role in asdict_roles(roles).items()}
        with office.settings.begin("move") as session:
            about = local.get(session, ABOUT) | {"database": to} | ({"roles": kept} if made else {})
            local.put(session, ABOUT, about)
            erase_file(session.connection(), _moves)
        shrink_file(office.settings.engine)
    finally:
        _let_go(office)
    links = _settled(folder, passphrase, password, "records moved to a server")
    return Moved(to, links, made, True)


def move_to_file(
    folder: Path, passphrase: str, *, password: str | None = None, progress: Progress = quiet
) -> Moved:
    """Move the records of an office from its PostgreSQL into the office's encrypted file.

    Then drops them from the server where this may be done, as the tables' owner. Raises E_MOVED where they
    are in the file already, E_DIFFERS and E_CHECK; then nothing was changed.
    """
    office = open_office(folder, passphrase, password=password)
    try:
        if not office.database:
            raise Refused("The office's records are in its encrypted file already.", code="E_MOVED")
        with office.settings.begin("move") as session, office.records.read() as old:
            source, target = old.connection(), session.connection()
            if not is_empty(target):
                raise Broken("The office's file is not empty. Nothing was changed.", code="E_DIFFERS")
            copy_all(source, target, _moves, progress)
            _compare(source, target)
            index_all(target)
            about = local.get(session, ABOUT)
            local.put(session, ABOUT, {**about, "database": "", "roles": None})
        anchor(office)
    finally:
        _let_go(office)
    erased = _dropped(about, password)
    return Moved("", _settled(folder, passphrase, None, "records moved to the office's file"), False, erased)


def _copy_to(office: Office, engine: Engine, roles: Roles, progress: Progress) -> bool:
    """Copy and compare in one transaction, then make the roles; False where this user may not make them."""
    mine = {"vault": office.vault.vault_id, "practice": office.vault.practice}
    with office.records.read() as session:
        source = session.connection()
        with engine.begin() as target:
            with Session(bind=target) as there:
                owner = local.get(there, OWNER)
            if owner not in (None, mine) or (owner is None and not is_empty(target)):
                raise Refused("The database already belongs to an office.", code="E_DATABASE_USED")
            if owner is None:
                copy_all(source, target, _moves, progress)
            # Otherwise an earlier try got as far as this: what it copied is compared like a fresh copy.
            _compare(source, target)
        return make_roles(engine, roles)


def _compare(source: Connection, target: Connection) -> None:
    if names := differing(source, target, _moves):
        raise Broken(
            f"The copy differs from the original ({', '.join(names)}). Nothing was changed. Use an empty "
            "database and try again.",
            code="E_DIFFERS",
        )
    if (problem := next(audit(target), None)) is not None:
        raise Broken(f"The copy does not pass its check: {problem}. Nothing was changed.", code="E_CHECK")


def _moves(name: str) -> bool:
    """Say whether a value belongs to the records: keys, advocates and settings never leave the vault."""
    return name not in _SETTINGS and not name.startswith(ADVOCATE)


def _let_go(office: Office) -> None:
    """Close without an anchor: it was written while the records were still in their old place."""
    office.records.close()
    office.settings.close()
    office.vault.close()


def _settled(folder: Path, passphrase: str, password: str | None, detail: str) -> int:
    """Open the office in its new place, which compares it with its anchor, and note the move."""
    office = open_office(folder, passphrase, password=password)
    try:
        with office.records.begin("move") as session:
            session.add(
                AccessRow(
                    access_kind=AccessKind.KEYS,
                    at=office.now(),
                    author=office.vault.vault_id,
                    detail=detail,
                )
            )
        return sum(seq for seq, _ in office.records.heads().values())
    finally:
        office.close()


def _dropped(about: dict[str, object], password: str | None) -> bool:
    """Drop what is left on the server; False where an administrator has to do it."""
    kept = about.get("roles")
    try:
        if isinstance(kept, dict):
            owner = roles_of(kept).owner
            engine = postgres_engine(str(about["database"]), owner.password, user=owner.name)
        else:
            engine = postgres_engine(str(about["database"]), password)
        try:
            drop_all(engine)
        finally:
            engine.dispose()
    except ImsaError:
        return False
    return True
