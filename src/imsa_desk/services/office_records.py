"""Opens the PostgreSQL that holds an office's records, as one of the roles that the settings keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Engine

from imsa_desk.errors import Broken
from imsa_desk.store import local
from imsa_desk.store.engine import postgres_engine
from imsa_desk.store.migrate import SchemaState, schema_state, upgrade
from imsa_desk.store.roles import Role, Roles, grant, make_roles, new_roles
from imsa_desk.store.store import Store

ABOUT = "office.about"
ASKED = "roles_asked"
"""Where the settings keep roles that an administrator was asked to make."""


def records_engine(about: Mapping[str, Any], password: str | None) -> Engine:
    """Open the records' PostgreSQL as the role that takes bundles in, its tables brought to this version.

    Where the office has no roles there, as the user whom the address names, with `password` or pgpass.
    """
    url, kept = about["database"], about.get("roles")
    if kept is None:
        engine = postgres_engine(url, password)
        upgrade(engine)
        return engine
    roles = roles_of(kept)
    engine = postgres_engine(url, roles.intake.password, user=roles.intake.name)
    try:
        if schema_state(engine) is not SchemaState.CURRENT:
            owner = postgres_engine(url, roles.owner.password, user=roles.owner.name)
            try:
                upgrade(owner)
                with owner.begin() as connection:
                    grant(connection, roles)
            finally:
                owner.dispose()
    except BaseException:
        engine.dispose()
        raise
    return engine


def take_up_roles(settings: Store, about: dict[str, Any]) -> dict[str, Any]:
    """Use the roles that an administrator was asked for, if they are there by now."""
    roles = roles_of(about[ASKED])
    try:
        postgres_engine(about["database"], roles.intake.password, user=roles.intake.name).dispose()
    except Broken:
        return about
    keep_roles(settings, roles)
    return about | {"roles": about[ASKED]}


def make_own_roles(settings: Store, engine: Engine, vault_id: str) -> None:
    """Make least-privilege roles where the database's user may; `imsa-office roles` does it later."""
    roles = new_roles(f"imsa_{vault_id[:12]}")
    if make_roles(engine, roles):
        keep_roles(settings, roles)


def keep_roles(settings: Store, roles: Roles) -> None:
    """Keep the roles and their passwords with the office's settings: from here on they are used."""
    kept = {each: [role.name, role.password] for each, role in asdict_roles(roles).items()}
    with settings.begin("roles") as session:
        local.put(session, ABOUT, local.get(session, ABOUT) | {"roles": kept})


def asdict_roles(roles: Roles) -> dict[str, Role]:
    """Give the roles by the words under which they are kept."""
    return {"owner": roles.owner, "intake": roles.intake, "report": roles.report}


def roles_of(kept: Mapping[str, Sequence[str]]) -> Roles:
    """Read the roles as the settings keep them."""
    return Roles(*(Role(*kept[each]) for each in ("owner", "intake", "report")))
