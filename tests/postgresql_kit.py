"""Starts a real PostgreSQL for tests and measurements, by an unprivileged user, on a Unix socket only."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

_WAIT_S = 60
QUICK = ("listen_addresses=", "fsync=off", "max_connections=20", "shared_buffers=16MB")
"""Settings for tests: what they do need not survive a power cut."""
DURABLE = ("listen_addresses=", "max_connections=20", "shared_buffers=128MB")


def binaries() -> Path:
    """Find the server's programs: the system's newest installation, or the search path."""
    installed = sorted(
        (p for p in Path("/usr/lib/postgresql").glob("*/bin") if (p / "initdb").exists()),
        key=lambda p: int(p.parent.name) if p.parent.name.isdigit() else 0,
    )
    if installed:
        return installed[-1]
    found = shutil.which("initdb")
    assert found is not None, "PostgreSQL is missing: install the package postgresql"
    return Path(found).resolve().parent


def _server_user() -> str | None:
    """Name the user the server runs as: PostgreSQL refuses root; None = whoever runs the tests."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


@dataclass
class Server:
    """A server in a folder of its own; the folder is also that of its socket."""

    folder: Path
    options: tuple[str, ...] = QUICK
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def pid(self) -> int:
        """Give the process id of the running server."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it and wait until it answers."""
        data, words = self.folder / "data", [w for o in self.options for w in ("-c", o)]
        command: list[str | Path] = [binaries() / "postgres", "-D", data, "-k", self.folder, *words]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, **self.surroundings())
        until = time.monotonic() + _WAIT_S
        while time.monotonic() < until:
            assert self._process.poll() is None, self.log()
            with contextlib.suppress(psycopg.OperationalError):
                psycopg.connect(host=str(self.folder), user="imsa", dbname="postgres").close()
                return
            time.sleep(0.02)
        raise AssertionError(self.log())

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it: SIGINT closes the connections, SIGQUIT is an immediate stop, SIGKILL a crash."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(how)
        self._process.wait(_WAIT_S)
        self._process = None

    def log(self) -> str:
        """Give what the server wrote."""
        return (self.folder / "log").read_text("utf-8", errors="replace")

    def surroundings(self) -> dict[str, Any]:
        """Say how its programs are run: groups are dropped with the user, nothing of ours reaches them."""
        user = _server_user()
        environment = {"PATH": os.defpath, "LC_ALL": "C", "HOME": str(self.folder)}
        if user is None:
            return {"cwd": self.folder, "env": environment}
        group = pwd.getpwnam(user).pw_gid
        return {"cwd": self.folder, "env": environment, "user": user, "group": group, "extra_groups": []}


@contextmanager
def running_server(options: tuple[str, ...] = QUICK, folder: Path | None = None) -> Iterator[Server]:
    """Make a server in an empty folder and start it; stop it and remove everything afterwards."""
    server = Server(folder or Path(tempfile.mkdtemp(prefix="imsa-pg-")), options)
    try:
        user = _server_user()
        if user is not None:
            entry = pwd.getpwnam(user)
            os.chown(server.folder, entry.pw_uid, entry.pw_gid)
        words = ["-U", "imsa", "-A", "trust", "-E", "UTF8", "--no-sync"]
        command: list[str | Path] = [binaries() / "initdb", "-D", server.folder / "data", *words]
        made = subprocess.run(
            command, capture_output=True, text=True, timeout=_WAIT_S, **server.surroundings()
        )
        assert made.returncode == 0, made.stderr
        server.start()
        yield server
    finally:
        server.stop()
        if folder is None:
            shutil.rmtree(server.folder)
