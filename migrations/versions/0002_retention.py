"""What was decided about closed cases, and what an erasure leaves."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the two tables."""
    _record(
        "retention",
        sa.Column("decided_at", sa.DateTime(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("hold", sa.Boolean(), nullable=False),
        sa.Column("keep_until", sa.Date()),
    )
    _record(
        "erasure",
        sa.Column("erased_case", sa.String(32), nullable=False),
        sa.Column("case_code", sa.Text(), nullable=False),
        sa.Column("erased_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.Column("backups_until", sa.Date(), nullable=False),
        sa.Column("sent", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_erasure_erased_case", "erasure", ["erased_case"], unique=False)


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
