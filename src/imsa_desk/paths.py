"""Where everything is: the program's own data, and the person's folders on each system."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

_PACKAGE = Path(__file__).resolve().parent
_POSIX_NAME = "imsa-desk"
_SHOWN_NAME = "IMSA Desk"


def resources() -> Path:
    """Find the forms, lists, rules, icons and help that ship with the program."""
    return _program_data("resources")


def migrations() -> Path:
    """Find the database migrations that ship with the program."""
    return _program_data("migrations")


def _program_data(name: str) -> Path:
    """Find a data folder in a frozen program, an installed package or a checkout, in that order.

    A missing folder means an incomplete installation; the first reader of a file then says which one.
    """
    frozen = getattr(sys, "_MEIPASS", None)
    if frozen is not None:
        return Path(str(frozen)) / "imsa_desk" / "_data" / name
    installed = _PACKAGE / "_data" / name
    return installed if installed.is_dir() else _PACKAGE.parents[1] / name


class UserFolders(NamedTuple):
    """The three places a system gives a program for one person's files."""

    data: Path
    config: Path
    state: Path


def user_folders(system: str, environment: Mapping[str, str], home: Path) -> UserFolders:
    """Name the person's folders on a system (`sys.platform` words); nothing is created.

    Linux follows the XDG base directories, where a relative value counts as unset.
    """
    if system == "win32":
        base = Path(environment.get("LOCALAPPDATA") or home / "AppData" / "Local") / _SHOWN_NAME
        return UserFolders(base, base, base)
    if system == "darwin":
        base = home / "Library" / "Application Support" / _SHOWN_NAME
        return UserFolders(base, base, base)

    def xdg(variable: str, default: Path) -> Path:
        value = Path(environment.get(variable, ""))
        return (value if value.is_absolute() else default) / _POSIX_NAME

    return UserFolders(
        xdg("XDG_DATA_HOME", home / ".local" / "share"),
        xdg("XDG_CONFIG_HOME", home / ".config"),
        xdg("XDG_STATE_HOME", home / ".local" / "state"),
    )


def _mine() -> UserFolders:
    return user_folders(sys.platform, os.environ, Path.home())


def default_vault_folder() -> Path:
    """Name the folder offered for a first vault."""
    return _mine().data / "vault"


def settings_file() -> Path:
    """Name the file that keeps how the program looks; it holds nothing personal."""
    return _mine().config / "settings.json"


def state_folder() -> Path:
    """Name the folder for crash reports and the like."""
    return _mine().state


def tighten(path: Path) -> None:
    """Let only the owner read or change a file or folder, where the system has such modes.

    On Windows the person's profile folder already keeps others out.
    """
    if os.name == "posix":
        path.chmod(0o700 if path.is_dir() else 0o600)


def private_folder(path: Path) -> Path:
    """Create a folder with its parents, open to its owner only, and return it.

    Parents that exist, and a folder that exists, keep their modes.
    """
    if not path.is_dir():
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        tighten(path)
    return path
