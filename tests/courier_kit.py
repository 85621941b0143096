"""Real servers on the loopback for tests of the courier, a line that can be cut, and a person who runs it."""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import secrets
import shutil
import socket
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import asyncssh
from asyncssh.sftp import SFTPServer
from cheroot.ssl.builtin import BuiltinSSLAdapter
from cheroot.wsgi import Server as WsgiServer
from wsgidav.wsgidav_app import WsgiDAVApp

from imsa_courier import commands

USER, PASSWORD = "advocate-17", "a-password-of-the-tests"
MIB = 1024 * 1024


@dataclass(frozen=True)
class Server:
    """A server that runs: where it listens, the folder it shows, and how to log in."""

    scheme: str
    port: int
    root: Path
    credentials: str
    trust: str = ""
    """Lines for `[remote]` that make the courier trust it."""
    prefix: str = ""
    """What comes before its folders in the address."""

    @property
    def appends(self) -> bool:
        """Say whether an upload can go on."""
        return self.scheme == "sftp"


class _Doorman(asyncssh.SSHServer):
    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, PASSWORD)


@contextmanager
def asyncssh_server(root: Path) -> Iterator[Server]:
    """Run asyncssh's SFTP server in a thread; it shows one folder as its root."""
    key = asyncssh.generate_private_key("ssh-ed25519")
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def on_loop(work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result(20)

    async def listen() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_factory=_Doorman,
            server_host_keys=[key],
            sftp_factory=lambda chan: SFTPServer(chan, chroot=os.fsencode(root)),
        )

    async def stop() -> None:
        acceptor.close()
        await acceptor.wait_closed()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    acceptor = on_loop(listen())
    trust = f'host_key = "{key.get_fingerprint()}"'
    try:
        yield Server("sftp", acceptor.get_port(), root, _password(), trust)
    finally:
        on_loop(stop())
        loop.call_soon_threadsafe(loop.stop)
        thread.join(20)
        loop.close()


def sshd_program() -> str | None:
    """Find the system's SSH server, if it is installed."""
    return shutil.which("sshd", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


@contextmanager
def sshd_server(root: Path, keep: Path) -> Iterator[Server]:
    """Run the system's sshd for this user only, with a key; it shows the whole file system."""
    program = sshd_program()
    assert program is not None
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # what its own start script does
    host, own, port = keep / "host_key", keep / "own_key", free_port()
    for file in (host, own):
        asyncssh.generate_private_key("ssh-ed25519").write_private_key(file)
        file.chmod(0o600)
    public = asyncssh.read_private_key(own).export_public_key()
    (keep / "authorized").write_bytes(public)
    config = keep / "sshd_config"
    config.write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {host}\nPidFile none\nUsePAM no\nStrictModes no\n"
        f"AuthorizedKeysFile {keep / 'authorized'}\nPasswordAuthentication no\n"
        "KbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\nSubsystem sftp internal-sftp\n"
        "MaxStartups 100\n"
    )
    with subprocess.Popen([program, "-D", "-e", "-f", config], stderr=subprocess.DEVNULL) as process:
        try:
            wait_for(port)
            fingerprint = asyncssh.read_private_key(host).get_fingerprint()
            user = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
            words = f'user = "{user}"\nkey_file = "{own}"\n'
            yield Server("sftp", port, root, words, f'host_key = "{fingerprint}"', str(root))
        finally:
            process.terminate()


@contextmanager
def webdav_server(root: Path, certificate: Path | None = None, key: Path | None = None) -> Iterator[Server]:
    """Run WsgiDAV in a thread, with TLS if a certificate is given."""
    app = WsgiDAVApp(
        {
            "provider_mapping": {"/": {"root": str(root), "readonly": False}},
            "simple_dc": {"user_mapping": {"*": {USER: {"password": PASSWORD}}}},
            "verbose": 0,
            "logging": {"enable": False},
            "lock_storage": None,
            "property_manager": None,
        }
    )
    server = WsgiServer(("127.0.0.1", 0), app, numthreads=4, shutdown_timeout=1)
    server.error_log = _unheard  # type: ignore[method-assign]  # cut lines are what these tests are about
    if certificate is not None:
        server.ssl_adapter = BuiltinSSLAdapter(str(certificate), str(key))
    server.prepare()
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    trust = f'ca_file = "{certificate}"' if certificate else ""
    try:
        scheme = "https" if certificate else "http"
        yield Server(scheme, server.bind_addr[1], root, _password(), trust)
    finally:
        server.stop()
        thread.join(20)


def own_place(server: Server, name: str) -> Server:
    """Give a test its own folder at a server."""
    root = server.root / name
    root.mkdir()
    return replace(server, root=root, prefix=f"{server.prefix}/{name}")


class Line:
    """A line to a server that can be cut after so many bytes up or down, and counts what went through."""

    def __init__(self, target: int) -> None:
        self.up = self.down = 0
        self.cuts: list[tuple[str, int]] = []
        """What each new connection may carry ("up" or "down", bytes), in turn; empty: it is not cut."""
        self.refuses = False
        self.tried = 0
        line = self

        class Relay(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                line.relay(self.request, target)

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Relay)
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        serve = self._server.serve_forever
        self._thread = threading.Thread(target=serve, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    def relay(self, near: socket.socket, target: int) -> None:
        """Carry one connection both ways, until an end or the cut that is due."""
        self.tried += 1
        if self.refuses:
            return
        due = self.cuts.pop(0) if self.cuts else ("", 0)
        with socket.create_connection(("127.0.0.1", target)) as far:
            for end in (near, far):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            other = threading.Thread(target=self._pump, args=(far, near, "down", due), daemon=True)
            other.start()
            self._pump(near, far, "up", due)
            other.join(20)

    def _pump(self, source: socket.socket, to: socket.socket, way: str, due: tuple[str, int]) -> None:
        left = due[1] if due[0] == way else None
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if left is not None:
                    data, left = data[:left], left - len(data[:left])
                to.sendall(data)
                if way == "up":
                    self.up += len(data)
                else:
                    self.down += len(data)
                if left == 0:
                    break
        for end in (source, to):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End it."""
        self._server.shutdown()
        self._thread.join(20)
        self._server.server_close()


@dataclass(frozen=True)
class Done:
    """How a call of the courier ended, and all it said."""

    status: int
    said: str


def call(word: str, settings: Path, *more: str) -> Done:
    """Run the courier here, with settings as they lie there."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        status = commands.run([word, "--settings", str(settings), *more])
    return Done(status, said.getvalue())


@dataclass
class Person:
    """Somebody with an exchange folder and a courier."""

    folder: Path
    server: Server
    line: Line | None = None
    local: str = "settle = 0\n"
    remote: str = ""
    patience: str = "tries = 4\nfirst_wait = 0.02\nlongest_wait = 0.05\n"
    credentials: str = ""
    trust: str | None = None
    out_there: str = "to-office"
    in_there: str = "from-office"
    out: Path = field(init=False)
    inbox: Path = field(init=False)

    def __post_init__(self) -> None:
        self.out, self.inbox = self.folder / "out", self.folder / "in"
        for place in (self.out, self.inbox, self.there(self.out_there), self.there(self.in_there)):
            place.mkdir(parents=True, exist_ok=True)

    def there(self, folder: str) -> Path:
        """Give a folder at the server."""
        return self.server.root / folder

    @property
    def settings(self) -> Path:
        """Write the settings and the credentials as they are now; give the settings' file."""
        credentials = self.folder / "credentials.toml"
        credentials.write_text(self.credentials or self.server.credentials)
        credentials.chmod(0o600)
        port = self.line.port if self.line else self.server.port
        trust = self.server.trust if self.trust is None else self.trust
        file = self.folder / "settings.toml"
        file.write_text(
            f'[local]\nout = "{self.out}"\nin = "{self.inbox}"\n{self.local}\n'
            f'[remote]\nurl = "{self.server.scheme}://127.0.0.1:{port}{self.server.prefix}"\n'
            f'out = "{self.out_there}"\nin = "{self.in_there}"\ncredentials = "credentials.toml"\n'
            f"{trust}\n{self.remote}\n"
            f"[patience]\n{self.patience}"
        )
        return file

    def run(self, *words: str) -> Done:
        """Run the courier here."""
        return call(words[0], self.settings, *words[1:])

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start the courier as a process of its own."""
        command = [
            sys.executable,
            "-m",
            "imsa_courier",
            words[0],
            "--settings",
            str(self.settings),
            *words[1:],
        ]
        environment = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
        return subprocess.Popen(
            command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment
        )


def sealed(folder: Path, size: int = 1000) -> Path:
    """Make a file that looks sealed: its name is right, its contents are nobody's business."""
    file = folder / f"{secrets.token_hex(8)}.imsa"
    file.write_bytes(secrets.token_bytes(size))
    return file


def tree(*folders: Path) -> dict[str, tuple[int, bytes]]:
    """Give every file with its time and contents, to see that nothing changed."""
    found = {}
    for folder in folders:
        for file in sorted(folder.rglob("*")):
            about = file.lstat()
            data = file.read_bytes() if file.is_file() and not file.is_symlink() else b""
            found[str(file)] = (about.st_mtime_ns if data else 0, data)
    return found


def visible(folder: Path) -> list[str]:
    """List a folder without the courier's own lock and memory."""
    return sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith("."))


def free_port() -> int:
    """Give a port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, seconds: float = 10) -> None:
    """Wait until somebody listens."""
    until = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert time.monotonic() < until, "the server did not start"
            time.sleep(0.02)


def _unheard(*_: object, **__: object) -> None:
    """Drop what a server would print."""


def _password() -> str:
    return f'user = "{USER}"\npassword = "{PASSWORD}"\n'
