"""Each role of the office's PostgreSQL can do its work and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from exchange_kit import PASSPHRASE, QUICK, Meeting, meet, new_case, new_meeting
from sqlalchemy import make_url

from imsa_desk.services import office, office_roles
from imsa_desk.services.office_records import ABOUT, roles_of
from imsa_desk.store import local
from imsa_desk.store.roles import Role, Roles


@pytest.fixture
def met(tmp_path: Path, postgresql_url: str) -> Iterator[Meeting]:
    """An office on PostgreSQL that holds a case."""
    with meet(tmp_path, postgresql_url) as made:
        case = new_case(made.desk, "Abeba")
        new_meeting(made.desk, case, "what was said")
        made.deliver(case)
        yield made


def roles(met: Meeting) -> Roles:
    """Give the roles that the office keeps."""
    with met.office.settings.read() as session:
        return roles_of(local.get(session, ABOUT)["roles"])


def as_role(met: Meeting, role: Role) -> psycopg.Connection:
    """Connect as one of the roles."""
    url = make_url(met.office.database)
    return psycopg.connect(
        host=str(url.query["host"]),
        dbname=url.database,
        user=role.name,
        password=role.password,
        autocommit=True,
    )


FORBIDDEN_AT_INTAKE = (
    "DELETE FROM journal_link",
    "DELETE FROM journal_body",
    "TRUNCATE journal_link",
    "TRUNCATE journal_body",
    "UPDATE journal_link SET line_hash = 'x'",
    "UPDATE journal_body SET body = 'x' WHERE body IS NOT NULL",
    "UPDATE journal_body SET record = 'x'",
    "UPDATE journal_body SET writer = 'x', body = NULL",
    "DROP TABLE journal_link",
    "DROP TABLE meeting",
    "ALTER TABLE journal_body DISABLE TRIGGER ALL",
    "ALTER TABLE journal_body ADD COLUMN x text",
    "DROP TRIGGER journal_link_fixed ON journal_link",
    "CREATE OR REPLACE FUNCTION journal_refuse() RETURNS trigger LANGUAGE sql AS 'SELECT NULL'",
    "CREATE TABLE public.mine (x text)",
    "CREATE SCHEMA mine",
    "SET session_replication_role = replica",
    "UPDATE alembic_version SET version_num = 'x'",
    "CREATE ROLE somebody",
)


def test_the_office_works_as_a_role_that_adds_to_the_journal_and_can_take_nothing_away(met: Meeting) -> None:
    with met.office.records.read() as session:
        user = session.connection().exec_driver_sql("SELECT current_user").scalar_one()
    assert user == roles(met).intake.name
    assert office.check(met.office).problems == ()
    with as_role(met, roles(met).intake) as connection:
        for statement in FORBIDDEN_AT_INTAKE:
            with pytest.raises(psycopg.Error):
                connection.execute(statement.encode())
        connection.execute("UPDATE journal_body SET body = NULL WHERE seq = 1")
    assert office.check(met.office).problems


def test_the_report_role_reads_what_may_be_counted_and_no_record(met: Meeting) -> None:
    with as_role(met, roles(met).report) as connection:
        assert connection.execute("SELECT count(*) FROM office_counts").fetchone() == (2,)
        connection.execute("SELECT case_id, as_of, facts FROM office_statistics").fetchall()
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        assert len(tables) > 40
        for (name,) in tables:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f'SELECT 1 FROM "{name}"'.encode())
        for statement in (
            "DELETE FROM office_statistics",
            "CREATE TEMPORARY TABLE mine (x text)",
            "CREATE TABLE public.mine (x text)",
        ):
            with pytest.raises(psycopg.Error):
                connection.execute(statement.encode())


def test_the_owner_migrates_but_changes_no_line_and_nobody_else_connects(met: Meeting) -> None:
    with as_role(met, roles(met).owner) as connection:
        for statement in (
            "DELETE FROM journal_link",
            "TRUNCATE journal_body",
            "UPDATE journal_body SET body = ''",
        ):
            with pytest.raises(psycopg.errors.RaiseException):
                connection.execute(statement.encode())
        connection.execute("ALTER TABLE meeting ADD COLUMN later text")
        granted = connection.execute(
            "SELECT datacl::text FROM pg_database WHERE datname = current_database()"
        ).fetchone()
    assert granted is not None
    assert not [part for part in granted[0].strip("{}").split(",") if part.startswith("=")]


def test_where_roles_may_not_be_made_an_administrator_runs_a_script(
    tmp_path: Path, postgresql_url: str
) -> None:
    url = make_url(postgresql_url)
    plain = f"plain_{url.database}"
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {plain} LOGIN".encode())
        connection.execute(f"ALTER DATABASE {url.database} OWNER TO {plain}".encode())
    address = url.set(username=plain).render_as_string()
    place, _ = office.init_office(
        tmp_path / "office", PASSPHRASE, "Llais", database=address, practice=True, params=QUICK
    )
    assert not office_roles.has_roles(place)
    script = office_roles.sql(place)
    assert not office_roles.make(place)
    place.close()
    office.open_office(tmp_path / "office", PASSPHRASE).close()
    with psycopg.connect(postgresql_url) as connection:
        connection.execute(script.encode())
    with office.opened_office(tmp_path / "office", PASSPHRASE) as place:
        with place.records.read() as session:
            user = session.connection().exec_driver_sql("SELECT current_user").scalar_one()
        assert user.endswith("_intake")
        assert office_roles.report_role(place).password not in script
        assert office.check(place).problems == ()
