"""`init` killed at any moment: there is an office that opens, or none; never one that nobody can open."""

from __future__ import annotations

import time
from pathlib import Path

import psycopg
import pytest
from fault_kit import Victims
from postgresql_kit import running_server
from vault_kit import QUICK

from imsa_desk.errors import ImsaError, Refused
from imsa_desk.services import office

SCRIPT = Path(__file__).parent / "init_victim.py"
SOME, MANY = 2, 60


def test_an_office_whose_making_was_cut_off_opens_or_is_not_there(tmp_path: Path, every: bool) -> None:
    count = MANY if every else SOME
    with running_server() as server, Victims(SCRIPT, tmp_path) as victims:
        began = time.monotonic()
        victims.run("init", tmp_path / "whole", _database(server.folder, "whole"))
        usual = time.monotonic() - began
        for n in range(count):
            folder, database = tmp_path / str(n), _database(server.folder, f"n{n}")
            ran = victims.run("init", folder, database, kill_after=usual * (n + 1) / count)
            try:
                office.open_office(folder, "bench").close()
            except ImsaError as error:
                assert error.code == "E_NO_VAULT"
                assert not ran.told("made")
                # The database of the first try is still nobody's.
                again, _ = office.init_office(
                    tmp_path / f"{n} again", "bench", "Bench", database=database, practice=True, params=QUICK
                )
                assert office.check(again).problems == ()
                again.close()


def _database(server: Path, name: str) -> str:
    with psycopg.connect(host=str(server), user="imsa", dbname="postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return f"postgresql://imsa@/{name}?host={server}"


def test_passphrases_that_failed_are_counted_and_recorded(tmp_path: Path) -> None:
    place, _ = office.init_office(tmp_path / "office", "bench", "Bench", practice=True, params=QUICK)
    place.close()
    for _ in range(2):
        with pytest.raises(Refused):
            office.open_office(tmp_path / "office", "another")
    assert (tmp_path / "office" / "tries").exists()
    place = office.open_office(tmp_path / "office", "bench")
    with place.settings.read() as session:
        said = session.connection().exec_driver_sql("SELECT detail FROM access").scalars().all()
    place.close()
    assert "2 failed tries" in said
    assert not (tmp_path / "office" / "tries").exists()
