"""A vault is read without a byte of it changing, also where nothing can be written."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from desk_kit import PASSPHRASE, case_draft, meeting_draft, new_desk, open_case
from vault_kit import QUICK, picture

from imsa_desk.domain.documents import DocumentDraft
from imsa_desk.errors import Broken, Refused
from imsa_desk.services import (
    caseload,
    cases,
    checking,
    documents,
    drafts,
    history,
    meetings,
    reading,
    search,
    timeline,
    vaults,
)
from imsa_desk.services.desk import Desk
from imsa_desk.store.header import HEADER, PREVIOUS
from imsa_desk.vocab import Kind, SlotKind

WHY = "This vault failed a check."
PDF = b"%PDF-1.4 invented"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A closed vault with a case and three meetings; everything opened to be read must be gone at the end."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    desk = new_desk(tmp_path / "vault")
    case_id = open_case(desk)
    for n in range(3):
        meetings.log_meeting(desk, meeting_draft(case_id, f"Meeting {n}"))
    documents.add_document(desk, DocumentDraft(title="Letter", case_id=case_id), PDF)
    vaults.lock(desk)
    yield tmp_path / "vault"
    assert not list(scratch.iterdir())


def crashed(folder: Path) -> Path:
    """Leave the folder as a process that is killed leaves it, with its log."""
    desk = vaults.unlock(folder, PASSPHRASE)
    (case,) = caseload.caseload(desk)
    meetings.log_meeting(desk, meeting_draft(case.id, "Meeting in the log"))
    copy = folder.parent / "crashed" / "vault"
    shutil.copytree(folder, copy)
    desk.store.close()
    desk.vault.close()
    assert list(copy.glob("*-wal"))
    return copy


def database(folder: Path) -> Path:
    (found,) = folder.glob("db-*.sqlite")
    return found


def anchor(folder: Path) -> Path:
    (found,) = folder.glob("anchor*")
    return found


def read_everything(desk: Desk, expected: int = 3) -> None:
    """Use every kind of verb that only reads."""
    (case,) = caseload.caseload(desk)
    assert cases.case_head(desk, case.id).id == case.id
    assert len(meetings.meetings_of(desk, case.id)) == expected
    assert timeline.timeline(desk, case.id)
    assert history.history(desk, Kind.CASE, case.id)
    assert search.find_anything(desk, "Meeting")
    assert drafts.drafts(desk) == ()
    (document,) = documents.documents_of(desk, case.id)
    assert document.title == "Letter"
    assert checking.check_open(desk).ok


def refuses_changes(desk: Desk) -> None:
    with pytest.raises(Refused) as raised:
        cases.open_case(desk, case_draft("Another"))
    assert raised.value.code == "E_READ_ONLY"


def test_everything_can_be_read_and_nothing_changed(folder: Path) -> None:
    before = picture(folder)
    desk = reading.open_to_read(folder, PASSPHRASE, why=WHY)
    assert desk.read_only == WHY
    assert desk.folder.name == folder.name
    assert desk.actor.name == "Ann Practice"
    read_everything(desk)
    refuses_changes(desk)
    vaults.keep_anchor(desk)
    vaults.lock(desk)
    assert picture(folder) == before


def test_the_log_of_a_killed_process_is_read_and_stays(folder: Path) -> None:
    copy = crashed(folder)
    before = picture(copy)
    desk = reading.open_to_read(copy, PASSPHRASE, why=WHY)
    read_everything(desk, 4)
    vaults.lock(desk)
    assert picture(copy) == before


def test_the_scratch_copy_is_encrypted_private_and_gone_after_closing(folder: Path) -> None:
    desk = reading.open_to_read(folder, PASSPHRASE, why=WHY)
    scratch = desk.folder.parent
    assert scratch != folder.parent
    if os.name == "posix":
        assert scratch.stat().st_mode & 0o777 == 0o700
        assert all(file.stat().st_mode & 0o777 == 0o600 for file in desk.folder.iterdir())
    content = b"".join(file.read_bytes() for file in desk.folder.iterdir())
    assert b"SQLite format" not in content
    assert b"Meeting" not in content
    desk.store.close()
    assert not scratch.exists()


@pytest.mark.skipif(os.name != "posix", reason="asks for processes as POSIX does")
def test_a_copy_left_by_a_program_that_was_killed_is_removed_at_the_next_reading(folder: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
    place = Path(tempfile.gettempdir())
    left, alive = place / f"imsa-read-{ended.pid}-abc", place / f"imsa-read-{os.getpid()}-abc"
    for each in (left, alive):
        each.mkdir()
    desk = reading.open_to_read(folder, PASSPHRASE, why=WHY)
    assert (left.exists(), alive.exists()) == (False, True)
    alive.rmdir()
    vaults.lock(desk)


def test_a_wrong_passphrase_is_told_before_anything_is_copied(folder: Path) -> None:
    before = picture(folder)
    with pytest.raises(Refused) as raised:
        reading.open_to_read(folder, "not this one", why=WHY)
    assert raised.value.code == "E_PASSPHRASE"
    assert picture(folder) == before


def test_the_recovery_code_opens_to_read_too(folder: Path) -> None:
    desk, code = vaults.create(
        folder.parent / "other", PASSPHRASE, advocate_name="Bo", practice=True, params=QUICK
    )
    open_case(desk)
    vaults.lock(desk)
    desk = reading.open_to_read(folder.parent / "other", code, way=SlotKind.RECOVERY, why=WHY)
    assert len(caseload.caseload(desk)) == 1
    assert desk.actor.name == "Bo"
    vaults.lock(desk)


def _flip(file: Path, at: int) -> None:
    data = bytearray(file.read_bytes())
    data[at] ^= 1
    file.write_bytes(data)


def _no_anchor(folder: Path) -> None:
    anchor(folder).unlink()


def _bad_anchor(folder: Path) -> None:
    _flip(anchor(folder), -10)


def _earlier_header(folder: Path) -> None:
    shutil.copy(folder / HEADER, folder / PREVIOUS)
    (folder / HEADER).write_bytes(b"")


def _bad_mac(folder: Path) -> None:
    data = (folder / HEADER).read_text()
    at = data.index('"mac":"') + 7
    (folder / HEADER).write_text(data[:at] + ("1" if data[at] == "0" else "0") + data[at + 1 :])


@pytest.mark.parametrize("damage", [_no_anchor, _bad_anchor, _earlier_header, _bad_mac])
def test_what_keeps_a_vault_from_being_opened_does_not_keep_it_from_being_read(
    folder: Path, damage: Callable[[Path], None]
) -> None:
    damage(folder)
    before = picture(folder)
    with pytest.raises(Broken) as raised:
        vaults.unlock(folder, PASSPHRASE)
    desk = reading.open_to_read(folder, PASSPHRASE, why=raised.value.message)
    read_everything(desk)
    vaults.lock(desk)
    assert picture(folder) == before


def test_a_rolled_back_vault_can_be_read(folder: Path) -> None:
    old = database(folder).read_bytes()
    desk = vaults.unlock(folder, PASSPHRASE)
    vaults.lock(desk)
    database(folder).write_bytes(old)
    with pytest.raises(Broken) as raised:
        vaults.unlock(folder, PASSPHRASE)
    assert raised.value.code == "E_ROLLBACK"
    before = picture(folder)
    desk = reading.open_to_read(folder, PASSPHRASE, why=WHY)
    read_everything(desk)
    vaults.lock(desk)
    assert picture(folder) == before


def test_a_database_that_is_none_is_refused_and_leaves_nothing(folder: Path) -> None:
    file = database(folder)
    whole = file.read_bytes()
    for data, code in ((b"", "E_DATABASE_EMPTY"), (b"\0" * 8192, "E_OTHER_DATABASE")):
        file.write_bytes(data)
        with pytest.raises(Broken) as raised:
            reading.open_to_read(folder, PASSPHRASE, why=WHY)
        assert raised.value.code == code
    file.write_bytes(whole)


def _mounted_read_only(folder: Path) -> Callable[[], None]:
    """Show the folder through a mount that nobody can write to, and say how to end that."""
    subprocess.run(["mount", "--bind", str(folder), str(folder)], check=True, capture_output=True)
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", str(folder)], check=True, capture_output=True)
    except BaseException:
        subprocess.run(["umount", str(folder)], check=True)
        raise

    def end() -> None:
        subprocess.run(["umount", str(folder)], check=True)

    return end


def _mode_read_only(folder: Path) -> Callable[[], None]:
    for file in folder.iterdir():
        file.chmod(0o400)
    folder.chmod(0o500)

    def end() -> None:
        folder.chmod(0o700)
        for file in folder.iterdir():
            file.chmod(0o600)

    return end


def make_read_only(folder: Path) -> Callable[[], None]:
    """Keep everybody here from writing to a folder; skip only where no way is open."""
    if os.name != "posix":
        pytest.skip("modes and mounts as POSIX knows them")
    if os.geteuid() != 0:
        return _mode_read_only(folder)
    try:
        return _mounted_read_only(folder)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("root here may not mount, and no mode keeps root from writing")


@pytest.mark.parametrize("killed", [False, True])
def test_a_vault_that_cannot_be_written_to_can_be_read(folder: Path, killed: bool) -> None:
    place = crashed(folder) if killed else folder
    end = make_read_only(place)
    try:
        before = picture(place)
        with pytest.raises(OSError):
            (place / "probe").write_bytes(b"")
        desk = reading.open_to_read(place, PASSPHRASE, why="The folder cannot be written to.")
        read_everything(desk, 4 if killed else 3)
        refuses_changes(desk)
        vaults.lock(desk)
        assert picture(place) == before
    finally:
        end()


def test_a_copy_is_kept_once_for_each_state(folder: Path) -> None:
    copy = crashed(folder)
    before = picture(copy)
    moment = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
    kept = reading.keep_copy(copy, now=lambda: moment)
    assert kept.name == "vault-kept-20261122-080000"
    assert {name: data for name, (_, data) in picture(kept).items()} == {
        name: data for name, (_, data) in before.items()
    }
    if os.name == "posix":
        assert kept.stat().st_mode & 0o777 == 0o700
    assert reading.keep_copy(copy, now=lambda: moment) == kept
    anchor(copy).unlink()
    again = reading.keep_copy(copy, now=lambda: moment)
    assert again.name == "vault-kept-20261122-080000-2"
    assert reading.keep_copy(copy, now=lambda: moment) == again


def test_a_copy_that_cannot_be_made_leaves_nothing(folder: Path) -> None:
    end = make_read_only(folder.parent)
    try:
        with pytest.raises(Broken) as raised:
            reading.keep_copy(folder)
        assert raised.value.code == "E_FOLDER"
    finally:
        end()
    assert not list(folder.parent.glob("*-kept-*"))
