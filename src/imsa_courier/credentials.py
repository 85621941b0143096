"""Who the courier says it is: read from a file that only its owner can read; never shown, never logged."""

from __future__ import annotations

import os
import stat
import sys
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from imsa_courier.errors import Refused

_LARGEST = 64 * 1024
_WORDS = {"user", "password", "key_file", "key_passphrase", "agent"}


@dataclass(frozen=True, slots=True)
class Credentials:
    """A name with a password, a key file or the ssh agent; secrets stay out of what Python prints."""

    user: str = ""
    password: str = field(default="", repr=False)
    key_file: Path | None = None
    key_passphrase: str = field(default="", repr=False)
    agent: bool = False


def read_credentials(file: Path) -> Credentials:
    """Read the credentials. Raises `Refused` if others may read the file, or if it cannot be understood."""
    try:
        found = tomllib.loads(_private(file).decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        # The parser's own message could quote a line of the file.
        raise Refused(f"The credentials file {file.name} is not TOML.") from None
    if strange := sorted(set(found) - _WORDS):
        raise Refused(f"The credentials know no `{strange[0]}`.")
    agent = found.pop("agent", False)
    if not isinstance(agent, bool) or not all(isinstance(value, str) for value in found.values()):
        raise Refused("The credentials are texts, and `agent` is true or false.")
    key = found.pop("key_file", "")
    key_file = file.resolve().parent / Path(key).expanduser() if key else None
    if key_file is not None:
        _private(key_file)
    given = Credentials(key_file=key_file, agent=agent, **found)
    if not (given.password or given.key_file or given.agent):
        raise Refused("The credentials hold no password and no `key_file`, and `agent` is not true.")
    return given


def _private(file: Path) -> bytes:
    """Read a small file that belongs to this user and that nobody else may read."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    try:
        handle = os.open(file, flags | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError:
        raise Refused(f"There is no file {file}.") from None
    except OSError as error:
        raise Refused(f"The file {file} cannot be opened: {error.strerror}.") from None
    with os.fdopen(handle, "rb") as source:
        about = os.fstat(source.fileno())
        if not stat.S_ISREG(about.st_mode):
            raise Refused(f"{file} is not a plain file.")
        if sys.platform != "win32":  # there, the person's folder has its own access list
            if about.st_uid != os.geteuid():
                raise Refused(f"{file} belongs to somebody else.")
            if about.st_mode & 0o077:
                raise Refused(f"Others may read {file.name}: run `chmod 600 {file}`.")
        return source.read(_LARGEST)
