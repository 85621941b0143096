"""A rotation gives the vault a new key that nothing old opens; stopped anywhere, it is old or new."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from desk_kit import PASSPHRASE, new_desk, open_case
from sqlalchemy import select
from vault_kit import QUICK, picture, python_environment

from imsa_desk.crypto.words import generate_passphrase
from imsa_desk.errors import Broken, Cancelled, ImsaError, Refused
from imsa_desk.progress import quiet
from imsa_desk.services import backups, caseload, keys, rotating, vaults
from imsa_desk.services.checking import check_open
from imsa_desk.services.desk import Desk
from imsa_desk.services.keys import Holder
from imsa_desk.store import header as headers
from imsa_desk.store import rotate as rotation
from imsa_desk.store.anchor import LEGACY, anchor_file
from imsa_desk.store.engine import vault_engine
from imsa_desk.store.header import HEADER, PREVIOUS, read_header
from imsa_desk.store.records import AccessRow
from imsa_desk.store.vault import drop_superseded, unlock_vault
from imsa_desk.vocab import AccessKind, BackupWhy, SlotKind

LATER = "a later passphrase"
KIT = Path(__file__).with_name("rotate_kit.py")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = new_desk(tmp_path / "vault")
    open_case(made)
    yield made
    made.store.close()
    made.vault.close()


def rotate(desk: Desk, code: str = "") -> str:
    code = code or keys.new_recovery_code()
    rotating.rotate(desk, LATER, code, quiet, params=QUICK)
    return code


def refused_with(folder: Path, secret: str, way: SlotKind = SlotKind.PASSPHRASE) -> str:
    with pytest.raises(ImsaError) as raised:
        vaults.unlock(folder, secret, way=way, sleep=lambda _: None)
    assert isinstance(raised.value, Refused)
    return raised.value.code


def test_after_a_rotation_only_the_new_secrets_open_the_vault(desk: Desk) -> None:
    old_code, shares = keys.new_recovery_code(), keys.new_shares()
    one, two = keys.holder_identity(), keys.holder_identity()
    named = (Holder("Bo Practice", "chief", one[1], False), Holder("Cy Practice", "trustee", two[1], True))
    keys.keep_recovery_code(desk, PASSPHRASE, old_code)
    keys.keep_shares(desk, PASSPHRASE, shares)
    keys.set_escrow(desk, PASSPHRASE, named)
    code = keys.new_recovery_code()
    keys.rotate(desk, PASSPHRASE, LATER, code, quiet)
    with pytest.raises(Broken) as closed:
        desk.vault.key("db")
    assert closed.value.code == "E_CLOSED"
    assert refused_with(desk.folder, PASSPHRASE) == "E_PASSPHRASE"
    assert refused_with(desk.folder, old_code, SlotKind.RECOVERY) == "E_PASSPHRASE"
    assert refused_with(desk.folder, "\n".join(shares.words), SlotKind.SHARES) == "E_SHARES"
    ways = {SlotKind.RECOVERY: code, SlotKind.ESCROW: f"{one[0]}\n{two[0]}", SlotKind.PASSPHRASE: LATER}
    for way, secret in ways.items():
        again = vaults.unlock(desk.folder, secret, way=way)
        assert len(caseload.caseload(again)) == 1
        assert keys.escrow_of(again) == named
        assert check_open(again).ok
        vaults.lock(again)


def test_a_wrong_passphrase_begins_no_rotation(desk: Desk) -> None:
    header = (desk.folder / HEADER).read_bytes()
    with pytest.raises(Refused) as refused:
        keys.rotate(desk, "wrong", LATER, keys.new_recovery_code(), quiet)
    assert refused.value.code == "E_PASSPHRASE"
    with pytest.raises(Refused) as refused:
        keys.rotate(desk, PASSPHRASE, LATER, "no code", quiet)
    assert refused.value.code == "E_RECOVERY_CODE"
    assert (desk.folder / HEADER).read_bytes() == header
    assert len(caseload.caseload(desk)) == 1


def test_the_records_and_their_journal_come_along(desk: Desk) -> None:
    heads = desk.store.heads()
    rotate(desk)
    again = vaults.unlock(desk.folder, LATER)
    assert again.store.writer in heads
    assert again.store.heads()[again.store.writer][0] > heads[again.store.writer][0]
    with again.store.read() as session:
        query = select(AccessRow.detail).where(AccessRow.access_kind == AccessKind.KEYS)
        assert sorted(session.scalars(query)) == ["new key", "new key begun"]
    vaults.lock(again)


def test_neither_header_of_after_opens_with_anything_of_before(desk: Desk) -> None:
    before = (desk.folder / HEADER).read_bytes()
    old = unlock_vault(desk.folder, PASSPHRASE)
    rotate(desk)
    assert (desk.folder / PREVIOUS).read_bytes() == (desk.folder / HEADER).read_bytes() != before
    present = read_header(desk.folder / HEADER)
    key = old.key("db")
    with pytest.raises(Broken) as broken:
        vault_engine(desk.folder / present.db.file, key)
    assert broken.value.code == "E_OTHER_DATABASE"
    # The old header beside the new database: it names the old one, which is gone after the next backup.
    again = vaults.unlock(desk.folder, LATER)
    backups.make_backup(again, BackupWhy.ASKED, quiet)
    vaults.lock(again)
    assert not old.db_file.exists()
    (desk.folder / HEADER).write_bytes(before)
    with pytest.raises(Broken) as broken:
        vaults.unlock(desk.folder, PASSPHRASE)
    assert broken.value.code == "E_NO_DATABASE"


def test_the_database_of_before_stays_until_a_backup_of_the_new_one(desk: Desk) -> None:
    old, old_anchor = desk.vault.db_file, anchor_file(desk.vault)
    rotate(desk)
    assert old.exists()
    again = vaults.unlock(desk.folder, LATER)
    assert old.exists()
    backups.make_backup(again, BackupWhy.ASKED, quiet)
    assert not old.exists()
    assert not old_anchor.exists()
    assert again.vault.db_file.exists()
    vaults.lock(again)
    vaults.lock(vaults.unlock(desk.folder, LATER))


def test_there_is_a_verified_backup_from_before(desk: Desk) -> None:
    rotate(desk)
    again = vaults.unlock(desk.folder, LATER)
    with again.store.read() as session:
        query = select(AccessRow.detail).where(AccessRow.access_kind == AccessKind.BACKUP)
        assert list(session.scalars(query)) == [BackupWhy.ROTATION.value]
    vaults.lock(again)


def test_only_what_the_header_does_not_name_is_dropped(desk: Desk) -> None:
    vaults.lock(desk)
    before = picture(desk.folder)
    foreign = ["db-notes.sqlite", "anchor-old", "letter.txt", f"db-{'a' * 32}.sqlite.txt"]
    stale = [f"db-{'a' * 32}.sqlite", f"db-{'a' * 32}.sqlite-wal", f"anchor-{'a' * 32}"]
    for name in (*foreign, *stale):
        (desk.folder / name).write_bytes(b"x")
    drop_superseded(desk.folder)
    after = picture(desk.folder)
    assert set(after) == set(before) | set(foreign)
    (desk.folder / HEADER).write_bytes(b"{}")
    (desk.folder / stale[0]).write_bytes(b"x")
    with pytest.raises(Broken):
        drop_superseded(desk.folder)
    assert (desk.folder / stale[0]).exists()


def test_stopped_by_the_person_nothing_is_left_and_work_goes_on(desk: Desk) -> None:
    at: list[int] = []

    def count(done: int, total: int) -> None:
        at.append(done)

    rotating.rotate(desk, LATER, keys.new_recovery_code(), count, params=QUICK)
    assert at == sorted(at)
    steps = len(at)
    vault = vaults.unlock(desk.folder, LATER)
    names = {file.name for file in vault.folder.glob("db-*")}
    for stop in range(1, steps, max(1, steps // 6)):
        calls = iter(range(1, 10_000))

        def stopped(done: int, total: int, calls: Iterator[int] = calls, stop: int = stop) -> None:
            if next(calls) == stop:
                raise Cancelled

        with pytest.raises(Cancelled):
            rotating.rotate(vault, "never", keys.new_recovery_code(), stopped, params=QUICK)
        assert {file.name for file in vault.folder.glob("db-*")} <= names
        open_case(vault, f"Person {stop}")
        keys.confirm(vault, LATER)
    vaults.lock(vault)
    vaults.lock(vaults.unlock(desk.folder, LATER))


def test_a_copy_that_fails_its_check_never_comes_into_force(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    durable = rotation.copy_under_new_key

    def damaged(*arguments: object) -> rotation.Fresh:
        fresh = durable(*arguments)  # type: ignore[arg-type]
        with fresh.vault.db_file.open("r+b") as stream:
            stream.seek(-2000, os.SEEK_END)
            byte = stream.read(1)
            stream.seek(-1, os.SEEK_CUR)
            stream.write(bytes([byte[0] ^ 1]))
        return fresh

    monkeypatch.setattr(rotation, "copy_under_new_key", damaged)
    with pytest.raises(Broken):
        rotate(desk)
    assert [file.name for file in desk.folder.glob("db-*.sqlite")] == [desk.vault.db_file.name]
    open_case(desk, "Another")
    vaults.lock(desk)
    again = vaults.unlock(desk.folder, PASSPHRASE)
    assert len(caseload.caseload(again)) == 2
    vaults.lock(again)


def test_a_failure_after_the_turn_deletes_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(*arguments: Any, **options: Any) -> None:
        real(*arguments, **options)
        raise OSError("power cut")

    real = headers.write_header
    monkeypatch.setattr(headers, "write_header", cut)
    with pytest.raises(Broken) as broken:
        rotate(desk)
    assert broken.value.code == "E_FOLDER"
    monkeypatch.undo()
    with pytest.raises(Broken):
        desk.vault.key("db")
    again = vaults.unlock(desk.folder, LATER)
    assert len(caseload.caseload(again)) == 1
    vaults.lock(again)


def test_the_passphrase_of_before_is_told_apart_where_the_earlier_header_was_left(desk: Desk) -> None:
    header = (desk.folder / HEADER).read_bytes()
    rotate(desk)
    (desk.folder / PREVIOUS).write_bytes(header)
    with pytest.raises(Refused, match="before the last change"):
        vaults.unlock(desk.folder, PASSPHRASE)
    drop_superseded(desk.folder)
    assert (desk.folder / PREVIOUS).read_bytes() == (desk.folder / HEADER).read_bytes()


def test_a_vault_with_a_nameless_anchor_can_be_rotated(desk: Desk) -> None:
    vaults.lock(desk)
    anchor_file(desk.vault).rename(desk.folder / LEGACY)
    again = vaults.unlock(desk.folder, PASSPHRASE)
    rotate(again)
    assert not (desk.folder / LEGACY).exists()
    vaults.lock(vaults.unlock(desk.folder, LATER))


def test_a_weak_passphrase_begins_no_rotation(tmp_path: Path) -> None:
    phrase, name = generate_passphrase(), "Wilhelmina Featherstone"
    made, _ = vaults.create(tmp_path / "vault", phrase, advocate_name=name, params=QUICK)
    before = made.store.heads()
    for weak in ("short", f"{name} {name}"):
        with pytest.raises(Refused) as refused:
            rotating.rotate(made, weak, keys.new_recovery_code(), quiet, params=QUICK)
        assert refused.value.code == "E_WEAK_PASSPHRASE"
    assert made.store.heads() == before
    vaults.lock(made)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a process that dies in the middle")
def test_killed_at_any_step_it_is_the_old_vault_or_the_new(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, KIT, tmp_path, keys.new_recovery_code(), "4"],
        env=python_environment(),
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    results = [line.split()[1] for line in told.stdout.splitlines()]
    assert set(results) == {"old", "new"}
    assert results == sorted(results, reverse=True)
    assert len(results) > 5
    shutil.rmtree(tmp_path)
