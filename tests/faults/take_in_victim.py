"""Run by `test_take_in_kills.py`: takes a bundle of the organisation in until it is killed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from exchange_kit import PASSPHRASE
from fault_kit import Say, serve

from imsa_desk.services import vaults
from imsa_desk.services.taking_in import take_in


def taking(say: Say, folder: str, bundle: str) -> Iterator[None]:
    """Unlock, then take a bundle in."""
    desk = vaults.unlock(Path(folder), PASSPHRASE)
    yield
    say(f"taken {take_in(desk, Path(bundle)).number}")


if __name__ == "__main__":
    serve({"taking": taking})
