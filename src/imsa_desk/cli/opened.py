"""A vault opened by a command: held against every other process, closed whatever happens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from imsa_desk import supervisor
from imsa_desk.errors import Refused
from imsa_desk.services import vaults
from imsa_desk.services.desk import Desk
from imsa_desk.vocab import SlotKind


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold a vault's lock; raises `Refused` (E_NO_VAULT, E_IN_USE, E_LOCK) and then has written nothing."""
    if not vaults.describe(folder).exists:
        raise Refused(f"There is no vault in {folder}.", code="E_NO_VAULT")
    try:
        with supervisor.holding(folder):
            yield
    except supervisor.CannotLock as error:
        raise Refused(error.message, code=error.code) from None


@contextmanager
def opened(folder: Path, secret: str, *, way: SlotKind = SlotKind.PASSPHRASE) -> Iterator[Desk]:
    """Open a vault for one command and lock it afterwards.

    Raises what `held` and `vaults.unlock` raise.
    """
    with held(folder):
        desk = vaults.unlock(folder, secret, way=way)
        try:
            yield desk
        finally:
            vaults.lock(desk)
