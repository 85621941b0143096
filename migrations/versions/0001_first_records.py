"""First records: the tables of version 0.1, the journal, the search index."""

from __future__ import annotations

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


def _tables() -> None:
    op.create_table(
        "access",
        sa.Column("access_kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=True),
        sa.Column("sensitivity", sa.String(length=2), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.Column("deleted_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access")),
    )
    op.create_index(op.f("ix_access_case_id"), "access", ["case_id"], unique=False)
    op.create_table(
        "action",
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("professional_id", sa.String(length=32), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("agreed_on", sa.Date(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.Column("source_kind", sa.Text(), nullable=False),
        sa.Column("source_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=True),
        sa.Column("sensitivity", sa.String(length=2), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.Column("deleted_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action")),
    )
    op.create_index(op.f("ix_action_case_id"), "action", ["case_id"], unique=False)
    op.create_index(op.f("ix_action_due_on"), "action", ["due_on"], unique=False)
    op.create_index(op.f("ix_action_professional_id"), "action", ["professional_id"], unique=False)
    op.create_index(op.f("ix_action_source_id"), "action", ["source_id"], unique=False)
    op.create_table(
        "advocate",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=True),
        sa.Column("sensitivity", sa.String(length=2), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.Column("deleted_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_advocate")),
    )
    op.create_index(op.f("ix_advocate_case_id"), "advocate", ["case_id"], unique=False)
    op.create_table(
        "answer",
        sa.Column("assessment_id", sa.String(length=32), nullable=False),
        sa.Column("question_id", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("repeat", sa.Integer(), nullable=True),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=True),
        sa.Column("valid_on", sa.Date(), nullable=True),
        sa.Column("not_discussed", sa.Text(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=True),
        sa.Column("sensitivity", sa.String(length=2), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.Column("deleted_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
    )
    op.create_index(op.f("ix_answer_assessment_id"), "answer", ["assessment_id"], unique=False)
    op.create_index(op.f("ix_answer_case_id"), "answer", ["case_id"], unique=False)
    op.create_table(
        "assessment",
        sa.Column("form_id", sa.Text(), nullable=False),
        sa.Column("form_version", sa.Integer(), nullable=False),
        sa.Column("form_digest", sa.String(length=64), nullable=False),
        sa.Column("assessment_type", sa.Text(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("interpreter", sa.Text(), nullable=False),
        sa.Column("present", sa.Text(), nullable=False),
        sa.Column("purpose_explained", sa.Boolean(), nullable=False),
        sa.Column("consent_to_assess", sa.Text(), nullable=False),
        sa.Column("person_paused", sa.Boolean(), nullable=False),
        sa.Column("wants_today", sa.Text(), nullable=False),
        sa.Column("review_trigger", sa.Text(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("highest", sa.Text(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=True),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("signed_at", sa.DateTime(), nullable=True),
        sa.Column("signed_by", sa.Text(), nullable=False),
        sa.Column("seal_digest", sa.Text(), nullable=False),
        sa.Column("journal_head", sa.Text(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=True),
        sa.Column("sensitivity", sa.String(length=2), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.Column("deleted_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
    )
    op.create_index(op.f("ix_assessment_case_id"), "assessment", ["case_id"], unique=False)
    op.create_table(
        "assessment_section",
        sa.Column("assessment_id", sa.String(length=32), nullable=False),
        sa.Column("section_id", sa.Text(), nullable=False),
        sa.Column("skipped", sa.Boolean(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=True),
        sa.Column("sensitivity", sa.String(length=2), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.Column("deleted_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_section")),
    )
    op.create_index(
        op.f("ix_assessment_section_assessment_id"), "assessment_section", ["assessment_id"], unique=False
    )
    op.create_index(op.f("ix_assessment_section_case_id"), "assessment_section", ["case_id"], unique=False)
    op.create_table(
        "blob_chunk",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", "n", name=op.f("pk_blob_chunk")),
    )
    op.create_table(
        "case_exploitation",
        sa.Column("exploitation", sa.Text(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=True),
        sa.Column("sensitivity", sa.String(length=2), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.Column("deleted_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_exploitation")),
    )
    op.create_index(op.f("ix_case_exploitation_case_id"), "case_exploitation", ["case_id"], unique=False)
    op.create_table(
        "case_file",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("nation", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("closure_reason", sa.Text(), nullable=False),
        sa.Column("referral_source", sa.Text(), nullable=False),
        sa.Column("nrm_status", sa.Text(), nullable=False),
        sa.Column("nrm_status_on", sa.Date(), nullable=True),
        sa.Column("competent_authority", sa.Text(), nullable=False),
        sa.Column("immigration_status", sa.Text(), nullable=False),
        sa.Column("local_authority", sa.Text(), nullable=False),
        sa.Column("police_force", sa.Text(), nullable=False),
        sa.Column("health_body", sa.Text(), nullable=False),
        sa.Column("what_matters", sa.Text(), nullable=False),
        sa.Column("what_matters_on", sa.Date(), nullable=True),
        sa.Column("risk", sa.Text(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=True),
        sa.Column("sensitivity", sa.String(length=2), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.Column("deleted_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_file")),
    )
    op.create_index(op.f("ix_case_file_case_id"), "case_file", ["case_id"], unique=False)
    op.create_index(op.f("ix_case_file_code"), "case_file", ["code"], unique=False)
    op.create_table(
        "case_role",
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=True),
        sa.Column("sensitivity", sa.String(length=2), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.Column("deleted_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_role")),
    )
    op.create_index(op.f("ix_case_role_case_id"), "case_role", ["case_id"], unique=False)
    op.create_index(op.f("ix_case_role_person_id"), "case_role", ["person_id"], unique=False)
    op.create_table(
        "consent",
        sa.Column("recipient_kind", sa.Text(), nullable=False),
        sa.Column("recipient_id", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("given_how", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("scope_note", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("explained", sa.Text(), nullable=False),
        sa.Column("in_their_words", sa.Text(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_how", sa.Text(), nullable=False),
        sa.Column("consequences_explained", sa.Boolean(), nullable=False),
        sa.Column("capacity_concern", sa.Text(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=True),
        sa.Column("sensitivity", sa.String(length=2), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.Column("deleted_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index(op.f("ix_consent_case_id"), "consent", ["case_id"], unique=False)
    op.create_table(
        "consent_category",
        sa.Column("consent_id", sa.String(length=32), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=True),
        sa.Column("sensitivity", sa.String(length=2), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.Column("deleted_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_category")),
    )
    op.create_index(op.f("ix_consent_category_case_id"), "consent_category", ["case_id"], unique=False)
    op.create_index(op.f("ix_consent_category_consent_id"), "consent_category", ["consent_id"], unique=False)
    op.create_table(
        "contact",
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("entry_type", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("instruction", sa.Text(), nullable=False),
        sa.Column("survivor_present", sa.Boolean(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("opinions", sa.Text(), nullable=False),
        sa.Column("asked_for", sa.Text(), nullable=False),
        sa.Column("information_received", sa.Text(), nullable=False),
        sa.Column("not_shared", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("survivor_told_on", sa.Date(), nullable=True),
        sa.Column("next_contact_on", sa.Date(), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=True),
        sa.Column("sensitivity", sa.String(length=2), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.Column("deleted_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    op.create_index(op.f("ix_contact_at"), "contact", ["at"], unique=False)
    op.create_index(op.f("ix_contact_case_id"), "contact", ["case_id"], unique=False)
    op.create_index(op.f("ix_contact_next_contact_on"), "contact", ["next_contact_on"], unique=False)
    op.create_table(
        "contact_participant",
        sa.Column("contact_id", sa.String(length=32), nullable=False),
        sa.Column("professional_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=True),
        sa.Column("sensitivity", sa.String(length=2), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.Column("deleted_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_participant")),
    )
    op.create_index(op.f("ix_contact_participant_case_id"), "contact_participant", ["case_id"], unique=False)
    op.create_index(
        op.f("ix_contact_participant_contact_id"), "contact_participant", ["contact_id"], unique=False
    )
    op.create_index(
        op.f("ix_contact_participant_professional_id"),
        "contact_participant",
        ["professional_id"],
        unique=False,
    )
    op.create_table(
        "contact_theme",
        sa.Column("contact_id", sa.String(length=32), nullable=False),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=True),
        sa.Column("sensitivity", sa.String(length=2), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.Column("deleted_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_theme")),
    )
    op.create_index(op.f("ix_contact_theme_case_id"), "contact_theme", ["case_id"], unique=False)
    op.create_index(op.f("ix_contact_theme_contact_id"), "contact_theme", ["contact_id"], unique=False)
    op.create_table(
        "document",
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("belongs_kind", sa.Text(), nullable=False),
        sa.Column("belongs_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=True),
        sa.Column("sensitivity", sa.String(length=2), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.Column("deleted_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
    )
    op.create_index(op.f("ix_document_belongs_id"), "document", ["belongs_id"], unique=False)
    op.create_index(op.f("ix_document_case_id"), "document", ["case_id"], unique=False)
    op.create_index(op.f("ix_document_sha256"), "document", ["sha256"], unique=False)
    op.create_table(
        "draft",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("editor", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
    )
    op.create_index("ix_draft_place", "draft", ["editor", "subject", "case_id"], unique=True)
    op.create_table(
        "involvement",
        sa.Column("professional_id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("lead_for", sa.Text(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("knows_address", sa.Boolean(), nullable=False),
        sa.Column("knows_trafficking", sa.Boolean(), nullable=False),
        sa.Column("trust_by_survivor", sa.Text(), nullable=False),
        sa.Column("safe_contact_note", sa.Text(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=True),
        sa.Column("sensitivity", sa.String(length=2), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.Column("deleted_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_involvement")),
    )
    op.create_index(op.f("ix_involvement_case_id"), "involvement", ["case_id"], unique=False)
    op.create_index(op.f("ix_involvement_professional_id"), "involvement", ["professional_id"], unique=False)
    op.create_table(
        "involvement_theme",
        sa.Column("involvement_id", sa.String(length=32), nullable=False),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=True),
        sa.Column("sensitivity", sa.String(length=2), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.Column("deleted_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_involvement_theme")),
    )
    op.create_index(op.f("ix_involvement_theme_case_id"), "involvement_theme", ["case_id"], unique=False)
    op.create_index(
        op.f("ix_involvement_theme_involvement_id"), "involvement_theme", ["involvement_id"], unique=False
    )
    op.create_table(
        "journal_body",
        sa.Column("writer", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("record", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=True),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("writer", "seq", name=op.f("pk_journal_body")),
    )
    op.create_index(op.f("ix_journal_body_act"), "journal_body", ["act"], unique=False)
    op.create_index(op.f("ix_journal_body_case_id"), "journal_body", ["case_id"], unique=False)
    op.create_index(op.f("ix_journal_body_record"), "journal_body", ["record"], unique=False)
    op.create_table(
        "journal_head",
        sa.Column("record", sa.String(length=32), nullable=False),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.Column("line", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("record", "field", "line", name=op.f("pk_journal_head")),
    )
    op.create_table(
        "journal_link",
        sa.Column("writer", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("prev", sa.String(length=64), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("line_hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("writer", "seq", name=op.f("pk_journal_link")),
        sa.UniqueConstraint("line_hash", name=op.f("uq_journal_link_line_hash")),
    )
    op.create_table(
        "local_value",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_local_value")),
    )
    op.create_table(
        "meeting",
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("interpreter", sa.Text(), nullable=False),
        sa.Column("instruction", sa.Text(), nullable=False),
        sa.Column("instructed", sa.Text(), nullable=False),
        sa.Column("instructed_reason", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("evidence_discussed", sa.Boolean(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=True),
        sa.Column("sensitivity", sa.String(length=2), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.Column("deleted_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
    )
    op.create_index(op.f("ix_meeting_at"), "meeting", ["at"], unique=False)
    op.create_index(op.f("ix_meeting_case_id"), "meeting", ["case_id"], unique=False)
    op.create_table(
        "meeting_attendee",
        sa.Column("meeting_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=True),
        sa.Column("sensitivity", sa.String(length=2), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.Column("deleted_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_attendee")),
    )
    op.create_index(op.f("ix_meeting_attendee_case_id"), "meeting_attendee", ["case_id"], unique=False)
    op.create_index(op.f("ix_meeting_attendee_meeting_id"), "meeting_attendee", ["meeting_id"], unique=False)
    op.create_table(
        "meeting_theme",
        sa.Column("meeting_id", sa.String(length=32), nullable=False),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=True),
        sa.Column("sensitivity", sa.String(length=2), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.Column("deleted_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_theme")),
    )
    op.create_index(op.f("ix_meeting_theme_case_id"), "meeting_theme", ["case_id"], unique=False)
    op.create_index(op.f("ix_meeting_theme_meeting_id"), "meeting_theme", ["meeting_id"], unique=False)
    op.create_table(
        "organisation",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=True),
        sa.Column("sensitivity", sa.String(length=2), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.Column("deleted_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
    )
    op.create_index(op.f("ix_organisation_case_id"), "organisation", ["case_id"], unique=False)
    op.create_index(op.f("ix_organisation_name"), "organisation", ["name"], unique=False)
    op.create_table(
        "person",
        sa.Column("known_as", sa.Text(), nullable=False),
        sa.Column("known_as_script", sa.Text(), nullable=False),
        sa.Column("pronouns", sa.Text(), nullable=False),
        sa.Column("born", sa.Text(), nullable=False),
        sa.Column("born_approximate", sa.Boolean(), nullable=False),
        sa.Column("age_disputed", sa.Boolean(), nullable=False),
        sa.Column("gender", sa.Text(), nullable=False),
        sa.Column("ethnicity", sa.Text(), nullable=False),
        sa.Column("religion", sa.Text(), nullable=False),
        sa.Column("literacy", sa.Text(), nullable=False),
        sa.Column("adjustments", sa.Text(), nullable=False),
        sa.Column("interpreter_needed", sa.Boolean(), nullable=False),
        sa.Column("interpreter_gender", sa.Text(), nullable=False),
        sa.Column("interpreter_note", sa.Text(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=True),
        sa.Column("sensitivity", sa.String(length=2), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.Column("deleted_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_index(op.f("ix_person_case_id"), "person", ["case_id"], unique=False)
    op.create_table(
        "person_language",
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("dialect", sa.Text(), nullable=False),
        sa.Column("preferred", sa.Boolean(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=True),
        sa.Column("sensitivity", sa.String(length=2), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.Column("deleted_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_language")),
    )
    op.create_index(op.f("ix_person_language_case_id"), "person_language", ["case_id"], unique=False)
    op.create_index(op.f("ix_person_language_person_id"), "person_language", ["person_id"], unique=False)
    op.create_table(
        "person_name",
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("name_kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("used_from", sa.Text(), nullable=False),
        sa.Column("used_to", sa.Text(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=True),
        sa.Column("sensitivity", sa.String(length=2), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.Column("deleted_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_name")),
    )
    op.create_index(op.f("ix_person_name_case_id"), "person_name", ["case_id"], unique=False)
    op.create_index(op.f("ix_person_name_person_id"), "person_name", ["person_id"], unique=False)
    op.create_table(
        "person_nationality",
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("nationality", sa.Text(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=True),
        sa.Column("sensitivity", sa.String(length=2), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.Column("deleted_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_nationality")),
    )
    op.create_index(op.f("ix_person_nationality_case_id"), "person_nationality", ["case_id"], unique=False)
    op.create_index(
        op.f("ix_person_nationality_person_id"), "person_nationality", ["person_id"], unique=False
    )
    op.create_table(
        "professional",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=True),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("secure_channel", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=True),
        sa.Column("sensitivity", sa.String(length=2), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.Column("deleted_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_professional")),
    )
    op.create_index(op.f("ix_professional_case_id"), "professional", ["case_id"], unique=False)
    op.create_index(
        op.f("ix_professional_organisation_id"), "professional", ["organisation_id"], unique=False
    )
    op.create_table(
        "reflection",
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("reflection_kind", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=True),
        sa.Column("sensitivity", sa.String(length=2), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.Column("deleted_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reflection")),
    )
    op.create_index(op.f("ix_reflection_case_id"), "reflection", ["case_id"], unique=False)
    op.create_table(
        "safe_contact",
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("safe", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("when", sa.Text(), nullable=False),
        sa.Column("who_else_can_see", sa.Text(), nullable=False),
        sa.Column("ok_voicemail", sa.Boolean(), nullable=False),
        sa.Column("say_we_are", sa.Text(), nullable=False),
        sa.Column("code_word", sa.Text(), nullable=False),
        sa.Column("number_withheld", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("last_confirmed", sa.Date(), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=True),
        sa.Column("sensitivity", sa.String(length=2), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.Column("deleted_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_safe_contact")),
    )
    op.create_index(op.f("ix_safe_contact_case_id"), "safe_contact", ["case_id"], unique=False)
    op.create_index(op.f("ix_safe_contact_person_id"), "safe_contact", ["person_id"], unique=False)
    op.create_table(
        "safety_response",
        sa.Column("raised_at", sa.DateTime(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("done_now", sa.Text(), nullable=False),
        sa.Column("told_who", sa.Text(), nullable=False),
        sa.Column("assessment_id", sa.String(length=32), nullable=True),
        sa.Column("question_id", sa.Text(), nullable=False),
        sa.Column("told_at", sa.DateTime(), nullable=True),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("closed_note", sa.Text(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=True),
        sa.Column("sensitivity", sa.String(length=2), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.Column("deleted_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_safety_response")),
    )
    op.create_index(
        op.f("ix_safety_response_assessment_id"), "safety_response", ["assessment_id"], unique=False
    )
    op.create_index(op.f("ix_safety_response_case_id"), "safety_response", ["case_id"], unique=False)
    op.create_table(
        "search_row",
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("record", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("forms", sa.Text(), nullable=False),
        sa.Column("covered", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_search_row")),
        sa.UniqueConstraint("record", name=op.f("uq_search_row_record")),
    )
    op.create_table(
        "sharing",
        sa.Column("contact_id", sa.String(length=32), nullable=False),
        sa.Column("professional_id", sa.String(length=32), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("consent_id", sa.String(length=32), nullable=True),
        sa.Column("override_reason", sa.Text(), nullable=False),
        sa.Column("survivor_told", sa.Boolean(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=True),
        sa.Column("sensitivity", sa.String(length=2), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.Column("deleted_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sharing")),
    )
    op.create_index(op.f("ix_sharing_case_id"), "sharing", ["case_id"], unique=False)
    op.create_index(op.f("ix_sharing_contact_id"), "sharing", ["contact_id"], unique=False)
    op.create_index(op.f("ix_sharing_professional_id"), "sharing", ["professional_id"], unique=False)
    op.create_table(
        "theme_entry",
        sa.Column("theme", sa.Text(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("need_level", sa.Integer(), nullable=True),
        sa.Column("not_discussed", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("next_step", sa.Text(), nullable=False),
        sa.Column("source_kind", sa.Text(), nullable=False),
        sa.Column("source_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=True),
        sa.Column("sensitivity", sa.String(length=2), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.Column("deleted_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme_entry")),
    )
    op.create_index(op.f("ix_theme_entry_case_id"), "theme_entry", ["case_id"], unique=False)
