"""Take away from this process what it does not need: files, sockets, children, much memory and time."""

from __future__ import annotations

import sys

MEMORY = 1536 * 1024 * 1024
SECONDS = 30


def limit_process() -> bool:
    """Set the limits, for good; say whether the system has them (Windows does not).

    The libraries must be loaded before: afterwards no file can be opened. Pipes that are open stay so.
    """
    if sys.platform == "win32":
        return False
    import resource  # not on Windows

    limits = [
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 0),
    ]
    if sys.platform != "darwin":  # macOS knows the name but refuses the value
        limits.insert(0, (resource.RLIMIT_AS, MEMORY))
    for what, value in limits:
        resource.setrlimit(what, (value, value))
    return True
