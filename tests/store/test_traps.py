"""Twelve traps that were met while this was designed, each with the test that keeps it shut.

 1  the integrity check overlooks cut-off pages and the log     here; faults/test_tamper has every page
 2  an empty database file becomes a new vault                  here; store/test_vault_refusals
 3  half a log, a flipped bit in it, or none reads as sound     here; faults/test_tamper
 4  a new key given in place leaves pages with the old one      here; store/test_rotate kills a rotation
 5  rebuilding a table drops the rows that point to it          here; store/test_engine_migrate
 6  a copy into a file without a key                            here; store/test_backup
 7  a file cut short is decrypted nearly whole before it fails  here; unit/test_crypto_age
 8  memory security makes searching slow                        store/test_engine; its figure in benchmarks
 9  a zip container can be changed unnoticed                    here; property/test_bundle_mutations
10  labels and text views read markup                           gui/test_untrusted
11  Qt's file dialog keeps the names of folders                 gui/test_untrusted; gui/test_ask_dialogs
12  new files are readable by everybody                         here; test_vault and test_bundle_writing too
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from bundle_kit import Pair
from desk_kit import PASSPHRASE, meeting_draft, new_desk, open_case
from sqlcipher3 import dbapi2 as sqlcipher

import imsa_desk
from imsa_desk.errors import Broken, ImsaError, Refused
from imsa_desk.progress import quiet
from imsa_desk.services import backups, checking, meetings, vaults
from imsa_desk.store.migrate import upgrade
from imsa_desk.vocab import BackupWhy

PAGE = 4096
_FRAME, _LOG_HEADER = 24 + PAGE, 32
SOURCE = Path(imsa_desk.__file__).parent
MIGRATIONS = SOURCE.parents[1] / "migrations"


def alarm(folder: Path) -> str:
    """Open a vault and check it in full; give the code or the first problem, "" for none."""
    try:
        report = checking.check(folder, PASSPHRASE)
    except ImsaError as error:
        return error.code
    return "".join(report.problems[:1])


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    """A closed vault with some pages."""
    desk = new_desk(tmp_path / "vault")
    case_id = open_case(desk)
    for n in range(12):
        meetings.log_meeting(desk, meeting_draft(case_id, f"Note {n} " + "and more " * 300))
    vaults.lock(desk)
    assert alarm(tmp_path / "vault") == ""
    return tmp_path / "vault"


@pytest.fixture
def killed(closed: Path, tmp_path: Path) -> Path:
    """A copy of the vault as a killed process leaves it: the newest records stand only in the log."""
    desk = vaults.unlock(closed, PASSPHRASE)
    case_id = open_case(desk)
    for n in range(20):
        meetings.log_meeting(desk, meeting_draft(case_id, f"Note {n}"))
    vaults.keep_anchor(desk)
    left = tmp_path / "killed"
    shutil.copytree(closed, left, ignore=shutil.ignore_patterns(".lock"))
    vaults.lock(desk)
    assert log_of(left).stat().st_size > 20 * _FRAME
    return left


def database_of(folder: Path) -> Path:
    (found,) = folder.glob("db-*.sqlite")
    return found


def log_of(folder: Path) -> Path:
    return database_of(folder).with_name(f"{database_of(folder).name}-wal")


def cut(file: Path, size: int) -> None:
    """Cut bytes off the end of a file."""
    with file.open("r+b") as stream:
        stream.truncate(file.stat().st_size - size)


def flip(file: Path, at: int) -> None:
    """Turn one bit."""
    data = bytearray(file.read_bytes())
    data[at] ^= 1
    file.write_bytes(data)


@pytest.mark.parametrize("pages", [1, 3])
def test_trap_1_pages_cut_off_the_end_are_noticed(closed: Path, pages: int) -> None:
    cut(database_of(closed), pages * PAGE)
    assert alarm(closed) != ""


def test_trap_1_a_damaged_log_is_noticed(killed: Path) -> None:
    log = log_of(killed)
    flip(log, log.stat().st_size // 2)
    assert alarm(killed) != ""


@pytest.mark.parametrize("size", [None, 0, PAGE - 1])
def test_trap_2_an_empty_or_missing_database_is_refused_and_not_made_anew(
    closed: Path, size: int | None
) -> None:
    file = database_of(closed)
    file.unlink()
    if size is not None:
        file.write_bytes(bytes(size))
    assert alarm(closed) in ("E_NO_DATABASE", "E_DATABASE_EMPTY")
    assert (file.stat().st_size if file.exists() else None) == size


LOGS: dict[str, Callable[[Path], None]] = {
    "half of it": lambda log: cut(log, (log.stat().st_size // _FRAME // 2) * _FRAME),
    "one bit of its first frame": lambda log: flip(log, _LOG_HEADER + 24 + 100),
    "none at all": Path.unlink,
}


@pytest.mark.parametrize("what", LOGS)
def test_trap_3_a_log_that_lost_commits_raises_the_alarm(killed: Path, what: str) -> None:
    LOGS[what](log_of(killed))
    assert alarm(killed) != ""


def test_trap_3_a_whole_log_raises_none(killed: Path) -> None:
    assert alarm(killed) == ""


def words_of(*folders: Path) -> Iterator[tuple[Path, str]]:
    """Give every source file with its text."""
    for folder in folders:
        for file in sorted(folder.rglob("*.py")):
            yield file, file.read_text(encoding="utf-8")


def test_trap_4_no_key_is_ever_changed_in_place() -> None:
    word = re.compile("re" + "key", re.IGNORECASE)
    assert [file.name for file, text in words_of(SOURCE, MIGRATIONS) if word.search(text)] == []


def test_trap_5_references_are_off_only_while_tables_are_rebuilt(tmp_path: Path) -> None:
    desk = new_desk(tmp_path / "vault")
    upgrade(desk.store.engine)
    with desk.store.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    vaults.lock(desk)


def connect(file: Path, key: bytes) -> Any:
    """Open a database with a raw key, or without one."""
    made = sqlcipher.connect(str(file))
    if key:
        made.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    return made


def test_trap_6_a_copy_without_a_key_is_refused_and_one_with_another_key_is_sealed_anew(
    tmp_path: Path,
) -> None:
    first, second = bytes(range(32)), bytes(range(32, 64))
    source = connect(tmp_path / "source", first)
    source.execute("CREATE TABLE told (words TEXT)")
    source.execute("INSERT INTO told VALUES ('kestrel')")
    source.commit()
    plain, sealed = connect(tmp_path / "plain", b""), connect(tmp_path / "sealed", second)
    with pytest.raises(sqlcipher.Error):
        source.backup(plain)
    source.backup(sealed)
    for each in (source, plain, sealed):
        each.close()
    assert b"kestrel" not in (tmp_path / "sealed").read_bytes()
    assert b"SQLite format 3" not in (tmp_path / "sealed").read_bytes()
    again = connect(tmp_path / "sealed", second)
    assert again.execute("SELECT words FROM told").fetchall() == [("kestrel",)]
    again.close()
    wrong = connect(tmp_path / "sealed", first)
    with pytest.raises(sqlcipher.Error):
        wrong.execute("SELECT words FROM told").fetchall()
    wrong.close()


@pytest.mark.skipif(sys.platform == "win32", reason="temporary folders are named otherwise")
def test_trap_7_of_a_bundle_cut_short_not_a_byte_comes_to_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    scan = b"\x89PNG\r\n\x1a\n" + os.urandom(3 << 20)
    (tmp_path / "pair").mkdir()
    pair = Pair(tmp_path / "pair")
    path = pair.write(blobs=[scan]).path
    path.write_bytes(path.read_bytes()[:-70_000])
    before = {file: file.stat().st_size for file in tmp_path.rglob("*")}
    with pytest.raises((Refused, Broken)) as caught:
        pair.read(path)
    assert caught.value.code == "E_DECRYPT"
    assert {file: file.stat().st_size for file in tmp_path.rglob("*")} == before


def test_trap_9_bundles_know_no_container_that_has_room_for_more() -> None:
    guilty = {
        file.name: alias.name
        for file, text in words_of(SOURCE)
        # The child reads workbooks, a report is written as one; neither is a bundle.
        if file not in (SOURCE / "preview" / "workbook.py", SOURCE / "printing" / "spreadsheet.py")
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        if alias.name in ("zipfile", "tarfile", "shelve", "pickle")
        or getattr(node, "module", "") in ("zipfile", "tarfile", "pickle")
    }
    assert guilty == {}


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_trap_12_whatever_is_made_is_its_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        desk = new_desk(tmp_path / "vault")
        open_case(desk)
        backups.make_backup(desk, BackupWhy.ASKED, quiet)
        open_modes = modes(tmp_path)
        vaults.lock(desk)
    finally:
        os.umask(before)
    for found in (open_modes, modes(tmp_path)):
        assert any(name.endswith(".imsabackup") for name in found)
        assert {name: mode for name, mode in found.items() if mode & 0o077} == {}


def modes(folder: Path) -> dict[str, int]:
    """Give the mode of every file and folder below one."""
    return {str(each.relative_to(folder)): each.stat().st_mode & 0o777 for each in folder.rglob("*")}
