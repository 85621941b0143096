"""Own forms, additions to signed assessments, safety plans, reasons for a review, answers carried forward."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add four tables, and a column each to assessments, answers and actions."""
    for table, column in (
        ("assessment", "begun_from"),
        ("answer", "carried_from"),
        ("action", "source_part"),
    ):
        op.add_column(table, sa.Column(column, sa.Text(), nullable=False, server_default=""))
    _addendum()
    _safety_plan()
    _record(
        "review_trigger",
        _text("why"),
        sa.Column("on", sa.Date(), nullable=False),
        *map(_text, ("author", "note", "answered_by", "set_aside")),
    )
    _form()


def _addendum() -> None:
    _record(
        "addendum",
        sa.Column("assessment_id", sa.String(32), nullable=False),
        *map(_text, ("what", "text", "author")),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        *map(_text, ("question_id", "name", "role", "seal_digest")),
    )
    op.create_index("ix_addendum_assessment_id", "addendum", ["assessment_id"], unique=False)


def _safety_plan() -> None:
    _record(
        "safety_plan",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        *map(_text, ("author", "parts", "words", "agreed_how")),
        sa.Column("agreed_on", sa.Date()),
        sa.Column("review_on", sa.Date()),
        *map(_text, ("copy_safe", "replaces")),
    )


def _form() -> None:
    _record(
        "form",
        _text("form_id"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        *map(_text, ("title", "text", "origin")),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        _text("author"),
        sa.Column("retired_on", sa.Date()),
    )
    op.create_index("ix_form_digest", "form", ["digest"], unique=False)


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=False)


def _record(name: str, *columns: sa.Column[Any]) -> None:
    """Create a record table: the columns every record has, then its own."""
    op.create_table(
        name,
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(32)),
        sa.Column("sensitivity", sa.String(2), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", sa.DateTime()),
        sa.Column("deleted_reason", sa.Text(), nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
    )
    op.create_index(f"ix_{name}_case_id", name, ["case_id"], unique=False)
