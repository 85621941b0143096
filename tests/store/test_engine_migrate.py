"""A database comes to this version in one piece or stays as it was."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from vault_kit import picture

from imsa_desk import paths
from imsa_desk.errors import Broken
from imsa_desk.store.engine import vault_engine
from imsa_desk.store.migrate import SchemaState, schema_state, upgrade

KEY = bytes(range(32))

FIRST = """
from alembic import op
revision, down_revision = "0001", None
def upgrade():
    op.execute("CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT)")
    op.execute("CREATE TABLE visit(id INTEGER PRIMARY KEY, person INTEGER NOT NULL REFERENCES person(id))")
    op.execute("CREATE VIRTUAL TABLE words USING fts5(text)")
    op.execute("CREATE TRIGGER seen AFTER INSERT ON person BEGIN INSERT INTO words VALUES (NEW.name); END")
"""
SECOND = """
from alembic import op
import sqlalchemy as sa
revision, down_revision = "0002", "0001"
def upgrade():
    with op.batch_alter_table("person") as batch:
        batch.alter_column("name", existing_type=sa.Text(), nullable=False)
        batch.create_check_constraint("named", "length(name) > 0")
    op.add_column("visit", sa.Column("place", sa.Text()))
"""
FAILING = """
from alembic import op
revision, down_revision = "0003", "0002"
def upgrade():
    op.execute("CREATE TABLE half(a)")
    op.execute("UPDATE person SET name = 'changed'")
    op.execute("INSERT INTO nowhere VALUES (1)")
"""
ORPHANING = """
from alembic import op
revision, down_revision = "0003", "0002"
def upgrade():
    op.execute("DELETE FROM person")
"""


class Scripts:
    """A folder of migrations that grows as the program is released."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "versions").mkdir(parents=True)
        shutil.copy(paths.migrations() / "env.py", folder / "env.py")

    def release(self, number: str, text: str) -> None:
        (self.folder / "versions" / f"{number}_step.py").write_text(text)

    def withdraw(self, number: str) -> None:
        (self.folder / "versions" / f"{number}_step.py").unlink()


@pytest.fixture
def scripts(tmp_path: Path) -> Scripts:
    scripts = Scripts(tmp_path / "50% scripts")
    scripts.release("0001", FIRST)
    return scripts


@pytest.fixture
def engine(tmp_path: Path, scripts: Scripts) -> Iterator[Engine]:
    (tmp_path / "vault").mkdir()
    engine = vault_engine(tmp_path / "vault" / "db.sqlite", KEY, create=True)
    yield engine
    engine.dispose()


@pytest.fixture
def used(engine: Engine, scripts: Scripts) -> Engine:
    """A database of the first release with a person and a visit that points to them."""
    upgrade(engine, scripts.folder)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO person VALUES (1, 'somebody')"))
        connection.execute(text("INSERT INTO visit VALUES (1, 1)"))
    return engine


def dump(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        schema = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master ORDER BY name").all()
        rows = [
            connection.exec_driver_sql(f"SELECT * FROM {table}").all()
            for table in ("person", "visit", "words", "alembic_version")
        ]
        keys = connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one()
    return [schema, rows, keys]


def test_the_state_of_a_database_is_told(engine: Engine, scripts: Scripts) -> None:
    assert schema_state(engine, scripts.folder) is SchemaState.EMPTY
    upgrade(engine, scripts.folder)
    assert schema_state(engine, scripts.folder) is SchemaState.CURRENT
    scripts.release("0002", SECOND)
    assert schema_state(engine, scripts.folder) is SchemaState.OLDER
    upgrade(engine, scripts.folder)
    assert schema_state(engine, scripts.folder) is SchemaState.CURRENT
    scripts.withdraw("0002")
    assert schema_state(engine, scripts.folder) is SchemaState.NEWER


def test_a_table_that_others_point_to_can_be_rebuilt_with_its_rows(used: Engine, scripts: Scripts) -> None:
    scripts.release("0002", SECOND)
    upgrade(used, scripts.folder)
    with used.begin() as connection:
        assert connection.exec_driver_sql("SELECT name FROM person").scalar_one() == "somebody"
        assert connection.exec_driver_sql("SELECT place FROM visit").scalar_one() is None
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1
    with pytest.raises(Exception, match="FOREIGN KEY"), used.begin() as connection:
        connection.exec_driver_sql("DELETE FROM person")


@pytest.mark.parametrize("step", [FAILING, ORPHANING])
def test_a_migration_that_fails_changes_nothing_of_any_step(
    used: Engine, scripts: Scripts, step: str
) -> None:
    before = dump(used)
    scripts.release("0002", SECOND)
    scripts.release("0003", step)
    with pytest.raises(Broken) as broken:
        upgrade(used, scripts.folder)
    assert broken.value.code == "E_MIGRATION"
    assert dump(used) == before
    scripts.withdraw("0003")
    upgrade(used, scripts.folder)
    assert schema_state(used, scripts.folder) is SchemaState.CURRENT


def test_a_newer_database_is_refused_untouched(used: Engine, scripts: Scripts, tmp_path: Path) -> None:
    scripts.release("0002", SECOND)
    upgrade(used, scripts.folder)
    used.dispose()
    scripts.withdraw("0002")
    before = picture(tmp_path / "vault")
    engine = vault_engine(tmp_path / "vault" / "db.sqlite", KEY)
    with pytest.raises(Broken) as broken:
        upgrade(engine, scripts.folder)
    assert broken.value.code == "E_NEWER"
    engine.dispose()
    assert picture(tmp_path / "vault") == before


def test_somebody_elses_tables_are_refused(engine: Engine, scripts: Scripts) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE theirs(a)")
    with pytest.raises(Broken) as broken:
        upgrade(engine, scripts.folder)
    assert broken.value.code == "E_SCHEMA"


def test_the_programs_own_migrations_run_and_stay_stamped(engine: Engine) -> None:
    upgrade(engine)
    assert schema_state(engine) is SchemaState.CURRENT
    upgrade(engine)
