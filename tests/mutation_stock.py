"""Sound bundles of every purpose with all that may stand in them, and a reader who accepts each as it is."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass, field, replace
from pathlib import Path

from bundle_kit import NOW, blob_of, lines_of, split_container

from imsa_desk.crypto.age import Identity, open_sealed, seal
from imsa_desk.crypto.keys import SigningKey, key_id
from imsa_desk.domain.digests import CaseDigest
from imsa_desk.domain.lines import Line
from imsa_desk.exchange.about import About, Deposit, HandedOver
from imsa_desk.exchange.bundle import (
    MAIN,
    RECEIPTS,
    Counts,
    Purpose,
    ReceiptFor,
    Role,
    Shipment,
    Trust,
    TrustedSigner,
    open_bundle,
    write_bundle,
)
from imsa_desk.vocab import HandoverWhy, ShareScope

WRITERS = {
    Role.ADVOCATE: "ad" * 16,
    Role.SUPERVISOR: "5e" * 16,
    Role.OFFICE: "0f" * 16,
    Role.ORGANISATION: "07" * 16,
}
CASE = "ca" * 16
APPLIED = {1: "c1" * 32, 2: "c2" * 32}
NUMBER = 3


@dataclass(frozen=True)
class Base:
    """A sound bundle, taken apart, and the trust under which it is accepted."""

    name: str
    role: Role
    purpose: Purpose
    sealed: bytes
    plain: bytes
    parts: dict[str, bytes]
    trust: Trust


@dataclass(frozen=True)
class Attempt:
    """A file to be refused, and whom its reader trusts."""

    data: bytes
    trust: Trust


@dataclass
class Stock:
    """Everything that mutations are made of: keys, sound bundles, and a folder to put files into."""

    folder: Path
    keys: dict[Role, SigningKey] = field(
        default_factory=lambda: {role: SigningKey.generate() for role in Role}
    )
    reader: Identity = field(default_factory=Identity.generate)
    other: Identity = field(default_factory=Identity.generate)
    bases: list[Base] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Make the sound bundles."""
        self.bases += sound_bundles(self)
        self.sound = {base.plain for base in self.bases}

    def seal(self, plain: bytes) -> bytes:
        """Seal to the reader, as anybody can."""
        return seal(plain, [self.reader.recipient])

    def read(self, attempt: Attempt) -> None:
        """Read a file to its last byte, as every reader does."""
        path = self.folder / "attempt.imsa"
        with path.open("r+b" if path.exists() else "wb") as file:
            # Written over: to empty it first would take longer than to read it.
            file.write(attempt.data)
            file.truncate()
        with open_bundle(path, [self.reader], attempt.trust) as bundle:
            bundle.finish()
            if bundle.already:
                raise AssertionError("taken for one that is here")


def sound_bundles(stock: Stock) -> list[Base]:
    """Make one bundle of each purpose and role, with all that may stand in it."""
    chance = random.Random(20261122)
    scan, page = chance.randbytes(150_000), chance.randbytes(3_000)
    backup = [chance.randbytes(70_000), chance.randbytes(500)]
    whole = b"".join(backup)
    deposit = Deposit(len(whole), hashlib.sha256(whole).hexdigest(), NOW, WRITERS[Role.ADVOCATE])
    own = lines_of(WRITERS[Role.ADVOCATE], 12, withheld=[3, 7])
    others = lines_of("be" * 16, 4, withheld=[2])
    office = lines_of(WRITERS[Role.OFFICE], 3, kind="assignment")
    lists = lines_of(
        WRITERS[Role.OFFICE], 5, withheld=[4], kind="list_entry", case=None, fields={"word": "x"}
    )
    added = lines_of(WRITERS[Role.SUPERVISOR], 3, kind="addendum")
    moved = lines_of(WRITERS[Role.ORGANISATION], 2, kind="access")
    said = About(
        taken={MAIN: {1: "d1" * 32, 2: "d2" * 32}, RECEIPTS: {1: "d3" * 32}},
        part=(1, 2),
        scopes={CASE: ShareScope.COORDINATION},
        digests={CASE: CaseDigest("ab" * 32, "cd" * 32)},
        waiting={CASE: 2},
    )
    asked = About(handover=(HandedOver(CASE, HandoverWhy.LEAVING, "B. Advocate"),), reason="leaving in May")
    listed = About(revocations='{"revocations":{}}', enrolment="{}", rejected=(("a.imsa", "E_HASH"),))
    held = ReceiptFor("9a" * 16, "bc" * 32, WRITERS[Role.ADVOCATE], 3, Counts(12, 10, 2, 0))
    send = Bundling(stock)
    return [
        send("plain", Role.ADVOCATE, Purpose.SYNC, own, [page]),
        send("scan", Role.ADVOCATE, Purpose.SYNC, own, [page, scan]),
        send("deposit", Role.ADVOCATE, Purpose.SYNC, own, [page], replace(said, backup=deposit), backup),
        send("handover", Role.ADVOCATE, Purpose.HANDOVER, own, [page, b"", b"two"], asked),
        send("again", Role.ADVOCATE, Purpose.SNAPSHOT, own, [page], replace(said, part=None)),
        send("supervisor", Role.SUPERVISOR, Purpose.SYNC, added, [], said),
        send("receipt", Role.OFFICE, Purpose.RECEIPT, [], [], replace(said, part=None), receipt=held),
        send("snapshot", Role.OFFICE, Purpose.SNAPSHOT, own + others + office, [page, scan], said),
        send("correction", Role.OFFICE, Purpose.CORRECTION, office + others, [page], said),
        send("reference", Role.OFFICE, Purpose.REFERENCE, lists + others[1:2], [], said),
        send("revocation", Role.OFFICE, Purpose.REVOCATION, lists, [], listed),
        send("moved", Role.ORGANISATION, Purpose.SNAPSHOT, own + moved + others, [page], said),
    ]


@dataclass(frozen=True)
class Bundling:
    """Writes sound bundles to the reader."""

    stock: Stock

    def __call__(
        self,
        name: str,
        role: Role,
        purpose: Purpose,
        lines: list[Line],
        blobs: list[bytes],
        about: About = About(),  # noqa: B008
        backup: list[bytes] | None = None,
        receipt: ReceiptFor | None = None,
    ) -> Base:
        """Write one and take it apart."""
        stock, ends = self.stock, {line.link.writer: line.link for line in lines}
        shipment = Shipment(
            purpose=purpose,
            vault=WRITERS[role],
            recipients=(stock.reader.recipient, stock.other.recipient),
            seq=NUMBER,
            prev=APPLIED[NUMBER - 1],
            created=NOW,
            practice=False,
            high_water={writer: link.seq for writer, link in ends.items()},
            heads={writer: link.line_hash for writer, link in ends.items()},
            cases=(CASE,),
            receipt=receipt,
            about=about,
        )
        pieces = [blob_of(piece) for piece in backup or ()]
        documents = [blob_of(content) for content in blobs]
        key = stock.keys[role]
        written = write_bundle(stock.folder, shipment, key, lambda: lines, documents, pieces)
        sealed = written.part.read_bytes()
        written.discard()
        plain = open_sealed(sealed, [stock.reader])
        base = Base(name, role, purpose, sealed, plain, split_container(plain), self._trust())
        stock.read(Attempt(sealed, base.trust))
        return base

    def _trust(self) -> Trust:
        applied = {MAIN: APPLIED, RECEIPTS: APPLIED}
        signers = {
            key_id(key.public): TrustedSigner(key.public, role, role.value, WRITERS[role], None, applied)
            for role, key in self.stock.keys.items()
        }
        return Trust(signers, frozenset({self.stock.reader.recipient}), practice=False)
