"""A line that is cut costs time and nothing else: only whole files get their names."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from courier_kit import MIB, Line, Person, Server, own_place, sealed, visible

SIZE, CUT = 4 * MIB, 3 * MIB
REAL = hashlib.sha256


def part_in(folder: Path) -> Path:
    """Give the one unfinished copy in a folder, once nobody writes to it any more."""
    until, before = time.monotonic() + 10, -1
    while time.monotonic() < until:
        parts = [file for file in folder.iterdir() if file.name.endswith(".part")]
        size = sum(part.stat().st_size for part in parts)
        if parts and size == before > 0:
            break
        before = size
        time.sleep(0.05)
    (part,) = parts
    return part


def cut(person: Person) -> Line:
    """Give the line that this person's courier uses."""
    assert person.line is not None
    return person.line


def cut_upload(far: Person, file: Path) -> Path:
    """Let an upload be cut after three quarters, without another try; give what stands there."""
    cut(far).cuts, far.patience = [("up", CUT)], "tries = 1\n"
    done = far.run("send")
    assert done.status == 4 and "Gave up after 1 try." in done.said, done.said
    assert file.exists() and not (far.there("to-office") / file.name).exists()
    return part_in(far.there("to-office"))


def test_an_upload_that_was_cut_goes_on_where_it_was(far_sftp: Person) -> None:
    file = sealed(far_sftp.out, SIZE)
    data = file.read_bytes()
    stood = cut_upload(far_sftp, file).stat().st_size
    cut(far_sftp).up = 0

    done = far_sftp.run("send")

    assert done.status == 0 and f"{file.name}: goes on from byte {stood - MIB:,}" in done.said
    assert (far_sftp.there("to-office") / file.name).read_bytes() == data
    assert cut(far_sftp).up < SIZE - stood + 1.2 * MIB, "what stood there was not sent again"
    assert visible(far_sftp.there("to-office")) == [file.name] and visible(far_sftp.out) == ["sent"]


def test_where_the_server_cannot_go_on_an_upload_begins_anew_and_says_so(
    tmp_path: Path, webdav_here: Server
) -> None:
    line = Line(webdav_here.port)
    far = Person(tmp_path, own_place(webdav_here, tmp_path.name), line)
    file = sealed(far.out, SIZE)
    data = file.read_bytes()
    line.cuts = [("up", CUT)]
    far.patience = "tries = 1\n"
    assert far.run("send").status == 4
    part = part_in(far.there("to-office"))
    assert 0 < part.stat().st_size < SIZE

    done = far.run("send")
    line.close()

    assert done.status == 0 and "this server cannot go on, so it begins anew" in done.said
    assert (far.there("to-office") / file.name).read_bytes() == data
    assert not part.exists()


def test_a_cut_upload_goes_on_by_itself(far: Person) -> None:
    file = sealed(far.out, SIZE)
    data = file.read_bytes()
    cut(far).cuts = [("up", CUT), ("up", MIB)]

    done = far.run("send")

    assert done.status == 0 and "Trying again in" in done.said
    assert (far.there("to-office") / file.name).read_bytes() == data


def test_a_cut_download_goes_on_where_it_was(far: Person) -> None:
    file = sealed(far.there("from-office"), SIZE)
    cut(far).cuts = [("down", CUT)] * 2

    done = far.run("fetch")

    assert done.status == 0 and f"{file.name}: goes on from byte" in done.said, done.said
    assert (far.inbox / file.name).read_bytes() == file.read_bytes()
    assert cut(far).down < SIZE + 1.5 * MIB, "what was here was not fetched again"
    assert visible(far.inbox) == [file.name]


def test_a_file_that_was_exchanged_there_between_two_tries_begins_anew(far: Person) -> None:
    file = sealed(far.there("from-office"), SIZE)
    cut(far).cuts, far.patience = [("down", CUT)] * 2, "tries = 1\n"
    assert far.run("fetch").status == 4
    assert 0 < part_in(far.inbox).stat().st_size < SIZE
    file.write_bytes(b"y" * SIZE)
    ago = time.time() - 3600
    os.utime(file, (ago, ago))
    cut(far).cuts = []

    done = far.run("fetch")

    assert done.status == 0 and "goes on" not in done.said
    assert (far.inbox / file.name).read_bytes() == b"y" * SIZE


def test_a_download_whose_part_was_changed_here_begins_anew(far: Person) -> None:
    file = sealed(far.there("from-office"), SIZE)
    cut(far).cuts, far.patience = [("down", CUT)] * 2, "tries = 1\n"
    assert far.run("fetch").status == 4
    with part_in(far.inbox).open("r+b") as part:
        part.write(b"damage")
    cut(far).cuts = []

    done = far.run("fetch")

    assert done.status == 0 and "goes on" not in done.said
    assert (far.inbox / file.name).read_bytes() == file.read_bytes()


@pytest.mark.parametrize("longer", [False, True])
def test_what_stands_there_as_our_part_and_is_not_is_found_by_its_hash(
    far_sftp: Person, longer: bool
) -> None:
    file = sealed(far_sftp.out, SIZE)
    data = file.read_bytes()
    cut_upload(far_sftp, file).write_bytes(b"z" * (SIZE + 1 if longer else CUT))

    done = far_sftp.run("send")

    assert done.status == 0 and (longer or "it begins anew" in done.said), done.said
    assert (far_sftp.there("to-office") / file.name).read_bytes() == data
    assert visible(far_sftp.there("to-office")) == [file.name]


def test_a_dry_run_says_where_a_cut_upload_would_go_on(far_sftp: Person) -> None:
    part = cut_upload(far_sftp, sealed(far_sftp.out, SIZE))
    size = part.stat().st_size

    done = far_sftp.run("send", "--dry-run")

    assert done.status == 0 and f"from byte {size - MIB:,} on" in done.said
    assert part.stat().st_size == size


def test_a_server_that_is_gone_and_comes_back_is_waited_for(far: Person) -> None:
    file = sealed(far.out)
    cut(far).refuses = True
    far.patience = "tries = 40\nfirst_wait = 0.02\nlongest_wait = 0.05\n"
    comes_back = threading.Timer(0.2, lambda: setattr(cut(far), "refuses", False))
    comes_back.start()

    done = far.run("send")
    comes_back.join()

    assert done.status == 0 and "Trying again in" in done.said
    assert visible(far.there("to-office")) == [file.name]


def test_after_so_many_tries_the_courier_gives_up_and_says_so(far: Person) -> None:
    file = sealed(far.out)
    cut(far).refuses = True

    done = far.run("send")

    assert done.status == 4 and "Gave up after 4 tries." in done.said
    assert cut(far).tried == 4 and file.exists()
    assert done.said.count("Trying again in") == 3


def test_nobody_listens_at_all(person: Person) -> None:
    sealed(person.out)
    line = Line(1)
    person.line = line
    line.close()

    done = person.run("send")

    assert done.status == 4 and "does not answer" in done.said and "Gave up after 4 tries." in done.said


def test_wherever_the_line_is_cut_only_whole_files_get_their_names(far: Person) -> None:
    chance = random.Random(5)
    far.patience = "tries = 30\nfirst_wait = 0.01\nlongest_wait = 0.02\n"
    up = {file.name: file.read_bytes() for file in (sealed(far.out, 900_000 + n) for n in range(3))}
    down = {f.name: f.read_bytes() for f in (sealed(far.there("from-office"), 900_000 + n) for n in range(3))}
    cut(far).cuts = [(chance.choice(("up", "down")), chance.randrange(1, 1_200_000)) for _ in range(12)]

    done = far.run("both")

    assert done.status == 0, done.said
    assert {n: (far.there("to-office") / n).read_bytes() for n in visible(far.there("to-office"))} == up
    assert {n: (far.inbox / n).read_bytes() for n in visible(far.inbox)} == down


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_courier_that_is_ended_in_the_middle_finishes_next_time(
    tmp_path: Path, asyncssh_here: Server, how: signal.Signals
) -> None:
    person = Person(tmp_path, own_place(asyncssh_here, tmp_path.name))
    file = sealed(person.there("from-office"), 24 * MIB)
    data = file.read_bytes()
    running = person.start("fetch")
    until = time.monotonic() + 20
    while not any(f.name.endswith(".part") and f.stat().st_size > 2 * MIB for f in person.inbox.iterdir()):
        assert running.poll() is None and time.monotonic() < until
        time.sleep(0.005)
    running.send_signal(how)
    said, _ = running.communicate(timeout=20)

    assert running.returncode == (0 if how is signal.SIGTERM else -how), said
    assert not (person.inbox / file.name).exists()
    done = person.run("fetch")
    assert done.status == 0, done.said
    # Killed before the first checkpoint there is nothing to go on from; told to stop there always is.
    assert ("goes on from byte" in done.said) or how is signal.SIGKILL
    assert (person.inbox / file.name).read_bytes() == data
    assert visible(person.inbox) == [file.name]
    file.unlink()


class _StoppedAfter:
    """SHA-256 that is stopped, as by a signal, right after it took its nth piece."""

    left = 20

    def __init__(self, found: Any = None) -> None:
        self.found = found or REAL()

    def copy(self) -> _StoppedAfter:
        return _StoppedAfter(self.found.copy())

    def update(self, data: bytes) -> None:
        self.found.update(data)
        _StoppedAfter.left -= 1
        if _StoppedAfter.left == 0:
            raise KeyboardInterrupt

    def hexdigest(self) -> str:
        return str(self.found.hexdigest())


def test_a_stop_between_two_pieces_keeps_what_came(
    tmp_path: Path, asyncssh_here: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = Person(tmp_path, own_place(asyncssh_here, tmp_path.name))
    file = sealed(person.there("from-office"), 24 * MIB)
    data = file.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr("imsa_courier.fetch.hashlib", SimpleNamespace(sha256=_StoppedAfter))
        with pytest.raises(KeyboardInterrupt):
            person.run("fetch")

    done = person.run("fetch")

    assert done.status == 0 and "goes on from byte" in done.said, done.said
    assert (person.inbox / file.name).read_bytes() == data
    file.unlink()
