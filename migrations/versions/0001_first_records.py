"""First records: the tables of version 0.1, the journal, the search index."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ONLY_ADDED = "the journal is only ever added to"


def upgrade() -> None:
    """Create every table, the triggers that keep the journal append-only, and the search index."""
    _tables()
    if op.get_bind().dialect.name == "postgresql":
        _postgresql_triggers()
    else:
        _sqlite_triggers()
        op.execute(
            "CREATE VIRTUAL TABLE search USING fts5(text, forms, content='search_row', content_rowid='n', "
            'tokenize="unicode61 remove_diacritics 2")'
        )
        op.execute("INSERT INTO search(search, rank) VALUES ('secure-delete', 1)")


def _sqlite_triggers() -> None:
    for table, when in (("journal_link", "DELETE"), ("journal_link", "UPDATE"), ("journal_body", "DELETE")):
        op.execute(
            f"CREATE TRIGGER {table}_no_{when.lower()} BEFORE {when} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{_ONLY_ADDED}'); END"
        )
    op.execute(
        "CREATE TRIGGER journal_body_only_erased BEFORE UPDATE ON journal_body "
        "WHEN NEW.body IS NOT NULL OR NEW.writer <> OLD.writer OR NEW.seq <> OLD.seq "
        "OR NEW.record <> OLD.record OR NEW.act <> OLD.act OR NEW.case_id IS NOT OLD.case_id "
        f"BEGIN SELECT RAISE(ABORT, '{_ONLY_ADDED}'); END"
    )


def _postgresql_triggers() -> None:
    op.execute(
        "CREATE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_ONLY_ADDED}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER journal_link_fixed BEFORE DELETE OR UPDATE ON journal_link "
        "FOR EACH ROW EXECUTE FUNCTION journal_refuse()"
    )
    op.execute(
        "CREATE TRIGGER journal_body_kept BEFORE DELETE ON journal_body "
        "FOR EACH ROW EXECUTE FUNCTION journal_refuse()"
    )
    op.execute(
        "CREATE TRIGGER journal_body_only_erased BEFORE UPDATE ON journal_body FOR EACH ROW "
        "WHEN (NEW.body IS NOT NULL OR (NEW.writer, NEW.seq, NEW.record, NEW.act) "
        "IS DISTINCT FROM (OLD.writer, OLD.seq, OLD.record, OLD.act) "
        "OR NEW.case_id IS DISTINCT FROM OLD.case_id) "
        "EXECUTE FUNCTION journal_refuse()"
    )
    for table in ("journal_link", "journal_body"):
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse()"
        )


def _record(name: str, *columns: sa.Column[Any], indexes: tuple[str, ...] = ()) -> None:
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
    for column in ("case_id", *indexes):
        op.create_index(f"ix_{name}_{column}", name, [column])


def _needed(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _texts(*names: str) -> list[sa.Column[Any]]:
    return [_needed(name, sa.Text()) for name in names]


def _tables() -> None:
    _journal_tables()
    _case_tables()
    _work_tables()
    _coordination_tables()
    _assessment_tables()
    _other_tables()


def _case_tables() -> None:
    _record("advocate", *_texts("name", "organisation"))
    _record(
        "person",
        *_texts("known_as", "known_as_script", "pronouns", "born"),
        _needed("born_approximate", sa.Boolean()),
        _needed("age_disputed", sa.Boolean()),
        *_texts("gender", "ethnicity", "religion", "literacy", "adjustments"),
        _needed("interpreter_needed", sa.Boolean()),
        *_texts("interpreter_gender", "interpreter_note"),
    )
    _record(
        "person_name",
        _needed("person_id", sa.String(32)),
        *_texts("name_kind", "name", "note", "used_from", "used_to"),
        indexes=("person_id",),
    )
    _record(
        "person_language",
        _needed("person_id", sa.String(32)),
        *_texts("language", "dialect"),
        _needed("preferred", sa.Boolean()),
        indexes=("person_id",),
    )
    _record(
        "person_nationality",
        _needed("person_id", sa.String(32)),
        _needed("nationality", sa.Text()),
        indexes=("person_id",),
    )
    _record(
        "case_file",
        *_texts("code", "nation", "tier", "status"),
        _needed("opened_on", sa.Date()),
        sa.Column("closed_on", sa.Date()),
        *_texts("closure_reason", "referral_source", "nrm_status"),
        sa.Column("nrm_status_on", sa.Date()),
        *_texts(
            "competent_authority",
            "immigration_status",
            "local_authority",
            "police_force",
            "health_body",
            "what_matters",
        ),
        sa.Column("what_matters_on", sa.Date()),
        _needed("risk", sa.Text()),
        sa.Column("review_on", sa.Date()),
        indexes=("code",),
    )
    _record(
        "case_role", _needed("person_id", sa.String(32)), _needed("role", sa.Text()), indexes=("person_id",)
    )
    _record("case_exploitation", _needed("exploitation", sa.Text()))
    _record(
        "safe_contact",
        _needed("person_id", sa.String(32)),
        *_texts("channel", "safe", "address", "when", "who_else_can_see"),
        _needed("ok_voicemail", sa.Boolean()),
        *_texts("say_we_are", "code_word"),
        _needed("number_withheld", sa.Boolean()),
        _needed("note", sa.Text()),
        sa.Column("last_confirmed", sa.Date()),
        indexes=("person_id",),
    )


def _work_tables() -> None:
    _record(
        "meeting",
        _needed("at", sa.DateTime()),
        _needed("recorded_at", sa.DateTime()),
        *_texts("author", "how"),
        sa.Column("minutes", sa.Integer()),
        *_texts(
            "place",
            "title",
            "interpreter",
            "instruction",
            "instructed",
            "instructed_reason",
            "notes",
            "opinion",
        ),
        _needed("evidence_discussed", sa.Boolean()),
        indexes=("at",),
    )
    _record(
        "meeting_theme",
        _needed("meeting_id", sa.String(32)),
        _needed("theme", sa.Text()),
        indexes=("meeting_id",),
    )
    _record(
        "meeting_attendee",
        _needed("meeting_id", sa.String(32)),
        _needed("name", sa.Text()),
        indexes=("meeting_id",),
    )
    _record(
        "action",
        *_texts("text", "owner", "state"),
        sa.Column("professional_id", sa.String(32)),
        sa.Column("due_on", sa.Date()),
        sa.Column("agreed_on", sa.Date()),
        sa.Column("done_on", sa.Date()),
        *_texts("theme", "source_kind"),
        _needed("source_id", sa.String(32)),
        indexes=("due_on", "professional_id", "source_id"),
    )
    _record(
        "theme_entry",
        _needed("theme", sa.Text()),
        _needed("on", sa.Date()),
        _needed("author", sa.Text()),
        sa.Column("need_level", sa.Integer()),
        *_texts("not_discussed", "notes", "next_step", "source_kind"),
        _needed("source_id", sa.String(32)),
    )


def _coordination_tables() -> None:
    _record("organisation", *_texts("name", "sector"), indexes=("name",))
    _record(
        "professional",
        *_texts("name", "role"),
        sa.Column("organisation_id", sa.String(32)),
        *_texts("phone", "email", "secure_channel", "note"),
        indexes=("organisation_id",),
    )
    _record(
        "involvement",
        _needed("professional_id", sa.String(32)),
        *_texts("role", "lead_for"),
        sa.Column("started_on", sa.Date()),
        sa.Column("ended_on", sa.Date()),
        _needed("knows_address", sa.Boolean()),
        _needed("knows_trafficking", sa.Boolean()),
        *_texts("trust_by_survivor", "safe_contact_note"),
        indexes=("professional_id",),
    )
    _record(
        "involvement_theme",
        _needed("involvement_id", sa.String(32)),
        _needed("theme", sa.Text()),
        indexes=("involvement_id",),
    )
    _record(
        "contact",
        _needed("at", sa.DateTime()),
        _needed("recorded_at", sa.DateTime()),
        *_texts("author", "entry_type", "direction"),
        sa.Column("minutes", sa.Integer()),
        *_texts("purpose", "instruction"),
        _needed("survivor_present", sa.Boolean()),
        *_texts("summary", "opinions", "asked_for", "information_received", "not_shared", "outcome"),
        sa.Column("survivor_told_on", sa.Date()),
        sa.Column("next_contact_on", sa.Date()),
        indexes=("at", "next_contact_on"),
    )
    _record(
        "contact_participant",
        _needed("contact_id", sa.String(32)),
        _needed("professional_id", sa.String(32)),
        indexes=("contact_id", "professional_id"),
    )
    _record(
        "contact_theme",
        _needed("contact_id", sa.String(32)),
        _needed("theme", sa.Text()),
        indexes=("contact_id",),
    )
    _record(
        "sharing",
        _needed("contact_id", sa.String(32)),
        _needed("professional_id", sa.String(32)),
        *_texts("category", "basis", "method"),
        sa.Column("consent_id", sa.String(32)),
        _needed("override_reason", sa.Text()),
        _needed("survivor_told", sa.Boolean()),
        indexes=("contact_id", "professional_id"),
    )
    _record(
        "consent",
        *_texts("recipient_kind", "recipient_id", "purpose", "given_how"),
        _needed("valid_from", sa.Date()),
        *_texts("author", "scope_note", "language", "explained", "in_their_words"),
        sa.Column("review_on", sa.Date()),
        sa.Column("withdrawn_on", sa.Date()),
        _needed("withdrawn_how", sa.Text()),
        _needed("consequences_explained", sa.Boolean()),
        _needed("capacity_concern", sa.Text()),
    )
    _record(
        "consent_category",
        _needed("consent_id", sa.String(32)),
        _needed("category", sa.Text()),
        indexes=("consent_id",),
    )


def _assessment_tables() -> None:
    _record(
        "assessment",
        _needed("form_id", sa.Text()),
        _needed("form_version", sa.Integer()),
        _needed("form_digest", sa.String(64)),
        _needed("assessment_type", sa.Text()),
        _needed("on", sa.Date()),
        *_texts("author", "state", "place", "interpreter", "present"),
        _needed("purpose_explained", sa.Boolean()),
        _needed("consent_to_assess", sa.Text()),
        _needed("person_paused", sa.Boolean()),
        *_texts("wants_today", "review_trigger"),
        sa.Column("review_on", sa.Date()),
        _needed("highest", sa.Text()),
        sa.Column("answered", sa.Integer()),
        sa.Column("total", sa.Integer()),
        sa.Column("signed_at", sa.DateTime()),
        *_texts("signed_by", "seal_digest", "journal_head"),
    )
    _record(
        "assessment_section",
        _needed("assessment_id", sa.String(32)),
        _needed("section_id", sa.Text()),
        _needed("skipped", sa.Boolean()),
        indexes=("assessment_id",),
    )
    _record(
        "answer",
        _needed("assessment_id", sa.String(32)),
        *_texts("question_id", "author"),
        sa.Column("repeat", sa.Integer()),
        *_texts("value", "words", "source"),
        sa.Column("asked_on", sa.Date()),
        sa.Column("valid_on", sa.Date()),
        _needed("not_discussed", sa.Text()),
        indexes=("assessment_id",),
    )
    _record(
        "safety_response",
        _needed("raised_at", sa.DateTime()),
        *_texts("author", "why", "done_now", "told_who"),
        sa.Column("assessment_id", sa.String(32)),
        _needed("question_id", sa.Text()),
        sa.Column("told_at", sa.DateTime()),
        sa.Column("closed_at", sa.DateTime()),
        _needed("closed_note", sa.Text()),
        indexes=("assessment_id",),
    )


def _other_tables() -> None:
    _record(
        "document",
        *_texts("title", "media_type"),
        _needed("size", sa.Integer()),
        _needed("sha256", sa.String(64)),
        _needed("added_at", sa.DateTime()),
        *_texts("author", "belongs_kind"),
        _needed("belongs_id", sa.String(32)),
        indexes=("belongs_id", "sha256"),
    )
    _record("reflection", _needed("on", sa.Date()), *_texts("reflection_kind", "author", "title", "text"))
    _record(
        "access",
        _needed("access_kind", sa.Text()),
        _needed("at", sa.DateTime()),
        *_texts("author", "subject_kind", "subject_id", "detail"),
    )


def _journal_tables() -> None:
    op.create_table(
        "journal_link",
        _needed("writer", sa.String(32)),
        _needed("seq", sa.Integer()),
        _needed("prev", sa.String(64)),
        _needed("body_hash", sa.String(64)),
        _needed("line_hash", sa.String(64)),
        sa.PrimaryKeyConstraint("writer", "seq", name="pk_journal_link"),
        sa.UniqueConstraint("line_hash", name="uq_journal_link_line_hash"),
    )
    op.create_table(
        "journal_body",
        _needed("writer", sa.String(32)),
        _needed("seq", sa.Integer()),
        _needed("record", sa.String(32)),
        sa.Column("case_id", sa.String(32)),
        _needed("act", sa.String(32)),
        sa.Column("body", sa.Text()),
        sa.PrimaryKeyConstraint("writer", "seq", name="pk_journal_body"),
    )
    op.create_index("ix_journal_body_act", "journal_body", ["act"], unique=False)
    op.create_index("ix_journal_body_writer", "journal_body", ["writer", "case_id"], unique=False)
    op.create_index("ix_journal_body_record", "journal_body", ["record"], unique=False)
    op.create_table(
        "journal_head",
        _needed("record", sa.String(32)),
        _needed("field", sa.String(64)),
        _needed("line", sa.String(64)),
        sa.PrimaryKeyConstraint("record", "field", "line", name="pk_journal_head"),
    )
    op.create_table(
        "search_row",
        _needed("n", sa.Integer()),
        _needed("record", sa.String(32)),
        _needed("kind", sa.String(32)),
        sa.Column("case_id", sa.String(32)),
        _needed("text", sa.Text()),
        _needed("forms", sa.Text()),
        _needed("covered", sa.Integer()),
        sa.PrimaryKeyConstraint("n", name="pk_search_row"),
        sa.UniqueConstraint("record", name="uq_search_row_record"),
    )
    op.create_table(
        "draft",
        _needed("id", sa.String(32)),
        _needed("editor", sa.String(32)),
        _needed("case_id", sa.String(32)),
        _needed("subject", sa.String(64)),
        _needed("title", sa.Text()),
        _needed("payload", sa.Text()),
        _needed("cursor", sa.Text()),
        _needed("saved_at", sa.String(40)),
        sa.PrimaryKeyConstraint("id", name="pk_draft"),
    )
    op.create_index("ix_draft_place", "draft", ["editor", "subject", "case_id"], unique=True)
    op.create_table(
        "blob_chunk",
        _needed("sha256", sa.String(64)),
        _needed("n", sa.Integer()),
        _needed("data", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("sha256", "n", name="pk_blob_chunk"),
    )
    op.create_table(
        "local_value",
        _needed("name", sa.String(120)),
        _needed("value", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("name", name="pk_local_value"),
    )
