"""A real PostgreSQL for the office's tests: started here, by an unprivileged user, on a Unix socket only."""

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
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

_WAIT_S = 60


def _binaries() -> Path:
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


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Path]:
    """Start a server on a socket in an empty folder; stop it and remove everything afterwards."""
    base = Path(tempfile.mkdtemp(prefix="imsa-pg-"))
    user, programs = _server_user(), _binaries()
    if user is not None:
        entry = pwd.getpwnam(user)
        os.chown(base, entry.pw_uid, entry.pw_gid)
    data = base / "data"
    # Groups are dropped with the user, and nothing of the tests' environment reaches the server.
    group = None if user is None else pwd.getpwnam(user).pw_gid
    groups: list[str | int] | None = None if user is None else []
    environment = {"PATH": os.defpath, "LC_ALL": "C", "HOME": str(base)}
    try:
        initdb: list[str | Path] = [
            programs / "initdb",
            "-D",
            data,
            "-U",
            "imsa",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
        ]
        made = subprocess.run(
            initdb,
            cwd=base,
            env=environment,
            capture_output=True,
            text=True,
            timeout=_WAIT_S,
            user=user,
            group=group,
            extra_groups=groups,
        )
        assert made.returncode == 0, made.stderr
        options = ["listen_addresses=", "fsync=off", "max_connections=20", "shared_buffers=16MB"]
        command: list[str | Path] = [
            programs / "postgres",
            "-D",
            data,
            "-k",
            base,
            *(w for o in options for w in ("-c", o)),
        ]
        with (
            (base / "log").open("wb") as log,
            subprocess.Popen(
                command,
                cwd=base,
                env=environment,
                stdout=log,
                stderr=log,
                user=user,
                group=group,
                extra_groups=groups,
            ) as server,
        ):
            try:
                _wait_for(base, server)
                yield base
            finally:
                server.send_signal(signal.SIGINT)
                server.wait(_WAIT_S)
    finally:
        shutil.rmtree(base)


def _wait_for(base: Path, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _WAIT_S
    while time.monotonic() < until:
        assert server.poll() is None, (base / "log").read_text()
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(host=str(base), user="imsa", dbname="postgres").close()
            return
        time.sleep(0.05)
    raise AssertionError((base / "log").read_text())


@pytest.fixture
def postgresql_url(postgresql_server: Path) -> Iterator[str]:
    """Give the address of a new, empty database."""
    name = f"office_{time.monotonic_ns()}"
    with psycopg.connect(
        host=str(postgresql_server), user="imsa", dbname="postgres", autocommit=True
    ) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield f"postgresql://imsa@/{name}?host={postgresql_server}"
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
