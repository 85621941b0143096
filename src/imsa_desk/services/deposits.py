"""The sealed backup that an export deposits with the organisation, which cannot open it.

It opens with the advocate's passphrase or recovery code, and with an escrow key only where the vault has
that slot: the backup carries the vault's own slots and no others.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from imsa_desk.errors import Refused
from imsa_desk.exchange.about import Deposit
from imsa_desk.exchange.deposit import deposit_of
from imsa_desk.exchange.parts import FORMAT
from imsa_desk.exchange.writer import Blob
from imsa_desk.progress import Progress
from imsa_desk.services.backup_state import BackupInfo, backups_of, state
from imsa_desk.services.backups import make_backup
from imsa_desk.services.desk import Desk
from imsa_desk.vocab import BackupWhy


@dataclass(frozen=True, slots=True)
class Offered:
    """The newest backup: when it was made, its bytes, and whether another is made before sending."""

    made_at: datetime | None
    size: int
    fits: bool


def offered(desk: Desk) -> Offered:
    """Say what a deposit would be; the size of the vault where there is no backup yet."""
    newest = _newest(desk)
    if newest is None:
        size = desk.vault.db_file.stat().st_size
        return Offered(None, size, size <= FORMAT.total)
    return Offered(newest.made, newest.bytes, newest.bytes <= FORMAT.total)


def deposit(desk: Desk, progress: Progress) -> tuple[Deposit, tuple[Blob, ...]]:
    """Give the newest verified backup, made now if anything changed since, for a bundle to carry.

    Raises what `make_backup` does, and Refused (E_LIMIT) where no bundle has room for it.
    """
    newest = _newest(desk)
    if newest is None or state(desk).changed_since:
        newest = make_backup(desk, BackupWhy.ASKED, progress)
    if newest.bytes > FORMAT.total:
        raise Refused(
            "The sealed backup is larger than a bundle can be. Send without it, and keep a second copy of "
            "the backup on a stick.",
            code="E_LIMIT",
        )
    return deposit_of(newest.file, newest.made, desk.vault.vault_id)


def _newest(desk: Desk) -> BackupInfo | None:
    """Give the newest backup beside the vault that today's keys open."""
    return next((one for one in backups_of(desk) if one.place == "here" and one.key), None)
