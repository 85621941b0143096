"""Make the checkout ready: system packages where they are missing, then `.venv` from the pinned files.

Usage: python3 scripts/set_up.py run|test

Standard library only, and readable by an old Python 3, so that it can say what is wrong.
Ends with 0 (ready), 1 (the packages could not be installed) or 3 (somebody has to run the printed command).
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
OLDEST, TOO_NEW = (3, 11), (3, 15)
REQUIREMENTS = {"run": "run.txt", "test": "dev.txt"}
WORKBOOKS, WORKBOOKS_LIST = ROOT / "build" / "workbooks", "requirements/workbooks.txt"
COULD_NOT_INSTALL, SOMEBODY_MUST = 1, 3

# Qt's wheels bring Qt itself but not these; the second block is for a real X display.
QT = (
    "libegl1 libgl1 libx11-6 libdbus-1-3 libfontconfig1 libglib2.0-0 libxkbcommon0 "
    "libx11-xcb1 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxcb-xkb1 libxcb-randr0 "
    "libxcb-sync1 libxcb-xfixes0 libxcb-glx0 libxkbcommon-x11-0"
).split()
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", str(Path.home() / ".local/share/fonts"))


@dataclass(frozen=True)
class Part:
    """Something the machine must have: how to see whether it has, and Debian's packages for it."""

    what: str
    packages: tuple[str, ...]
    present: Callable[[], bool]
    needed: bool = True


def say(text: str) -> None:
    """Tell the person what happens, before it happens."""
    print(f"set-up: {text}", flush=True)


def works(command: list[str], **environment: str) -> bool:
    """Say whether a command ends well; its output is nobody's business."""
    try:
        done = subprocess.run(
            command,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=120,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def find_python() -> str:
    """Find an interpreter that is new enough: this one, or a newer one on the path."""
    if OLDEST <= sys.version_info[:2] < TOO_NEW:
        return sys.executable
    for minor in range(TOO_NEW[1] - 1, OLDEST[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found and works([found, "-c", f"import sys; sys.exit(sys.version_info[1] != {minor})"]):
            return found
    say(f"Python 3.11 to 3.14 is needed; this is {platform.python_version()} and no other was found.")
    sys.exit(SOMEBODY_MUST)


def has_font(pattern: str) -> bool:
    """Say whether a font file of this name is installed."""
    return any(next(Path(folder).rglob(pattern), None) for folder in FONT_FOLDERS if Path(folder).is_dir())


def has_postgresql() -> bool:
    """Say whether a PostgreSQL server's programs are here; they need not be on the path."""
    return bool(shutil.which("initdb")) or any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


def qt_starts() -> bool:
    """Say whether Qt's widgets and SVG load and find a font, without a display."""
    code = (
        "import sys\n"
        "from PySide6 import QtSvg\n"
        "from PySide6.QtGui import QFontDatabase\n"
        "from PySide6.QtWidgets import QApplication\n"
        "app = QApplication([])\n"
        "sys.exit(not QFontDatabase.families())\n"
    )
    return works([str(PYTHON), "-c", code], QT_QPA_PLATFORM="offscreen")


def qt_reaches_x() -> bool:
    """Say whether the libraries of Qt's X plug-in are here; without a display nobody needs them."""
    if not os.environ.get("DISPLAY"):
        return True
    code = (
        "import ctypes, pathlib\n"
        "from PySide6 import QtGui\n"
        "folder = pathlib.Path(QtGui.__file__).parent / 'Qt' / 'plugins' / 'platforms'\n"
        "ctypes.CDLL(str(folder / 'libqxcb.so'))\n"
    )
    return works([str(PYTHON), "-c", code])


def parts(purpose: str, python: str) -> list[Part]:
    """List what this purpose needs of the machine before `.venv` exists."""
    version = ".".join(platform.python_version_tuple()[:2])
    own = Path(python).resolve().parent == Path("/usr/bin")
    found = [
        Part(
            "Python's venv module",
            ("python3-venv", f"python{version}-venv") if own else ("python3-venv",),
            lambda: works([python, "-c", "import venv, ensurepip"]),
        )
    ]
    if sys.platform != "linux":
        return found
    found.append(
        Part(
            "fonts",
            ("fonts-dejavu-core",),
            lambda: has_font("*.ttf") or has_font("*.otf"),
        )
    )
    found.append(
        Part(
            "fonts for names in Arabic, Ethiopic and other scripts",
            ("fonts-noto-core",),
            lambda: has_font("NotoSansEthiopic*"),
            needed=purpose == "test",
        )
    )
    if purpose == "test":
        found.append(Part("a PostgreSQL server (the tests start their own)", ("postgresql",), has_postgresql))
        found.append(
            Part(
                "strace (the tests stop and disturb the program with it)",
                ("strace",),
                lambda: works(["strace", "-V"]),
            )
        )
        found.append(
            Part(
                "age (a tool not ours must open what we seal, and is what sealing is measured against)",
                ("age",),
                lambda: works(["age", "--version"]),
            )
        )
    return found


def qt_parts() -> list[Part]:
    """List what Qt needs of the machine; seen only once its wheels are installed."""
    if sys.platform != "linux":
        return []
    return [
        Part("Qt's system libraries", tuple(QT), qt_starts),
        Part("Qt's libraries for an X display", tuple(QT), qt_reaches_x, needed=False),
    ]


def provide(wanted: list[Part], packages: list[str]) -> None:
    """Install system packages if a part is missing and this may be done without asking; else say how."""
    missing = [part for part in wanted if not part.present()]
    if not missing:
        return
    say("missing: " + "; ".join(part.what for part in missing))
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if shutil.which("apt-get"):
        apt_get(command)
    missing = [part for part in missing if not part.present()]
    for part in missing:
        say(f"{'needed' if part.needed else 'wanted'}, still missing: {part.what}")
    if any(part.needed for part in missing):
        if shutil.which("apt-get"):
            say("please run this once, then try again:")
            print("    sudo apt-get update && sudo " + " ".join(command), flush=True)
        else:
            say("please install it with your system's package manager, then try again.")
        sys.exit(SOMEBODY_MUST)


def apt_get(command: list[str]) -> None:
    """Run apt-get as root, or through sudo if that asks no password; a failure shows in the parts."""
    if os.geteuid() == 0:
        prefix = []
    elif shutil.which("sudo") and works(["sudo", "-n", "true"]):
        prefix = ["sudo", "-n"]
    else:
        return
    prefix += ["env", "DEBIAN_FRONTEND=noninteractive"]
    wait = ["-q", "-o", "DPkg::Lock::Timeout=120"]
    say("installing system packages: " + " ".join(command[4:]))
    for words in (["apt-get", "update"], command):
        subprocess.run([*prefix, words[0], *wait, *words[1:]], stdin=subprocess.DEVNULL, check=False)


def fingerprint(purpose: str, python: str) -> str:
    """Name the state that a finished set-up belongs to: place, interpreter, project and pinned files."""
    digest = hashlib.sha256(f"{ROOT}\n{python}\n".encode())
    for name in ("pyproject.toml", f"requirements/{REQUIREMENTS[purpose]}", "scripts/set_up.py"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def pip(*words: str) -> None:
    """Run pip inside `.venv`, or stop."""
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input", "-q", *words]
    if subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, check=False).returncode:
        say("the packages could not be installed (pip's message stands above).")
        sys.exit(COULD_NOT_INSTALL)


def fill_venv(purpose: str, python: str) -> None:
    """Build `.venv`, install the pinned packages by their hashes, then the project itself."""
    place = VENV / "place"
    if not works([str(PYTHON), "-m", "pip", "--version"]) or _read(place) != str(ROOT):
        say(f"making .venv with {python}")
        if subprocess.run([python, "-m", "venv", "--clear", str(VENV)], check=False).returncode:
            sys.exit(COULD_NOT_INSTALL)
        place.write_text(str(ROOT), encoding="utf-8")
    say("installing the pinned packages (some minutes the first time)")
    pip(
        "install", "--require-hashes", "--only-binary", ":all:", "-r", f"requirements/{REQUIREMENTS[purpose]}"
    )
    pip("install", "--no-index", "--no-deps", "--no-build-isolation", "-e", ".")
    works([str(PYTHON), "-m", "compileall", "-q", "src"])  # the first start is as quick as the others


def fetch_workbooks() -> None:
    """Fetch the source archive whose workbooks a test imports; once it is there, no network is needed."""
    wanted = (ROOT / WORKBOOKS_LIST).read_text(encoding="utf-8")
    have = WORKBOOKS.glob("*.tar.gz") if WORKBOOKS.is_dir() else ()
    if any(f"sha256:{hashlib.sha256(one.read_bytes()).hexdigest()}" in wanted for one in have):
        return
    say("fetching the workbooks that a test imports")
    where = ["-r", WORKBOOKS_LIST, "-d", str(WORKBOOKS)]
    kept_out = ["--no-deps", "--no-binary", "pyxform", "--no-build-isolation", "--require-hashes"]
    pip("download", *kept_out, *where)


def _stamp(purpose: str) -> Path:
    return VENV / f"ready-{purpose}"


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def main(purpose: str) -> None:
    """Do only what has not been done; a second call needs no network and no time."""
    python = find_python()
    if PYTHON.exists() and any(_read(_stamp(p)) == fingerprint(p, python) for p in {purpose, "test"}):
        if purpose == "test":
            fetch_workbooks()
        return  # what the tests need includes what running needs
    early = parts(purpose, python)
    packages = [name for part in early for name in part.packages] + (QT if sys.platform == "linux" else [])
    provide(early, packages)
    fill_venv(purpose, python)
    provide(qt_parts(), packages)
    if purpose == "test":
        fetch_workbooks()
    _stamp(purpose).write_text(fingerprint(purpose, python), encoding="utf-8")
    say("ready")


if __name__ == "__main__":
    if sys.argv[1:] not in (["run"], ["test"]):
        sys.exit(__doc__)
    main(sys.argv[1])
