"""The courier is a distribution of its own, and what holds keys has none of its libraries."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from imsa_courier.credentials import read_credentials
from imsa_courier.errors import Refused
from imsa_courier.settings import read_settings

ROOT = Path(__file__).resolve().parents[2]
NETWORK = {"fsspec", "sshfs", "asyncssh", "webdav4", "httpx", "httpcore", "h11", "paramiko", "requests"}
UNITS = sorted((ROOT / "courier" / "systemd").iterdir())


def pinned(name: str) -> set[str]:
    """Name the packages of a requirement file."""
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z0-9-]+)==", text, re.MULTILINE))


def test_the_programs_that_hold_keys_install_no_network_library() -> None:
    assert pinned("run.txt") & NETWORK == set()
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    everything = [*declared["dependencies"], *declared["optional-dependencies"]["office"]]
    assert {re.split(r"[^\w-]", text)[0].lower() for text in everything} & NETWORK == set()


def test_the_courier_installs_no_library_that_opens_bundles_or_vaults() -> None:
    assert pinned("courier.txt") & {"pyrage", "sqlcipher3", "sqlalchemy", "msgspec", "psycopg"} == set()


def test_the_couriers_requirements_are_pinned_and_hashed_and_no_index_is_named() -> None:
    text = (ROOT / "requirements" / "courier.txt").read_text(encoding="utf-8")
    assert not re.search(r"https?://|index-url|find-links|file:", text)
    entries = [e for e in text.replace("\\\n", " ").splitlines() if e.strip() and not e.startswith("#")]
    assert entries and [e for e in entries if "==" not in e or "--hash=sha256:" not in e] == []


def test_both_lists_of_the_couriers_requirements_are_the_same() -> None:
    declared = tomllib.loads((ROOT / "courier" / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    listed = (ROOT / "requirements" / "courier.in").read_text(encoding="utf-8").splitlines()
    assert declared["dependencies"] == [line for line in listed if line and not line.startswith("#")]


def test_what_is_tested_is_what_is_shipped() -> None:
    def versions(name: str) -> set[str]:
        text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
        return set(re.findall(r"^[a-z0-9-]+==[^ ]+", text, re.MULTILINE))

    assert versions("courier.txt") <= versions("dev.txt")


def test_the_wheel_holds_the_courier_and_nothing_of_the_desk(tmp_path: Path) -> None:
    words = ("wheel", "--no-index", "--no-deps", "--no-build-isolation", "-q", "-w", str(tmp_path))
    subprocess.run([sys.executable, "-m", "pip", *words, str(ROOT / "courier")], check=True, timeout=120)
    (wheel,) = tmp_path.glob("imsa_courier-*.whl")
    with zipfile.ZipFile(wheel) as inside:
        names = inside.namelist()
        inside.extractall(tmp_path / "alone")
    assert "imsa_courier/sftp.py" in names and "imsa_courier/systemd/imsa-courier.service" in names
    assert {name.split("/")[0].split("-")[0] for name in names} == {"imsa_courier"}
    run = (
        "import sys; from imsa_courier.__main__ import main; sys.argv = ['imsa-courier', '--version']; main()"
    )
    command, env = [sys.executable, "-P", "-c", run], {"PYTHONPATH": str(tmp_path / "alone")}
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=env, timeout=60)
    assert done.stdout.startswith("imsa-courier 0."), done.stderr


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_understands_the_units(unit: Path, tmp_path: Path) -> None:
    for each in UNITS:
        here = each.read_text().replace("=imsa-courier both", f"={sys.executable} both")
        (tmp_path / each.name).write_text(here)
    verify = ["systemd-analyze", "--user", "verify", "--man=no", str(tmp_path / unit.name)]
    env = {"XDG_RUNTIME_DIR": str(tmp_path)}
    done = subprocess.run(verify, capture_output=True, text=True, timeout=60, env=env)
    assert done.returncode == 0 and unit.name not in done.stderr, done.stderr


def test_the_examples_are_what_the_courier_reads(tmp_path: Path) -> None:
    for name in ("settings", "credentials"):
        shutil.copy(ROOT / "courier" / f"{name}.example.toml", tmp_path / f"{name}.toml")
    (tmp_path / "credentials.toml").chmod(0o600)
    settings = read_settings(tmp_path / "settings.toml")
    assert settings.address.below(settings.out_there) == "/exchange/to-office"
    assert settings.credentials == tmp_path / "credentials.toml"
    with pytest.raises(Refused, match="hold no password"):
        read_credentials(settings.credentials)
