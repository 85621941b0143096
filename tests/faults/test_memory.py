"""After locking, no process of the program holds a key or a record: looked at from outside."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from desk_kit import PASSPHRASE, case_draft, meeting_draft, new_desk
from leak_kit import Program, alive, children, memory_hits, surroundings, wait_for

from imsa_desk.domain.documents import DocumentDraft
from imsa_desk.services import cases, documents, meetings, vaults
from imsa_desk.services.practice.papers import _pdf
from imsa_desk.store.vault import unlock_vault

ROW = "kestrel-over-the-quarry-x7"
IN_PAPER = "heron-under-the-bridge-q4"
LIMIT_S = 2.0
_SLOW_LINES = 300_000

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads other processes through /proc")


def slow_pdf() -> bytes:
    """Give a PDF of one page that takes many seconds to draw."""
    content = b"BT /F1 9 Tf " + b"1 0 0 1 10 400 Tm (%s) Tj " % IN_PAPER.encode() * _SLOW_LINES + b"ET"
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 3 0 R "
        b"/Resources << /Font << /F1 4 0 R >> >> >>"
    )
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [5 0 R] /Count 1 >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        page,
    ]
    return _pdf(objects)


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """A closed practice vault with a planted record and a letter."""
    desk = new_desk(tmp_path / "vault")
    case_id = cases.open_case(desk, case_draft())
    meetings.log_meeting(desk, meeting_draft(case_id, f"Notes: {ROW}."))
    documents.add_document(desk, DocumentDraft(case_id, "Letter"), slow_pdf())
    vaults.lock(desk)
    return tmp_path / "vault"


@pytest.fixture
def needles(vault: Path) -> dict[str, bytes]:
    """Everything that may not stay in memory: planted texts, the passphrase, each key, and its digits."""
    opened = unlock_vault(vault, PASSPHRASE)
    secrets = {"master": bytes(opened._master), "database": bytes(opened.key("db"))}
    secrets |= {"anchor": bytes(opened.key("anchor")), "backup": bytes(opened.key("backup"))}
    opened.close()
    made = {f"{name} key": key for name, key in secrets.items()}
    made |= {f"{name} key in hex": key.hex().encode() for name, key in secrets.items()}
    made |= {f"{name} key in wide hex": key.hex().encode("utf-16-le") for name, key in secrets.items()}
    made |= {"passphrase": PASSPHRASE.encode(), "wide passphrase": PASSPHRASE.encode("utf-16-le")}
    return made | {"row": ROW.encode(), "wide row": ROW.encode("utf-16-le"), "paper": IN_PAPER.encode()}


@pytest.fixture
def program(tmp_path: Path, vault: Path) -> Iterator[Program]:
    """The program with that vault open on the screen."""
    secret = tmp_path / "passphrase"
    secret.write_text(PASSPHRASE, encoding="utf-8")
    with Program(tmp_path, vault, tmp_path / "home") as made:
        made.worker()
        made.do("unlock", str(secret))
        yield made


Held = dict[int, set[str]]


def held(program: Program, needles: dict[str, bytes]) -> Held:
    """Look through the memory of every process of the program; one that ends meanwhile holds nothing."""
    found: Held = {}
    for pid in (program.parent.pid, *children(program.parent.pid)):
        try:
            found[pid] = memory_hits(pid, needles)
        except OSError:
            assert not alive(pid)
    return found


def lock(program: Program, worker: int) -> float:
    """Press Ctrl+L and give the seconds until the process that held the keys has ended."""
    program.send("lock")
    wait_for((program.control / "locking").exists, "the key", 20)
    began = time.monotonic()
    wait_for(lambda: not alive(worker), "the worker to end", LIMIT_S)
    return time.monotonic() - began


def test_after_a_lock_no_process_holds_a_key_or_a_record(
    program: Program, needles: dict[str, bytes], record_property: Callable[[str, object], None]
) -> None:
    worker = program.worker()
    program.do("case", "timeline")
    program.do("type", f"Half written about {ROW}")
    program.do("document")
    drawing: Held = {}

    def child_has_it() -> bool:
        drawing.update(held(program, {"paper": IN_PAPER.encode()}))
        return any(pid not in (worker, program.parent.pid) and found for pid, found in drawing.items())

    wait_for(child_has_it, "the preview child to read the letter", 20)
    before = held(program, needles)
    # SQLCipher masks the key it works with, so that the master key is the one an onlooker finds.
    assert {"row", "wide row", "paper", "master key", "passphrase"} <= before[worker]
    assert before[program.parent.pid] == set(), "the parent never has anything"

    record_property("seconds to lock", seconds := lock(program, worker))
    assert seconds <= LIMIT_S
    children_left = set(drawing) - {worker, program.parent.pid}
    wait_for(lambda: not any(map(alive, children_left)), "the preview child to end", LIMIT_S - seconds)
    assert not any(held(program, needles).values())
    successor = program.worker(but=worker)
    after = held(program, needles)
    assert {program.parent.pid, successor} <= set(after)
    assert not any(after.values())
    for pid in after:
        shown = surroundings(pid)
        assert not [name for name, needle in needles.items() if needle in shown]


def test_the_scan_finds_a_key_and_its_digits_in_another_process() -> None:
    key = bytes(range(7, 39))
    script = (
        "import sys; key = bytes(range(7, 39)); digits = key.hex(); wide = digits.encode('utf-16-le'); "
        "print('there', flush=True); sys.stdin.read()"
    )
    needles = {
        "key": key,
        "hex": key.hex().encode(),
        "wide": key.hex().encode("utf-16-le"),
        "none": b"\x07" * 33,
    }
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        assert memory_hits(other.pid, needles) == {"key", "hex", "wide"}


@pytest.fixture
def cores_wanted() -> Iterator[None]:
    """Let processes that crash leave core files, as far as this computer lets them."""
    before = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (before[1], before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_CORE, before)


def core_files(folder: Path) -> list[Path]:
    """Find core files by what they are, not by their name."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    return [file for file in files if file.read_bytes().startswith(b"\x7fELF")]


@pytest.mark.usefixtures("cores_wanted")
def test_a_crash_of_the_process_with_the_keys_leaves_no_core_file(
    tmp_path: Path, vault: Path, needles: dict[str, bytes]
) -> None:
    secret = tmp_path / "passphrase"
    secret.write_text(PASSPHRASE, encoding="utf-8")
    with Program(tmp_path, vault, tmp_path / "home", readable=False) as program:
        worker = program.worker()
        limits = Path(f"/proc/{worker}/limits").read_text().splitlines()
        (core,) = [line.split() for line in limits if line.startswith("Max core file size")]
        assert core[4:6] == ["0", "0"]
        assert program.do("dumpable") == "0"
        program.do("unlock", str(secret))
        os.kill(worker, signal.SIGSEGV)
        wait_for(lambda: not alive(worker), "the worker to end", 10)
        program.worker(but=worker)
        assert not any(held(program, needles).values())
        assert program.do("dumpable") == "0"
    assert core_files(tmp_path) == []
    for file in (f for f in tmp_path.rglob("*") if f.is_file() and f != secret):
        data = file.read_bytes()
        assert not [name for name, needle in needles.items() if needle in data], file


@pytest.mark.usefixtures("cores_wanted")
def test_another_program_that_crashes_in_that_folder_does_leave_one(tmp_path: Path) -> None:
    pattern = Path("/proc/sys/kernel/core_pattern").read_text().strip()
    if pattern.startswith(("|", "/")) or resource.getrlimit(resource.RLIMIT_CORE)[0] == 0:
        pytest.skip("core files go elsewhere here")
    script = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=False)
    assert len(core_files(tmp_path)) == 1
