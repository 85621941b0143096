"""Killed at any moment: the vault opens, whatever was acknowledged is there, and every check passes."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from desk_kit import PASSPHRASE, new_desk, open_case

from imsa_desk.services import caseload, drafts, meetings, vaults

KILLS = 10
TESTS = Path(__file__).parents[1]


def acknowledged(folder: Path, after: float) -> list[list[str]]:
    """Let the victim work, kill it `after` its first words, and give every whole line it said."""
    places = [str(TESTS.parent / "src"), str(TESTS)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(places)}
    command = [sys.executable, str(TESTS / "faults" / "kill_victim.py"), str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as victim:
        assert victim.stdout is not None
        first = victim.stdout.readline()
        time.sleep(after)
        victim.kill()
        said = first + victim.stdout.read()
    return [line.split() for line in said.decode().split("\n")[:-1]]


@pytest.mark.skipif(sys.platform == "win32", reason="kills as POSIX does")
def test_nothing_acknowledged_is_lost_when_the_program_is_killed(tmp_path: Path) -> None:
    folder = tmp_path / "vault"
    desk = new_desk(folder)
    open_case(desk)
    vaults.lock(desk)
    chance = random.Random(20261120)
    expected: set[str] = set()
    for _ in range(KILLS):
        said = acknowledged(folder, chance.uniform(0, 0.3))
        expected |= {words[1] for words in said if words[0] == "meeting"}
        newest = {words[1]: int(words[2]) for words in said if words[0] == "draft"}
        desk = vaults.unlock(folder, PASSPHRASE)
        (case,) = caseload.caseload(desk)
        found = {m.id for m in meetings.meetings_of(desk, case.id, limit=100_000)}
        kept = {d.subject: int(d.title) for d in drafts.drafts(desk)}
        assert expected <= found
        assert all(kept[subject] >= n for subject, n in newest.items())
        assert vaults.check_open(desk).ok
        vaults.lock(desk)
    assert len(expected) > KILLS
