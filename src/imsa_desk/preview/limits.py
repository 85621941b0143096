"""Take away from this process what it does not need: files, sockets, children, much memory and time."""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import dataclass
from pathlib import Path

from imsa_desk.preview import system_calls

MEMORY = 1536 * 1024 * 1024
"""Bytes that no request may pass."""
PAGES_ROOM = 192 * 1024 * 1024
"""Bytes for pages as a screen shows them: a PDF that leads back to itself grows until nothing is left."""
PRINT_ROOM = 512 * 1024 * 1024
"""Bytes for pages as fine as paper shows them."""
PICTURE_ROOM = 1152 * 1024 * 1024
"""Bytes for a picture with as many dots as are allowed, decoded and made smaller."""
DATA_ROOM = 256 * 1024 * 1024
"""Bytes for what stands in a workbook, or in the fields of a form."""
SECONDS = 30


@dataclass(frozen=True, slots=True)
class Limits:
    """What the system itself keeps the child from, beyond what the program does by not asking for it."""

    memory: int
    """Bytes, 0 for no limit."""
    seconds: int
    """Of processor time, 0 for no limit."""
    opening: bool
    """Opening or making any file, socket or pipe."""
    starting: bool
    """Starting another process."""
    changing: bool
    """Renaming, removing or changing files by name, and every other system call it does not need."""


def enforced(system: str = sys.platform, machine: str = platform.machine()) -> Limits:
    """Say what is enforced on a kind of computer (words of `sys.platform` and `platform.machine()`)."""
    if system == "win32":
        return Limits(0, 0, False, False, False)
    if system == "darwin":
        return Limits(0, SECONDS, True, True, False)
    return Limits(
        MEMORY, SECONDS, True, True, system.startswith("linux") and machine in system_calls.MACHINES
    )


def limit_process(room: int = PICTURE_ROOM) -> Limits:
    """Set the limits, for good, and for every thread; give those that are in force.

    `room` is what the process may take beyond what it has, in bytes. The libraries must be loaded before:
    afterwards no file can be opened. Pipes that are open stay so.
    """
    wanted = enforced()
    if sys.platform == "win32":
        return wanted
    import resource  # not on Windows

    limits = [
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 0),
    ]
    memory = min(MEMORY, _taken() + room) if wanted.memory else 0
    if memory:  # macOS knows the name but refuses the value
        limits.insert(0, (resource.RLIMIT_AS, memory))
    for what, value in limits:
        resource.setrlimit(what, (value, value))
    filtered = wanted.changing and system_calls.allow_only_needed()
    return Limits(memory, wanted.seconds, wanted.opening, wanted.starting, filtered)


def _taken() -> int:
    """Say how many bytes this process has reserved; as many as allowed where the system does not tell."""
    try:
        with Path("/proc/self/statm").open(encoding="ascii") as told:
            return int(told.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return MEMORY
