"""Drafts: what stands in an open editor, kept in the vault until saved or thrown away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Draft:
    """An editor's content as JSON text, with where the cursor stood.

    `editor` says which editor (meeting, contact, assessment ...), `subject` what it edits
    (a case id, an assessment id, "" for something new).
    """

    id: str
    editor: str
    case_id: str
    subject: str
    title: str
    payload: str
    cursor: str
    saved_at: datetime
