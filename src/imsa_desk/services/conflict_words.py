"""What stands in a conflict, in words: the record it is about, its values, and who wrote them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.domain.assessments import Answer
from imsa_desk.domain.canonical import parse_canonical
from imsa_desk.domain.conflicts import LONG_TEXTS, Shape, label_of, list_of, said_of
from imsa_desk.domain.dates import say_full
from imsa_desk.domain.forms import Form
from imsa_desk.domain.forms.words import Speech, said
from imsa_desk.domain.lines import REMOVED, REMOVED_WHY
from imsa_desk.domain.lists import Lists
from imsa_desk.services.assessment_values import find_form_of, readable_form
from imsa_desk.services.desk import LOCAL, Desk
from imsa_desk.services.joining import office_of
from imsa_desk.store.fields import columns_of
from imsa_desk.store.records import (
    AdvocateRow,
    AnswerRow,
    AssessmentRow,
    AssessmentSectionRow,
    AssignmentRow,
    CaseRow,
    OrganisationRow,
    PersonRow,
    ProfessionalRow,
    Record,
)
from imsa_desk.store.records.base import Utc
from imsa_desk.store.tables import journal_body
from imsa_desk.store.torn import Torn, Written
from imsa_desk.vocab import Kind, NotDiscussed, Operation

NOTHING = "Nothing written"
REMOVES = "Removed"
TAKEN_BACK = "Taken back: no answer"
STRANGER = "Somebody in another vault"
_KEPT = frozenset({"seal_digest", "parts", "sha256", "form_digest", "id"})


def author_name(session: Session, writer: str, own: str, actor: str, office: tuple[str, str]) -> str:
    """Give the name behind a writer: this vault's advocate, the organisation, another vault's advocate."""
    if writer == own:
        return actor
    if writer == office[0]:
        return office[1]
    assigned = select(AssignmentRow.name).where(AssignmentRow.writer == writer, AssignmentRow.name != "")
    advocate = (
        select(AdvocateRow.name)
        .join(journal_body, journal_body.c.record == AdvocateRow.id)
        .where(journal_body.c.writer == writer)
        .order_by(journal_body.c.seq)
    )
    return session.scalar(assigned.limit(1)) or session.scalar(advocate.limit(1)) or STRANGER


@dataclass(slots=True)
class Names:
    """Who wrote a line, each writer looked up once."""

    session: Session
    own: str
    actor: str
    office: tuple[str, str]
    _known: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, desk: Desk, session: Session) -> Names:
        """Begin for a Desk."""
        place = office_of(session)
        office = (place.writer, place.name) if place is not None else ("", "")
        return cls(session, desk.store.writer, desk.actor.name, office)

    def of_writer(self, writer: str) -> str:
        """Give the name behind a writer."""
        if writer not in self._known:
            self._known[writer] = author_name(self.session, writer, self.own, self.actor, self.office)
        return self._known[writer]


@dataclass(slots=True)
class Wording:
    """Says values and records; forms and people are read once.

    `form_of` finds the form of an assessment; None where it is not here.
    """

    session: Session
    lists: Lists
    form_of: Callable[[AssessmentRow], Form | None]
    _forms: dict[str, Form | None] = field(default_factory=dict)

    @classmethod
    def of(cls, desk: Desk, session: Session) -> Wording:
        """Begin for a Desk."""

        def form_of(row: AssessmentRow) -> Form | None:
            found = find_form_of(desk, session, row)
            return found if found is not None else readable_form(desk, session, row)

        return cls(session, desk.lists, form_of)

    def value(self, torn: Torn, name: str, value: Any, side: Written) -> str:
        """Say one value of a field."""
        kind = torn.cls.kind
        if name == REMOVED:
            why = str(torn.value(REMOVED_WHY, torn.origin(name, side))) if value else ""
            return f"{REMOVES}: {why}" if why else REMOVES if value else "Not removed"
        if kind is Kind.ANSWER and name == "value":
            return self._answer(torn, side)
        if kind is Kind.SAFETY_PLAN and name == "parts":
            return str(side.body["fields"].get("words", "")) or NOTHING
        if kind is Kind.ASSESSMENT and name == "seal_digest":
            return self._signature(side)
        return self.plain(torn.cls, name, value)

    def plain(self, cls: type[Record], name: str, value: Any) -> str:
        """Say a value by the type of its column: a word of a list, a day, yes or no, a text."""
        if value is None or value == "":
            return NOTHING
        if isinstance(value, bool):
            return "Yes" if value else "No"
        column = columns_of(cls)[name].type
        listed = list_of(cls.kind, name)
        if listed:
            return self.lists.label(listed, str(value))
        if isinstance(column, Utc):
            moment = datetime.fromisoformat(value).astimezone(LOCAL)
            return f"{say_full(moment.date())}, {moment:%H:%M}"
        if column.python_type is date:
            return say_full(date.fromisoformat(value))
        return self._reference(name, str(value)) or str(value)

    def side(self, torn: Torn, name: str, lines: Sequence[Written]) -> str:
        """Say what a side says of a field; of several lines, what its writer changed in something removed."""
        if name != REMOVED or torn.value(name, lines[0]):
            return self.value(torn, name, torn.value(name, lines[0]), lines[0])
        made = any(line.body["op"] == Operation.CREATE for line in lines)
        said = list(dict.fromkeys(words for line in reversed(lines) for words in self._changes(torn, line)))
        if not said:
            return "Written anew" if made else "Not removed"
        between = "\n" if len(said) > 1 else " "
        return between.join([f"{'Written anew' if made else 'Changed'}:", *said])

    def _changes(self, torn: Torn, side: Written) -> list[str]:
        """Say each field that a side changed without knowing of a removal."""
        kind, made = torn.cls.kind, side.body["op"] == Operation.CREATE
        changed = [n for n in side.body["fields"] if n in LONG_TEXTS | {"value"}] if made else ()
        names = said_of(kind, changed or torn.edits.get(side.line, ()))
        return [f"{label_of(kind, n)}: {self.value(torn, n, torn.value(n, side), side)}" for n in names]

    def _reference(self, name: str, value: str) -> str:
        if name == "organisation_id":
            body = self.session.get(OrganisationRow, value)
            return body.name if body is not None else ""
        who = self.session.get(ProfessionalRow, value) if name == "professional_id" else None
        return who.name if who is not None else ""

    def _signature(self, side: Written) -> str:
        at = side.body["fields"].get("signed_at")
        if not at:
            return "Not signed"
        moment = datetime.fromisoformat(at).astimezone(LOCAL)
        return f"Signed {say_full(moment.date())}, {moment:%H:%M}"

    def _answer(self, torn: Torn, side: Written) -> str:
        answer = answer_of(torn, side)
        row = self.session.get(AnswerRow, torn.record)
        form = self._form(row.assessment_id) if row is not None else None
        if not answer.value and answer.not_discussed is None:
            return TAKEN_BACK
        question = form.question(answer.question_id) if form is not None else None
        if form is None or question is None:
            return "\n".join(f"{part}: {given}" for part, given in sorted(answer.value.items()))
        lines = said(form, question, answer, Speech(), self.lists)
        return "\n".join(f"{one.label}: {one.words}" if one.label else one.words for one in lines) or NOTHING

    def _form(self, assessment_id: str) -> Form | None:
        if assessment_id not in self._forms:
            row = self.session.get(AssessmentRow, assessment_id)
            self._forms[assessment_id] = self.form_of(row) if row is not None else None
        return self._forms[assessment_id]

    def title(self, cls: type[Record], record: str) -> str:
        """Name a record so that a person knows which it is: "Meeting, Tuesday 3 November 2026"."""
        row = self.session.get(cls, record)
        name = self.lists.label("kind", cls.kind)
        if isinstance(row, (AnswerRow, AssessmentSectionRow)):
            return self._place(row)
        if isinstance(row, PersonRow):
            return f"{name}: {row.known_as}"
        if isinstance(row, CaseRow):
            return name  # its code stands beside it wherever this is said
        for about in ("on", "valid_from", "at"):
            when = getattr(row, about, None)
            if when is not None:
                day = when.astimezone(LOCAL).date() if isinstance(when, datetime) else when
                return f"{name}, {say_full(day)}"
        for about, listed in (("channel", "channel"), ("theme", "theme"), ("name", ""), ("title", "")):
            words = getattr(row, about, "")
            if words:
                return f"{name}: {self.lists.label(listed, words) if listed else words}"
        return name

    def _place(self, row: AnswerRow | AssessmentSectionRow) -> str:
        review = self.session.get(AssessmentRow, row.assessment_id)
        form = self._form(row.assessment_id)
        about = f"{form.title if form is not None else 'Review'}"
        if review is not None:
            about = f"{about}, {say_full(review.on)}"
        if isinstance(row, AssessmentSectionRow):
            section = form.section(row.section_id) if form is not None else None
            return f"{about}: {section.title if section is not None else row.section_id}"
        question = form.question(row.question_id) if form is not None else None
        words = f"{question.number} {question.text}".strip() if question is not None else row.question_id
        return f"{about}: {words}"


def answer_of(torn: Torn, side: Written) -> Answer:
    """Give an answer as one side says it."""

    def of(name: str) -> Any:
        says = name in side.body["fields"] or side.body["op"] == Operation.CREATE
        return torn.value(name, side) if says else _as_before(torn, name, side)

    value, skipped = of("value"), of("not_discussed")
    return Answer(
        question_id=of("question_id"),
        value=parse_canonical(value.encode()) if value else {},
        repeat=of("repeat") or 0,
        not_discussed=NotDiscussed(skipped) if skipped else None,
    )


def _as_before(torn: Torn, name: str, side: Written) -> Any:
    """Give what a field of this record said where this side did not touch it: by an older line."""
    older = [one for one in torn.lines.values() if name in one.body["fields"]]
    act = side.body["act"]["id"]
    same = [one for one in older if one.body["act"]["id"] == act]
    before = [one for one in older if one.body["hlc"] <= side.body["hlc"]]
    found = max(same or before, key=lambda one: (one.body["hlc"], one.line), default=None)
    return torn.value(name, found if found is not None else side)


def shape_of(cls: type[Record], name: str) -> Shape:
    """Say how a third value of a field is written."""
    if cls.kind is Kind.ANSWER or name in _KEPT or name.endswith(("_id", "_kind")):
        return Shape.KEPT
    column = columns_of(cls)[name].type
    if list_of(cls.kind, name) and column.python_type is str:
        return Shape.LIST
    if isinstance(column, Utc):
        return Shape.KEPT
    if column.python_type is date:
        return Shape.DAY
    if column.python_type is bool:
        return Shape.YES_NO
    if column.python_type is int:
        return Shape.NUMBER
    return Shape.TEXT if name in LONG_TEXTS else Shape.LINE
