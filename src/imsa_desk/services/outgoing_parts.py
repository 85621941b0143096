"""Writes one bundle of the office, whole or a part of several, for a vault or for another organisation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from imsa_desk.crypto.keys import SigningKey
from imsa_desk.domain.ids import CaseId
from imsa_desk.exchange.bundle import About, Purpose, Shipment, Written, write_bundle
from imsa_desk.exchange.parts import Part
from imsa_desk.services.leaving import Scan
from imsa_desk.services.office_opening import Office
from imsa_desk.services.outgoing_lines import Load, blobs_of, lines_of, vector_of
from imsa_desk.services.outgoing_state import next_in_stream

Brought = tuple[Scan, tuple[str, int]]
"""A document, and the writer and number of the line that brings it."""


@dataclass(frozen=True, slots=True)
class Address:
    """To whom: its age recipients, its stream, and whose very last line it is told ("" for nobody's)."""

    recipients: tuple[str, ...]
    stream: str
    also: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """What goes: lines, documents, why and about which cases."""

    load: Load
    documents: tuple[Brought, ...]
    purpose: Purpose
    cases: tuple[CaseId, ...]
    about: About


def write_part(
    office: Office, folder: Path, key: SigningKey, to: Address, content: Content, part: Part
) -> Written:
    """Seal one part into `folder`, not yet under its name; the caller notes its number first."""
    with office.records.read() as session:
        number, prev = next_in_stream(session, to.stream)
        ends = vector_of(session, content.load, to.also)
        shipment = Shipment(
            purpose=content.purpose,
            vault=office.vault.vault_id,
            recipients=(*to.recipients, office.identity.recipient),
            seq=number,
            prev=prev,
            created=office.now(),
            practice=office.about.practice,
            high_water={writer: seq for writer, (seq, _) in ends.items()},
            heads={writer: head for writer, (_, head) in ends.items()},
            cases=content.cases,
            about=content.about if part.of == 1 else replace(content.about, part=(part.number, part.of)),
        )
        blobs = blobs_of(session, (scan for scan, _ in content.documents if scan.sha256 in part.blobs))
        return write_bundle(folder, shipment, key, partial(lines_of, session, content.load, part), blobs)
