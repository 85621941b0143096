"""The rules of the house that a machine can keep."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 500
CODE = ("src", "tests", "benchmarks", "scripts", "migrations")
TEXT = ("*.py", "*.toml", "*.md", "*.qss", "*.in", "*.txt", "*.spec", "*.svg", "Makefile", ".ci/run")
# Network parts of packages that are otherwise allowed; import-linter sees only a package's first name.
NETWORK = re.compile(r"PySide6\.(QtNetwork|QtWeb\w+|QtHttpServer)|urllib\.request|asyncio\.streams")
# Written so that this file does not find itself.
MACHINE_PATH = re.compile(r"(?<![\w.-])/(?:wor[k]|far[m]|roo[t]|hom[e]/\w+|tm[p])/\w")
INDEX = re.compile(r"https?://|index-url|find-links|file:")


def python_files(*folders: str) -> list[Path]:
    """List the project's own Python files."""
    found = sorted(file for folder in folders for file in (ROOT / folder).rglob("*.py"))
    assert found
    return found


def imported(file: Path) -> set[str]:
    """Name every module and member that a file imports, with dots."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def test_everybody_imports_only_whom_they_may() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_network_class_of_an_allowed_package_is_imported() -> None:
    guilty = [
        f"{file.relative_to(ROOT)}: {name}"
        for file in python_files("src/imsa_desk")
        for name in imported(file)
        if NETWORK.match(name)
    ]
    assert guilty == []


def test_no_source_file_passes_500_lines() -> None:
    long = {
        str(file.relative_to(ROOT)): lines
        for file in python_files(*CODE)
        if (lines := len(file.read_text(encoding="utf-8").splitlines())) > LONGEST
    }
    assert long == {}


def test_test_files_have_names_of_their_own() -> None:
    names = [file.name for file in python_files("tests") if file.name != "conftest.py"]
    assert sorted(names) == sorted(set(names))


def test_no_file_holds_a_path_of_one_machine() -> None:
    folders = [ROOT / name for name in (*CODE, "resources", "requirements")]
    files = [file for folder in folders for pattern in TEXT for file in folder.rglob(pattern)]
    files += [file for pattern in TEXT for file in ROOT.glob(pattern)]
    guilty = [
        f"{file.relative_to(ROOT)}: {found.group()}"
        for file in files
        if (found := MACHINE_PATH.search(file.read_text(encoding="utf-8")))
    ]
    assert guilty == []


@pytest.mark.parametrize("name", ["run.txt", "dev.txt"])
def test_every_requirement_is_pinned_and_hashed_and_no_index_is_named(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    assert not INDEX.search(text)
    entries = [e for e in text.replace("\\\n", " ").splitlines() if e.strip() and not e.startswith("#")]
    assert entries
    assert [e for e in entries if "==" not in e or "--hash=sha256:" not in e] == []
