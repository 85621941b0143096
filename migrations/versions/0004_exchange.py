"""Who has a case, hand-overs, grants, statistics, lists, rules and templates, changes that came late."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add nine tables of records and one for changes that wait."""
    _assignment()
    _handover()
    _record(
        "case_grant",
        *map(_text, ("to_name", "reason")),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        _text("author"),
        sa.Column("most", sa.String(2), nullable=False),
        sa.Column("ended_on", sa.Date()),
    )
    _record(
        "share_choice",
        _text("scope"),
        sa.Column("chosen_at", sa.DateTime(), nullable=False),
        *map(_text, ("author", "reason")),
    )
    _record("statistic", sa.Column("as_of", sa.Date(), nullable=False), _text("facts"))
    _reference()
    _waiting()
    _bodies_return()


def _assignment() -> None:
    _record(
        "assignment",
        sa.Column("writer", sa.String(32), nullable=False),
        *map(_text, ("name", "role", "why")),
        sa.Column("from_on", sa.Date(), nullable=False),
        _text("decided_by"),
        sa.Column("until", sa.Date()),
        sa.Column("most", sa.String(2), nullable=False),
        sa.Column("read_only", sa.Boolean(), nullable=False),
        _text("reason"),
        sa.Column("ended_on", sa.Date()),
        _text("after"),
    )
    op.create_index("ix_assignment_writer", "assignment", ["writer"], unique=False)


def _handover() -> None:
    _record(
        "handover",
        _text("why"),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        *map(_text, ("author", "to_name")),
        sa.Column("last_day", sa.Date()),
        sa.Column("until", sa.Date()),
        _text("note"),
        sa.Column("withdrawn_on", sa.Date()),
    )
    _record(
        "late_decision",
        sa.Column("writer", sa.String(32), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        *map(_text, ("decision", "author")),
        sa.Column("decided_at", sa.DateTime(), nullable=False),
        _text("reason"),
    )


def _reference() -> None:
    _record(
        "list_entry",
        *map(_text, ("list_id", "entry_id", "label")),
        sa.Column("valid_from", sa.Date()),
        sa.Column("valid_to", sa.Date()),
    )
    op.create_index("ix_list_entry_list_id", "list_entry", ["list_id"], unique=False)
    _record(
        "rule",
        _text("name"),
        sa.Column("version", sa.Integer(), nullable=False),
        _text("text"),
        sa.Column("digest", sa.String(64), nullable=False),
    )
    _record("template", *map(_text, ("name", "title", "text")), sa.Column("retired_on", sa.Date()))


def _waiting() -> None:
    op.create_table(
        "waiting_body",
        sa.Column("writer", sa.String(32), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("record", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("act", sa.String(32), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("since", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("writer", "seq", name="pk_waiting_body"),
    )
    op.create_index("ix_waiting_body_case_id", "waiting_body", ["case_id"], unique=False)


_ONLY_ADDED = "the journal is only ever added to"
_SAME_PLACE = "(NEW.writer, NEW.seq, NEW.record, NEW.act)"


def _bodies_return() -> None:
    """Let an emptied body come back by way of those that wait; all else stays as it was."""
    waits = (
        "NOT EXISTS (SELECT 1 FROM waiting_body AS w "
        "WHERE w.writer = OLD.writer AND w.seq = OLD.seq AND w.body = NEW.body)"
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER journal_body_only_erased ON journal_body")
        op.execute(
            "CREATE FUNCTION journal_body_changes() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {_SAME_PLACE} IS DISTINCT FROM (OLD.writer, OLD.seq, OLD.record, OLD.act) "
            "OR NEW.case_id IS DISTINCT FROM OLD.case_id "
            f"OR (NEW.body IS NOT NULL AND (OLD.body IS NOT NULL OR {waits})) "
            f"THEN RAISE EXCEPTION '{_ONLY_ADDED}'; END IF; RETURN NEW; END $$"
        )
        op.execute(
            "CREATE TRIGGER journal_body_only_erased BEFORE UPDATE ON journal_body "
            "FOR EACH ROW EXECUTE FUNCTION journal_body_changes()"
        )
        return
    op.execute("DROP TRIGGER journal_body_only_erased")
    op.execute(
        "CREATE TRIGGER journal_body_only_erased BEFORE UPDATE ON journal_body "
        f"WHEN (NEW.body IS NOT NULL AND (OLD.body IS NOT NULL OR {waits})) OR NEW.writer <> OLD.writer "
        "OR NEW.seq <> OLD.seq OR NEW.record <> OLD.record OR NEW.act <> OLD.act "
        "OR NEW.case_id IS NOT OLD.case_id "
        f"BEGIN SELECT RAISE(ABORT, '{_ONLY_ADDED}'); END"
    )


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
