"""What one side computes about a case, so that the other can see whether both hold the same."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CaseDigest:
    """Two SHA-256 in hexadecimal: over a writer's lines of a case, and over the rows they make."""

    lines: str
    rows: str
