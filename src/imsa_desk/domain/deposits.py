"""Deposits: sealed backups of a vault as the organisation keeps them, unread, in case a laptop is lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class DepositedBackup:
    """One sealed backup: from whose vault, when it was made and came in, how long it is and its SHA-256."""

    writer: str
    name: str
    file: Path
    size: int
    sha256: str
    made_at: datetime
    received_at: datetime
