"""Backups: complete, consistent, checked, sealed; made beside work that goes on, and never half there."""

from __future__ import annotations

import stat
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from desk_kit import PASSPHRASE, Clock, meeting_draft, new_desk, open_case
from sqlalchemy import select

from imsa_desk.crypto.keys import wipe
from imsa_desk.domain.documents import DocumentDraft
from imsa_desk.domain.drafts import Draft
from imsa_desk.domain.ids import CaseId, new_id
from imsa_desk.errors import Broken, Cancelled, Refused
from imsa_desk.progress import quiet
from imsa_desk.services import backups, checking, documents, drafts, meetings, vaults
from imsa_desk.services.backup_making import key_of
from imsa_desk.services.desk import Desk
from imsa_desk.store import backup
from imsa_desk.store.backup import backups_folder
from imsa_desk.store.check import full_check
from imsa_desk.store.tables import journal_link
from imsa_desk.vocab import BackupWhy

SCAN = b"%PDF-1.7\n" + bytes(range(256)) * 12_000


def made(desk: Desk) -> backups.BackupInfo:
    return backups.make_backup(desk, BackupWhy.ASKED, quiet)


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def check_file(desk: Desk, file: Path, scratch: Path) -> checking.Checked:
    """Check a finished backup the way anybody else would: take its database out and open it."""
    trailer = backup.read_trailer(file)
    backup.take_out(file, trailer, scratch, quiet)
    key = key_of(desk.vault, trailer.id)
    engine = backup.open_copy(scratch, key)
    try:
        return full_check(engine)
    finally:
        engine.dispose()
        wipe(key)
        scratch.unlink()


def test_a_backup_is_one_private_file_beside_the_vault_that_passes_every_check(
    desk: Desk, case_id: CaseId, tmp_path: Path
) -> None:
    meetings.log_meeting(desk, meeting_draft(case_id))
    documents.add_document(desk, DocumentDraft(title="Letter", case_id=case_id), SCAN)
    heads = desk.store.heads()
    info = made(desk)
    assert info.file.parent == tmp_path / "vault-backups"
    assert names(info.file.parent) == [info.file.name]
    if sys.platform != "win32":
        assert stat.S_IMODE(info.file.stat().st_mode) == 0o600
        assert stat.S_IMODE(info.file.parent.stat().st_mode) == 0o700
    checked = check_file(desk, info.file, tmp_path / "scratch")
    assert checked.problems == ()
    assert checked.heads == heads
    assert checked.lines == sum(seq for seq, _ in heads.values())
    assert info.key
    assert info.bytes == info.file.stat().st_size
    assert backups.backups_of(desk) == (info,)


def test_no_word_of_the_record_and_no_name_stands_in_a_backup(desk: Desk, case_id: CaseId) -> None:
    meetings.log_meeting(desk, meeting_draft(case_id, "A sentence that nobody else may read"))
    file = made(desk).file
    data = file.read_bytes()
    for word in (b"A sentence", b"Selam", b"Ann Practice", b"SQLite format", b"CREATE TABLE", SCAN[:40]):
        assert word not in data
    assert file.name.startswith(backup.mark_of(desk.vault.vault_id))


def test_each_backup_has_a_key_of_its_own(desk: Desk, clock: Clock, tmp_path: Path) -> None:
    first = made(desk)
    clock.move(days=1)
    second = made(desk)
    assert first.file != second.file
    wrong = key_of(desk.vault, backup.read_trailer(first.file).id)
    trailer = backup.read_trailer(second.file)
    backup.take_out(second.file, trailer, tmp_path / "out", quiet)
    with pytest.raises(Broken, match="cannot be used"):
        backup.open_copy(tmp_path / "out", wrong)


def test_a_backup_made_while_others_write_is_one_committed_state(
    desk: Desk, clock: Clock, case_id: CaseId, tmp_path: Path
) -> None:
    for n in range(4):
        documents.add_document(desk, DocumentDraft(title="Letter", case_id=case_id), SCAN + bytes([n]))
    stop = threading.Event()
    failures: list[BaseException] = []

    def write() -> None:
        try:
            while not stop.is_set():
                meetings.log_meeting(desk, meeting_draft(case_id))
                drafts.save_draft(desk, Draft(new_id(), "meeting", case_id, "x", "t", "{}", "", desk.now()))
                try:
                    with desk.store.begin("fails") as session:
                        session.execute(select(journal_link.c.seq))
                        raise Refused("An act that is rolled back.")
                except Refused:
                    time.sleep(0.02)
        except BaseException as error:
            failures.append(error)

    writers = [threading.Thread(target=write) for _ in range(2)]
    for each in writers:
        each.start()
    try:
        files = []
        for _ in range(3):
            clock.move(days=1)
            files.append(made(desk).file)
    finally:
        stop.set()
        for each in writers:
            each.join()
    assert not failures
    with desk.store.read() as session:
        link = journal_link.c
        rows = session.execute(select(link.writer, link.seq, link.line_hash))
        committed = {(row.writer, row.seq, row.line_hash) for row in rows}
    lengths = set()
    for file in files:
        checked = check_file(desk, file, tmp_path / "scratch")
        assert checked.problems == ()
        assert checked.heads == {w: tuple(h) for w, h in backup.read_trailer(file).heads.items()}
        assert {(w, seq, line) for w, (seq, line) in checked.heads.items()} <= committed
        lengths.add(checked.lines)
    assert len(lengths) == 3
    assert checking.check_open(desk).ok


def test_whoever_waits_comes_before_the_next_piece_of_a_copy(desk: Desk, case_id: CaseId) -> None:
    for n in range(3):
        documents.add_document(desk, DocumentDraft(title="Letter", case_id=case_id), SCAN + bytes([n]))
    seen: list[str] = []

    def say(done: int, total: int) -> None:
        seen.append("piece")
        if len(seen) == 1:
            thread.start()
            time.sleep(0.05)

    def write() -> None:
        meetings.log_meeting(desk, meeting_draft(case_id))
        seen.append("written")

    thread = threading.Thread(target=write)
    backups.make_backup(desk, BackupWhy.DAILY, say)
    thread.join()
    assert "written" in seen[:4]


def test_stopping_leaves_no_file_and_the_earlier_backup(desk: Desk, case_id: CaseId) -> None:
    documents.add_document(desk, DocumentDraft(title="Letter", case_id=case_id), SCAN)
    first = made(desk).file
    for after in (1, 2, 4, 6):
        calls: list[int] = []

        def stop(done: int, total: int, after: int = after, calls: list[int] = calls) -> None:
            calls.append(done)
            if len(calls) >= after:
                raise Cancelled

        with pytest.raises(Cancelled):
            backups.make_backup(desk, BackupWhy.ASKED, stop)
        assert names(first.parent) == [first.name]
    assert made(desk).file.exists()
    assert checking.check_open(desk).ok


def test_closing_the_vault_ends_a_backup_that_is_being_made(desk: Desk, case_id: CaseId) -> None:
    documents.add_document(desk, DocumentDraft(title="Letter", case_id=case_id), SCAN)

    def close(done: int, total: int) -> None:
        desk.store.close()

    with pytest.raises(Broken) as caught:
        backups.make_backup(desk, BackupWhy.ASKED, close)
    assert caught.value.code == "E_CLOSED"
    assert names(backups_folder(desk.folder)) == []


def test_two_backups_at_once_wait_for_each_other(desk: Desk, case_id: CaseId) -> None:
    documents.add_document(desk, DocumentDraft(title="Letter", case_id=case_id), SCAN)
    done: list[Path] = []
    threads = [threading.Thread(target=lambda: done.append(made(desk).file)) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(done) == 3
    assert backups.backups_of(desk)
    assert all(each.key for each in backups.backups_of(desk))
    assert not [name for name in names(backups_folder(desk.folder)) if name.endswith(".part")]


def test_a_damaged_vault_gives_no_backup_and_keeps_the_earlier_ones(desk: Desk, case_id: CaseId) -> None:
    meetings.log_meeting(desk, meeting_draft(case_id))
    first = made(desk).file
    with desk.store.engine.begin() as connection:
        connection.info["projecting"] = True
        connection.exec_driver_sql("UPDATE meeting SET notes = 'altered past the journal'")
        connection.info.pop("projecting")
    with pytest.raises(Broken) as caught:
        made(desk)
    assert caught.value.code == "E_BACKUP"
    assert names(first.parent) == [first.name]


def test_a_damaged_page_is_told_as_such_and_no_backup_is_kept(tmp_path: Path) -> None:
    desk = new_desk(tmp_path / "vault")
    documents.add_document(desk, DocumentDraft(title="Letter", case_id=open_case(desk)), SCAN)
    first = made(desk).file
    vaults.lock(desk)
    (file,) = (tmp_path / "vault").glob("db-*.sqlite")
    data = bytearray(file.read_bytes())
    data[-4096 * 20 + 7] ^= 1
    file.write_bytes(data)
    desk = vaults.unlock(tmp_path / "vault", PASSPHRASE)
    with pytest.raises(Broken) as caught:
        made(desk)
    assert caught.value.code == "E_BACKUP"
    assert names(first.parent) == [first.name]
    desk.store.close()


def test_a_backup_is_due_a_day_after_the_last_when_something_changed(
    desk: Desk, clock: Clock, case_id: CaseId
) -> None:
    assert backups.due(desk, clock())
    assert backups.state(desk).changed_since
    made(desk)
    state = backups.state(desk)
    assert state.last_verified == clock()
    assert not state.changed_since
    assert not backups.due(desk, clock())
    clock.move(days=2)
    assert not backups.due(desk, clock())
    meetings.log_meeting(desk, meeting_draft(case_id))
    assert backups.state(desk).changed_since
    assert backups.due(desk, clock())
    assert not backups.due(desk, clock() - timedelta(days=1, hours=1))


def test_opening_and_closing_alone_calls_for_no_backup_but_a_draft_does(tmp_path: Path) -> None:
    clock = Clock()
    desk = new_desk(tmp_path / "vault", clock)
    case_id = open_case(desk)
    made(desk)
    vaults.lock(desk)
    clock.move(hours=1)
    desk = vaults.unlock(tmp_path / "vault", PASSPHRASE, now=clock)
    assert not backups.state(desk).changed_since
    drafts.save_draft(desk, Draft(new_id(), "meeting", case_id, "x", "t", "{}", "", clock()))
    assert backups.state(desk).changed_since
    vaults.lock(desk)


def test_a_backup_that_was_taken_away_counts_no_longer(desk: Desk) -> None:
    made(desk).file.unlink()
    assert backups.state(desk).last_verified is None
    assert backups.due(desk, desk.now())


def test_leftovers_of_this_vault_go_with_the_next_backup_and_nothing_else_does(desk: Desk) -> None:
    folder = backups_folder(desk.folder)
    first = made(desk)
    mark = backup.mark_of(desk.vault.vault_id)
    work = folder / backup.work_name(desk.vault.vault_id)
    work.mkdir()
    (work / "half").write_bytes(b"x")
    (folder / f"{mark}-20261101-101010.imsabackup.part").write_bytes(b"half")
    foreign = f"{'0' * 16}-20200101-000000.imsabackup"
    others = ["notes.txt", foreign, f"{mark}-mine.imsabackup", f"{mark}.part"]
    for name in others:
        (folder / name).write_bytes(b"not ours to judge")
    last = made(desk)
    assert set(names(folder)) == {*others, first.file.name, last.file.name}


def test_old_backups_are_thinned_by_day_and_a_damaged_one_is_left_alone(desk: Desk, clock: Clock) -> None:
    folder = backups_folder(desk.folder)
    first = made(desk).file
    damaged = folder / f"{backup.mark_of(desk.vault.vault_id)}-20260101-000000.imsabackup"
    damaged.write_bytes(first.read_bytes()[:-1])
    for _ in range(3):
        clock.move(hours=2)
        second = made(desk).file
    assert not first.exists()
    assert len(backups.backups_of(desk)) == 3  # the latest stay, also of one day
    for _ in range(13):
        clock.move(days=1)
        made(desk)
    kept = [info.file for info in backups.backups_of(desk)]
    assert second not in kept
    assert 10 <= len(kept) <= 12
    assert damaged.exists()


def test_the_second_place_gets_a_copy_that_was_read_back(desk: Desk, clock: Clock, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    (stick / "holiday.jpg").write_bytes(b"x")
    backups.set_second_place(desk, stick)
    info = made(desk)
    assert names(stick) == sorted([info.file.name, "holiday.jpg"])
    assert (stick / info.file.name).read_bytes() == info.file.read_bytes()
    state = backups.state(desk)
    assert (state.second_verified, state.second_here, state.second_problem) == (clock(), True, "")
    assert {each.place for each in backups.backups_of(desk)} == {"here", "second"}


def test_an_absent_second_place_is_no_error_and_is_told_after_a_week(
    desk: Desk, clock: Clock, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    backups.set_second_place(desk, stick)
    made(desk)
    stick.rename(tmp_path / "in the drawer")
    clock.move(days=6)
    made(desk)
    state = backups.state(desk)
    assert not state.second_here
    assert state.second_problem
    assert not state.remind_second
    clock.move(days=2)
    assert backups.state(desk).remind_second
    (tmp_path / "in the drawer").rename(stick)
    made(desk)
    state = backups.state(desk)
    assert (state.remind_second, state.second_problem) == (False, "")


def test_a_place_that_would_be_lost_with_the_vault_is_refused(desk: Desk, tmp_path: Path) -> None:
    made(desk)
    inside = desk.folder / "inside"
    inside.mkdir()
    for folder in (desk.folder, inside, backups_folder(desk.folder), tmp_path, tmp_path / "absent"):
        with pytest.raises(Refused):
            backups.set_second_place(desk, folder)
    assert backups.state(desk).second_place is None


def test_a_week_without_any_second_place_reminds_too(desk: Desk, clock: Clock) -> None:
    assert not backups.state(desk).remind_second
    made(desk)
    clock.move(days=8)
    assert backups.state(desk).remind_second


def test_an_altered_trailer_is_told(desk: Desk, tmp_path: Path) -> None:
    file = made(desk).file
    data = file.read_bytes()
    for at, size in ((len(data) - 1, len(data)), (0, len(data) - 4096), (0, 10), (0, 0)):
        broken = bytearray(data[:size])
        if at:
            broken[at] ^= 1
        (tmp_path / "b").write_bytes(broken)
        with pytest.raises(Broken) as caught:
            backup.read_trailer(tmp_path / "b")
        assert caught.value.code == "E_BACKUP"
