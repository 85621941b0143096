"""Creating, unlocking and changing a vault."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from vault_kit import NOW, PASSPHRASE, QUICK, picture, quick_vault

from imsa_desk.crypto.words import generate_passphrase, new_recovery_code
from imsa_desk.errors import Broken, ImsaError, Refused
from imsa_desk.store.header import HEADER, PREVIOUS, parse_header
from imsa_desk.store.passphrase import check_passphrase
from imsa_desk.store.slots import change_passphrase, keep_recovery_code
from imsa_desk.store.sync_folder import sync_service
from imsa_desk.store.vault import create_vault, describe, open_database, unlock_vault
from imsa_desk.vocab import SlotKind


def code_of(error: pytest.ExceptionInfo[ImsaError]) -> str:
    assert error.value.message.endswith(".")
    return error.value.code


def test_a_new_vault_opens_with_its_passphrase_and_with_its_recovery_code(tmp_path: Path) -> None:
    vault, code = quick_vault(tmp_path / "vault")
    key = vault.key("db")
    ways = (
        (PASSPHRASE, SlotKind.PASSPHRASE),
        (code, SlotKind.RECOVERY),
        (code.lower().replace("-", ""), SlotKind.RECOVERY),
    )
    for secret, way in ways:
        again = unlock_vault(vault.folder, secret, way=way)
        assert again.key("db") == key
        assert (again.vault_id, again.practice, again.kind) == (vault.vault_id, True, "desk")
        assert again.db_file == vault.db_file


def test_a_new_vault_can_be_written_to_and_read_again(tmp_path: Path) -> None:
    vault, _ = quick_vault(tmp_path / "vault")
    engine = open_database(vault)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t(a TEXT)")
        connection.exec_driver_sql("INSERT INTO t VALUES ('kept')")
    engine.dispose()
    engine = open_database(unlock_vault(vault.folder, PASSPHRASE))
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT a FROM t").scalar_one() == "kept"
    engine.dispose()


@pytest.mark.skipif(os.name != "posix", reason="modes of files")
def test_everything_is_for_its_owner_only_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o000)
    try:
        vault, _ = quick_vault(tmp_path / "made" / "vault")
        engine = open_database(vault)
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE t(a)")
        change_passphrase(vault.folder, PASSPHRASE, "another", params=QUICK)
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in vault.folder.iterdir()}
        engine.dispose()
    finally:
        os.umask(before)
    assert stat.S_IMODE(vault.folder.stat().st_mode) == 0o700
    assert {HEADER, PREVIOUS, vault.db_file.name, vault.db_file.name + "-wal"} == set(modes)
    assert set(modes.values()) == {0o600}


def test_an_existing_empty_folder_may_hold_a_lock_file_and_is_closed_to_others(tmp_path: Path) -> None:
    folder = tmp_path / "vault"
    folder.mkdir(mode=0o755)
    (folder / ".lock").touch()
    quick_vault(folder)
    assert os.name != "posix" or stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_vault_is_never_made_where_something_is(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    before = picture(tmp_path)
    with pytest.raises(Refused) as refused:
        quick_vault(tmp_path)
    assert code_of(refused) == "E_NOT_EMPTY"
    with pytest.raises(Refused):
        quick_vault(tmp_path / "letter.txt")
    assert picture(tmp_path) == before


def test_a_failed_creation_leaves_nothing_behind(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(Broken) as broken:
        quick_vault(blocked / "vault")
    assert code_of(broken) == "E_FOLDER"
    with pytest.raises(Refused):
        quick_vault(tmp_path / "vault", passphrase="x" * 1025)
    assert [file.name for file in tmp_path.iterdir()] == ["file"]


def test_no_key_stands_in_a_repr_and_a_closed_vault_gives_none(tmp_path: Path) -> None:
    vault, _ = quick_vault(tmp_path / "vault")
    master = vault._master
    shown = repr(vault)
    assert bytes(master).hex() not in shown
    assert repr(bytes(master))[2:-1] not in shown
    assert "bytearray" not in shown
    vault.close()
    assert not any(master)
    with pytest.raises(Broken) as broken:
        vault.key("db")
    assert code_of(broken) == "E_CLOSED"


def test_a_folder_is_described_without_a_secret(tmp_path: Path) -> None:
    assert not describe(tmp_path).exists
    vault, _ = create_vault(
        tmp_path / "office", "secret", practice=True, kind="office", params=QUICK, now=NOW
    )
    about = describe(vault.folder)
    assert (about.exists, about.readable, about.practice, about.kind) == (True, True, True, "office")
    (vault.folder / HEADER).write_bytes(b"{}")
    assert describe(vault.folder).exists
    assert not describe(vault.folder).readable


def test_a_real_vault_wants_a_real_passphrase(tmp_path: Path) -> None:
    for weak in ("", "short", "password password", "aaaaaaaaaaaaaaaaaaaaaaaa", "qwertyuiop1234567890"):
        with pytest.raises(Refused) as refused:
            create_vault(tmp_path / "vault", weak, practice=False, params=QUICK)
        assert code_of(refused) == "E_WEAK_PASSPHRASE"
    assert not list(tmp_path.iterdir())
    phrase = generate_passphrase()
    vault, _ = create_vault(tmp_path / "vault", phrase, practice=False, params=QUICK, now=NOW)
    assert not unlock_vault(vault.folder, phrase).practice


def test_generated_passphrases_always_pass() -> None:
    for _ in range(30):
        check_passphrase(generate_passphrase())
    check_passphrase(generate_passphrase() * 4)


@pytest.mark.parametrize(
    ("folder", "service"),
    [
        ("OneDrive/vault", "OneDrive"),
        ("OneDrive - Charity Ltd/Documents/vault", "OneDrive"),
        ("Dropbox (Personal)/vault", "Dropbox"),
        ("Library/Mobile Documents/com~apple~CloudDocs/vault", "iCloud Drive"),
        ("Library/CloudStorage/Box/vault", "a cloud service"),
        ("My Drive/vault", "Google Drive"),
        ("Nextcloud/vault", "Nextcloud"),
        ("dropboxes/onedriver/vault", None),
    ],
)
def test_folders_that_a_service_copies_are_recognised(
    tmp_path: Path, folder: str, service: str | None
) -> None:
    assert sync_service(tmp_path / folder, {}) == service


def test_a_service_is_recognised_by_its_marks_and_settings(tmp_path: Path) -> None:
    synced = tmp_path / "work" / "files"
    synced.mkdir(parents=True)
    assert sync_service(synced / "vault", {"OneDriveCommercial": str(tmp_path / "work")}) == "OneDrive"
    (tmp_path / "work" / ".sync_0a1b.db").touch()
    assert sync_service(synced / "vault", {}) == "Nextcloud"


def test_only_a_practice_vault_may_lie_in_such_a_folder(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        create_vault(tmp_path / "Dropbox" / "vault", generate_passphrase(), practice=False, params=QUICK)
    assert code_of(refused) == "E_SYNC_FOLDER"
    assert not list(tmp_path.iterdir())
    quick_vault(tmp_path / "Dropbox" / "vault")


def test_a_changed_passphrase_opens_and_the_old_one_is_told_apart(tmp_path: Path) -> None:
    vault, code = quick_vault(tmp_path / "vault")
    key = vault.key("db")
    change_passphrase(vault.folder, PASSPHRASE, "the new one", params=QUICK, now=NOW)
    assert unlock_vault(vault.folder, "the new one").key("db") == key
    assert unlock_vault(vault.folder, code, way=SlotKind.RECOVERY).key("db") == key
    assert parse_header((vault.folder / HEADER).read_bytes()).gen == 2
    with pytest.raises(Refused, match="before the last change") as refused:
        unlock_vault(vault.folder, PASSPHRASE)
    assert code_of(refused) == "E_PASSPHRASE"


def test_a_forgotten_passphrase_is_replaced_with_the_recovery_code(tmp_path: Path) -> None:
    vault, code = quick_vault(tmp_path / "vault")
    change_passphrase(vault.folder, code, "the new one", way=SlotKind.RECOVERY, params=QUICK)
    assert unlock_vault(vault.folder, "the new one").vault_id == vault.vault_id


def test_a_new_recovery_code_ends_the_old_one(tmp_path: Path) -> None:
    vault, old = quick_vault(tmp_path / "vault")
    new = new_recovery_code()
    keep_recovery_code(vault.folder, PASSPHRASE, new)
    assert unlock_vault(vault.folder, new, way=SlotKind.RECOVERY).vault_id == vault.vault_id
    for code in (old, new_recovery_code()):
        with pytest.raises(Refused) as refused:
            unlock_vault(vault.folder, code, way=SlotKind.RECOVERY)
        assert code_of(refused) == "E_PASSPHRASE"


def test_a_change_that_is_refused_changes_nothing(tmp_path: Path) -> None:
    vault, _ = create_vault(tmp_path / "vault", phrase := generate_passphrase(), practice=False, params=QUICK)
    before = picture(vault.folder)
    with pytest.raises(Refused) as refused:
        change_passphrase(vault.folder, phrase, "weak", params=QUICK)
    assert code_of(refused) == "E_WEAK_PASSPHRASE"
    with pytest.raises(Refused):
        change_passphrase(vault.folder, "wrong", generate_passphrase(), params=QUICK)
    assert picture(vault.folder) == before
