"""No process of the program makes an internet socket, through the whole tour: the kernel would end it."""

from __future__ import annotations

import platform
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from e2e.conftest import Toured
from network_trap import SOCKET_CALLS

TRAP = Path(__file__).parents[1] / "network_trap.py"

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in SOCKET_CALLS, reason="the trap is Linux's"
)


def trapped(script: str) -> int:
    """Run a script in the trap and give how it ended."""
    command = [sys.executable, str(TRAP), sys.executable, "-c", script]
    return subprocess.run(command, capture_output=True, timeout=60, check=False).returncode


@pytest.mark.parametrize("family", ["AF_INET", "AF_INET6"])
@pytest.mark.parametrize("kind", ["SOCK_STREAM", "SOCK_DGRAM"])
def test_the_trap_ends_whoever_makes_an_internet_socket(family: str, kind: str) -> None:
    script = f"import socket; socket.socket(socket.{family}, socket.{kind})"
    assert trapped(script) == -signal.SIGSYS


def test_the_trap_holds_for_processes_started_in_it_and_lets_others_talk() -> None:
    below = (
        "import subprocess, sys; "
        "sys.exit(-subprocess.run([sys.executable, '-c', 'import socket; socket.socket()']).returncode)"
    )
    assert trapped(below) == signal.SIGSYS
    assert trapped("import socket; socket.socketpair(); socket.socket(socket.AF_UNIX)") == 0


def test_the_whole_tour_makes_no_internet_socket(toured: Toured) -> None:
    status, said = toured.ended
    assert status == 0, said
    assert b"tour_driver.py" in toured.shown and b"--part" in toured.shown
