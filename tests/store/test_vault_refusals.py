"""Whatever is wrong with a vault, opening it says what to do and changes nothing on disk."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sqlcipher
from vault_kit import PASSPHRASE, QUICK, picture, quick_vault, run_python

from imsa_desk.crypto.words import new_recovery_code
from imsa_desk.errors import Broken, ImsaError, Refused
from imsa_desk.store.engine import stamp
from imsa_desk.store.header import HEADER, PREVIOUS
from imsa_desk.store.slots import change_passphrase
from imsa_desk.store.vault import OpenVault, open_database, unlock_vault
from imsa_desk.vocab import SlotKind

OPEN = """
import sys
from pathlib import Path
from imsa_desk.errors import ImsaError
from imsa_desk.store.vault import open_database, unlock_vault
try:
    open_database(unlock_vault(Path(sys.argv[1]), sys.argv[2]))
except ImsaError as error:
    print(type(error).__name__, error.code, error.message)
"""


@dataclass(frozen=True)
class Case:
    """A vault with one row, closed, and its recovery code."""

    vault: OpenVault
    code: str

    @property
    def folder(self) -> Path:
        return self.vault.folder

    @property
    def header(self) -> Path:
        return self.vault.folder / HEADER


@pytest.fixture
def case(tmp_path: Path) -> Case:
    vault, code = quick_vault(tmp_path / "vault")
    engine = open_database(vault)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t(a)")
        connection.exec_driver_sql("INSERT INTO t VALUES (1)")
    engine.dispose()
    return Case(vault, code)


def refusal(
    folder: Path, secret: str = PASSPHRASE, *, way: SlotKind = SlotKind.PASSPHRASE, same: bool = True
) -> ImsaError:
    """Try to open; return the error after checking that nothing changed and that it says something."""
    before = picture(folder)
    with pytest.raises(ImsaError) as raised:
        open_database(unlock_vault(folder, secret, way=way))
    if same:
        assert picture(folder) == before
    assert raised.value.message.endswith(".")
    assert secret not in raised.value.message
    return raised.value


def test_no_vault_there(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "absent"):
        error = refusal(folder)
        assert isinstance(error, Refused)
        assert error.code == "E_NO_VAULT"
    assert not list(tmp_path.iterdir())


def test_a_wrong_passphrase_changes_nothing(case: Case) -> None:
    error = refusal(case.folder, "not this one")
    assert isinstance(error, Refused)
    assert error.code == "E_PASSPHRASE"


def test_a_wrong_recovery_code_changes_nothing(case: Case) -> None:
    error = refusal(case.folder, new_recovery_code(), way=SlotKind.RECOVERY)
    assert (type(error), error.code) == (Refused, "E_PASSPHRASE")
    error = refusal(case.folder, case.code[:-1], way=SlotKind.RECOVERY)
    assert (type(error), error.code) == (Refused, "E_RECOVERY_CODE")


def test_a_recovery_code_is_no_passphrase_and_a_passphrase_no_recovery_code(case: Case) -> None:
    assert refusal(case.folder, case.code).code == "E_PASSPHRASE"
    assert refusal(case.folder, PASSPHRASE, way=SlotKind.RECOVERY).code == "E_RECOVERY_CODE"


def test_a_damaged_header_is_not_called_a_wrong_passphrase(case: Case) -> None:
    case.header.write_bytes(case.header.read_bytes()[:-1])
    error = refusal(case.folder)
    assert isinstance(error, Broken)
    assert error.code == "E_HEADER"


def test_a_damaged_header_whose_earlier_copy_opens_is_told_so(case: Case) -> None:
    shutil.copy(case.header, case.folder / PREVIOUS)
    for damage in (b"", b"\xff" * 500, case.header.read_bytes().replace(b'"gen":1', b'"gen":01')):
        case.header.write_bytes(damage)
        error = refusal(case.folder)
        assert error.code == "E_HEADER"
        assert "still opens" in error.message
        assert "still opens" not in refusal(case.folder, "wrong").message


def test_a_missing_header_with_an_earlier_copy_is_damage_and_no_absence(case: Case) -> None:
    case.header.rename(case.folder / PREVIOUS)
    assert refusal(case.folder).code == "E_HEADER"


def test_a_damaged_slot_is_not_called_a_wrong_passphrase_when_the_earlier_copy_opens(case: Case) -> None:
    shutil.copy(case.header, case.folder / PREVIOUS)
    data = case.header.read_bytes()
    at = data.index(b'"wrapped":"') + 11
    case.header.write_bytes(data[:at] + (b"0" if data[at : at + 1] != b"0" else b"1") + data[at + 1 :])
    assert refusal(case.folder).code == "E_HEADER"
    assert refusal(case.folder, "wrong").code == "E_PASSPHRASE"


def test_a_header_of_a_later_version_is_refused_as_newer(case: Case) -> None:
    case.header.write_bytes(case.header.read_bytes().replace(b'"version":1', b'"version":2'))
    assert refusal(case.folder).code == "E_NEWER"


def test_a_header_that_would_hang_the_computer_is_refused(case: Case) -> None:
    data = case.header.read_bytes()
    case.header.write_bytes(data.replace(b'"memory_kib":19456', b'"memory_kib":99999999999'))
    assert refusal(case.folder).code == "E_HEADER"


def test_a_missing_database_is_refused_and_not_created(case: Case) -> None:
    case.vault.db_file.unlink()
    error = refusal(case.folder)
    assert (type(error), error.code) == (Broken, "E_NO_DATABASE")
    assert not case.vault.db_file.exists()


@pytest.mark.parametrize("size", [0, 1, 4095])
def test_an_empty_or_short_database_is_refused_and_not_filled(case: Case, size: int) -> None:
    case.vault.db_file.write_bytes(case.vault.db_file.read_bytes()[:size])
    assert refusal(case.folder).code == "E_DATABASE_EMPTY"
    assert case.vault.db_file.stat().st_size == size


def test_a_database_that_is_not_encrypted_is_refused(case: Case) -> None:
    case.vault.db_file.unlink()
    plain = sqlcipher.connect(case.vault.db_file)
    plain.execute("CREATE TABLE t(a)")
    plain.close()
    assert refusal(case.folder).code == "E_NOT_ENCRYPTED"


def test_a_database_of_another_vault_is_refused(case: Case, tmp_path: Path) -> None:
    other, _ = quick_vault(tmp_path / "other")
    shutil.copy(other.db_file, case.vault.db_file)
    assert refusal(case.folder).code == "E_OTHER_DATABASE"


def test_a_database_of_another_vault_is_refused_with_the_log_a_crash_left(case: Case) -> None:
    # SQLite, asked with a wrong key, would fold the log into the file as it closes.
    engine = open_database(case.vault)
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO t VALUES (2)")
    crashed = case.folder.parent / "crashed"
    shutil.copytree(case.folder, crashed)
    engine.dispose()
    other, _ = quick_vault(case.folder.parent / "other")
    shutil.copy(crashed / case.vault.db_file.name, other.db_file)
    shutil.copy(crashed / f"{case.vault.db_file.name}-wal", f"{other.db_file}-wal")
    assert refusal(other.folder).code == "E_OTHER_DATABASE"
    engine = open_database(unlock_vault(crashed, PASSPHRASE))
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM t").scalar_one() == 2
    engine.dispose()


def test_a_database_with_our_key_but_another_stamp_is_refused(case: Case) -> None:
    engine = open_database(case.vault)
    stamp(engine, 7)
    engine.dispose()
    assert refusal(case.folder).code == "E_OTHER_DATABASE"


@pytest.mark.parametrize("damage", [20, 2000, 4090])
def test_a_damaged_first_page_is_refused(case: Case, damage: int) -> None:
    data = bytearray(case.vault.db_file.read_bytes())
    data[damage] ^= 1
    case.vault.db_file.write_bytes(data)
    assert refusal(case.folder).code == "E_OTHER_DATABASE"


def test_a_second_process_is_told_that_the_vault_is_open(case: Case) -> None:
    before = picture(case.folder)  # not while it is open: closing the file here would end the lock
    engine = open_database(unlock_vault(case.folder, PASSPHRASE))
    told = run_python(OPEN, case.folder, PASSPHRASE)
    assert told.stdout.startswith("Refused E_IN_USE "), told.stderr
    engine.dispose()
    assert picture(case.folder) == before
    assert run_python(OPEN, case.folder, PASSPHRASE).stdout == ""


def test_asking_for_the_passphrase_again_does_not_end_the_lock(case: Case) -> None:
    engine = open_database(unlock_vault(case.folder, PASSPHRASE))
    unlock_vault(case.folder, PASSPHRASE).close()
    assert run_python(OPEN, case.folder, PASSPHRASE).stdout.startswith("Refused E_IN_USE ")
    engine.dispose()


def _move_slot(case: Case, other: Path) -> None:
    """Put another vault's slot for the same passphrase into the header."""
    mine, theirs = case.header.read_text(), (other / HEADER).read_text()
    start, end = '{"created"', ',{"created"'
    slot = theirs[theirs.index(start) : theirs.index(end)]
    case.header.write_text(mine.replace(mine[mine.index(start) : mine.index(end)], slot))


def _older_header(case: Case, other: Path) -> None:
    """Put the slots of before a change under the present generation."""
    old = case.header.read_text()
    change_passphrase(case.folder, PASSPHRASE, "later", params=QUICK)
    (case.folder / PREVIOUS).unlink()
    case.header.write_text(old.replace('"gen":1', '"gen":2'))


def _practice(case: Case, other: Path) -> None:
    case.header.write_text(case.header.read_text().replace('"practice":true', '"practice":false'))


@pytest.mark.parametrize(
    ("alter", "code"), [(_move_slot, "E_PASSPHRASE"), (_older_header, "E_HEADER"), (_practice, "E_HEADER")]
)
def test_a_header_pieced_together_is_refused(
    case: Case, tmp_path: Path, alter: Callable[[Case, Path], None], code: str
) -> None:
    other, _ = quick_vault(tmp_path / "other")
    alter(case, other.folder)
    assert refusal(case.folder).code == code
