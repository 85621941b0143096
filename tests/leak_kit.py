"""What leak tests share: the processes of a program, their memory, and every spelling of a planted text."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.parse
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from program_driver import CONTROL, READABLE
from vault_kit import python_environment

DRIVER = Path(__file__).with_name("program_driver.py")
_PART = 8 << 20
_UNPACKED = 8 << 20
_ZLIB = re.compile(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08")
_ASCII85 = re.compile(rb"stream\r?\n(.{1,2000000}?)~>", re.DOTALL)
_ALIKE = 3
"""Letters; the texts that are planted in a caseload all begin with the same ones."""
_LEAVES_ALONE = ("[vvar", "[vsyscall", "[vdso")


# --- spellings ---


def spellings(text: str) -> dict[str, bytes]:
    """Give every way a text may stand in a file: raw, wide, encoded, escaped, backwards."""
    plain, wide = text.encode(), text.encode("utf-16-le")
    made = {
        "utf-8": plain,
        "utf-16": wide,
        "hex": plain.hex().encode(),
        "HEX": plain.hex().upper().encode(),
        "reversed": text[::-1].encode(),
        "url": urllib.parse.quote(text, safe="").encode(),
        "percent": "".join(f"%{byte:02X}" for byte in plain).encode(),
        "json": json.dumps(text)[1:-1].encode(),
        "hex of utf-16": wide.hex().encode(),
    }
    for name, data in (("base64", plain), ("base64 of utf-16", wide)):
        for offset in range(3):
            # Only the letters that depend on nothing before or after the text.
            coded = base64.b64encode(bytes(offset) + data)
            made[f"{name} at {offset}"] = coded[(offset * 8 + 5) // 6 : (offset + len(data)) * 8 // 6]
    return made


@dataclass(frozen=True, slots=True)
class Hit:
    """A planted text that was found: where, and how it was spelt there."""

    where: str
    spelling: str


def hits_in(data: bytes, where: str, wanted: Iterable[str]) -> Iterator[Hit]:
    """Find planted texts in bytes and in everything packed inside them."""
    layers = [data, *unpacked(data)]
    for name, stem, needles in _sought(tuple(wanted)):
        for depth, layer in enumerate(layers):
            for _ in _found(layer, stem, needles):
                yield Hit(where + (" (packed)" if depth else ""), name)


@cache
def _sought(wanted: tuple[str, ...]) -> list[tuple[str, bytes, tuple[bytes, ...]]]:
    """Give what to look for: spellings of texts that begin alike, and the bytes that all of these share.

    To look once for what many share takes a fraction of the time of looking for each.
    """
    alike: dict[str, list[dict[str, bytes]]] = {}
    for text in wanted:
        alike.setdefault(text[:_ALIKE], []).append(spellings(text))
    sought = []
    for spelt in alike.values():
        for name in spelt[0]:
            needles = tuple(each[name] for each in spelt)
            if name == "reversed":
                sought.append((name, _beginning([needle[::-1] for needle in needles])[::-1], needles))
            else:
                sought.append((name, _beginning(needles), needles))
    return sought


def _beginning(texts: Sequence[bytes]) -> bytes:
    """Give what all texts begin with."""
    first, last = min(texts), max(texts)
    return first[
        : next((n for n, pair in enumerate(zip(first, last, strict=False)) if len({*pair}) > 1), None)
    ]


def _found(layer: bytes, stem: bytes, needles: tuple[bytes, ...]) -> set[bytes]:
    """Give the needles that stand in some bytes; all of them begin or end with the stem."""
    found: set[bytes] = set()
    longest = max(map(len, needles))
    at = layer.find(stem)
    while at >= 0:
        about = layer[max(0, at + len(stem) - longest) : at + longest]
        found |= {needle for needle in needles if needle in about}
        at = layer.find(stem, at + 1)
    return found


def unpacked(data: bytes) -> Iterator[bytes]:
    """Unpack whatever looks like a compressed stream, also behind ASCII85 as PDFs have it."""
    sources = [data]
    for found in _ASCII85.finditer(data):
        with suppress(ValueError):
            sources.append(base64.a85decode(found[1]))
            yield sources[-1]
    for source in sources:
        whole = memoryview(source)
        for start in _ZLIB.finditer(source):
            bits = 31 if source[start.start()] == 0x1F else 15
            with suppress(zlib.error):
                made = zlib.decompressobj(bits).decompress(whole[start.start() :], _UNPACKED)
                if len(made) > 8:
                    yield made


def hits_in_folder(folder: Path, wanted: Iterable[str], *, but: Iterable[Path] = ()) -> list[Hit]:
    """Look through every file below a folder, and at the names of files and folders."""
    texts, allowed = list(wanted), set(but)
    found: list[Hit] = []
    for each in sorted(folder.rglob("*")):
        found += hits_in(each.name.encode(), f"name of {each}", texts)
        if each.is_file() and not each.is_symlink() and each not in allowed:
            found += hits_in(each.read_bytes(), str(each), texts)
    return found


# --- processes ---


def children(pid: int) -> list[int]:
    """Give the processes that a process started and those they started, without those that have ended."""
    by_parent: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                parts = (entry / "stat").read_text().rpartition(")")[2].split()
                if parts[0] not in "ZX":
                    by_parent.setdefault(int(parts[1]), []).append(int(entry.name))
    found: list[int] = []
    waiting = [pid]
    while waiting:
        below = by_parent.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def alive(pid: int) -> bool:
    """Say whether a process is there and not only waiting to be buried."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def memory_hits(pid: int, needles: dict[str, bytes]) -> set[str]:
    """Name the needles that stand in a process's memory, read from outside."""
    found: set[str] = set()
    longest = max(map(len, needles.values()))
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for start, end in _regions(pid):
            tail = b""
            for at in range(start, end, _PART):
                try:
                    part = os.pread(memory.fileno(), min(_PART, end - at), at)
                except OSError:
                    break
                data = tail + part
                found |= {name for name, needle in needles.items() if name not in found and needle in data}
                tail = data[-longest:]
    return found


def _regions(pid: int) -> Iterator[tuple[int, int]]:
    """Give what a process can read and has written or may have: not the unchanged pages of its libraries."""
    for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
        span, modes, _, _, inode, *name = line.split(maxsplit=5)
        if modes[0] != "r" or (inode != "0" and "w" not in modes):
            continue
        if name and name[0].startswith(_LEAVES_ALONE):
            continue
        start, end = (int(part, 16) for part in span.split("-"))
        yield start, end


def surroundings(pid: int) -> bytes:
    """Give a process's arguments, environment and name, which others may read."""
    said = b""
    for name in ("cmdline", "environ", "comm"):
        with suppress(OSError):
            said += Path(f"/proc/{pid}/{name}").read_bytes() + b"\n"
    return said


@dataclass
class Onlooker:
    """Looks again and again at what the processes below one show to everybody."""

    root: int
    seen: set[bytes] = field(default_factory=set)
    processes: set[int] = field(default_factory=set)

    @contextmanager
    def looking(self, every_s: float = 0.05) -> Iterator[Onlooker]:
        """Look until the block ends."""
        stop = threading.Event()

        def look() -> None:
            while not stop.wait(every_s):
                for pid in children(self.root):
                    self.processes.add(pid)
                    self.seen.add(surroundings(pid))

        thread = threading.Thread(target=look, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            stop.set()
            thread.join()


# --- the program, driven ---


class Program:
    """The driven program: its parent process, and the files by which it is told what to do."""

    def __init__(self, folder: Path, vault: Path, home: Path, *, readable: bool = True) -> None:
        self.control = folder / "control"
        self.control.mkdir(parents=True)
        self._count = 0
        self.said = folder / "stderr"
        with self.said.open("wb") as said:
            self.parent = subprocess.Popen(
                [sys.executable, str(DRIVER), "open", str(vault)],
                env=fresh_home(home) | {CONTROL: str(self.control), READABLE: "1" if readable else ""},
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stderr=said,
            )

    def __enter__(self) -> Program:
        return self

    def __exit__(self, *_: object) -> None:
        for pid in children(self.parent.pid):
            with suppress(OSError):
                os.kill(pid, 15)
        self.parent.terminate()
        try:
            self.parent.wait(20)
        except subprocess.TimeoutExpired:
            self.parent.kill()
            self.parent.wait()

    def worker(self, *, but: int = 0, seconds: float = 60.0) -> int:
        """Wait for a worker that can be told something, other than `but`."""

        def ready() -> list[int]:
            return [
                int(f.name.partition("-")[2])
                for f in self.control.glob("ready-*")
                if f.name != f"ready-{but}" and alive(int(f.name.partition("-")[2]))
            ]

        wait_for(lambda: bool(ready()), "a worker", seconds)
        return ready()[0]

    def send(self, verb: str, *words: str) -> Path:
        """Tell the worker something; give the file that appears when it is done."""
        self._count += 1
        part = self.control / f"{self._count}.tmp"
        part.write_text(json.dumps([verb, *words]), encoding="utf-8")
        part.rename(self.control / f"{self._count}.json")
        return self.control / f"{self._count}.done"

    def do(self, verb: str, *words: str, seconds: float = 60.0) -> str:
        """Tell the worker something, wait until it is done, and give what it answers."""
        done = self.send(verb, *words)
        wait_for(done.exists, verb, seconds)
        went, said = json.loads(done.read_text(encoding="utf-8"))
        assert went, f"{verb}: {said}"
        return str(said)

    @property
    def titles(self) -> str:
        """Give every title a window was given."""
        file = self.control / "titles"
        return file.read_text(encoding="utf-8") if file.exists() else ""


def wait_for(so: object, what: str, seconds: float) -> None:
    """Wait until something is so."""
    assert callable(so)
    end = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.01)


def fresh_home(home: Path) -> dict[str, str]:
    """Give an environment whose every personal and temporary folder is below `home`."""
    folders = {
        "HOME": home,
        "XDG_DATA_HOME": home / ".local/share",
        "XDG_CONFIG_HOME": home / ".config",
        "XDG_STATE_HOME": home / ".local/state",
        "XDG_CACHE_HOME": home / ".cache",
        "XDG_RUNTIME_DIR": home / "run",
        "TMPDIR": home / "tmp",
    }
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    named = {name: str(folder) for name, folder in folders.items()}
    return python_environment() | named | {"QT_QPA_PLATFORM": "offscreen", "PYTHONDONTWRITEBYTECODE": "1"}
