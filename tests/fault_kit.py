"""Stops a process at one exact system call, or makes that call fail: a victim that forks, traced by strace.

A victim is a script that imports the program once and ends in `serve`; each attempt is a fork of it, so
that an attempt costs some hundredths of a second. strace's fault injection (`-e inject=`) does the rest:
SIGKILL at the entry of a call means that it is not made any more, so call N stopped is the state after N - 1.
"""

from __future__ import annotations

import ctypes
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import NoReturn, Self

from vault_kit import python_environment

from imsa_desk.errors import ImsaError

CHANGING = (
    "write pwrite64 writev pwritev fsync fdatasync sync_file_range rename renameat renameat2 ftruncate "
    "truncate fallocate unlink unlinkat link linkat symlink symlinkat mkdir mkdirat rmdir chmod fchmod "
    "fchmodat copy_file_range sendfile"
).split()
"""Every call by which a file or a folder's list changes; `open` shows in the write that follows."""
WRITING = ("write", "pwrite64", "writev", "pwritev", "copy_file_range", "sendfile", "fallocate")
READING = ("read", "pread64")
FLUSHING = ("fsync", "fdatasync")
NEEDED = "These tests need strace, and the right to trace a child process (Debian: apt-get install strace)."
_SET_PTRACER, _ANYBODY = 0x59616D61, -1
_PATIENCE_S = 60.0
_CALL = re.compile(r"((?P<who>\d+) +)?(?P<name>\w+)\((\d+<(?P<file>[^>]*)>)?")

Say = Callable[[str], None]
Verb = Callable[..., Iterator[None]]
"""Prepares, yields once when ready, then does what is to be stopped; a second yield waits for `go on`."""


@dataclass(frozen=True, slots=True)
class Ran:
    """How an attempt ended: what it said, and the calls that were seen, in order."""

    killed: bool
    said: tuple[str, ...]
    calls: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    """For each call the file it was about; "" where it is told by a name and not by a descriptor."""

    def told(self, word: str) -> tuple[str, ...]:
        """Give what was said after this first word."""
        return tuple(line.partition(" ")[2] for line in self.said if line.split(" ")[0] == word)


def stop_at(calls: Sequence[str], n: int) -> tuple[str, ...]:
    """Say to strace: kill at the n-th (from 1) of these calls."""
    name = calls[n - 1]
    return (f"inject={name}:signal=SIGKILL:when={calls[:n].count(name)}",)


def fail_at(calls: Sequence[str], n: int, error: str, *, for_good: bool) -> tuple[str, ...]:
    """Say to strace: let the n-th of these calls fail, and with `for_good` each one after it."""
    before = Counter(calls[: n - 1])
    if not for_good:
        return (f"inject={calls[n - 1]}:error={error}:when={before[calls[n - 1]] + 1}",)
    return tuple(f"inject=?{name}:error={error}:when={before[name] + 1}+" for name in sorted(set(calls)))


class Victims:
    """A running victim script that is forked for each attempt; close it, or use it in a `with`."""

    def __init__(self, script: Path, folder: Path) -> None:
        self._log = folder / "strace.log"
        ours, theirs = socket.socketpair()
        ours.settimeout(_PATIENCE_S)
        self._line = _Line(ours)
        command = [sys.executable, str(script), str(theirs.fileno())]
        # The first attempt would write compiled files, and have more calls than the others.
        environment = {**python_environment(), "PYTHONDONTWRITEBYTECODE": "1"}
        self._process = subprocess.Popen(command, pass_fds=(theirs.fileno(),), env=environment)
        theirs.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._line.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def run(
        self,
        verb: str,
        *arguments: str | Path | int,
        trace: Sequence[str] = (),
        inject: Sequence[str] = (),
        kill_after: float | None = None,
        once_it_speaks: bool = False,
    ) -> Ran:
        """Fork the victim for one attempt and wait for its end.

        With `trace` the calls of these names are recorded. When the victim comes to its second yield,
        whatever was injected ends before it goes on. `kill_after` counts seconds from the start, or from the
        first thing that the victim says.
        """
        self._line.say(json.dumps([verb, *map(str, arguments)]))
        pid = int(self._until("pid").split()[1])
        said: list[str] = []
        if (first := self._line.read()) != "ready":
            self._until("end")
            raise AssertionError(f"{verb} did not get ready: {first}")
        tracer = self._attach(pid, trace, inject) if trace else None
        self._line.say("go")
        line = self._line.read() if kill_after is None or once_it_speaks else ""
        if kill_after is not None:
            time.sleep(kill_after)
            with suppress(ProcessLookupError):  # it may have finished
                os.kill(pid, signal.SIGKILL)
        while not line.startswith("end "):
            if line == "waiting":
                if tracer is not None:
                    _end(tracer)
                self._line.say("go on")
            elif line:
                said.append(line)
            line = self._line.read()
        if tracer is not None:
            _end(tracer)
        status = int(line.split()[1])
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        assert killed or status == 0, (verb, status, said)
        return Ran(killed, tuple(said), *(_calls(self._log, pid) if tracer is not None else ()))

    def _until(self, word: str) -> str:
        line = self._line.read()
        assert line.split(" ")[0] == word, line
        return line

    def _attach(self, pid: int, trace: Sequence[str], inject: Sequence[str]) -> subprocess.Popen[str]:
        strace = shutil.which("strace")
        assert strace is not None, NEEDED
        wanted = ["-e", "trace=" + ",".join(f"?{name}" for name in trace)]
        faults = [word for each in inject for word in ("-e", each)]
        # Threads are followed to see that none of them changes files; their many waits make that slow.
        threads = [] if inject else ["-f"]
        command = [strace, *threads, "-y", "-p", str(pid), "-o", str(self._log), *wanted, *faults]
        tracer = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        assert tracer.stderr is not None
        first = tracer.stderr.readline()
        assert "attached" in first, f"{NEEDED} strace says: {first}"
        return tracer


def _end(tracer: subprocess.Popen[str]) -> None:
    """Let go of the victim, which goes on untraced; a second time does nothing."""
    if tracer.returncode is not None:
        return
    if tracer.poll() is None:
        tracer.terminate()
    tracer.communicate()


def _calls(log: Path, pid: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Read the calls and their files, in order; all by the one thread whose calls strace counts."""
    calls, files = [], []
    for line in log.read_text("utf-8", errors="replace").splitlines():
        found = _CALL.match(line)
        if found:
            assert not found["who"] or int(found["who"]) == pid, f"a second thread changes files: {line}"
            calls.append(found["name"])
            files.append(found["file"] or "")
    return tuple(calls), tuple(files)


class _Line:
    """Whole lines over a socket: `sendto` is not among the calls that fail or kill."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end

    def say(self, text: str) -> None:
        self._end.sendall(text.encode() + b"\n")

    def read(self) -> str:
        """Give the next line. Never reads beyond it: the fork reads on. Raises `EOFError` at the end."""
        line = bytearray()
        while (byte := self._end.recv(1)) != b"\n":
            if not byte:
                raise EOFError("the other end has gone")
            line += byte
        return line.decode()

    def close(self) -> None:
        self._end.close()


def serve(verbs: Mapping[str, Verb]) -> None:
    """Be a victim: fork for each line that names a verb and its arguments, until the other end closes."""
    line = _Line(socket.socket(fileno=int(sys.argv[1])))
    while True:
        try:
            request = line.read()
        except EOFError:
            return
        if not request.startswith("["):
            continue  # the end of a word to a fork that was killed before it had read it
        verb, *arguments = json.loads(request)
        pid = os.fork()
        if pid == 0:
            _attempt(line, verb, verbs[verb], arguments)
        _, status = os.waitpid(pid, 0)
        line.say(f"end {status}")


def _attempt(line: _Line, name: str, verb: Verb, arguments: Sequence[str]) -> NoReturn:
    """Do one verb in this fork, saying how it went."""
    if sys.platform == "linux":
        # Where only parents may trace (Yama), strace is a cousin.
        ctypes.CDLL(None).prctl(_SET_PTRACER, ctypes.c_ulong(_ANYBODY), 0, 0, 0)
    line.say(f"pid {os.getpid()}")
    try:
        steps = verb(line.say, *arguments)
        next(steps)
        line.say("ready")
        line.read()
        for _ in steps:
            line.say("waiting")
            line.read()
    except ImsaError as error:
        line.say(f"refused {name} {error.code} {error}")
    except BaseException as error:
        line.say(f"crashed {name} {type(error).__name__}: {error}".replace("\n", " "))
    os._exit(0)
