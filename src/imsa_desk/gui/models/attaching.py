"""Attaching: choose a file and keep it in the vault, with the record it belongs to."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QWidget

from imsa_desk.domain.documents import DocumentDraft
from imsa_desk.errors import Broken
from imsa_desk.gui.models import doing
from imsa_desk.gui.pages import PageContext
from imsa_desk.services.documents import add_document
from imsa_desk.vocab import Kind

PATTERNS = "Letters, scans and photographs (*.pdf *.png *.jpg *.jpeg)"


def attach(
    context: PageContext, owner: QWidget, case_id: str, kind: Kind | None = None, record_id: str = ""
) -> None:
    """Ask for a file and its title, then take it in; the file itself stays where it is."""
    path = context.ask.open_file(owner, "Add a document", PATTERNS)
    if path is not None:
        attach_file(context, owner, path, case_id, kind, record_id)


def attach_file(
    context: PageContext,
    owner: QWidget,
    path: Path,
    case_id: str,
    kind: Kind | None = None,
    record_id: str = "",
) -> None:
    """Take one file in."""
    words = "It is copied into the vault. The file on this computer stays: remove it if it is not safe there."
    title = context.ask.line(
        owner, "What is this document?", "Title", "Add document", help=words, value=path.stem
    )
    if title is None:
        return
    desk = context.desk
    draft = DocumentDraft(case_id, title, kind or "", record_id)

    def verb() -> object:
        return add_document(desk, draft, _read(path))

    doing.do(context, owner, verb, "Document added", (Kind.DOCUMENT,))


def _read(path: Path) -> bytes:
    """Read a file. Raises Broken when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise Broken(
            "This file cannot be read. Check that it is still there and not open elsewhere."
        ) from error
