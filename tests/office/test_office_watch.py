"""A watched folder: what comes is taken in once, whatever else happens around it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from exchange_kit import PASSPHRASE, Meeting, meet, met_on, new_case, new_meeting
from postgresql_kit import running_server
from vault_kit import python_environment

from imsa_desk.errors import Refused
from imsa_desk.services import office
from imsa_desk.services.office_watch import Places, Watch

UNIT = Path(__file__).parents[2] / "resources/systemd/imsa-office-watch.service"


class Box:
    """An office that is closed, a Desk that sends, and the folder between them."""

    def __init__(self, met: Meeting, base: Path) -> None:
        self.met = met
        self.folder = base / "in"
        self.answers = base / "answers"
        self.said: list[str] = []
        self.opening = partial(office.opened_office, met.office.vault.folder, PASSPHRASE)
        for folder in (self.folder, self.answers):
            folder.mkdir()
        met.office.close()

    def sent(self, count: int) -> list[Path]:
        """Send so many bundles; give their files, which are not in the folder yet."""
        case = new_case(self.met.desk, "Abeba")
        files = []
        for n in range(count):
            new_meeting(self.met.desk, case, f"meeting {n}")
            files.append(self.met.send(case)[1])
        return files

    def watch(self, every: float = 0.05) -> Watch:
        """Give a watch of the folder."""
        return Watch(Places(self.folder, self.answers), self.opening, self.said.append, every=every)

    def arrive(self, file: Path, name: str = "") -> Path:
        """Put a file into the folder."""
        return Path(shutil.copy(file, self.folder / (name or file.name)))

    def names(self, where: str) -> list[str]:
        """List what stands in a folder inside the watched one."""
        place = self.folder / where
        return sorted(p.name for p in place.iterdir() if p.is_file()) if place.is_dir() else []


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    """A watched folder of an office with an encrypted file."""
    with met_on(tmp_path) as met:
        made = Box(met, tmp_path)
        yield made
        met.office = office.open_office(met.office.vault.folder, PASSPHRASE)
        assert office.check(met.office).problems == ()


@contextmanager
def running(watch: Watch) -> Iterator[None]:
    """Let a watch run beside a test."""
    thread = threading.Thread(target=watch.run)
    thread.start()
    try:
        yield
    finally:
        watch.stop.set()
        thread.join(30)
        assert not thread.is_alive()


def until(true: Callable[[], object], seconds: float = 30) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)


def test_what_is_there_is_taken_in_once_answered_and_moved_away(box: Box) -> None:
    first, second = box.sent(2)
    box.arrive(second, "0.imsa")
    assert box.watch().once()
    assert box.said[-1] == "0.imsa: waits for an earlier bundle"
    box.arrive(first)
    (box.folder / "rubbish.imsa").write_bytes(b"no bundle")
    (box.folder / "half.imsa.part").write_bytes(b"half of one")
    (box.folder / "letter.txt").write_text("not for us")
    assert box.watch().once()
    assert box.names(".") == ["half.imsa.part", "letter.txt"]
    assert box.names("taken") == sorted(["0.imsa", first.name])
    assert box.names("refused") == ["rubbish.imsa", "rubbish.imsa.txt"]
    assert "rubbish.imsa: refused, E_DECRYPT" in box.said
    assert len(list(box.answers.glob("*.imsa"))) >= 2
    box.arrive(first)
    assert box.watch().once()
    assert len(box.names("taken")) == 3
    assert box.said[-1].endswith("again")


def test_a_file_that_still_grows_is_left_alone_and_the_folder_may_go_and_come(box: Box) -> None:
    (file,) = box.sent(1)
    data = file.read_bytes()
    growing = box.folder / "growing.imsa"
    with running(box.watch(every=0.15)):
        for end in range(0, len(data), len(data) // 6):
            growing.write_bytes(data[:end])
            time.sleep(0.05)
        assert box.names("refused") == box.names("taken") == []
        box.folder.rename(box.folder.with_name("away"))
        until(lambda: box.said)
        box.folder.with_name("away").rename(box.folder)
        growing.write_bytes(data)
        until(lambda: box.names("taken"))
    assert box.said[:2] == ["The folder is not there. Waiting for it.", "The folder is back."]


def test_nothing_is_lost_while_there_is_no_room_for_answers(box: Box) -> None:
    (file,) = box.sent(1)
    box.arrive(file)
    box.answers.rmdir()
    assert not box.watch().once()
    assert box.names(".") == [file.name]
    assert "E_FOLDER" in box.said[-1]
    box.answers.mkdir()
    assert box.watch().once()
    assert box.names("taken") == [file.name]


def test_a_wrong_passphrase_ends_the_watch_at_once(box: Box) -> None:
    watch = box.watch()
    watch.opening = partial(office.opened_office, box.met.office.vault.folder, "not this one")
    with pytest.raises(Refused) as caught:
        watch.begin()
    assert caught.value.code == "E_PASSPHRASE"


def test_two_watchers_take_each_bundle_in_once_and_end_when_told(box: Box, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(PASSPHRASE)
    files = box.sent(4)
    words = ["watch", box.folder, "--out", box.answers, "--every", "0.1"]
    words += ["--office", box.met.office.vault.folder, "--passphrase-file", secret]
    command = [sys.executable, "-m", "imsa_desk.office", *map(str, words)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with (
        subprocess.Popen(command, env=python_environment(), **pipes) as one,  # type: ignore[call-overload]
        subprocess.Popen(command, env=python_environment(), **pipes) as two,  # type: ignore[call-overload]
    ):
        try:
            for file in reversed(files):
                box.arrive(file)
                time.sleep(0.1)
            until(lambda: len(box.names("taken")) == len(files))
        finally:
            for each in (one, two):
                os.kill(each.pid, signal.SIGTERM)
        said = [each.communicate(timeout=30) for each in (one, two)]
    assert [one.returncode, two.returncode] == [0, 0], said
    assert [out for out, _ in said] == ["Stopped.\n"] * 2
    assert sum(err.count("taken in") for _, err in said) == len(files)
    assert box.names("refused") == []


def test_a_server_that_was_down_is_waited_for(tmp_path: Path) -> None:
    with (
        running_server() as server,
        meet(tmp_path, f"postgresql://imsa@/postgres?host={server.folder}") as met,
    ):
        box = Box(met, tmp_path)
        (file,) = box.sent(1)
        server.stop()
        box.arrive(file)
        with running(box.watch()):
            until(lambda: len(box.said) > 1)
            assert box.names(".") == [file.name]
            server.start()
            until(lambda: box.names("taken"))
        assert box.said[0].startswith("E_DATABASE: The organisation's database does not answer.")
        assert box.said[0].endswith("Trying again in 1 s.") and box.said[1].endswith("in 2 s.")
        met.office = office.open_office(met.office.vault.folder, PASSPHRASE)
        assert office.check(met.office).problems == ()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_the_unit_file_is_sound(tmp_path: Path) -> None:
    text = UNIT.read_text().replace("/opt/imsa-office/bin/imsa-office", "/bin/true")
    copy = tmp_path / UNIT.name
    copy.write_text(text)
    verified = subprocess.run(["systemd-analyze", "verify", str(copy)], capture_output=True, text=True)
    assert (verified.returncode, verified.stdout, verified.stderr) == (0, "", "")
