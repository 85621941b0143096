"""The keyless parent: holds the vault's lock file and replaces the worker that holds the keys.

A process cannot reliably forget what it has read, so locking ends it. The supervisor never sees a key or a
record; it uses the standard library only. The worker gets one line of JSON on its standard input and, when it
locks, leaves one on its standard output: window geometry and the like, nothing secret. Nothing else may be
written to the worker's standard output.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from types import FrameType
    from typing import IO, Any, NoReturn

# Both processes read this on the way to the first paint, so each function imports what only it needs.

LOCK = ".lock"
LOCKED = 75
"""The worker's exit status when it locked and wants a successor."""
ALREADY_OPEN = 3
"""What `run` returns when another process holds the vault."""
GAVE_UP = 70
"""What `run` returns when the worker crashed again and again."""
HELD = "held"
"""In the worker's state: the folder whose lock the supervisor holds, or an empty text."""
CANNOT_WRITE = "cannot_write"
"""In the worker's state: why that folder can only be read; absent where it can be written."""
VAULT = "vault"
"""In the state a worker leaves: the vault folder its successor is to open, if not the first one."""
CRASHED = "crashed"

_CRASHES, _WITHIN_S = 3, 60.0
_STATE_BYTES = 64 * 1024
_WINDOWS_CRASH = 0xC0000000
_ENDED_ON_REQUEST = {"SIGTERM", "SIGINT", "SIGHUP"}
_LOCKED_BYTE = 1 << 30  # far behind the text, so that Windows lets others read who holds the lock
_PR_SET_DUMPABLE = 4


class CannotLock(Exception):
    """The vault's lock file cannot be had; `message` is for the person, `code` for scripts."""

    code = "E_LOCK"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InUse(CannotLock):
    """Another process holds the vault."""

    code = "E_IN_USE"


@contextlib.contextmanager
def holding(vault_folder: Path) -> Iterator[None]:
    """Hold a vault's lock; raises `InUse`, or `CannotLock` when the folder cannot be written to.

    A folder that is not there yet has nothing to lock. The file stays afterwards; the lock goes with the
    process.
    """
    lock = _take(vault_folder)
    try:
        yield
    finally:
        if lock is not None:
            lock.close()


def _take(folder: Path) -> IO[bytes] | None:
    if not folder.is_dir():
        return None
    try:
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
        file = os.fdopen(os.open(folder / LOCK, flags, 0o600), "r+b", buffering=0)
    except OSError as error:
        raise CannotLock("The vault's folder cannot be written to. Check its permissions.") from error
    try:
        _lock(file)
        file.truncate(0)
        file.seek(0)
        started = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        file.write(f'{{"pid": {os.getpid()}, "started": "{started}"}}\n'.encode())
    except BlockingIOError as error:
        file.close()
        raise InUse("This vault is already open. Use the window that is open, or close it first.") from error
    except OSError as error:
        file.close()
        raise CannotLock("The vault's folder cannot be written to. Check that its disk has room.") from error
    return file


def _lock(file: IO[bytes]) -> None:
    """Take the system's advisory lock without waiting; raises `BlockingIOError` if another process has it."""
    if sys.platform == "win32":
        import msvcrt  # each system has one of the two

        file.seek(_LOCKED_BYTE)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise BlockingIOError from error
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def run(
    worker_command: list[str],
    vault_folder: Path | None,
    state: dict[str, Any],
    tell: Callable[[str], None] = lambda message: print(message, file=sys.stderr),
) -> int:
    """Keep a worker running until it ends by itself; return its status, `ALREADY_OPEN` or `GAVE_UP`.

    A worker that locked is replaced with the state it left; one that crashed is replaced with the last state
    and `crashed`, three times a minute at most. `tell` gets a plain message for the person when there is no
    window.
    """
    recent: list[float] = []
    with contextlib.ExitStack() as stack:
        request = stack.enter_context(_Request())
        lock = stack.enter_context(_Lock())
        while True:
            named = state.get(VAULT)
            folder = Path(named) if isinstance(named, str) and named else vault_folder
            told = {HELD: ""}
            try:
                told[HELD] = lock.move_to(folder)
            except InUse as error:
                tell(error.message)
                return ALREADY_OPEN
            except CannotLock as error:
                told[CANNOT_WRITE] = error.message  # it can still be read, and the worker's window says so
            status, left = _work(worker_command, {**state, **told}, request)
            if status == LOCKED and not request.made:
                state = left
            elif _is_crash(status):
                recent = [*recent[1 - _CRASHES :], time.monotonic()]
                if len(recent) == _CRASHES and recent[-1] - recent[0] < _WITHIN_S:
                    tell("IMSA Desk stopped three times within a minute. Your saved records are safe.")
                    return GAVE_UP
                state = {**state, CRASHED: True}
            else:
                return status if status >= 0 else 128 - status


class _Lock:
    """The lock the supervisor holds, for one folder at a time."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._file: IO[bytes] | None = None

    def __enter__(self) -> _Lock:
        return self

    def __exit__(self, *_: object) -> None:
        self._release()

    def move_to(self, folder: Path | None) -> str:
        """Hold this folder's lock and no other; return the folder held, or nothing if it is not there yet."""
        if self._file is None or folder != self._folder:
            self._release()
            self._file = None if folder is None else _take(folder)
            self._folder = folder
        return "" if self._file is None else str(folder)

    def _release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def _work(command: list[str], state: dict[str, Any], request: _Request) -> tuple[int, dict[str, Any]]:
    """Run one worker to its end; return its status and the state it left."""
    import subprocess

    # Pipes work alike on every system; arguments and environment could be read by others.
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as worker:
        request.watch(worker)
        import json  # while the worker gets ready

        with contextlib.suppress(OSError):
            _pipe(worker.stdin).write(json.dumps(state).encode() + b"\n")
        with contextlib.suppress(OSError):
            _pipe(worker.stdin).close()
        said = _tail(_pipe(worker.stdout))
        return worker.wait(), _last_object(said)


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise ValueError("the worker was started without pipes")
    return stream


def _tail(stream: IO[bytes]) -> bytes:
    said = b""
    while part := stream.read(_STATE_BYTES):
        said = (said + part)[-_STATE_BYTES:]
    return said


def _last_object(said: bytes) -> dict[str, Any]:
    lines = said.strip().splitlines()
    if not lines:
        return {}
    import json

    try:
        value = json.loads(lines[-1])
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _is_crash(status: int) -> bool:
    if status >= 0:
        return status >= _WINDOWS_CRASH
    import signal

    try:
        return signal.Signals(-status).name not in _ENDED_ON_REQUEST
    except ValueError:
        return True


class _Request:
    """Hands a request to end on to the worker, so that no worker is left without its lock."""

    def __init__(self) -> None:
        self.made = False
        self._worker: subprocess.Popen[bytes] | None = None
        self._before: dict[int, Any] = {}

    def __enter__(self) -> _Request:
        import signal

        with contextlib.suppress(ValueError):  # only the main thread may
            for name in ("SIGTERM", "SIGHUP"):
                if hasattr(signal, name):
                    self._handle(getattr(signal, name), self._pass_on)
            # Ctrl+C reaches the worker by itself.
            self._handle(signal.SIGINT, lambda _number, _frame: None)
        return self

    def __exit__(self, *_: object) -> None:
        import signal

        for number, handler in self._before.items():
            signal.signal(number, handler)

    def watch(self, worker: subprocess.Popen[bytes]) -> None:
        """Pass requests on to this worker from now on, and one that came in between."""
        self._worker = worker
        if self.made:
            worker.terminate()

    def _handle(self, number: int, handler: Callable[[int, FrameType | None], None]) -> None:
        import signal

        self._before[number] = signal.signal(number, handler)

    def _pass_on(self, _number: int, _frame: FrameType | None) -> None:
        self.made = True
        if self._worker is not None:
            self._worker.terminate()


def read_state() -> dict[str, Any]:
    """Read, in the worker, the state the supervisor passed on; empty when started without one."""
    if sys.stdin is None or sys.stdin.closed or sys.stdin.isatty():
        return {}
    return _last_object(sys.stdin.buffer.readline(_STATE_BYTES))


def leave_locked(state: dict[str, Any]) -> NoReturn:
    """End the worker at once, leaving `state` for its successor.

    Everything must be saved, closed and wiped by now: nothing else of Python runs. `state` holds nothing
    secret.
    """
    import json

    # A line end first: something unfinished may have been printed.
    message = memoryview(b"\n" + json.dumps(state).encode() + b"\n")
    with contextlib.suppress(OSError):
        while message:
            message = message[os.write(1, message) :]
    os._exit(LOCKED)


def keep_private() -> None:
    """Keep this process's memory out of core files, and its files to their owner: `harden`'s quick part."""
    os.umask(0o077)
    if sys.platform == "win32":
        return
    import resource

    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def harden() -> None:
    """Keep this process's memory out of core files and debuggers, and its files to their owner.

    On Linux also not dumpable, which has to be asked again in every new program. Elsewhere it does what it
    can. To be called before the process holds any secret.
    """
    keep_private()
    if sys.platform == "linux":
        import ctypes

        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
