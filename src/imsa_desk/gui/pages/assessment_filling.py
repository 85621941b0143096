"""Filling: what the vault holds of an assessment and what was typed since, apart from any widget."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

import msgspec

from imsa_desk.domain.assessments import (
    Answer,
    AnswerDraft,
    Assessment,
    AssessmentHeader,
    Urgent,
    answer_key,
)
from imsa_desk.domain.forms import Form, Question, Section, parse_answer, urgents
from imsa_desk.domain.forms.evaluate import MISSING, UNCONFIRMED, Asked, Evaluation, evaluate
from imsa_desk.errors import Problem, Refused


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
        carried_from=answer.carried_from,
    )


@dataclass(slots=True)
class Filling:
    """The answers as they stand, by their keys: typed ones before stored ones.

    What follows from them is reckoned once for each change, however often it is asked for.
    """

    form: Form
    assessment: Assessment
    stored: dict[str, AnswerDraft] = field(default_factory=dict)
    unsaved: Unsaved = field(default_factory=Unsaved)
    _answers: dict[str, AnswerDraft] | None = None
    _evaluated: Evaluation | None = None
    _said: tuple[dict[str, str], dict[str, str]] | None = None
    _homes: dict[str, Section] = field(default_factory=dict)
    _questions: dict[str, Question] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for section in self.form.sections:
            for question in section.questions:
                for one in (question, *question.members):
                    self._homes[one.id], self._questions[one.id] = section, one
        self.rebase(self.assessment)

    def rebase(self, assessment: Assessment) -> None:
        """Take what the vault holds now; what was typed stays."""
        self.assessment = assessment
        self.stored = {key: as_draft(answer) for key, answer in assessment.answers.items()}
        self._forget()

    def _forget(self) -> None:
        self._answers = self._evaluated = self._said = None

    @property
    def content(self) -> tuple[object, ...]:
        """Give what the vault holds of it, to see whether that changed."""
        value = self.assessment
        return (dict(value.answers), value.header, value.line.state, value.skipped_sections)

    @property
    def answers(self) -> dict[str, AnswerDraft]:
        """Give every answer as it stands."""
        if self._answers is None:
            self._answers = {**self.stored, **self.unsaved.answers}
        return self._answers

    @property
    def evaluation(self) -> Evaluation:
        """Give what follows from the answers as they stand."""
        if self._evaluated is None:
            self._evaluated = evaluate(self.form, self.answers, self.assessment.line.on)
        return self._evaluated

    @property
    def header(self) -> AssessmentHeader:
        """Give what stands above the questions."""
        return self.unsaved.header or self.assessment.header

    @property
    def is_clean(self) -> bool:
        """Say whether the vault holds everything as answers, so that no draft is needed."""
        return not (self.unsaved.header or self.unsaved.answers or self.unsaved.skips)

    def draft(self, question_id: str, repeat: int = 0) -> AnswerDraft:
        """Give the answer to a question, an empty one where there is none."""
        key = answer_key(question_id, repeat)
        found = self.unsaved.answers.get(key) or self.stored.get(key)
        return found or AnswerDraft(question_id, repeat=repeat)

    def put(self, draft: AnswerDraft) -> None:
        """Take an answer as it was typed."""
        empty = AnswerDraft(draft.question_id, repeat=draft.repeat)
        if draft == self.stored.get(draft.key, empty):
            self.unsaved.answers.pop(draft.key, None)
        else:
            self.unsaved.answers[draft.key] = draft
        self._forget()

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

    # --- what follows ---

    def question(self, key: str) -> Question | None:
        """Find the question an answer's key belongs to."""
        return self._questions.get(_id_of(key))

    def section_of(self, key: str) -> Section | None:
        """Find the section an answer's key belongs to."""
        return self._homes.get(_id_of(key))

    def visible(self) -> frozenset[str]:
        """Name what is asked, by the keys of the answers."""
        return self.evaluation.visible

    def asked(self, section: Section) -> tuple[Asked, ...]:
        """Give what is asked in a section, in order."""
        return self.evaluation.asked(section)

    def numbers_given(self, group: Question) -> tuple[int, ...]:
        """Name the rows of a group that ever held an answer, also those that were removed."""
        members = {member.id for member in group.members}
        return tuple({one.repeat for one in self.answers.values() if one.question_id in members})

    def carried(self, section: Section | None = None) -> tuple[str, ...]:
        """Name the answers carried over that were neither confirmed nor changed, in order."""
        found = self.answers
        return tuple(
            one.key
            for one in self.evaluation.asked(section)
            if one.key in found and found[one.key].carried_from
        )

    def carried_on(self, key: str) -> date | None:
        """Give the day an answer carried over was last asked."""
        answer = self.assessment.answers.get(key)
        return answer.asked_on if answer is not None else None

    def days(self) -> tuple[date, ...]:
        """Give the days on which it was talked through, by when its answers were asked."""
        own = (one for one in self.assessment.answers.values() if not one.carried_from)
        return tuple(sorted({one.asked_on for one in own if one.asked_on is not None}))

    def progress(self, section: Section) -> tuple[int, int]:
        """Count the answered and the asked questions of a section."""
        return self.evaluation.progress(section)

    def progress_of(self) -> tuple[int, int]:
        """Count the answered and the asked questions of the whole."""
        return self.evaluation.progress_all(self.skipped)

    def urgents(self) -> tuple[Urgent, ...]:
        """Name the answers that ask at once what was done, as they stand."""
        return urgents(self.form, self.answers, self.assessment.line.on)

    def lacks(self, key: str) -> str:
        """Say that an answer is needed before signing, where the form asks for one; "" where it does not."""
        return self._told()[0].get(key, "")

    def _told(self) -> tuple[dict[str, str], dict[str, str]]:
        """Give what is lacking and what does not fit, by key."""
        if self._said is None:
            found: tuple[dict[str, str], dict[str, str]] = ({}, {})
            for problem in self.evaluation.problems:
                found[0 if _is_lack(problem) else 1].setdefault(problem.field, problem.text)
            self._said = found
        return self._said

    def wrong(self, question: Question, today: date, repeat: int = 0) -> str:
        """Say what keeps an answer from being stored, or what does not fit in it; "" for nothing."""
        key = answer_key(question.id, repeat)
        return self._unreadable(key, today) or self._told()[1].get(key, "")

    def unreadable(self) -> list[Problem]:
        """Name what was typed and cannot be stored as an answer."""
        on = self.assessment.line.on
        said = ((key, self._unreadable(key, on)) for key in self.unsaved.answers)
        return [Problem(key, words) for key, words in said if words]

    def _unreadable(self, key: str, today: date) -> str:
        question = self.question(key)
        if question is None:
            return ""
        try:
            parse_answer(self.form, question, self.answers.get(key, AnswerDraft(question.id)), today)
        except Refused as error:
            return error.problems[0].text
        return ""

    # --- what is to be stored ---

    def _of_section(self, section_id: str) -> list[AnswerDraft]:
        """Give what was typed in a section: groups before their members."""
        home = self._homes
        found = [d for d in self.unsaved.answers.values() if home[d.question_id].id == section_id]
        return sorted(found, key=lambda d: d.repeat)

    def sections_to_save(self) -> tuple[str, ...]:
        """Name the sections in which something was typed that is not stored, in the form's order."""
        typed = {self._homes[draft.question_id].id for draft in self.unsaved.answers.values()}
        return tuple(one.id for one in self.form.sections if one.id in self.unsaved.skips or one.id in typed)

    def to_save(self, section_id: str, today: date) -> tuple[AnswerDraft, ...]:
        """Give what was typed in a section and can be stored; what cannot stays typed."""
        return tuple(
            draft
            for draft in self._of_section(section_id)
            if not self._unreadable(draft.key, today) and not self._confirms(draft)
        )

    def to_confirm(self) -> tuple[AnswerDraft, ...]:
        """Give the answers carried over of which was said that they still hold."""
        return tuple(draft for draft in self.unsaved.answers.values() if self._confirms(draft))

    def _confirms(self, draft: AnswerDraft) -> bool:
        stored = self.stored.get(draft.key)
        return stored is not None and bool(stored.carried_from) and draft == replace(stored, carried_from="")

    def settle(
        self, saved: tuple[AnswerDraft, ...], header: AssessmentHeader | None, skips: dict[str, bool]
    ) -> None:
        """Forget what was typed as far as it was stored and has not changed since."""
        for draft in saved:
            if self.unsaved.answers.get(draft.key) == draft:
                del self.unsaved.answers[draft.key]
        if header is not None and self.unsaved.header == header:
            self.unsaved.header = None
        for section_id, skipped in skips.items():
            if self.unsaved.skips.get(section_id) is skipped:
                del self.unsaved.skips[section_id]
        self._forget()

    def payload(self) -> str:
        """Write what is not stored as the payload of a draft."""
        return msgspec.json.encode(self.unsaved).decode()

    def restore(self, payload: str) -> bool:
        """Take a draft's payload back; False for one that cannot be read."""
        try:
            found = msgspec.json.decode(payload.encode(), type=Unsaved)
        except msgspec.MsgspecError:
            return False
        self.unsaved = Unsaved()
        for draft in found.answers.values():
            if draft.question_id in self._questions:
                self.put(draft)
        for key, skipped in found.skips.items():
            if self.form.section(key) is not None:
                self.skip(key, skipped)
        self.put_header(found.header or self.assessment.header)
        return True


def _id_of(key: str) -> str:
    return key.partition("#")[0]


def _is_lack(problem: Problem) -> bool:
    return problem.text.endswith((MISSING, UNCONFIRMED))
