"""Roles of the organisation's PostgreSQL: who owns the tables, who takes bundles in, who may only count.

    <name>_owner   owns every table; only migrations use it
    <name>_intake  reads; adds to the journal, whose lines it can neither delete nor change, save that a body
                   becomes absent; writes the tables that are computed from it
    <name>_report  reads two views: what may be counted of a case, and how much is held; no record

Passwords reach the server as SCRAM verifiers only, so that none stands in its log or in a script.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import ProgrammingError

from imsa_desk.domain.lines import WHOLE
from imsa_desk.errors import Refused

STATISTICS = "office_statistics"
COUNTS = "office_counts"
_JOURNAL = ("journal_link", "journal_body")
_FIXED = (*_JOURNAL, "alembic_version")
_ROUNDS = 4096
STATISTICS_QUERY = (
    "SELECT s.case_id, s.as_of, s.facts, l.writer FROM statistic AS s "
    f"JOIN journal_head AS h ON h.record = s.id AND h.field = '{WHOLE}' "
    "JOIN journal_link AS l ON l.line_hash = h.line WHERE s.deleted_at IS NULL"
)
"""What may be counted of a case, and which vault counted it; the same as a view and in an encrypted file."""
_VIEWS = (
    f"CREATE OR REPLACE VIEW {STATISTICS} AS {STATISTICS_QUERY}",
    f"CREATE OR REPLACE VIEW {COUNTS} AS SELECT writer, count(*) AS lines, "
    "(SELECT count(*) FROM journal_body AS b WHERE b.writer = l.writer AND b.body IS NOT NULL) AS bodies "
    "FROM journal_link AS l GROUP BY writer",
)


@dataclass(frozen=True, slots=True)
class Role:
    """One role: its name and password."""

    name: str
    password: str


@dataclass(frozen=True, slots=True)
class Roles:
    """The three roles of one office."""

    owner: Role
    intake: Role
    report: Role


def new_roles(name: str) -> Roles:
    """Give roles for a database with new passwords; `name` has only letters, digits and underscores."""
    if not name.isascii() or not name.replace("_", "").isalnum():
        raise Refused("A role's name has only letters, digits and underscores.", code="E_ROLE_NAME")
    return Roles(
        *(Role(f"{name}_{kind}", secrets.token_urlsafe(24)) for kind in ("owner", "intake", "report"))
    )


def make_roles(engine: Engine, roles: Roles) -> bool:
    """Make the roles and give each its rights, in one transaction; False where this user may not.

    Made again, they get their present passwords and rights anew.
    """
    try:
        with engine.begin() as connection:
            for statement in statements(connection, roles):
                connection.exec_driver_sql(statement)
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", "") == "42501":
            return False
        raise
    return True


def script(engine: Engine, roles: Roles) -> str:
    """Give what the server's administrator runs where this user may not make roles."""
    with engine.connect() as connection:
        lines = [f"{statement};" for statement in statements(connection, roles)]
    return "\n".join(["BEGIN;", *lines, "COMMIT;", ""])


def grant(connection: Connection, roles: Roles) -> None:
    """Give the rights anew, as the owner, after a migration has made tables."""
    for statement in _rights(_tables(connection), roles):
        connection.exec_driver_sql(statement)


def statements(connection: Connection, roles: Roles) -> list[str]:
    """Give every statement that makes the roles in this database, and their rights."""
    database = str(connection.execute(text("SELECT current_database()")).scalar_one())
    tables = _tables(connection)
    found = list[str]()
    for role in (roles.owner, roles.intake, roles.report):
        known = connection.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": role.name})
        verb = "ALTER" if known.first() is not None else "CREATE"
        found.append(
            f"{verb} ROLE {role.name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION "
            f"PASSWORD '{_verifier(role.password)}'"
        )
    owner, intake, report = roles.owner.name, roles.intake.name, roles.report.name
    found += [
        f"GRANT {owner} TO CURRENT_USER",
        f'REVOKE ALL ON DATABASE "{database}" FROM PUBLIC',
        f'GRANT CONNECT ON DATABASE "{database}" TO {owner}, {intake}, {report}',
        f'GRANT TEMPORARY ON DATABASE "{database}" TO {intake}',
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        f"GRANT USAGE, CREATE ON SCHEMA public TO {owner}",
        f"GRANT USAGE ON SCHEMA public TO {intake}, {report}",
        *(f"ALTER TABLE {_quoted(table)} OWNER TO {owner}" for table in tables),
        *(f"ALTER FUNCTION {function} OWNER TO {owner}" for function in _functions(connection)),
        f"SET LOCAL ROLE {owner}",
        *_rights(tables, roles),
        "RESET ROLE",
    ]
    return found


def _rights(tables: Sequence[str], roles: Roles) -> list[str]:
    intake, report = roles.intake.name, roles.report.name
    open_tables = ", ".join(_quoted(table) for table in tables if table not in _FIXED)
    every = ", ".join(_quoted(table) for table in tables)
    return [
        f"REVOKE ALL ON {every} FROM PUBLIC, {intake}, {report}",
        f"GRANT SELECT ON alembic_version TO {intake}",
        f"GRANT SELECT, INSERT ON {', '.join(_JOURNAL)} TO {intake}",
        f"GRANT UPDATE (body) ON journal_body TO {intake}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {open_tables} TO {intake}",
        *_VIEWS,
        f"REVOKE ALL ON {STATISTICS}, {COUNTS} FROM PUBLIC",
        f"GRANT SELECT ON {STATISTICS}, {COUNTS} TO {report}",
    ]


def _tables(connection: Connection) -> list[str]:
    query = text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
    return list(connection.execute(query).scalars())


def _functions(connection: Connection) -> list[str]:
    query = text(
        "SELECT p.oid::regprocedure::text FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace "
        "WHERE n.nspname = 'public' ORDER BY 1"
    )
    return list(connection.execute(query).scalars())


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _verifier(password: str) -> str:
    """Give what the server keeps of a password (RFC 5803)."""
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, _ROUNDS)
    client = hmac.digest(salted, b"Client Key", "sha256")
    stored, server = hashlib.sha256(client).digest(), hmac.digest(salted, b"Server Key", "sha256")
    return f"SCRAM-SHA-256${_ROUNDS}:{_b64(salt)}${_b64(stored)}:{_b64(server)}"


def _b64(data: bytes) -> str:
    return b64encode(data).decode()
