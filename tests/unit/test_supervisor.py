"""The supervisor holds the lock while workers come and go."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from vault_kit import python_environment, run_python

from imsa_desk.supervisor import ALREADY_OPEN, GAVE_UP, LOCK, CannotLock, InUse, holding, run

posix = pytest.mark.skipif(os.name != "posix", reason="signals and modes of files")

HOLD = """
import sys
from pathlib import Path
from imsa_desk.supervisor import InUse, holding
try:
    with holding(Path(sys.argv[1])):
        print("held")
except InUse as error:
    print(error.code, error.message)
"""
SUPERVISE = """
import json, sys
from pathlib import Path
from imsa_desk.supervisor import run
sys.exit(run([sys.executable, sys.argv[1]], Path(sys.argv[2]), {}))
"""

Worker = Callable[[str], list[str]]


@pytest.fixture
def worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Worker:
    """Give the command of a worker that appends each state it gets to a log and then does as it is told."""
    for name, value in python_environment().items():
        monkeypatch.setenv(name, value)

    def command(then: str) -> list[str]:
        script = tmp_path / "worker.py"
        script.write_text(
            "import json, os, signal, sys, time\n"
            "from pathlib import Path\n"
            "from imsa_desk.supervisor import holding, leave_locked, read_state\n"
            "state = read_state()\n"
            f"log = Path({str(tmp_path / 'log')!r})\n"
            "with log.open('a') as file: file.write(json.dumps(state) + '\\n')\n"
            f"turn = len(log.read_text().splitlines())\n{then}\n"
        )
        return [sys.executable, str(script)]

    return command


def states(tmp_path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]


def quiet(_: str) -> None:
    return None


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "vault"
    folder.mkdir()
    return folder


def test_a_locked_worker_is_replaced_with_the_state_it_left(
    tmp_path: Path, folder: Path, worker: Worker
) -> None:
    command = worker("print('half', end=''); leave_locked({'geo': 'QQ=='}) if turn < 3 else sys.exit(5)")
    assert run(command, folder, {"first": True}) == 5
    held = {"held": str(folder)}
    assert states(tmp_path) == [{"first": True} | held, {"geo": "QQ=="} | held, {"geo": "QQ=="} | held]


def test_the_lock_is_held_while_workers_are_replaced_and_given_up_at_the_end(
    tmp_path: Path, folder: Path, worker: Worker
) -> None:
    check = (
        "import subprocess\n"
        f"command = [sys.executable, '-c', {HOLD!r}, {str(folder)!r}]\n"
        "said = subprocess.run(command, capture_output=True).stdout\n"
        "assert said.startswith(b'E_IN_USE'), said\n"
        "leave_locked({}) if turn < 3 else None"
    )
    assert run(worker(check), folder, {}) == 0
    assert len(states(tmp_path)) == 3
    assert run_python(HOLD, folder).stdout == "held\n"


def test_a_second_instance_is_told_and_starts_no_worker(tmp_path: Path, folder: Path, worker: Worker) -> None:
    told: list[str] = []
    script = "import sys; from imsa_desk.supervisor import holding; from pathlib import Path\n"
    script += "with holding(Path(sys.argv[1])): print('ready', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", script, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=python_environment(),
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == b"ready\n"
        assert run(worker(""), folder, {}, told.append) == ALREADY_OPEN == 3
        with pytest.raises(InUse) as in_use, holding(folder):
            pass
        first.communicate()
    assert in_use.value.code == "E_IN_USE"
    assert told == [in_use.value.message]
    assert not (tmp_path / "log").exists()
    assert run(worker(""), folder, {}) == 0


@posix
def test_the_lock_file_is_private_and_holds_process_and_time_only(folder: Path) -> None:
    with holding(folder):
        file = folder / LOCK
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        content = json.loads(file.read_text())
        assert content["pid"] == os.getpid()
        assert set(content) == {"pid", "started"}
        with pytest.raises(InUse), holding(folder):
            pass
    with holding(folder):
        pass


@posix
def test_a_lock_file_left_by_a_killed_process_does_not_bar_the_vault(folder: Path) -> None:
    killed = HOLD.replace('print("held")', "import os; os.kill(os.getpid(), 9)")
    assert run_python(killed, folder).returncode == -9
    assert (folder / LOCK).exists()
    with holding(folder):
        pass


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path, worker: Worker) -> None:
    absent = tmp_path / "absent"
    with holding(absent):
        pass
    assert run(worker(""), absent, {}) == 0
    assert run(worker(""), None, {}) == 0
    assert not absent.exists()
    assert [state["held"] for state in states(tmp_path)] == ["", ""]


def test_a_vault_made_by_the_first_worker_is_held_for_the_second(tmp_path: Path, worker: Worker) -> None:
    made = tmp_path / "made"
    then = (
        f"made = Path({str(made)!r})\n"
        "if turn == 1:\n"
        "    made.mkdir()\n"
        "    with holding(made): leave_locked({'vault': str(made)})\n"
        "else: assert state['held'] == str(made)"
    )
    assert run(worker(then), None, {}) == 0
    assert len(states(tmp_path)) == 2


@posix
def test_a_place_that_cannot_be_written_to_is_told_to_the_worker(tmp_path: Path, worker: Worker) -> None:
    folder = tmp_path / "vault"
    (folder / LOCK).mkdir(parents=True)
    with pytest.raises(CannotLock) as cannot, holding(folder):
        pass
    assert cannot.value.code == "E_LOCK"
    told: list[str] = []
    assert run(worker(""), folder, {}, told.append) == 0
    assert told == []  # there is a window, which says it
    assert states(tmp_path)[0] == {"held": "", "cannot_write": cannot.value.message}


@posix
def test_a_crashed_worker_is_replaced_and_told_so(tmp_path: Path, folder: Path, worker: Worker) -> None:
    command = worker("os.kill(os.getpid(), signal.SIGSEGV if turn == 1 else 0) or sys.exit(turn)")
    assert run(command, folder, {"geo": "QQ=="}) == 2
    assert [state.get("crashed") for state in states(tmp_path)] == [None, True]
    assert states(tmp_path)[1]["geo"] == "QQ=="


@posix
def test_a_worker_that_crashes_three_times_in_a_minute_is_given_up(
    tmp_path: Path, folder: Path, worker: Worker
) -> None:
    told: list[str] = []
    assert run(worker("os.abort()"), folder, {}, told.append) == GAVE_UP
    assert len(states(tmp_path)) == 3
    assert len(told) == 1
    with holding(folder):
        pass


@posix
def test_a_worker_ended_on_request_is_not_a_crash(tmp_path: Path, folder: Path, worker: Worker) -> None:
    assert (
        run(worker("os.kill(os.getpid(), signal.SIGTERM); time.sleep(9)"), folder, {}) == 128 + signal.SIGTERM
    )
    assert len(states(tmp_path)) == 1


@posix
def test_a_request_to_end_reaches_the_worker_before_the_lock_goes(
    tmp_path: Path, folder: Path, worker: Worker
) -> None:
    command = worker(
        "signal.signal(signal.SIGTERM, lambda *_: (time.sleep(0.3), sys.exit(9))); time.sleep(30)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", SUPERVISE, command[1], str(folder)], env=python_environment()
    ) as supervisor:
        deadline = time.monotonic() + 20
        while not (tmp_path / "log").exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(0.3)
        supervisor.terminate()
        time.sleep(0.1)
        assert run_python(HOLD, folder).stdout.startswith("E_IN_USE")
        assert supervisor.wait(20) == 9


@pytest.mark.parametrize("said", ["", "nonsense", "[1]", "{", "x" * 200_000, "[" * 50_000, "\xff"])
def test_a_state_that_is_none_is_taken_for_an_empty_one(
    tmp_path: Path, folder: Path, worker: Worker, said: str
) -> None:
    command = worker(f"if turn == 1: print({said!r}, flush=True); os._exit(75)")
    assert run(command, folder, {"geo": "QQ=="}) == 0
    assert states(tmp_path)[1] == {"held": str(folder)}


def test_a_worker_that_never_reads_its_state_does_no_harm(folder: Path) -> None:
    assert run([sys.executable, "-c", "pass"], folder, {"geo": "x" * 500_000}) == 0


@posix
def test_nothing_of_the_state_is_in_arguments_or_environment(
    tmp_path: Path, folder: Path, worker: Worker
) -> None:
    then = "assert 'CANARY' not in str(sys.argv) + str(os.environ)"
    assert run(worker(then), folder, {"geo": "CANARY"}) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="Linux only")
def test_a_hardened_process_leaves_no_core_and_cannot_be_dumped() -> None:
    script = (
        "import ctypes, os, resource\n"
        "from imsa_desk.supervisor import harden\n"
        "harden()\n"
        "dumpable = ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)\n"
        "print(resource.getrlimit(resource.RLIMIT_CORE), dumpable, os.umask(0))\n"
    )
    assert run_python(script).stdout == f"(0, 0) 0 {0o077}\n"


def test_the_supervisor_uses_the_standard_library_only() -> None:
    script = (
        "import sys\n"
        "import imsa_desk.supervisor\n"
        "print(sorted(name for name in sys.modules if name.startswith('imsa_desk')))\n"
        "print({'PySide6', 'sqlalchemy', 'cryptography', 'pyrage', 'sqlcipher3'} & set(sys.modules))\n"
    )
    assert run_python(script).stdout == "['imsa_desk', 'imsa_desk.supervisor']\nset()\n"
