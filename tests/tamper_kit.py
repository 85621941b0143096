"""Judges altered vaults without deriving a key each time: what unlocking and a full check say."""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

from desk_kit import PASSPHRASE, Clock
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from imsa_desk.errors import Broken, ImsaError
from imsa_desk.services.vaults import verify_since_anchor
from imsa_desk.store import check, migrate
from imsa_desk.store.anchor import anchor_file, read_anchor
from imsa_desk.store.engine import check_size, checkpoint
from imsa_desk.store.keeping import keys_of
from imsa_desk.store.project import differences
from imsa_desk.store.store import Store
from imsa_desk.store.vault import OpenVault, open_database
from imsa_desk.vocab import SlotKind

UNJOURNALLED = ("draft", "local_value")
"""What the vault keeps without a line of its own: no chain reaches it."""
_PARTS = [*map(check.told_by, check.PAGES), check.chains, check.contents, differences, check.missing]
_SEARCH = "search"
UNCAUGHT = "uncaught: "

Data = dict[str, str]
"""A digest of every table's rows."""


@dataclass(frozen=True)
class Image:
    """The files of a vault as somebody left them; None for one that is gone."""

    database: bytes | None
    log: bytes | None = None
    anchor: bytes | None = None

    @classmethod
    def of(cls, folder: Path) -> Image:
        """Read a vault's files."""
        (database,) = folder.glob("db-*.sqlite")
        (anchor,) = folder.glob("anchor*")
        log = database.with_name(database.name + "-wal")
        return cls(database.read_bytes(), log.read_bytes() if log.exists() else None, anchor.read_bytes())


@dataclass(frozen=True)
class Verdict:
    """What was found (an error's code or the first problem), and the data of a vault in which nothing was."""

    found: str
    data: Data = field(default_factory=dict)


class Bench:
    """A folder in which images are laid out one after the other; the vault's keys are derived once."""

    def __init__(self, vault: Path, folder: Path) -> None:
        shutil.copytree(vault, folder)
        opened = keys_of(folder, PASSPHRASE, SlotKind.PASSPHRASE)
        self.vault: OpenVault = replace(opened, folder=folder)
        self._log = opened.db_file.with_name(opened.db_file.name + "-wal")

    def lay_out(self, image: Image) -> None:
        """Put an image's files in place of those before."""
        files = ((self.vault.db_file, image.database), (self._log, image.log))
        for file, data in (*files, (anchor_file(self.vault), image.anchor)):
            if data is None:
                file.unlink(missing_ok=True)
            else:
                file.write_bytes(data)

    def judge(self, image: Image) -> Verdict:
        """Do what unlocking does after its key is derived, then every part of the full check."""
        self.lay_out(image)
        try:
            check_size(self.vault.db_file)
            if read_anchor(self.vault) is None:
                return Verdict("E_ANCHOR")
            engine = open_database(self.vault)
        except ImsaError as error:
            return Verdict(error.code)
        except Exception as error:
            return Verdict(f"{UNCAUGHT}{type(error).__name__}")
        try:
            return self._open(engine)
        finally:
            engine.dispose()

    def _open(self, engine: Engine) -> Verdict:
        try:
            migrate.upgrade(engine)
            verify_since_anchor(self.vault, Store(engine, self.vault.vault_id, Clock()))
        except ImsaError as error:
            return Verdict(error.code)
        except Exception as error:
            return Verdict(f"{UNCAUGHT}{type(error).__name__}")
        try:
            checkpoint(engine)
        except (Broken, SQLAlchemyError):
            return Verdict("checkpoint")
        with engine.connect() as connection:
            for part in _PARTS:
                problems = check.attempted(part, connection)
                if problems:
                    return Verdict(problems[0].split(":")[0])
            return Verdict("", data_of(connection))


def data_of(connection: Connection) -> Data:
    """Digest every table but the search index, which is made from the others."""
    names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
    found = {}
    for name in sorted(names):
        if not name.startswith(_SEARCH):
            rows = sorted(repr(tuple(row)) for row in connection.execute(text(f'SELECT * FROM "{name}"')))
            found[name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


@dataclass
class Tally:
    """What became of a corpus of images."""

    name: str
    images: int = 0
    found: Counter[str] = field(default_factory=Counter)
    same: int = 0
    """Not found, and no table differs from the vault as it was."""
    later: int = 0
    """Not found; only what came after the last anchor is gone."""
    unjournalled: int = 0
    """Not found; only drafts or local values differ."""
    silent: list[str] = field(default_factory=list)
    """Not found although a record, a line or a document from before the anchor differs."""

    def add(self, verdict: Verdict, original: Data, label: str, later: list[Data] | None = None) -> None:
        """Count one image; `later` are the states since the last anchor that it may have fallen back to."""
        self.images += 1
        if verdict.found:
            self.found[verdict.found] += 1
            return
        differing = {
            name for name in original.keys() | verdict.data.keys() if _differ(name, original, verdict)
        }
        if not differing:
            self.same += 1
        elif differing <= set(UNJOURNALLED):
            self.unjournalled += 1
        elif verdict.data in (later or []):
            self.later += 1
        else:
            self.silent.append(f"{label}: {sorted(differing)}")

    @property
    def uncaught(self) -> int:
        """How often unlocking failed in a way that no error of ours says."""
        return sum(count for word, count in self.found.items() if word.startswith(UNCAUGHT))

    def __str__(self) -> str:
        apart = f", {self.unjournalled} in drafts or local values only" if self.unjournalled else ""
        after = f", {self.later} lost what came after the last anchor" if self.later else ""
        words = f" ({self.uncaught} of them without words)" if self.uncaught else ""
        return (
            f"{self.name}: {sum(self.found.values())}{words} found of {self.images} images, "
            f"{self.same} do not differ in user data{after}{apart}, {len(self.silent)} silent "
            f"({dict(self.found.most_common(6))})"
        )


def _differ(name: str, original: Data, verdict: Verdict) -> bool:
    return original.get(name) != verdict.data.get(name)
