"""Starts `imsa-courier`."""

from __future__ import annotations

import signal
import sys
from types import FrameType

from imsa_courier.commands import run


class _Stopped(BaseException):
    """Somebody asked the courier to stop: what was received so far is noted on the way out."""


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise _Stopped


def main() -> int:
    """Run one command of `imsa-courier` and return its exit status; being stopped is no fault."""
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    try:
        return run(sys.argv[1:])
    except _Stopped:
        print("Stopped.", file=sys.stderr)
        return 0


if __name__ == "__main__":
    sys.exit(main())
