"""One server of each kind for all tests of the courier; each test gets a folder of its own there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from courier_kit import (
    Line,
    Person,
    Server,
    asyncssh_server,
    own_place,
    sshd_program,
    sshd_server,
    webdav_server,
)

KINDS = ("asyncssh", "sshd", "webdav")


@pytest.fixture(scope="session", autouse=True)
def _no_proxy() -> Iterator[None]:
    """The loopback is reached directly, whatever the machine's settings are."""
    before = {name: os.environ.pop(name) for name in list(os.environ) if name.lower().endswith("_proxy")}
    yield
    os.environ.update(before)


@pytest.fixture(scope="session")
def asyncssh_here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """asyncssh's own SFTP server."""
    with asyncssh_server(tmp_path_factory.mktemp("asyncssh")) as server:
        yield server


@pytest.fixture(scope="session")
def sshd_here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The system's sshd."""
    if sshd_program() is None:
        pytest.skip("no sshd here: asyncssh's server stands in")
    with sshd_server(tmp_path_factory.mktemp("sshd"), tmp_path_factory.mktemp("keys")) as server:
        yield server


@pytest.fixture(scope="session")
def webdav_here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A WebDAV server."""
    with webdav_server(tmp_path_factory.mktemp("webdav")) as server:
        yield server


@pytest.fixture(params=KINDS)
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Server:
    """Each kind of server in turn."""
    found: Server = request.getfixturevalue(f"{request.param}_here")
    return own_place(found, tmp_path.name)


@pytest.fixture(params=KINDS[:2])
def sftp(request: pytest.FixtureRequest, tmp_path: Path) -> Server:
    """Each SFTP server in turn."""
    found: Server = request.getfixturevalue(f"{request.param}_here")
    return own_place(found, tmp_path.name)


@pytest.fixture
def person(server: Server, tmp_path: Path) -> Person:
    """Somebody with a courier to each kind of server in turn."""
    return Person(tmp_path, server)


@pytest.fixture(params=["asyncssh", "webdav"])
def far(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Person]:
    """Somebody whose courier reaches a server by a line that can be cut."""
    found: Server = request.getfixturevalue(f"{request.param}_here")
    line = Line(found.port)
    yield Person(tmp_path, own_place(found, tmp_path.name), line)
    line.close()


@pytest.fixture
def far_sftp(sftp: Server, tmp_path: Path) -> Iterator[Person]:
    """Somebody whose courier reaches an SFTP server by a line that can be cut."""
    line = Line(sftp.port)
    yield Person(tmp_path, sftp, line)
    line.close()
