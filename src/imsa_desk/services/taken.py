"""What was taken in of the organisation's streams: the reader's memory, and what it is told in return."""

from __future__ import annotations

from sqlalchemy.orm import Session

from imsa_desk.exchange.bundle import MAIN, RECEIPTS
from imsa_desk.store import local

STREAM = "exchange.main"
"""Local value {number: manifest hash} of the bundles taken in that were no receipts, the newest 1,000."""
RECEIPT_STREAM = "exchange.receipts"
"""Local value {number: manifest hash} of the receipts taken in."""
ANEW = "exchange.anew"
"""Local value True: a case came back whose contents were forgotten here, so that all must be sent anew."""


def applied(session: Session) -> dict[str, dict[int, str]]:
    """Give the bundles that were taken in, by stream: {number: manifest hash}."""
    return {MAIN: _numbered(session, STREAM), RECEIPTS: _numbered(session, RECEIPT_STREAM)}


def taken(session: Session) -> dict[str, dict[int, str]]:
    """Give what `About.taken` tells the organisation; nothing of the main stream where all must come anew."""
    found = applied(session)
    return {RECEIPTS: found[RECEIPTS]} if local.get(session, ANEW) else found


def _numbered(session: Session, name: str) -> dict[int, str]:
    return {int(seq): digest for seq, digest in (local.get(session, name) or {}).items()}
