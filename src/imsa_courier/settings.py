"""The settings file of one courier, read strictly: a word that is not known is refused, not passed over."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from imsa_courier.errors import Refused
from imsa_courier.patience import Patience

PORTS = {"sftp": 22, "https": 443, "http": 80}
LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""The only hosts that may be spoken to without TLS: nobody can listen in between."""
_LARGEST = 64 * 1024
_KNOWN = {
    "local": {"out", "in", "after_sending", "settle"},
    "remote": {"url", "out", "in", "credentials", "known_hosts", "host_key", "ca_file", "after_fetching"},
    "patience": {"tries", "first_wait", "longest_wait"},
}
_MOST = 86_400


@dataclass(frozen=True, slots=True)
class Address:
    """Where the server is; never holds a password."""

    scheme: str
    host: str
    port: int
    path: str
    user: str = ""

    @property
    def place(self) -> str:
        """Name host and port, as messages do."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    def below(self, folder: str) -> str:
        """Give the path of a folder there: from the root, or, after sftp://host/~/, from the user's home."""
        home = self.scheme == "sftp" and (self.path in ("", "/~") or self.path.startswith("/~/"))
        base = self.path.removeprefix("/~").strip("/") if home else "/" + self.path.strip("/")
        return "/".join(step for step in (base.rstrip("/"), folder) if step or not home) or (
            "." if home else "/"
        )


@dataclass(frozen=True, slots=True)
class Settings:
    """What one courier carries between which places; folders that are not used are None."""

    out: Path | None
    inbox: Path | None
    address: Address
    out_there: str
    in_there: str
    credentials: Path
    known_hosts: Path | None = None
    host_keys: tuple[str, ...] = ()
    ca_file: Path | None = None
    move_sent: bool = True
    move_fetched: bool = False
    settle: float = 2.0
    patience: Patience = field(default_factory=Patience)


def read_settings(file: Path) -> Settings:
    """Read the settings; relative paths start at their file. Raises `Refused` with what to put right."""
    tables = _tables(file)
    local, remote = tables["local"], tables["remote"]
    base = file.resolve().parent
    url = _text(remote, "remote.url")
    if not url:
        raise Refused('The settings name no server: `url` is missing below "[remote]".')
    credentials = _path(remote, "remote.credentials", base)
    if credentials is None:
        raise Refused('The settings name no credentials file: `credentials` is missing below "[remote]".')
    keys = remote.get("host_key", [])
    return Settings(
        out=_path(local, "local.out", base),
        inbox=_path(local, "local.in", base),
        address=read_address(url),
        out_there=_folder(remote, "remote.out"),
        in_there=_folder(remote, "remote.in"),
        credentials=credentials,
        known_hosts=_path(remote, "remote.known_hosts", base),
        host_keys=_fingerprints(keys if isinstance(keys, list) else [keys]),
        ca_file=_path(remote, "remote.ca_file", base),
        move_sent=_choice(local, "local.after_sending", "move"),
        move_fetched=_choice(remote, "remote.after_fetching", "keep"),
        settle=_number(local, "local.settle", 2.0, 0),
        patience=_patience(tables["patience"]),
    )


def read_address(url: str) -> Address:
    """Take an address apart. Raises `Refused` for another kind of server, or one that holds a password."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refused("The server's `url` cannot be read.") from None
    if parts.password is not None:
        raise Refused("The server's `url` holds a password; it belongs in the credentials file.")
    if parts.scheme not in PORTS or not parts.hostname or parts.query or parts.fragment:
        raise Refused("The server's `url` must be like sftp://host/folder or https://host/folder.")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise Refused("Without TLS the courier speaks to this computer only: use https://.")
    user = unquote(parts.username or "")
    return Address(parts.scheme, parts.hostname, port or PORTS[parts.scheme], unquote(parts.path), user)


def _tables(file: Path) -> dict[str, Mapping[str, object]]:
    try:
        with file.open("rb") as source:
            read = tomllib.loads(source.read(_LARGEST).decode("utf-8"))
    except FileNotFoundError:
        raise Refused(f"There is no settings file {file}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refused(f"The settings file {file.name} cannot be read: {error}") from None
    found: dict[str, Mapping[str, object]] = {name: {} for name in _KNOWN}
    for name, table in read.items():
        if name not in _KNOWN or not isinstance(table, dict):
            raise Refused(f"The settings know no `{name}`.")
        if strange := sorted(set(table) - _KNOWN[name]):
            raise Refused(f"The settings know no `{strange[0]}` below [{name}].")
        found[name] = table
    return found


def _text(table: Mapping[str, object], name: str) -> str:
    value = table.get(name.partition(".")[2], "")
    if not isinstance(value, str) or "\0" in value:
        raise Refused(f"`{name}` must be text.")
    return value


def _path(table: Mapping[str, object], name: str, base: Path) -> Path | None:
    text = _text(table, name)
    return base / Path(text).expanduser() if text else None


def _folder(table: Mapping[str, object], name: str) -> str:
    folder = _text(table, name).strip("/")
    if any(step in ("..", ".", "") for step in folder.split("/")) and folder:
        raise Refused(f"`{name}` must be a plain folder below the server's `url`.")
    return folder


def _choice(table: Mapping[str, object], name: str, usual: str) -> bool:
    value = _text(table, name) or usual
    if value not in ("move", "keep"):
        raise Refused(f'`{name}` is "move" or "keep".')
    return value == "move"


def _number(table: Mapping[str, object], name: str, usual: float, least: float) -> float:
    value = table.get(name.partition(".")[2], usual)
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= _MOST:
        raise Refused(f"`{name}` must be a number from {least:g} to {_MOST}.")
    return float(value)


def _patience(table: Mapping[str, object]) -> Patience:
    usual = Patience()
    first = _number(table, "patience.first_wait", usual.first_wait, 0.01)
    longest = _number(table, "patience.longest_wait", usual.longest_wait, 0.01)
    return Patience(int(_number(table, "patience.tries", usual.tries, 1)), first, max(first, longest))


def _fingerprints(keys: list[object]) -> tuple[str, ...]:
    found = tuple(key for key in keys if isinstance(key, str) and key.startswith("SHA256:"))
    if len(found) != len(keys):
        raise Refused("`remote.host_key` must be a fingerprint like SHA256:..., or a list of them.")
    return found
