"""The bundle as the rest of the program knows it: one place to import from."""

from __future__ import annotations

from imsa_desk.domain.lines import Line, Link
from imsa_desk.exchange.manifest import FIRST_PREV, Counts, Entry, Manifest, Purpose, ReceiptFor
from imsa_desk.exchange.reader import OpenBundle, open_bundle
from imsa_desk.exchange.trust import Role, Trust, TrustedSigner
from imsa_desk.exchange.writer import Blob, Shipment, Written, write_bundle

__all__ = [
    "FIRST_PREV",
    "Blob",
    "Counts",
    "Entry",
    "Line",
    "Link",
    "Manifest",
    "OpenBundle",
    "Purpose",
    "ReceiptFor",
    "Role",
    "Shipment",
    "Trust",
    "TrustedSigner",
    "Written",
    "open_bundle",
    "write_bundle",
]
