"""Tables that are no records: the journal, its heads, the search index, drafts, chunks, local values."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, Text

from imsa_desk.store.records.base import Base

metadata = Base.metadata

journal_link = Table(
    "journal_link",
    metadata,
    Column("writer", String(32), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("prev", String(64), nullable=False),
    Column("body_hash", String(64), nullable=False),
    Column("line_hash", String(64), nullable=False, unique=True),
)
journal_body = Table(
    "journal_body",
    metadata,
    Column("writer", String(32), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("record", String(32), nullable=False, index=True),
    Column("case_id", String(32)),
    Column("act", String(32), nullable=False, index=True),
    Column("body", Text),
    # Lines are counted by case without reading the bodies beside them.
    Index("ix_journal_body_writer", "writer", "case_id"),
)
journal_head = Table(
    "journal_head",
    metadata,
    Column("record", String(32), primary_key=True),
    Column("field", String(64), primary_key=True),
    Column("line", String(64), primary_key=True),
)
waiting_body = Table(
    "waiting_body",
    metadata,
    Column("writer", String(32), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("record", String(32), nullable=False),
    Column("case_id", String(32), nullable=False, index=True),
    Column("act", String(32), nullable=False),
    Column("body", Text, nullable=False),
    Column("since", String(40), nullable=False),
)
search_row = Table(
    "search_row",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("record", String(32), nullable=False, unique=True),
    Column("kind", String(32), nullable=False),
    Column("case_id", String(32)),
    Column("text", Text, nullable=False),
    Column("forms", Text, nullable=False),
    Column("covered", Integer, nullable=False),
)
draft = Table(
    "draft",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("editor", String(32), nullable=False),
    Column("case_id", String(32), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("title", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("cursor", Text, nullable=False),
    Column("saved_at", String(40), nullable=False),
    Index("ix_draft_place", "editor", "subject", "case_id", unique=True),
)
blob_chunk = Table(
    "blob_chunk",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("data", LargeBinary, nullable=False),
)
local_value = Table(
    "local_value",
    metadata,
    Column("name", String(120), primary_key=True),
    Column("value", LargeBinary, nullable=False),
)
