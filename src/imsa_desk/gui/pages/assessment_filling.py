"""Filling: what the vault holds of an assessment and what was typed since, apart from any widget."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import msgspec

from imsa_desk.domain.assessments import Answer, AnswerDraft, Assessment, AssessmentHeader, Urgent
from imsa_desk.domain.forms import (
    Form,
    Question,
    Section,
    parse_answer,
    progress,
    progress_of,
    urgents,
    visible,
)
from imsa_desk.errors import Refused


class Unsaved(msgspec.Struct):
    """What a draft of this editor holds: only what the vault does not."""

    header: AssessmentHeader | None = None
    answers: dict[str, AnswerDraft] = msgspec.field(default_factory=dict)
    skips: dict[str, bool] = msgspec.field(default_factory=dict)


def as_draft(answer: Answer) -> AnswerDraft:
    """Turn a stored answer into one that can be edited."""
    return AnswerDraft(
        question_id=answer.question_id,
        value=dict(answer.value),
        repeat=answer.repeat,
        source=answer.source or "",
        valid_on=answer.valid_on.isoformat() if answer.valid_on else "",
        not_discussed=answer.not_discussed or "",
    )


@dataclass(slots=True)
class Filling:
    """The answers as they stand: typed ones before stored ones."""

    form: Form
    assessment: Assessment
    stored: dict[str, AnswerDraft] = field(default_factory=dict)
    unsaved: Unsaved = field(default_factory=Unsaved)

    def __post_init__(self) -> None:
        self.rebase(self.assessment)

    def rebase(self, assessment: Assessment) -> None:
        """Take what the vault holds now; what was typed stays."""
        self.assessment = assessment
        self.stored = {key: as_draft(answer) for key, answer in assessment.answers.items()}

    @property
    def answers(self) -> dict[str, AnswerDraft]:
        """Give every answer as it stands."""
        return {**self.stored, **self.unsaved.answers}

    @property
    def header(self) -> AssessmentHeader:
        """Give what stands above the questions."""
        return self.unsaved.header or self.assessment.header

    @property
    def is_clean(self) -> bool:
        """Say whether the vault holds everything as answers, so that no draft is needed."""
        return not (self.unsaved.header or self.unsaved.answers or self.unsaved.skips)

    def draft(self, question_id: str) -> AnswerDraft:
        """Give the answer to a question, an empty one where there is none."""
        found = self.unsaved.answers.get(question_id) or self.stored.get(question_id)
        return found or AnswerDraft(question_id)

    def put(self, draft: AnswerDraft) -> None:
        """Take an answer as it was typed."""
        if draft == self.stored.get(draft.question_id, AnswerDraft(draft.question_id)):
            self.unsaved.answers.pop(draft.question_id, None)
        else:
            self.unsaved.answers[draft.question_id] = draft

    def put_header(self, header: AssessmentHeader) -> None:
        """Take the header as it was typed."""
        self.unsaved.header = None if header == self.assessment.header else header

    def skip(self, section_id: str, skipped: bool) -> None:
        """Skip a section by choice, or ask it after all."""
        if skipped == (section_id in self.assessment.skipped_sections):
            self.unsaved.skips.pop(section_id, None)
        else:
            self.unsaved.skips[section_id] = skipped

    def is_skipped(self, section_id: str) -> bool:
        """Say whether a section is skipped by choice."""
        return self.unsaved.skips.get(section_id, section_id in self.assessment.skipped_sections)

    @property
    def skipped(self) -> frozenset[str]:
        """Name the sections skipped by choice."""
        return frozenset(one.id for one in self.form.sections if self.is_skipped(one.id))

    def visible(self) -> frozenset[str]:
        """Name the questions that are asked."""
        return visible(self.form, self.answers)

    def progress(self, section: Section) -> tuple[int, int]:
        """Count the answered and the asked questions of a section."""
        return progress(self.form, section, self.answers)

    def progress_of(self) -> tuple[int, int]:
        """Count the answered and the asked questions of the whole."""
        return progress_of(self.form, self.answers, self.skipped)

    def urgents(self) -> tuple[Urgent, ...]:
        """Name the answers that ask at once what was done, as they stand."""
        return urgents(self.form, self.answers)

    def wrong(self, question: Question, today: date) -> str:
        """Say what keeps an answer from being stored; "" for nothing."""
        try:
            parse_answer(self.form, question, self.draft(question.id), today)
        except Refused as error:
            return error.problems[0].text
        return ""

    def sections_to_save(self) -> tuple[str, ...]:
        """Name the sections in which something was typed that is not stored, in the form's order."""
        typed = self.unsaved.answers
        return tuple(
            one.id
            for one in self.form.sections
            if one.id in self.unsaved.skips or any(question.id in typed for question in one.questions)
        )

    def to_save(self, section_id: str, today: date) -> tuple[AnswerDraft, ...]:
        """Give what was typed in a section and can be stored; what cannot stays typed."""
        section = self.form.section(section_id)
        questions = section.questions if section is not None else ()
        typed = self.unsaved.answers
        return tuple(typed[q.id] for q in questions if q.id in typed and not self.wrong(q, today))

    def settle(
        self, saved: tuple[AnswerDraft, ...], header: AssessmentHeader | None, skips: dict[str, bool]
    ) -> None:
        """Forget what was typed as far as it was stored and has not changed since."""
        for draft in saved:
            if self.unsaved.answers.get(draft.question_id) == draft:
                del self.unsaved.answers[draft.question_id]
        if header is not None and self.unsaved.header == header:
            self.unsaved.header = None
        for section_id, skipped in skips.items():
            if self.unsaved.skips.get(section_id) is skipped:
                del self.unsaved.skips[section_id]

    def payload(self) -> str:
        """Write what is not stored as the payload of a draft."""
        return msgspec.json.encode(self.unsaved).decode()

    def restore(self, payload: str) -> bool:
        """Take a draft's payload back; False for one that cannot be read."""
        try:
            found = msgspec.json.decode(payload.encode(), type=Unsaved)
        except msgspec.MsgspecError:
            return False
        known = {question.id for question in self.form.questions()}
        self.unsaved = Unsaved()
        for key, draft in found.answers.items():
            if key in known:
                self.put(draft)
        for key, skipped in found.skips.items():
            if self.form.section(key) is not None:
                self.skip(key, skipped)
        self.put_header(found.header or self.assessment.header)
        return True
