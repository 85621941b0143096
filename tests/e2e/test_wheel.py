"""What is shipped works by itself: the wheel, in an environment that knows nothing of the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(*command: str | Path, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command away from the checkout and return what it printed."""
    return subprocess.run(command, env=env, cwd="/", capture_output=True, text=True, timeout=180, check=False)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    words = ("wheel", "--no-index", "--no-deps", "--no-build-isolation", "-q", "-w", str(folder), str(ROOT))
    done = run(sys.executable, "-m", "pip", *words)
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into an empty environment that borrows only the dependencies of this one."""
    place = tmp_path_factory.mktemp("empty") / "env"
    venv.create(place, with_pip=False, symlinks=os.name != "nt")
    python = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    own = Path(sysconfig.get_path("purelib", vars={"base": str(place), "platbase": str(place)}))
    done = run(
        sys.executable, "-m", "pip", "--python", python, "install", "--no-index", "--no-deps", "-q", wheel
    )
    assert done.returncode == 0, done.stderr
    # A plain line of a .pth is only put on the path: the checkout's own .pth is not followed from there.
    (own / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return python


def test_the_wheel_carries_resources_and_migrations_and_no_tests(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "imsa_desk/_data/migrations/env.py" in names
    shipped = [n for n in names if n.startswith("imsa_desk/_data/resources/")]
    here = [f for f in (ROOT / "resources").rglob("*") if f.is_file()]
    assert len(shipped) == len(here) > 0
    assert [n for n in names if n.startswith(("tests", "benchmarks", "scripts"))] == []


def test_an_installed_wheel_creates_and_checks_a_vault(installed: Path, tmp_path: Path) -> None:
    env = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | {"HOME": str(tmp_path / "home")}
    code = "import imsa_desk, sys; print(imsa_desk.__file__)"
    assert str(installed.parents[1]) in run(installed, "-I", "-c", code, env=env).stdout
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("lantern orbit velvet cactus 41 meadow\n", encoding="utf-8")
    command = installed.with_name("imsa-desk")
    words = (str(tmp_path / "vault"), "--passphrase-file", str(passphrase), "--json")
    made = run(command, "vault", "create", *words, env=env)
    assert made.returncode == 0, made.stdout + made.stderr
    found = json.loads(made.stdout)
    assert found["ok"]
    assert found["recovery_code"]
    checked = run(command, "vault", "check", *words, env=env)
    assert json.loads(checked.stdout)["ok"], checked.stdout + checked.stderr
