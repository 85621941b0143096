"""Run by `test_init_kills.py`: makes an office, and is killed at it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from fault_kit import Say, serve
from vault_kit import QUICK

from imsa_desk.services import office


def init(say: Say, folder: str, database: str) -> Iterator[None]:
    """Make an office."""
    yield
    place, _ = office.init_office(
        Path(folder), "bench", "Bench", database=database, practice=True, params=QUICK
    )
    say("made")
    place.close()


if __name__ == "__main__":
    serve({"init": init})
