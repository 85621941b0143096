"""Answers whose form is not here, made readable: each question by its id, each value as it was stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from imsa_desk.domain.assessments import Answer
from imsa_desk.domain.forms.model import Form, Question, QuestionKind, Section

_BY_PART = (
    ("rows", QuestionKind.GROUP),
    ("advocate", QuestionKind.NEED_ITEM),
    ("survivor", QuestionKind.NEED_ITEM),
    ("present", QuestionKind.RISK_ITEM),
    ("likelihood", QuestionKind.RISK_ITEM),
    ("number", QuestionKind.NUMBER),
    ("pence", QuestionKind.MONEY),
    ("day", QuestionKind.DATE),
    ("when", QuestionKind.PARTIAL_DATE),
    ("choices", QuestionKind.CHOICES),
    ("choice", QuestionKind.CHOICE),
    ("step", QuestionKind.SCALE),
    ("strokes", QuestionKind.AGREEMENT),
    ("how", QuestionKind.AGREEMENT),
    ("who", QuestionKind.PERSON),
    ("role", QuestionKind.PERSON),
    ("name", QuestionKind.PERSON),
    ("result", QuestionKind.CALCULATED),
    ("next_step", QuestionKind.NEED_ITEM),
    ("judgement_reason", QuestionKind.RISK_ITEM),
    ("words", QuestionKind.NEED_ITEM),
)
"""The kind of question a stored part tells of; the first that fits holds."""


def missing_form_words(form_id: str, version: int) -> str:
    """Say that a form version is not here, or is another one, and what to do."""
    return (
        f"Version {version} of the form {form_id} is missing or was changed. Install the newest program "
        "again, or take in the organisation's own form again from the file it came from."
    )


def kept_form(form_id: str, version: int, digest: str, answers: Mapping[str, Answer]) -> Form:
    """Make a form to read answers with whose own form is not here; nothing may be filled in on it."""
    return Form(
        id=form_id,
        version=version,
        title=f"{form_id}, version {version} (its form is missing here or was changed)",
        language="en-GB",
        digest=digest,
        sections=(
            Section("kept", "What was answered", tuple(_questions(answers.values())), skippable=False),
        ),
        intro=missing_form_words(form_id, version),
    )


def _questions(answers: Iterable[Answer]) -> list[Question]:
    """Give one question for each id; those with repeats are members of the first group with such rows."""
    given = sorted(answers, key=lambda one: (one.question_id, one.repeat))
    alone = [Question(one.question_id, _kind(one), one.question_id) for one in given if not one.repeat]
    rows = {one.question_id: one.value.get("rows") for one in given if not one.repeat}
    members: dict[str, Question] = {}
    homes: dict[str, str] = {}
    for one in (one for one in given if one.repeat):
        known = members.get(one.question_id)
        if known is None or known.kind is QuestionKind.LONG_TEXT:
            members[one.question_id] = Question(one.question_id, _kind(one), one.question_id)
        fits = (group for group, own in rows.items() if isinstance(own, list) and one.repeat in own)
        homes.setdefault(one.question_id, next(fits, ""))
    return [
        replace(question, members=tuple(m for m in members.values() if homes[m.id] == question.id))
        for question in alone
    ]


def _kind(answer: Answer) -> QuestionKind:
    return next((kind for part, kind in _BY_PART if part in answer.value), QuestionKind.LONG_TEXT)
