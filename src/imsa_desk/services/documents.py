"""Verbs about documents: take one in, list them, read one."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.domain.documents import ALLOWED, LIMIT, Document, DocumentDraft
from imsa_desk.domain.ids import CaseId, DocumentId
from imsa_desk.errors import Refused
from imsa_desk.services.access import note_access
from imsa_desk.services.cases import case_row
from imsa_desk.services.desk import Desk
from imsa_desk.services.pictures import without_details
from imsa_desk.services.typed import Typed
from imsa_desk.store.blobs import get_blob, put_blob
from imsa_desk.store.records import DocumentRow
from imsa_desk.vocab import AccessKind, Kind, Sensitivity


def media_type_of(data: bytes) -> str:
    """Tell a document's type from how its content begins; "" for a type not taken in."""
    return next((m for m, marks in ALLOWED.items() if any(data.startswith(mark) for mark in marks)), "")


def add_document(desk: Desk, draft: DocumentDraft, data: bytes, *, keep_details: bool = False) -> DocumentId:
    """Take a document into the vault. PDF, PNG and JPEG, judged by content; at most 200 MB.

    What a picture hides (where and when it was taken, with which camera) is left out, so that it cannot leave
    later; `keep_details` keeps it on purpose. Raises Refused, also for a damaged picture or a pixel bomb.
    """
    typed = Typed(desk.today())
    title = typed.line("title", draft.title, needed="Give the document a title.")
    media_type = media_type_of(data)
    if len(data) > LIMIT:
        typed.wrong("file", f"This file is larger than {LIMIT >> 20} MB. Scan it at a lower resolution.")
    elif not media_type:
        typed.wrong("file", "Only PDF, PNG and JPEG files can be kept. Save the file as a PDF first.")
    sensitivity = typed.word("sensitivity", Sensitivity, draft.sensitivity, "Choose who may see this.")
    if draft.belongs_kind:
        typed.word("belongs_kind", Kind, draft.belongs_kind, "Choose the record this belongs to.")
    typed.stop_if_wrong()
    plain = without_details(data, media_type)
    data = data if keep_details else plain
    with desk.store.begin("add_document") as session:
        if draft.case_id:
            case_row(session, draft.case_id)
        row = DocumentRow(
            case_id=draft.case_id or None,
            title=title,
            media_type=media_type,
            size=len(data),
            sha256=put_blob(session, data),
            added_at=desk.now(),
            author=desk.actor.id,
            belongs_kind=draft.belongs_kind,
            belongs_id=draft.belongs_id,
            sensitivity=sensitivity or Sensitivity.L2.value,
        )
        session.add(row)
    return DocumentId(row.id)


def documents_of(desk: Desk, case_id: CaseId, belongs_id: str = "") -> tuple[Document, ...]:
    """Give the documents of a case, or only those that belong to one record of it, newest first."""
    with desk.store.read() as session:
        query = select(DocumentRow).where(DocumentRow.case_id == case_id, DocumentRow.deleted_at.is_(None))
        if belongs_id:
            query = query.where(DocumentRow.belongs_id == belongs_id)
        return tuple(_value(r) for r in session.scalars(query.order_by(DocumentRow.added_at.desc())))


def read_document(desk: Desk, document_id: DocumentId) -> tuple[Document, bytes]:
    """Give a document with its bytes; that a restricted one was read is noted in the record."""
    with desk.store.read() as session:
        row = _present(session, document_id)
        if row.sensitivity < Sensitivity.L3:
            return _value(row), get_blob(session, row.sha256)
    with desk.store.begin("read_document") as session:
        row = _present(session, document_id)
        note_access(
            desk,
            session,
            AccessKind.REVEAL,
            case_id=row.case_id or "",
            subject_kind=Kind.DOCUMENT,
            subject_id=row.id,
        )
        return _value(row), get_blob(session, row.sha256)


def _present(session: Session, document_id: DocumentId) -> DocumentRow:
    row = session.get(DocumentRow, document_id)
    if row is None or row.deleted_at is not None:
        raise Refused("This document is not in this vault.")
    return row


def remove_document(desk: Desk, document_id: DocumentId, reason: str) -> None:
    """Remove a document from the case with a reason; it can be brought back from history."""
    with desk.store.begin("remove_document", reason=reason) as session:
        row = _present(session, document_id)
        row.deleted_at, row.deleted_reason = desk.now(), reason


def _value(row: DocumentRow) -> Document:
    return Document(
        id=DocumentId(row.id),
        case_id=CaseId(row.case_id) if row.case_id else None,
        title=row.title,
        media_type=row.media_type,
        size=row.size,
        sha256=row.sha256,
        added_at=row.added_at,
        author=row.author,
        belongs_kind=Kind(row.belongs_kind) if row.belongs_kind else None,
        belongs_id=row.belongs_id,
        sensitivity=Sensitivity(row.sensitivity),
    )
