"""Where the program finds its data, and where it puts a person's files."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from imsa_desk import paths


def test_a_checkout_finds_resources_and_migrations() -> None:
    assert (paths.resources() / "forms").is_dir()
    assert (paths.migrations() / "env.py").is_file()


def test_a_frozen_program_looks_in_its_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert paths.resources() == tmp_path / "imsa_desk" / "_data" / "resources"
    assert paths.migrations() == tmp_path / "imsa_desk" / "_data" / "migrations"


def test_linux_follows_xdg_and_ignores_relative_values(tmp_path: Path) -> None:
    plain = paths.user_folders("linux", {}, tmp_path)
    assert plain.data == tmp_path / ".local/share/imsa-desk"
    assert plain.config == tmp_path / ".config/imsa-desk"
    assert plain.state == tmp_path / ".local/state/imsa-desk"
    chosen = {"XDG_DATA_HOME": str(tmp_path / "d"), "XDG_CONFIG_HOME": "relative"}
    assert paths.user_folders("linux", chosen, tmp_path).data == tmp_path / "d" / "imsa-desk"
    assert paths.user_folders("linux", chosen, tmp_path).config == plain.config


def test_windows_and_macos_use_their_own_places(tmp_path: Path) -> None:
    windows = paths.user_folders("win32", {"LOCALAPPDATA": str(tmp_path / "Local")}, tmp_path)
    assert windows.data == tmp_path / "Local" / "IMSA Desk"
    mac = paths.user_folders("darwin", {}, tmp_path)
    assert mac.config == tmp_path / "Library" / "Application Support" / "IMSA Desk"


def test_asking_for_a_place_creates_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    assert not paths.default_vault_folder().exists()
    assert not paths.settings_file().exists()
    assert not paths.state_folder().exists()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="file modes exist on POSIX systems only")
def test_tightened_files_and_folders_are_their_owners_alone(tmp_path: Path) -> None:
    folder = paths.private_folder(tmp_path / "a" / "b")
    file = folder / "f"
    file.touch(mode=0o644)
    paths.tighten(file)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
