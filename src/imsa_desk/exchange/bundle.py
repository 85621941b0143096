"""The bundle as the rest of the program knows it: one place to import from."""

from __future__ import annotations

from imsa_desk.domain.lines import Line, Link
from imsa_desk.exchange.about import About, Deposit, HandedOver
from imsa_desk.exchange.manifest import (
    FIRST_PREV,
    NO_BUNDLE,
    Counts,
    Entry,
    Manifest,
    Purpose,
    ReceiptFor,
    stream_of,
)
from imsa_desk.exchange.reader import OpenBundle, open_bundle
from imsa_desk.exchange.trust import MAY_SEND, Role, Trust, TrustedSigner
from imsa_desk.exchange.words import MAIN, RECEIPTS
from imsa_desk.exchange.writer import Blob, Shipment, Written, write_bundle

__all__ = [
    "FIRST_PREV",
    "MAIN",
    "MAY_SEND",
    "NO_BUNDLE",
    "RECEIPTS",
    "About",
    "Blob",
    "Counts",
    "Deposit",
    "Entry",
    "HandedOver",
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
    "stream_of",
    "write_bundle",
]
