"""A disk that fills up at any write: it is told, nothing told as saved is lost, and work goes on later."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from desk_kit import meeting_draft
from fault_kit import WRITING, Ran, Victims, fail_at
from faults.stop_kit import OLD, SCAN, Stock

from imsa_desk.domain.documents import DocumentDraft
from imsa_desk.errors import Broken
from imsa_desk.services import documents, meetings, vaults

FIRST, SHORT, SEED = 500, 7, 20261122
ROUNDS = 8
MESSAGES = {"E_DISK_FULL", "E_FOLDER"}
"""Of the records, and of the anchor ("Your records are saved. Check that the disk has room.")."""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strace is Linux's")


def wrong_with(stock: Stock, folder: Path, ran: Ran) -> list[str]:
    """Say what is wrong after a disk was full and then freed."""
    wrong = [line for line in ran.told("refused") if line.split()[1] not in MESSAGES]
    wrong += [line for line in ran.said if line.startswith("crashed")]
    after = [line.split()[1] for line in ran.said[ran.said.index("freed") :] if line.startswith("saved")]
    if after != ["meeting", "draft", "document", "anchor", "lock"]:
        wrong.append(f"after the disk was freed only {after} went well")
    desk = vaults.unlock(folder, OLD)
    wrong += stock.lost(desk, ran.told("saved"))
    if not stock.whole(desk):
        wrong.append("records are missing or a check failed")
    vaults.lock(desk)
    return wrong


def test_a_disk_full_at_any_write_is_told_and_loses_nothing(
    stock: Stock, victims: Victims, every: bool, tmp_path: Path, tell: Callable[[str], None]
) -> None:
    place = tmp_path / "vault"
    whole = victims.run("work", stock.copy(place), ROUNDS, trace=WRITING)
    before = whole.calls
    assert len(before) > FIRST
    numbers = range(1, FIRST + 1)
    chosen = numbers if every else sorted(random.Random(SEED).sample(numbers, SHORT))
    wrong: dict[int, list[str]] = {}
    refused = 0
    for n in chosen:
        inject = fail_at(before, n, "ENOSPC", for_good=True)
        ran = victims.run("work", stock.copy(place), ROUNDS, trace=WRITING, inject=inject)
        refused += bool(ran.told("refused"))
        if found := wrong_with(stock, place, ran):
            wrong[n] = found
    tell(f"disk full at write 1-{FIRST}: {len(chosen)} tried, {refused} told, {len(wrong)} wrong")
    assert not wrong
    assert refused >= len(chosen) - 1  # the recorded run and this one may differ by a write at the end


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """Mount a disk of some megabytes, where this is allowed."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "none", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("mounting a small disk needs root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_small_disk_that_fills_up_loses_nothing_and_is_usable_once_freed(
    stock: Stock, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk", 4) as disk:
        place = stock.copy(disk / "vault")
        ballast = disk / "ballast"
        ballast.write_bytes(bytes(1024 * 1024))
        desk = vaults.unlock(place, OLD)
        saved: list[str] = []
        with pytest.raises(Broken) as refusal:
            while True:
                saved.append(
                    "meeting " + meetings.log_meeting(desk, meeting_draft(stock.case, "More. " * 500))
                )
                draft = DocumentDraft(case_id=stock.case, title="Letter")
                scan = SCAN + str(len(saved)).encode()
                saved.append("document " + documents.add_document(desk, draft, scan))
        assert refusal.value.code == "E_DISK_FULL"
        assert len(saved) > 2
        assert stock.lost(desk, saved) == []  # what is there can still be read
        ballast.unlink()
        saved.append("meeting " + meetings.log_meeting(desk, meeting_draft(stock.case)))
        vaults.lock(desk)
        desk = vaults.unlock(shutil.copytree(place, tmp_path / "kept"), OLD)
        assert stock.lost(desk, saved) == []
        assert stock.whole(desk)
        vaults.lock(desk)
