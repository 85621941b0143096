"""Restoring: into the vault or a new place, by one rename, keeping what was; a bad backup changes nothing."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from desk_kit import PASSPHRASE, Clock, meeting_draft, new_desk, open_case
from exchange_kit import PASSPHRASE as OTHER
from exchange_kit import introduce, meet, new_case, new_meeting
from sqlalchemy import select
from vault_kit import QUICK, picture

from imsa_desk.domain.documents import DocumentDraft
from imsa_desk.errors import Broken, Cancelled, ImsaError, Refused
from imsa_desk.progress import quiet
from imsa_desk.services import (
    backups,
    caseload,
    checking,
    documents,
    exchange,
    meetings,
    restoring,
    vaults,
)
from imsa_desk.services.desk import Desk
from imsa_desk.store import backup, erase, slots
from imsa_desk.store.backup import backups_folder
from imsa_desk.store.records import AccessRow
from imsa_desk.vocab import AccessKind, BackupWhy

SCAN = b"%PDF-1.7\n" + bytes(range(256)) * 9_000


class Kept:
    """A locked vault with a backup, and what was written after it."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self.folder = folder / "vault"
        desk = new_desk(self.folder, self.clock)
        self.case = open_case(desk)
        self.meeting = meetings.log_meeting(desk, meeting_draft(self.case))
        self.document = documents.add_document(desk, DocumentDraft(title="Letter", case_id=self.case), SCAN)
        self.file = backups.make_backup(desk, BackupWhy.ASKED, quiet).file
        self.made = self.clock()
        self.clock.move(days=1)
        for _ in range(3):
            meetings.log_meeting(desk, meeting_draft(self.case))
        self.vault_id = desk.vault.vault_id
        vaults.lock(desk)

    def copy(self, to: Path) -> Kept:
        """Copy everything for one test, which then has a clock of its own."""
        found = copy.copy(self)
        shutil.copytree(self.folder.parent, to, dirs_exist_ok=True)
        found.folder, found.clock = to / "vault", Clock(self.clock())
        found.file = backups_folder(found.folder) / self.file.name
        return found

    @contextmanager
    def desk(self, folder: Path | None = None, secret: str = PASSPHRASE) -> Iterator[Desk]:
        desk = vaults.unlock(folder or self.folder, secret, now=self.clock)
        try:
            yield desk
        finally:
            vaults.lock(desk)

    def restore(self, folder: Path | None = None, secret: str = PASSPHRASE) -> restoring.Restored:
        return restoring.restore(self.file, folder or self.folder, secret, quiet, now=self.clock)


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return Kept(tmp_path_factory.mktemp("stock"))


@pytest.fixture
def kept(tmp_path: Path, stock: Kept) -> Kept:
    return stock.copy(tmp_path)


def is_as_backed_up(desk: Desk, kept: Kept) -> bool:
    found = [m.id for m in meetings.meetings_of(desk, kept.case)]
    _, scan = documents.read_document(desk, kept.document)
    return found == [kept.meeting] and scan == SCAN


def test_the_preview_says_what_would_be_lost_and_changes_nothing(kept: Kept) -> None:
    before = picture(kept.folder)
    found = restoring.preview(kept.file, kept.folder, PASSPHRASE)
    assert found.made == kept.made
    assert found.newest == kept.clock()
    assert found.lost == ("3 meetings, last on 21 November",)
    assert found.lost_lines is not None
    assert found.lost_lines >= 3
    assert not found.other_key
    assert picture(kept.folder) == before


def test_a_restored_vault_is_what_it_was_and_passes_every_check(kept: Kept) -> None:
    done = kept.restore()
    assert done.kept is not None
    with kept.desk() as desk:
        assert is_as_backed_up(desk, kept)
        assert checking.check_open(desk).problems == ()
        with desk.store.read() as session:
            query = select(AccessRow).where(AccessRow.access_kind == AccessKind.RESTORE)
            found = session.scalars(query).all()
            assert [row.detail for row in found] == [f"backup of {kept.made.isoformat()}"]
    with kept.desk() as desk:
        assert checking.check_open(desk).ok
        with desk.store.read() as session:
            query = select(AccessRow).where(AccessRow.access_kind == AccessKind.RESTORE)
            assert len(session.scalars(query).all()) == 1


def test_what_was_before_is_kept_and_still_opens(kept: Kept) -> None:
    done = kept.restore()
    assert done.kept is not None
    with kept.desk(done.kept) as desk:
        assert len(meetings.meetings_of(desk, kept.case)) == 4
        assert checking.check_open(desk).ok


def test_a_backup_restores_on_a_new_computer(kept: Kept, tmp_path: Path) -> None:
    new = tmp_path / "elsewhere" / "vault"
    assert restoring.preview(kept.file, new, PASSPHRASE).lost_lines == 0
    assert kept.restore(new).kept is None
    with kept.desk(new) as desk:
        assert is_as_backed_up(desk, kept)
        assert checking.check_open(desk).ok
        # Nobody there knows which numbers the lost lines had.
        assert desk.store.writer != kept.vault_id
        meetings.log_meeting(desk, meeting_draft(kept.case))
        assert backups.make_backup(desk, BackupWhy.CLOSE, quiet).key
        assert checking.check_open(desk).ok


def test_into_an_empty_folder_too_but_not_among_other_files(kept: Kept, tmp_path: Path) -> None:
    new = tmp_path / "new"
    new.mkdir()
    kept.restore(new)
    with kept.desk(new) as desk:
        assert is_as_backed_up(desk, kept)
    full = tmp_path / "full"
    full.mkdir()
    (full / "holiday.jpg").write_bytes(b"x")
    with pytest.raises(Refused) as caught:
        kept.restore(full)
    assert caught.value.code == "E_NOT_EMPTY"
    assert [each.name for each in full.iterdir()] == ["holiday.jpg"]


def test_no_line_number_is_used_twice_after_a_restore(kept: Kept) -> None:
    with kept.desk() as desk:
        before = desk.store.heads()
    kept.restore()
    with kept.desk() as desk:
        after = desk.store.heads()
        for writer, (seq, _) in before.items():
            assert after[writer][0] > seq


def test_the_backup_after_a_restore_removes_what_it_superseded(kept: Kept) -> None:
    kept.restore()
    assert len(list(kept.folder.glob("db-*.sqlite"))) == 2
    with kept.desk() as desk:
        backups.make_backup(desk, BackupWhy.ASKED, quiet)
    assert len(list(kept.folder.glob("db-*.sqlite"))) == 1
    assert len(list(kept.folder.glob("anchor*"))) == 1
    with kept.desk() as desk:
        assert is_as_backed_up(desk, kept)


def test_a_restore_can_itself_be_undone_by_the_kept_copy_or_a_later_backup(kept: Kept) -> None:
    with kept.desk() as desk:
        later = backups.make_backup(desk, BackupWhy.ASKED, quiet).file
    kept.restore()
    restoring.restore(later, kept.folder, PASSPHRASE, quiet, now=kept.clock)
    with kept.desk() as desk:
        assert len(meetings.meetings_of(desk, kept.case)) == 4
        assert checking.check_open(desk).ok


def test_a_vault_whose_database_is_lost_is_restored(kept: Kept) -> None:
    (database,) = kept.folder.glob("db-*.sqlite")
    database.write_bytes(database.read_bytes()[:8192] + bytes(4096) + database.read_bytes()[12288:])
    found = restoring.preview(kept.file, kept.folder, PASSPHRASE)
    assert found.lost_lines is None or found.lost_lines >= 3
    kept.restore()
    with kept.desk() as desk:
        assert is_as_backed_up(desk, kept)
    (database,) = [f for f in kept.folder.glob("db-*.sqlite") if f != database]
    database.unlink()
    assert restoring.preview(kept.file, kept.folder, PASSPHRASE).lost_lines is None
    kept.restore()
    with kept.desk() as desk:
        assert is_as_backed_up(desk, kept)


def test_a_vault_with_a_damaged_header_is_restored(kept: Kept) -> None:
    (kept.folder / "vault.hdr").write_bytes(b"{}")
    assert kept.restore().kept is not None
    with kept.desk() as desk:
        assert is_as_backed_up(desk, kept)


def test_a_vault_with_an_anchor_of_an_earlier_release_is_restored_and_kept_whole(kept: Kept) -> None:
    (anchor,) = kept.folder.glob("anchor-*")
    anchor.rename(kept.folder / "anchor")
    done = kept.restore()
    with kept.desk() as desk:
        assert is_as_backed_up(desk, kept)
        assert desk.store.writer == kept.vault_id
    assert done.kept is not None
    with kept.desk(done.kept) as desk:
        assert len(meetings.meetings_of(desk, kept.case)) == 4


@pytest.mark.parametrize("how", ["cut", "content", "trailer", "end", "empty", "foreign"])
def test_a_bad_backup_is_refused_in_words_and_changes_nothing(kept: Kept, tmp_path: Path, how: str) -> None:
    data = bytearray(kept.file.read_bytes())
    bad = tmp_path / "bad.imsabackup"
    if how == "foreign":
        other = new_desk(tmp_path / "other", kept.clock)
        data = bytearray(backups.make_backup(other, BackupWhy.ASKED, quiet).file.read_bytes())
        vaults.lock(other)
    elif how == "cut":
        del data[-5000:]
    elif how == "content":
        data[20_000] ^= 1
    elif how == "trailer":
        at = data.rindex(b'"made":"2026') + 11
        data[at] ^= 1
    elif how == "end":
        data[-1] ^= 1
    else:
        data.clear()
    bad.write_bytes(data)
    before = picture(kept.folder)
    with pytest.raises(Broken) as caught:
        restoring.restore(bad, kept.folder, PASSPHRASE, quiet)
    assert caught.value.code == "E_BACKUP"
    assert picture(kept.folder) == before
    assert [each.name for each in backups_folder(kept.folder).iterdir()] == [kept.file.name]
    new = tmp_path / "new"
    if how != "foreign":
        with pytest.raises(Broken):
            restoring.restore(bad, new, PASSPHRASE, quiet)
        assert not new.exists()
        assert not backups_folder(new).exists()


def test_a_backup_altered_at_any_place_of_its_trailer_is_refused(kept: Kept, tmp_path: Path) -> None:
    data = kept.file.read_bytes()
    start = backup.read_trailer(kept.file).db_bytes
    bad = tmp_path / "bad.imsabackup"
    before = picture(kept.folder)
    for at in [0, 15, 16, 4080, *range(start, len(data), 61)]:
        altered = bytearray(data)
        altered[at] ^= 1
        bad.write_bytes(altered)
        with pytest.raises(Broken) as caught:
            restoring.restore(bad, kept.folder, PASSPHRASE, quiet)
        assert caught.value.code in ("E_BACKUP", "E_NEWER"), at
        assert picture(kept.folder) == before


def test_a_wrong_passphrase_changes_nothing(kept: Kept) -> None:
    before = picture(kept.folder)
    with pytest.raises(Refused) as caught:
        restoring.preview(kept.file, kept.folder, "wrong")
    assert caught.value.code == "E_PASSPHRASE"
    with pytest.raises(Refused) as caught:
        kept.restore(secret="wrong")
    assert caught.value.code == "E_PASSPHRASE"
    assert picture(kept.folder) == before


def test_stopping_a_restore_anywhere_changes_nothing(kept: Kept) -> None:
    before = picture(kept.folder)
    for after in (1, 3, 5, 8, 12):
        calls: list[int] = []

        def stop(done: int, total: int, after: int = after, calls: list[int] = calls) -> None:
            calls.append(done)
            if len(calls) >= after:
                raise Cancelled

        with pytest.raises(Cancelled):
            restoring.restore(kept.file, kept.folder, PASSPHRASE, stop)
        assert picture(kept.folder) == before
    assert [each.name for each in backups_folder(kept.folder).iterdir()] == [kept.file.name]


def test_after_a_changed_passphrase_todays_still_opens_the_restored_vault(kept: Kept) -> None:
    slots.change_passphrase(kept.folder, PASSPHRASE, "copper lantern nine", params=QUICK)
    assert not restoring.preview(kept.file, kept.folder, "copper lantern nine").other_key
    kept.restore(secret="copper lantern nine")
    with kept.desk(secret="copper lantern nine") as desk:
        assert is_as_backed_up(desk, kept)
    with pytest.raises(ImsaError):
        vaults.unlock(kept.folder, PASSPHRASE)


def test_the_passphrase_of_then_opens_the_backup_and_the_preview_says_so(kept: Kept) -> None:
    slots.change_passphrase(kept.folder, PASSPHRASE, "copper lantern nine", params=QUICK)
    found = restoring.preview(kept.file, kept.folder, PASSPHRASE)
    assert found.other_key
    assert found.lost_lines is None
    kept.restore()
    with kept.desk() as desk:
        assert is_as_backed_up(desk, kept)


def test_backups_are_found_without_any_secret(kept: Kept, tmp_path: Path) -> None:
    (info,) = restoring.backups_beside(kept.folder)
    assert (info.file, info.made, info.key) == (kept.file, kept.made, True)
    assert restoring.backups_beside(tmp_path / "nothing") == ()


def test_the_office_takes_the_next_bundle_of_a_restored_vault(tmp_path: Path) -> None:
    with meet(tmp_path) as met:
        case = new_case(met.desk, "Hana")
        new_meeting(met.desk, case, "Before the backup.")
        met.deliver(case)
        file = backups.make_backup(met.desk, BackupWhy.ASKED, quiet).file
        new_meeting(met.desk, case, "After the backup, sent.")
        met.deliver(case)
        new_meeting(met.desk, case, "After the backup, not sent.")
        vaults.lock(met.desk)
        restoring.restore(file, tmp_path / "vault", OTHER, quiet)
        met.desk = vaults.unlock(tmp_path / "vault", OTHER)
        assert exchange.joined(met.desk) is not None
        assert len(meetings.meetings_of(met.desk, case)) == 1
        new_meeting(met.desk, case, "After the restore.")
        assert exchange.held(met.desk).not_held > 0
        met.deliver(case)
        assert exchange.held(met.desk).not_held == 0
        assert checking.check_open(met.desk).ok
        meetings.log_meeting(met.desk, meeting_draft(case))
        met.deliver(case)


def test_on_a_new_computer_the_vault_joins_again_and_the_office_takes_its_bundles(tmp_path: Path) -> None:
    with meet(tmp_path) as met:
        case = new_case(met.desk, "Hana")
        new_meeting(met.desk, case, "Before the backup.")
        met.deliver(case)
        file = backups.make_backup(met.desk, BackupWhy.ASKED, quiet).file
        new_meeting(met.desk, case, "After the backup, sent.")
        met.deliver(case)
        vaults.lock(met.desk)
        new = tmp_path / "new" / "vault"
        restoring.restore(file, new, OTHER, quiet)
        met.desk = vaults.unlock(new, OTHER)
        assert exchange.joined(met.desk) is None
        introduce(met.desk, met.office)
        new_meeting(met.desk, case, "On the new computer.")
        met.deliver(case)
        assert checking.check_open(met.desk).ok


def test_what_was_erased_after_a_backup_does_not_come_back_with_it(kept: Kept) -> None:
    with kept.desk() as desk, desk.store.begin("erase", reason="asked") as session:
        erase.erase_case(session, kept.case)
    kept.restore()
    with kept.desk() as desk:
        assert caseload.caseload(desk) == ()
        assert checking.check_open(desk).ok


def test_the_drill_restores_and_compares_and_is_recorded(kept: Kept) -> None:
    with kept.desk() as desk:
        report = backups.drill(desk, None, quiet)
        assert report.ok, report.problems
        assert report.file == kept.file
        assert report.records > 5
        assert report.lines == sum(seq for seq, _ in backup.read_trailer(kept.file).heads.values())
        assert backups.state(desk).last_drill == kept.clock()
        assert [each.name for each in backups_folder(desk.folder).iterdir()] == [kept.file.name]
        kept.clock.move(days=92)
        assert backups.state(desk).drill_due


def test_the_drill_tells_a_damaged_backup(kept: Kept) -> None:
    data = bytearray(kept.file.read_bytes())
    data[50_000] ^= 1
    kept.file.write_bytes(data)
    with kept.desk() as desk:
        report = backups.drill(desk, kept.file, quiet)
        assert not report.ok
        assert report.problems
        assert [each.name for each in backups_folder(desk.folder).iterdir()] == [kept.file.name]


def test_a_drill_without_any_backup_is_refused(tmp_path: Path) -> None:
    desk = new_desk(tmp_path / "vault")
    with pytest.raises(Refused):
        backups.drill(desk, None, quiet)
    vaults.lock(desk)
