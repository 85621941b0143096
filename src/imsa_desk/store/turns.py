"""Turns at the one connection of a vault: whoever waits goes before long work that goes on in pieces."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """One turn at a time. Long work asks for its turn as `last`, so nobody waits for more than one piece."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._taken = False
        self._waiting = 0

    @contextmanager
    def turn(self, *, last: bool = False) -> Iterator[None]:
        """Have a turn for the length of a block."""
        self._take(last=last)
        try:
            yield
        finally:
            self._give()

    @contextmanager
    def pause(self) -> Iterator[None]:
        """Let everybody who waits go first, in the middle of a turn had as `last`."""
        self._give()
        try:
            yield
        finally:
            self._take(last=True)

    def _take(self, *, last: bool) -> None:
        with self._changed:
            if last:
                self._changed.wait_for(lambda: not self._taken and not self._waiting)
            else:
                self._waiting += 1
                try:
                    self._changed.wait_for(lambda: not self._taken)
                finally:
                    self._waiting -= 1
            self._taken = True

    def _give(self) -> None:
        with self._changed:
            self._taken = False
            self._changed.notify_all()
