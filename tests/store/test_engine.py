"""The database is opened with every setting in force, one connection, and nothing readable on disk."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlcipher3 import dbapi2 as sqlcipher
from vault_kit import picture, run_python

from imsa_desk.errors import Broken, Refused
from imsa_desk.store import engine as module
from imsa_desk.store.engine import checkpoint, postgres_engine, vault_engine

KEY = bytes(range(32))
CANARY = "CANARY-b7f1-survivor-name"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "a #? 50% vault.sqlite"


@pytest.fixture
def engine(file: Path) -> Iterator[Engine]:
    engine = vault_engine(file, KEY, create=True)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t(a TEXT)")
        connection.execute(text("INSERT INTO t VALUES (:a)"), {"a": CANARY})
    yield engine
    engine.dispose()


def driver(engine: Engine) -> Any:
    with engine.connect() as connection:
        return connection.connection.driver_connection


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("locking_mode", "exclusive"),
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("fullfsync", 1),
        ("checkpoint_fullfsync", 1),
        ("foreign_keys", 1),
        ("cell_size_check", 1),
        ("secure_delete", 1),
        ("temp_store", 2),
        ("trusted_schema", 0),
        ("mmap_size", 0),
        ("cipher_log_level", "NONE"),
        ("cipher_memory_security", "0"),
    ],
)
def test_every_setting_is_in_force(engine: Engine, name: str, value: object) -> None:
    assert driver(engine).execute(f"PRAGMA {name}").fetchone() == (value,)


def test_no_library_can_be_loaded_into_the_database(engine: Engine) -> None:
    with pytest.raises(sqlcipher.OperationalError, match="not authorized"):
        driver(engine).execute("SELECT load_extension('x')")


def test_nothing_on_disk_is_readable_and_no_shared_memory_file_is_made(engine: Engine, file: Path) -> None:
    for _ in range(2):
        found = picture(file.parent)
        assert {name.removeprefix(file.name) for name in found} <= {"", "-wal"}
        content = b"".join(data for _, data in found.values())
        assert CANARY.encode() not in content
        assert b"SQLite format" not in content
        assert b"CREATE TABLE" not in content
        checkpoint(engine)


def test_the_log_is_folded_in_by_a_checkpoint_and_gone_after_closing(engine: Engine, file: Path) -> None:
    log = file.with_name(file.name + "-wal")
    assert log.stat().st_size > 0
    checkpoint(engine)
    assert log.stat().st_size == 0
    engine.dispose()
    assert not log.exists()


def test_a_transaction_that_fails_leaves_nothing_not_even_a_table(engine: Engine) -> None:
    with pytest.raises(ZeroDivisionError), engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE u(a)")
        connection.exec_driver_sql("DELETE FROM t")
        raise ZeroDivisionError
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT name FROM sqlite_master").scalars().all() == ["t"]
        assert connection.exec_driver_sql("SELECT count(*) FROM t").scalar_one() == 1


def test_errors_hold_no_values(engine: Engine) -> None:
    with pytest.raises(DBAPIError) as raised, engine.begin() as connection:
        connection.execute(text("INSERT INTO nowhere VALUES (:a)"), {"a": CANARY})
    assert CANARY not in str(raised.value)


def test_a_closed_engine_stays_closed(engine: Engine) -> None:
    engine.dispose()
    with pytest.raises(Broken) as broken:
        engine.connect()
    assert broken.value.code == "E_CLOSED"


def test_a_new_database_never_replaces_a_file(engine: Engine, file: Path) -> None:
    engine.dispose()
    before = picture(file.parent)
    with pytest.raises(FileExistsError):
        vault_engine(file, KEY, create=True)
    assert picture(file.parent) == before


def test_a_wrong_key_is_refused_and_no_handle_stays_open(engine: Engine, file: Path) -> None:
    engine.dispose()
    with pytest.raises(Broken) as broken:
        vault_engine(file, bytes(32))
    assert broken.value.code == "E_OTHER_DATABASE"
    again = vault_engine(file, bytearray(KEY))
    with again.connect() as connection:
        assert connection.exec_driver_sql("SELECT a FROM t").scalar_one() == CANARY
    again.dispose()


def test_a_damaged_later_page_is_noticed_when_it_is_read(engine: Engine, file: Path) -> None:
    engine.dispose()
    data = bytearray(file.read_bytes())
    data[4096 + 100] ^= 1
    file.write_bytes(data)
    damaged = vault_engine(file, KEY)
    with damaged.connect() as connection, pytest.raises(DBAPIError):
        connection.exec_driver_sql("SELECT a FROM t").scalar_one()
    damaged.dispose()


def test_commits_survive_a_process_that_is_killed(file: Path) -> None:
    script = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from imsa_desk.store.engine import vault_engine\n"
        "engine = vault_engine(Path(sys.argv[1]), bytes(range(32)), create=True)\n"
        "with engine.begin() as c: c.exec_driver_sql('CREATE TABLE t(a)')\n"
        "for n in range(20):\n"
        "    with engine.begin() as c: c.exec_driver_sql(f'INSERT INTO t VALUES ({n})')\n"
        "c = engine.connect(); c.exec_driver_sql('INSERT INTO t VALUES (99)')\n"
        "os.kill(os.getpid(), 9)\n"
    )
    assert run_python(script, file).returncode == -9
    engine = vault_engine(file, KEY)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*), max(a) FROM t").one() == (20, 19)
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
    engine.dispose()


def test_a_library_that_is_too_old_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MIN_SQLITE", (99, 0, 0))
    with pytest.raises(Broken) as broken:
        vault_engine(file, KEY, create=True)
    assert broken.value.code == "E_SQLITE"
    assert not file.exists()


def test_a_database_with_a_plain_beginning_is_refused(engine: Engine, file: Path) -> None:
    checkpoint(engine)
    engine.dispose()
    copy = file.with_name("copy.sqlite")
    shutil.copy(file, copy)
    with copy.open("r+b") as stream:
        stream.write(b"SQLite format 3\0")
    with pytest.raises(Broken) as broken:
        vault_engine(copy, KEY)
    assert broken.value.code == "E_NOT_ENCRYPTED"


@pytest.mark.parametrize(
    "url", ["sqlite://", "mysql://host/db", "nonsense", "postgresql://user:secret@host/db", ""]
)
def test_only_a_postgresql_address_without_a_password_is_taken(url: str) -> None:
    with pytest.raises(Refused) as refused:
        postgres_engine(url)
    assert refused.value.code == "E_DATABASE_URL"
    assert "secret" not in str(refused.value)


def test_a_server_that_does_not_answer_is_told(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(Broken) as broken:
        postgres_engine(f"postgresql://nobody@/none?host={tmp_path}", "a-password")
    assert broken.value.code == "E_DATABASE"
    assert "a-password" not in f"{broken.value}{broken.value.__cause__}"
