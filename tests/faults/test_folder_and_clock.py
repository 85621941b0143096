"""A folder that cannot be written or is copied elsewhere, a clock that jumps: told, and nothing lost."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from desk_kit import Clock, meeting_draft
from faults.stop_kit import OLD, Stock
from vault_kit import QUICK, picture

from imsa_desk import supervisor
from imsa_desk.crypto.words import generate_passphrase
from imsa_desk.errors import ImsaError, Refused
from imsa_desk.services import meetings, reading, vaults

DAY = timedelta(days=1)


@contextmanager
def unwritable(folder: Path) -> Iterator[None]:
    """Keep a folder from being written to: for root only a read-only disk does, so mount one over it."""
    if os.geteuid() == 0:
        bind = ["mount", "--bind", str(folder), str(folder)]
        if subprocess.run(bind, capture_output=True).returncode:
            pytest.skip("root writes everywhere, and mounting is not permitted here")
        subprocess.run(["mount", "-o", "remount,ro,bind", str(folder)], check=True)
        try:
            yield
        finally:
            subprocess.run(["umount", str(folder)], check=True)
    else:
        folder.chmod(0o500)
        try:
            yield
        finally:
            folder.chmod(0o700)


@pytest.mark.skipif(sys.platform != "linux", reason="mounts as Linux does")
def test_a_folder_that_cannot_be_written_is_told_and_can_be_read(stock: Stock, tmp_path: Path) -> None:
    place = stock.copy(tmp_path / "vault")
    before = picture(place)
    with unwritable(place):
        with pytest.raises(supervisor.CannotLock) as locked, supervisor.holding(place):
            pass
        assert "cannot be written to" in locked.value.message
        with pytest.raises(ImsaError) as refused:
            vaults.unlock(place, OLD)
        assert refused.value.code != "E_PASSPHRASE"
        assert "cannot be written to" in str(refused.value)
        with pytest.raises(Refused) as wrong:
            vaults.unlock(place, "not the passphrase")
        assert wrong.value.code == "E_PASSPHRASE"
        desk = reading.open_to_read(place, OLD, why="The folder cannot be written to.")
        assert stock.newest in {m.id for m in meetings.meetings_of(desk, stock.case)}
        with pytest.raises(Refused) as unchanged:
            meetings.log_meeting(desk, meeting_draft(stock.case))
        assert unchanged.value.code == "E_READ_ONLY"
        vaults.lock(desk)
    modes = {name: content for name, (_, content) in before.items()}
    assert {name: content for name, (_, content) in picture(place).items()} == modes
    desk = vaults.unlock(place, OLD)
    assert stock.whole(desk)
    vaults.lock(desk)


@pytest.mark.skipif(sys.platform != "linux", reason="mounts as Linux does")
def test_a_disk_that_comes_back_read_only_is_told_and_keeps_what_was_saved(
    stock: Stock, tmp_path: Path
) -> None:
    if os.geteuid() != 0:
        pytest.skip("a disk that becomes read-only needs root")
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16m", "none", str(disk)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("mounting is not permitted here")
    try:
        place = stock.copy(disk / "vault")
        desk = vaults.unlock(place, OLD)
        saved = f"meeting {meetings.log_meeting(desk, meeting_draft(stock.case))}"
        shutil.copytree(place, tmp_path / "kept")  # as after a crash, with a log still to be folded in
        vaults.lock(desk)
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        with pytest.raises(ImsaError) as refused:
            vaults.unlock(place, OLD)
        assert "cannot be written to" in str(refused.value)
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
        for folder in (place, tmp_path / "kept"):
            desk = vaults.unlock(folder, OLD)
            assert stock.lost(desk, [saved]) == []
            assert stock.whole(desk)
            vaults.lock(desk)
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_vault_moved_into_a_synchronised_folder_opens_with_a_warning(tmp_path: Path) -> None:
    phrase = generate_passphrase()
    desk, _ = vaults.create(tmp_path / "vault", phrase, advocate_name="Ann Practice", params=QUICK)
    vaults.lock(desk)
    moved = tmp_path / "Dropbox" / "vault"
    moved.parent.mkdir()
    (tmp_path / "vault").rename(moved)
    desk = vaults.unlock(moved, phrase)
    assert len(desk.warnings) == 1
    assert "Dropbox" in desk.warnings[0]
    vaults.lock(desk)
    moved.rename(tmp_path / "vault")
    desk = vaults.unlock(tmp_path / "vault", phrase)
    assert desk.warnings == ()
    vaults.lock(desk)


def test_no_vault_is_made_in_a_synchronised_folder(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        vaults.create(
            tmp_path / "Dropbox" / "v", generate_passphrase(), advocate_name="Ann Practice", params=QUICK
        )
    assert refused.value.code == "E_SYNC_FOLDER"


def used_at(stock: Stock, place: Path, clock: Clock) -> tuple[str, ...]:
    """Use a vault once by this clock; give the warnings it began with."""
    desk = vaults.unlock(place, OLD, now=clock)
    try:
        meetings.log_meeting(desk, meeting_draft(stock.case))
        assert stock.whole(desk)
        return desk.warnings
    finally:
        vaults.lock(desk)


def test_a_clock_that_fell_behind_is_told_once_it_matters(stock: Stock, tmp_path: Path) -> None:
    place, clock = stock.copy(tmp_path / "vault"), Clock()
    clock.at += 10 * DAY
    assert used_at(stock, place, clock) == ()
    clock.at -= 0.9 * DAY
    assert used_at(stock, place, clock) == ()
    clock.at -= 2 * DAY
    (warning,) = used_at(stock, place, clock)
    assert "clock says 27 November 2026" in warning
    assert used_at(stock, place, clock) == ()  # told once: from now on this is the time


def test_a_clock_a_year_ahead_is_told_and_after_it_is_put_right_too(stock: Stock, tmp_path: Path) -> None:
    place, clock = stock.copy(tmp_path / "vault"), Clock()
    clock.at += 400 * DAY
    (ahead,) = used_at(stock, place, clock)
    assert "more than a year" in ahead
    clock.at -= 400 * DAY
    (behind,) = used_at(stock, place, clock)
    assert "Check the date and the time" in behind
    assert used_at(stock, place, clock) == ()


def test_a_clock_that_jumps_while_open_keeps_the_order_of_records(stock: Stock, tmp_path: Path) -> None:
    place, clock = stock.copy(tmp_path / "vault"), Clock()
    desk = vaults.unlock(place, OLD, now=clock)
    saved = []
    for jump in (3 * DAY, -30 * DAY, 60 * DAY, -400 * DAY, 0 * DAY):
        clock.at += jump
        saved.append(f"meeting {meetings.log_meeting(desk, meeting_draft(stock.case))}")
    assert desk.store.clock.tick() < desk.store.clock.tick()
    vaults.lock(desk)
    desk = vaults.unlock(place, OLD, now=clock)
    assert stock.lost(desk, saved) == []
    assert stock.whole(desk)
    vaults.lock(desk)
