"""Documents: scans, letters and photographs kept inside the vault."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from imsa_desk.domain.ids import CaseId, DocumentId
from imsa_desk.vocab import Kind, Sensitivity

CHUNK = 1 << 20
"""Bytes in one stored chunk."""
LIMIT = 200 * CHUNK
"""Bytes one document may have."""
ALLOWED: dict[str, tuple[bytes, ...]] = {
    "application/pdf": (b"%PDF-",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
}
"""Media types taken in, each with the bytes its content begins with."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document as lists show it; its bytes are read apart."""

    id: DocumentId
    case_id: CaseId | None
    title: str
    media_type: str
    size: int
    sha256: str
    added_at: datetime
    author: str
    belongs_kind: Kind | None
    belongs_id: str
    sensitivity: Sensitivity


@dataclass(frozen=True, slots=True)
class DocumentDraft:
    """What was said about a document to be added."""

    case_id: str = ""
    title: str = ""
    belongs_kind: str = ""
    belongs_id: str = ""
    sensitivity: str = Sensitivity.L2
