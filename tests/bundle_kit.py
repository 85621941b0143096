"""Makes senders, receivers, journal lines and bundles, sound and unsound, for the tests of the exchange."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from imsa_desk.crypto.age import Identity, open_stream, seal_stream
from imsa_desk.crypto.keys import SigningKey, key_id
from imsa_desk.domain import lines as journal
from imsa_desk.domain.canonical import canonical, parse_canonical
from imsa_desk.exchange import ustar
from imsa_desk.exchange.bundle import (
    FIRST_PREV,
    Blob,
    Line,
    Link,
    Purpose,
    Role,
    Shipment,
    Trust,
    TrustedSigner,
    Written,
    open_bundle,
    write_bundle,
)
from imsa_desk.exchange.manifest import DOMAIN

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
WRITER = "ad" * 16


def body_of(seq: int) -> dict[str, Any]:
    """Make a sound body."""
    return {
        "act": {"id": "ac" * 16, "verb": "log_meeting"},
        "at": "2026-11-21T09:30:00Z",
        "base": {},
        "case": "ca" * 16,
        "fields": {"notes": f"ሰላም entry {seq}"},
        "hlc": f"019aa5d1c000-{seq:04x}",
        "kind": "meeting",
        "op": "create",
        "reason": "",
        "record": f"{seq:032x}",
        "salt": f"{seq:032x}",
        "sensitivity": "L2",
    }


def lines_of(
    writer: str,
    number: int,
    withheld: Iterable[int] = (),
    first: int = 1,
    prev: str = "",
    **changes: Any,
) -> list[Line]:
    """Make a sound chain of lines with `changes` in each body, those in `withheld` (by seq) without it."""
    made: list[Line] = []
    head = prev or FIRST_PREV
    for seq in range(first, first + number):
        body = canonical(body_of(seq) | changes).decode()
        body_hash = journal.digest(body.encode())
        line_hash = journal.line_hash(writer, seq, head, body_hash)
        link = Link(writer, seq, head, body_hash, line_hash)
        made.append(Line(link, None if seq in set(withheld) else body))
        head = line_hash
    return made


def blob_of(content: bytes) -> Blob:
    """Make a blob that is read in two pieces."""
    half = len(content) // 2
    digest = hashlib.sha256(content).hexdigest()
    return Blob(digest, len(content), lambda: iter((content[:half], content[half:])))


@dataclass
class Pair:
    """An advocate who sends and an office that reads."""

    folder: Path
    key: SigningKey = field(default_factory=SigningKey.generate)
    own: Identity = field(default_factory=Identity.generate)
    office: Identity = field(default_factory=Identity.generate)

    def shipment(self, lines: list[Line], **changes: Any) -> Shipment:
        """Describe a sync of `lines` from the advocate to the office."""
        last = lines[-1].link if lines else None
        plain = Shipment(
            purpose=Purpose.SYNC,
            vault=WRITER,
            recipients=(self.office.recipient, self.own.recipient),
            seq=1,
            prev=FIRST_PREV,
            created=NOW,
            practice=False,
            high_water={} if last is None else {WRITER: last.seq},
            heads={} if last is None else {WRITER: last.line_hash},
        )
        return replace(plain, **changes)

    def write(self, lines: list[Line] | None = None, blobs: Iterable[bytes] = (), **changes: Any) -> Written:
        """Write a sound bundle."""
        chosen = lines_of(WRITER, 3, withheld=[2]) if lines is None else lines
        made = [blob_of(content) for content in blobs]
        written = write_bundle(self.folder, self.shipment(chosen, **changes), self.key, lambda: chosen, made)
        written.publish()
        return written

    def trust(self, **changes: Any) -> Trust:
        """Say whom the office trusts: the advocate, unless changed."""
        signer = TrustedSigner(self.key.public, Role.ADVOCATE, "A. Advocate", WRITER)
        signer = replace(signer, **{k: v for k, v in changes.items() if hasattr(signer, k)})
        rest = {k: v for k, v in changes.items() if not hasattr(signer, k)}
        trust = Trust({key_id(self.key.public): signer}, frozenset({self.office.recipient}), practice=False)
        return replace(trust, **rest)

    def read(self, path: Path, trust: Trust | None = None) -> tuple[list[Line], dict[str, bytes]]:
        """Read a bundle whole, as the office does."""
        with open_bundle(path, [self.office], self.trust() if trust is None else trust) as bundle:
            lines = list(bundle.lines())
            blobs = {entry.sha256: b"".join(pieces) for entry, pieces in bundle.blobs()}
            bundle.finish()
        return lines, blobs

    def plain(self, path: Path) -> bytes:
        """Open the sealing only."""
        out = io.BytesIO()
        with path.open("rb") as source:
            open_stream(source, out, [self.office])
        return out.getvalue()

    def sealed(self, plain: bytes, name: str = "0123456789abcdef.imsa") -> Path:
        """Seal any bytes to the office, as a hostile sender can."""
        path = self.folder / name
        with path.open("wb") as target:
            seal_stream(io.BytesIO(plain), target, [self.office.recipient])
        return path

    def resigned(self, path: Path, change: Callable[[dict[str, Any]], object], **members: bytes) -> Path:
        """Change the manifest of a sound bundle (and members, by name) and sign and seal it again."""
        parts = split_container(self.plain(path))
        value = parse_canonical(parts[ustar.MANIFEST])
        change(value)
        parts[ustar.MANIFEST] = canonical(value, max_depth=64)
        signature = self.key.sign(DOMAIN + parts[ustar.MANIFEST])
        parts[ustar.SIGNATURE] = key_id(self.key.public) + signature
        parts.update(members)
        return self.sealed(container(parts), "fedcba9876543210.imsa")

    def with_records(self, path: Path, records: bytes) -> Path:
        """Put other records into a sound bundle and make everything around them right again."""

        def change(value: dict[str, Any]) -> None:
            entry = value["entries"][0]
            entry["size"], entry["sha256"] = len(records), hashlib.sha256(records).hexdigest()

        return self.resigned(path, change, **{ustar.RECORDS: records})


def container(parts: Mapping[str, bytes]) -> bytes:
    """Put members into a container."""
    made = b"".join(ustar.header(n, len(data)) + data + ustar.padding(len(data)) for n, data in parts.items())
    return made + ustar.END


def split_container(plain: bytes) -> dict[str, bytes]:
    """Take a sound container apart."""
    parts: dict[str, bytes] = {}
    at = 0
    while plain[at : at + 1] != b"\0":
        name = plain[at : at + 100].rstrip(b"\0").decode("ascii")
        size = ustar.claimed_size(plain[at : at + ustar.BLOCK])
        parts[name] = plain[at + ustar.BLOCK : at + ustar.BLOCK + size]
        at += ustar.BLOCK + size + len(ustar.padding(size))
    return parts
