"""Rows of assessments: the header, sections skipped, answers, and safety responses."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from imsa_desk.store.records.base import Record
from imsa_desk.vocab import Kind


class AssessmentRow(Record, kw_only=True):
    """An assessment against one version of one form; sealed when signed."""

    __tablename__ = "assessment"
    kind: ClassVar[Kind] = Kind.ASSESSMENT
    searched: ClassVar[tuple[str, ...]] = ("wants_today",)
    form_id: Mapped[str]
    form_version: Mapped[int]
    form_digest: Mapped[str] = mapped_column(String(64))
    assessment_type: Mapped[str]
    on: Mapped[date]
    author: Mapped[str]
    state: Mapped[str]
    place: Mapped[str] = mapped_column(default="")
    interpreter: Mapped[str] = mapped_column(default="")
    present: Mapped[str] = mapped_column(default="")
    purpose_explained: Mapped[bool] = mapped_column(default=False)
    consent_to_assess: Mapped[str] = mapped_column(default="")
    person_paused: Mapped[bool] = mapped_column(default=False)
    wants_today: Mapped[str] = mapped_column(default="")
    review_trigger: Mapped[str] = mapped_column(default="")
    review_on: Mapped[date | None] = mapped_column(default=None)
    highest: Mapped[str] = mapped_column(default="")
    answered: Mapped[int | None] = mapped_column(default=None)
    total: Mapped[int | None] = mapped_column(default=None)
    signed_at: Mapped[datetime | None] = mapped_column(default=None)
    signed_by: Mapped[str] = mapped_column(default="")
    seal_digest: Mapped[str] = mapped_column(default="")
    journal_head: Mapped[str] = mapped_column(default="")
    begun_from: Mapped[str] = mapped_column(default="")


class AssessmentSectionRow(Record, kw_only=True):
    """A section the person chose to skip."""

    __tablename__ = "assessment_section"
    kind: ClassVar[Kind] = Kind.ASSESSMENT_SECTION
    assessment_id: Mapped[str] = mapped_column(String(32), index=True)
    section_id: Mapped[str]
    skipped: Mapped[bool] = mapped_column(default=False)


class AnswerRow(Record, kw_only=True):
    """One answer: `value` is the canonical JSON of the question kind's parts."""

    __tablename__ = "answer"
    kind: ClassVar[Kind] = Kind.ANSWER
    searched: ClassVar[tuple[str, ...]] = ("words",)
    assessment_id: Mapped[str] = mapped_column(String(32), index=True)
    question_id: Mapped[str]
    author: Mapped[str]
    repeat: Mapped[int | None] = mapped_column(default=None)
    value: Mapped[str] = mapped_column(default="")
    words: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="")
    asked_on: Mapped[date | None] = mapped_column(default=None)
    valid_on: Mapped[date | None] = mapped_column(default=None)
    not_discussed: Mapped[str] = mapped_column(default="")
    carried_from: Mapped[str] = mapped_column(default="")


class SafetyResponseRow(Record, kw_only=True):
    """What was done at once about a very high risk."""

    __tablename__ = "safety_response"
    kind: ClassVar[Kind] = Kind.SAFETY_RESPONSE
    searched: ClassVar[tuple[str, ...]] = ("done_now", "told_who")
    raised_at: Mapped[datetime]
    author: Mapped[str]
    why: Mapped[str]
    done_now: Mapped[str]
    told_who: Mapped[str]
    assessment_id: Mapped[str | None] = mapped_column(String(32), index=True, default=None)
    question_id: Mapped[str] = mapped_column(default="")
    told_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_note: Mapped[str] = mapped_column(default="")


class AddendumRow(Record, kw_only=True):
    """What was added to a signed assessment afterwards: a correction, an addition, a countersignature."""

    __tablename__ = "addendum"
    kind: ClassVar[Kind] = Kind.ADDENDUM
    searched: ClassVar[tuple[str, ...]] = ("text",)
    assessment_id: Mapped[str] = mapped_column(String(32), index=True)
    what: Mapped[str]
    text: Mapped[str]
    author: Mapped[str]
    written_at: Mapped[datetime]
    question_id: Mapped[str] = mapped_column(default="")
    name: Mapped[str] = mapped_column(default="")
    role: Mapped[str] = mapped_column(default="")
    seal_digest: Mapped[str] = mapped_column(default="")


class SafetyPlanRow(Record, kw_only=True):
    """One version of a person's safety plan; `parts` is canonical JSON of its parts by name."""

    __tablename__ = "safety_plan"
    kind: ClassVar[Kind] = Kind.SAFETY_PLAN
    searched: ClassVar[tuple[str, ...]] = ("words",)
    version: Mapped[int]
    on: Mapped[date]
    author: Mapped[str]
    parts: Mapped[str]
    words: Mapped[str] = mapped_column(default="")
    agreed_how: Mapped[str] = mapped_column(default="")
    agreed_on: Mapped[date | None] = mapped_column(default=None)
    review_on: Mapped[date | None] = mapped_column(default=None)
    copy_safe: Mapped[str] = mapped_column(default="")
    replaces: Mapped[str] = mapped_column(default="")


class ReviewTriggerRow(Record, kw_only=True):
    """Something happened that asks for a review; answered once one was signed or it was set aside."""

    __tablename__ = "review_trigger"
    kind: ClassVar[Kind] = Kind.REVIEW_TRIGGER
    why: Mapped[str]
    on: Mapped[date]
    author: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    answered_by: Mapped[str] = mapped_column(default="")
    set_aside: Mapped[str] = mapped_column(default="")
