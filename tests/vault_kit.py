"""What the tests of the vault share: a quick vault, and a byte-exact picture of a folder."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from imsa_desk.crypto.kdf import Params
from imsa_desk.store.vault import OpenVault, create_vault

QUICK = Params(19 * 1024, 1, 1)
PASSPHRASE = "violet harbour seven"
NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)

Picture = dict[str, tuple[int, bytes]]


def quick_vault(folder: Path, passphrase: str = PASSPHRASE) -> tuple[OpenVault, str]:
    """Create a practice vault whose passphrase is derived quickly; return it open, with its recovery code."""
    return create_vault(folder, passphrase, practice=True, params=QUICK, now=NOW)


def picture(folder: Path) -> Picture:
    """Return mode and bytes of every file of a folder but the lock file."""
    return {
        str(file.relative_to(folder)): (file.stat().st_mode, file.read_bytes() if file.is_file() else b"")
        for file in sorted(folder.rglob("*"))
        if file.name != ".lock"
    }


def run_python(script: str, *arguments: str | Path, text: str = "") -> subprocess.CompletedProcess[str]:
    """Run a script in a process of its own that can import the program."""
    return subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        input=text,
        env=python_environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def python_environment() -> dict[str, str]:
    """Return an environment in which another process finds what this one does."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
