"""Verbs about the roles of the office's PostgreSQL: make them, say what an administrator runs, show them."""

from __future__ import annotations

import secrets

from imsa_desk.errors import Refused
from imsa_desk.services.office_opening import Office
from imsa_desk.services.office_records import ABOUT, ASKED, asdict_roles, keep_roles, roles_of
from imsa_desk.store import local
from imsa_desk.store.engine import postgres_engine
from imsa_desk.store.roles import Role, Roles, make_roles, new_roles, script


def make(office: Office, password: str | None = None) -> bool:
    """Make the roles, or give them their rights anew, as the user whom the database's address names.

    False where that user may not: then an administrator runs what `sql` gives. The office uses the roles from
    the next opening on. Raises E_NO_SERVER for an office whose records are in an encrypted file.
    """
    roles = _known(office) or _asked_for(office)
    engine = postgres_engine(_server(office), password)
    try:
        made = make_roles(engine, roles)
    finally:
        engine.dispose()
    if made:
        keep_roles(office.settings, roles)
    return made


def sql(office: Office, password: str | None = None) -> str:
    """Give what an administrator runs to make the roles; the office uses them as soon as they are there.

    The script holds no password, only what a server keeps of one. Close the office before it is run.
    """
    roles = _known(office) or _asked_for(office)
    engine = postgres_engine(_server(office), password)
    try:
        return script(engine, roles)
    finally:
        engine.dispose()


def _asked_for(office: Office) -> Roles:
    """Give the roles that are not made yet: the same at every try, so that an earlier script counts."""
    with office.settings.begin("roles") as session:
        about = local.get(session, ABOUT)
        if not about.get(ASKED):
            # A name of its own each time: an office restored beside the one it was must not take its roles.
            roles = new_roles(f"imsa_{office.vault.vault_id[:12]}_{secrets.token_hex(3)}")
            kept = {each: [role.name, role.password] for each, role in asdict_roles(roles).items()}
            about[ASKED] = kept
            local.put(session, ABOUT, about)
    return roles_of(about[ASKED])


def has_roles(office: Office) -> bool:
    """Say whether the office uses roles of its own in its database."""
    return _known(office) is not None


def report_role(office: Office) -> Role:
    """Give the role that may only count, for a program that makes reports; raises E_NO_ROLES."""
    roles = _known(office)
    if roles is None:
        raise Refused("The office's database has no roles yet. Make them first.", code="E_NO_ROLES")
    return roles.report


def _known(office: Office) -> Roles | None:
    with office.settings.read() as session:
        kept = local.get(session, ABOUT).get("roles")
    return None if kept is None else roles_of(kept)


def _server(office: Office) -> str:
    if not office.database:
        raise Refused(
            "The office keeps its records in an encrypted file, which has no roles.", code="E_NO_SERVER"
        )
    return office.database
