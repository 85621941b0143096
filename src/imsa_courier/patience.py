"""How long to wait before the next try: longer each time, up to a ceiling, and never in step with others."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

_RANDOM = secrets.SystemRandom()


@dataclass(frozen=True, slots=True)
class Patience:
    """How often to try, and the waits between, in seconds."""

    tries: int = 8
    first_wait: float = 2.0
    longest_wait: float = 300.0

    def wait(self, failed: int) -> float:
        """Give the seconds to wait after so many failures in a row (1 or more).

        Doubles up to the ceiling; between half and the whole of it, so that couriers that lost the same
        server do not all come back at once.
        """
        whole = min(self.longest_wait, self.first_wait * 2.0 ** min(failed - 1, 60))
        return _RANDOM.uniform(whole / 2, whole)
