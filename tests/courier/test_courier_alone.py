"""Two couriers at once, a folder that vanishes, a full disk, a long watch: nothing is lost or doubled."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from courier_kit import MIB, Person, Server, call, own_place, sealed, visible

from imsa_courier import commands
from imsa_courier.alone import alone_in
from imsa_courier.memory import Memory
from imsa_courier.patience import Patience


@pytest.fixture
def near(asyncssh_here: Server, tmp_path: Path) -> Person:
    """Somebody with a courier to asyncssh's server."""
    return Person(tmp_path, own_place(asyncssh_here, tmp_path.name))


def wait_until(so: Callable[[], bool], seconds: float = 15) -> None:
    """Wait until something is so."""
    until = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_second_courier_in_the_same_folder_is_refused(near: Person) -> None:
    sealed(near.out)
    with alone_in([near.out]):
        running = near.start("send")
        said, _ = running.communicate(timeout=20)
    assert running.returncode == 3 and "Another courier is at work" in said
    assert visible(near.there("to-office")) == []
    assert near.run("send").status == 0, "the lock ends with its holder"


def test_two_couriers_that_carry_the_same_file_leave_one_whole_file(near: Person, tmp_path: Path) -> None:
    other = Person(tmp_path / "other", near.server)
    files = [sealed(near.out, 2 * MIB) for _ in range(3)]
    data = {file.name: file.read_bytes() for file in files}
    for file in files:
        shutil.copy2(file, other.out)

    running = [near.start("send"), other.start("send")]
    said = [one.communicate(timeout=30)[0] for one in running]

    assert [one.returncode for one in running] == [0, 0], said
    there = near.there("to-office")
    assert {name: (there / name).read_bytes() for name in visible(there)} == data


def test_a_folder_that_is_not_there_is_said_plainly(near: Person) -> None:
    file = near.settings
    shutil.rmtree(near.out)
    done = call("send", file)
    assert done.status == 3 and f"There is no folder {near.out}." in done.said


def test_a_folder_that_vanishes_in_the_middle_is_said_plainly(near: Person) -> None:
    file = sealed(near.there("from-office"), 60 * MIB)
    running = near.start("fetch")
    wait_until(lambda: any(f.stat().st_size > MIB for f in near.inbox.glob("*.part")))
    near.inbox.rename(near.folder / "pulled-out")  # as when a stick is pulled out
    said, _ = running.communicate(timeout=20)

    assert running.returncode == 4 and f"The folder {near.inbox} is gone." in said
    assert "Traceback" not in said and file.exists()


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace makes the disk full")
def test_a_full_disk_here_is_said_plainly_and_nothing_is_lost(near: Person) -> None:
    file = sealed(near.there("from-office"), 3 * MIB)
    assert near.run("send").status == 0
    name = f"sftp://@127.0.0.1:{near.server.port} {near.server.prefix}/from-office"
    memory = Memory(near.inbox, f"fetch {name}")
    memory.settle_name()
    part = near.inbox / f"{file.name}.{memory.own}.part"
    traced = [
        "strace",
        "-f",
        "-qq",
        "-o",
        "/dev/null",
        "-P",
        str(part),
        "-e",
        "inject=write:error=ENOSPC:when=2+",
    ]
    command = [*traced, sys.executable, "-m", "imsa_courier", "fetch", "--settings", str(near.settings)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)

    assert done.returncode == 4 and "The disk here is full." in done.stderr, done.stderr
    assert file.exists() and not (near.inbox / file.name).exists()
    after = near.run("fetch")
    assert after.status == 0 and "goes on from byte" in after.said, after.said
    assert (near.inbox / file.name).read_bytes() == file.read_bytes()


def test_a_file_that_is_still_being_copied_waits_until_it_lies_still(near: Person) -> None:
    near.local = "settle = 0.6\n"
    file = sealed(near.out)

    def copy_more() -> None:
        with file.open("ab") as more:
            more.write(b"more")

    copying = threading.Timer(0.3, copy_more)
    copying.start()
    done = near.run("send")
    copying.join()
    assert done.status == 3 and "is still being written" in done.said
    assert visible(near.there("to-office")) == []
    assert near.run("send").status == 0
    assert (near.there("to-office") / file.name).stat().st_size == 1004


def test_a_watching_courier_carries_what_comes_later_and_ends_when_it_is_told(near: Person) -> None:
    running = near.start("both", "--watch", "1")
    time.sleep(0.8)
    up, down = sealed(near.out), sealed(near.there("from-office"))
    wait_until(lambda: visible(near.there("to-office")) == [up.name] and visible(near.inbox) == [down.name])
    near.inbox.rename(near.folder / "pulled-out")
    time.sleep(1.2)
    (near.folder / "pulled-out").rename(near.inbox)
    later = sealed(near.there("from-office"))
    wait_until(lambda: later.name in visible(near.inbox))
    running.send_signal(signal.SIGTERM)
    said, _ = running.communicate(timeout=20)
    assert said.count(f"There is no folder {near.inbox}.") == 1, said
    assert running.returncode == 0 and said.endswith("Stopped.\n"), said
    assert f"sent {up.name}" in said and f"fetched {down.name}" in said


def test_a_damaged_memory_is_named_and_losing_it_loses_nothing(near: Person) -> None:
    near.local += 'after_sending = "keep"\n'
    file = sealed(near.out)
    assert near.run("send").status == 0
    (memory,) = near.out.glob(".imsa-courier-*.json")
    memory.write_text("{")

    done = near.run("send")
    assert done.status == 4 and f"{memory} is damaged" in done.said
    memory.unlink()
    done = near.run("send")
    assert done.status == 0 and f"{file.name} stands there already" in done.said


def test_the_same_folder_for_both_ways_is_refused(near: Person) -> None:
    near.inbox = near.out
    done = near.run("both")
    assert done.status == 3 and "are the same folder" in done.said


@pytest.mark.parametrize(
    "words",
    [[], ["carry"], ["send"], ["send", "--settings", "x", "--watch", "0"], ["send", "--settings", "x", "y"]],
)
def test_words_that_make_no_command_end_with_2(words: list[str]) -> None:
    assert commands.run(words) == 2


def test_watching_and_trying_out_do_not_go_together(near: Person) -> None:
    assert near.run("send", "--watch", "5", "--dry-run").status == 2


def test_waits_grow_to_a_ceiling_and_are_never_in_step() -> None:
    patience = Patience(tries=8, first_wait=2.0, longest_wait=60.0)
    for failed in range(1, 200):
        whole = min(60.0, 2.0 * 2 ** (failed - 1))
        assert whole / 2 <= patience.wait(failed) <= whole
    assert len({patience.wait(5) for _ in range(20)}) > 10
