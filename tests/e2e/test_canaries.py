"""Nothing of a case leaks: not through the tour, a crash or a print thought better of; a leak is found."""

from __future__ import annotations

import base64
import os
import signal
import sys
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from desk_kit import PASSPHRASE, new_desk
from e2e.conftest import Toured
from every_field import tell_everything
from leak_kit import Hit, Onlooker, Program, alive, hits_in, hits_in_folder, spellings, wait_for

from imsa_desk.gui.tour.steps_case import NAME
from imsa_desk.gui.tour.steps_pages import HALF
from imsa_desk.services import vaults

SHARED = Path("/dev/shm")
UNSAVED = "ZQ-unsaved-marmalade-9431"
LEAK = "ZQ-leaked-thistledown-5520"
HAUNTS = ("recently-used.xbel", "QtProject.conf", ".thumbnails")

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc")


# --- the scan itself ---


@pytest.mark.parametrize("spelling", spellings("ZQ-été-canary"))
def test_the_scan_finds_a_text_however_it_is_spelt(spelling: str, tmp_path: Path) -> None:
    needle = spellings("ZQ-été-canary")[spelling]
    (tmp_path / "file").write_bytes(b"\0before " + needle + b" after\xff")
    assert Hit(str(tmp_path / "file"), spelling) in hits_in_folder(tmp_path, ["ZQ-été-canary"])


def test_the_scan_looks_inside_what_is_packed_and_at_names() -> None:
    packed = zlib.compress(b"0 0 Td (ZQ-canary) Tj" * 9)
    pdf = b"<< /Filter [/ASCII85Decode /FlateDecode] >> stream\n" + base64.a85encode(packed) + b"~>endstream"
    for data in (b"junk\x78\x9c" + packed, pdf, b"".join((b"x", zlib.compress(b"y"), packed))):
        assert Hit("file (packed)", "utf-8") in list(hits_in(data, "file", ["ZQ-canary"]))
    assert list(hits_in(pdf, "file", ["ZQ-other"])) == []
    for offset in range(3):
        text = base64.b64encode(b"x" * offset + b"ZQ-canary" + b"y" * 7)
        assert [hit.spelling for hit in hits_in(text, "file", ["ZQ-canary"])] == [f"base64 at {offset}"]


# --- the tour ---


@pytest.fixture(scope="module")
def planted(toured: Toured) -> list[str]:
    """What was planted in the tour: a reference in each case, a name typed, a sentence left half written."""
    assert toured.ended[0] == 0, toured.ended[1]
    assert len(toured.canaries) == 25
    return [*toured.canaries, NAME, HALF]


def test_the_tour_leaves_nothing_in_home_temporary_and_settings_folders(
    toured: Toured, planted: list[str]
) -> None:
    files = [file for file in toured.home.rglob("*") if file.is_file()]
    assert any(file.name == "settings.json" for file in files), "the tour's own folders are looked through"
    assert any(file.name.startswith("db-") for file in files), "with the vault that was made in first run"
    assert hits_in_folder(toured.home, planted) == []
    assert not [file for file in files if file.name in HAUNTS]


def test_the_tour_leaves_nothing_but_what_was_asked_for(toured: Toured, planted: list[str]) -> None:
    papers = [toured.out / name for name in ("assessment.pdf", "dossier.pdf", "tour.json")]
    asked = [*papers, *(toured.out / "screens").iterdir()]
    assert (toured.out / "report.csv").is_file(), "the report is looked through: it holds numbers only"
    assert hits_in_folder(toured.out, planted, but=asked) == []


def test_the_tour_shows_nothing_in_arguments_environment_titles_and_clipboard(
    toured: Toured, planted: list[str]
) -> None:
    assert toured.shown.count(b"--part") >= 3, "the processes were seen"
    assert list(hits_in(toured.shown, "processes", planted)) == []
    titles = (toured.notes / "titles").read_bytes()
    assert b"Desk" in titles and titles.count(b"\n") > 10
    assert list(hits_in(titles, "titles", planted)) == []
    clipboards = list(toured.notes.glob("clipboard-*"))
    assert len(clipboards) == 3
    assert all(file.read_bytes() == b"" for file in clipboards)


# --- a crash with unsaved words, a print thought better of; and leaks on purpose ---


@dataclass(slots=True)
class Scene:
    """The driven program with its own home, and where to look afterwards."""

    folder: Path
    program: Program
    onlooker: Onlooker
    before: set[Path]

    def hits(self, wanted: list[str]) -> list[Hit]:
        """Look everywhere; the notes of the driver and its orders are no part of the program."""
        own = {file for file in self.program.control.rglob("*") if file.is_file()}
        found = hits_in_folder(self.folder, wanted, but=own)
        found += hits_in(b"\n".join(self.onlooker.seen), "processes", wanted)
        found += hits_in(self.program.titles.encode(), "titles", wanted)
        for each in set(SHARED.iterdir()) - self.before if SHARED.is_dir() else ():
            if each.is_file() and each.stat().st_uid == os.getuid():
                found += hits_in(each.read_bytes(), str(each), wanted)
        return found


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """The program with a vault open in which every field holds a planted text."""
    desk = new_desk(tmp_path / "vault")
    tell_everything(desk, lambda field: f"ZQ-{field}-planted")
    vaults.lock(desk)
    secret = tmp_path / "control-passphrase"
    secret.write_text(PASSPHRASE, encoding="utf-8")
    before = set(SHARED.iterdir()) if SHARED.is_dir() else set()
    with Program(tmp_path, tmp_path / "vault", tmp_path / "home", readable=False) as program:
        onlooker = Onlooker(program.parent.pid)
        with onlooker.looking():
            program.worker()
            program.do("unlock", str(secret))
            yield Scene(tmp_path, program, onlooker, before)


def test_a_crash_and_a_print_thought_better_of_leave_nothing_in_the_open(scene: Scene) -> None:
    worker = scene.program.worker()
    for tab in ("overview", "timeline", "person", "documents", "professionals"):
        scene.program.do("case", tab)
    scene.program.do("document")
    scene.program.do("print")
    scene.program.do("type", f"Half a sentence {UNSAVED}")
    time.sleep(2.5)  # until the draft is stored, in the vault
    os.kill(worker, signal.SIGSEGV)
    wait_for(lambda: not alive(worker), "the worker to end", 10)
    scene.program.worker(but=worker)
    planted = ["-planted", "planted", UNSAVED]
    assert scene.hits(planted) == []
    assert not [file for file in (scene.folder / "home").rglob("*") if file.name in HAUNTS]


def test_a_careless_change_that_lets_something_out_is_found_wherever_it_goes(scene: Scene) -> None:
    for where in ("log", "settings", "title", "argument"):
        scene.program.do("leak", where, LEAK)
    seen = len(scene.onlooker.seen)
    wait_for(lambda: len(scene.onlooker.seen) > seen or _shown(scene), "the onlooker", 5)
    found = {hit.where.rpartition("/")[2] for hit in scene.hits([LEAK])}
    assert found == {"desk.log", "settings.json", "titles", "processes"}


def _shown(scene: Scene) -> bool:
    return any(LEAK.encode() in said for said in scene.onlooker.seen)
