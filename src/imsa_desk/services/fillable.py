"""Verbs about forms filled in on a screen: read one back, and turn it into answers that somebody checks."""

from __future__ import annotations

from dataclasses import dataclass, field

from imsa_desk.domain.assessments import AnswerDraft, AnswerValue
from imsa_desk.domain.fillable import FORM_FIELD, Slot, rows_on_paper, slots_of
from imsa_desk.domain.forms import Form, Question, QuestionKind, parse_answer
from imsa_desk.errors import Problem, Refused
from imsa_desk.progress import Progress, quiet
from imsa_desk.services.desk import Desk
from imsa_desk.services.forms import find_form
from imsa_desk.services.previews import read_data

_MARK_PARTS = 3
NOT_OURS = "This file is no form of this program: it does not say which form it is."
UNREAD = "The fields of the file could not be read. It is kept unchanged."


@dataclass(frozen=True, slots=True)
class FilledField:
    """One field of a form that was filled in: its name, and what was typed, ticked or chosen."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class FilledForm:
    """A form that was filled in: which version of which form it says it is, and its fields in order."""

    form_id: str
    version: int
    digest: str
    fields: tuple[FilledField, ...]


@dataclass(frozen=True, slots=True)
class LeftOver:
    """Something that was filled in and is no answer: where, what stands there, and why it does not fit."""

    name: str
    question: str
    value: str
    why: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What a filled form comes to: answers to be looked at, and everything that does not fit, as text."""

    drafts: tuple[AnswerDraft, ...]
    left: tuple[LeftOver, ...]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Name what does not fit, each about its question or field."""
        return tuple(Problem(one.name, f"{one.question}: {one.why}") for one in self.left)


def read_filled(data: bytes, progress: Progress = quiet) -> FilledForm:
    """Read a form that was filled in, in the limited child process; nothing is stored.

    Raises Refused: E_READ_* for a file that is no readable PDF form, E_NOT_OURS for a form of somebody else.
    """
    found = read_data(data, "fields", progress)
    if not isinstance(found, list):
        raise Refused(UNREAD, code="E_READ")
    fields: list[FilledField] = []
    mark = ""
    for one in found:
        name, value = (one.get("name"), one.get("value")) if isinstance(one, dict) else (None, None)
        if not isinstance(name, str) or not isinstance(value, str):
            raise Refused(UNREAD, code="E_READ")
        if name == FORM_FIELD:
            mark = value
        else:
            fields.append(FilledField(name, value.replace("\r\n", "\n").replace("\r", "\n")))
    return _named(mark, tuple(fields))


def _named(mark: str, fields: tuple[FilledField, ...]) -> FilledForm:
    parts = mark.split("|")
    if len(parts) != _MARK_PARTS or not parts[1].isascii() or not parts[1].isdigit():
        raise Refused(NOT_OURS, code="E_NOT_OURS")
    return FilledForm(parts[0], int(parts[1][:9]), parts[2], fields)


def check_filled(desk: Desk, filled: FilledForm) -> Checked:
    """Turn fields into answers; what does not fit is named and kept as text, so that nothing is lost.

    Where this vault has another version of the form only, the answers are read with that one's questions,
    and that is named as well.
    """
    named = f"{filled.form_id}, version {filled.version}"
    with desk.store.read() as session:
        form = find_form(desk, session, filled.form_id, filled.version, filled.digest)
        other = None if form is not None else find_form(desk, session, filled.form_id)
    if form is not None:
        return _Reading(desk, form).check(filled)
    if other is None:
        left = [
            LeftOver(one.name, one.name, one.value, f"This vault has no form {named}.")
            for one in filled.fields
            if one.value.strip()
        ]
        return Checked((), tuple(left))
    found = _Reading(desk, other).check(filled)
    why = f"It was filled in on other words than those of version {other.version}. Look at each answer."
    return Checked(found.drafts, (LeftOver(FORM_FIELD, other.title, named, why), *found.left))


@dataclass(slots=True)
class _Typed:
    """The parts of one answer, and the fields they come from."""

    question: Question
    repeat: int
    value: AnswerValue = field(default_factory=dict)
    fields: list[FilledField] = field(default_factory=list)


class _Reading:
    """Reads the fields of one form."""

    def __init__(self, desk: Desk, form: Form) -> None:
        self._desk, self._form = desk, form
        self._slots = slots_of(form)
        self._answers: dict[str, _Typed] = {}
        self._left: list[LeftOver] = []

    def check(self, filled: FilledForm) -> Checked:
        """Give answers and what is left over."""
        for one in filled.fields:
            if one.value.strip():
                self._take(one)
        drafts = [draft for draft in map(self._draft, self._answers.values()) if draft is not None]
        return Checked((*self._groups(drafts), *drafts), tuple(self._left))

    def _take(self, one: FilledField) -> None:
        """Put a field into the answer it is a part of."""
        slot = self._slots.get(one.name)
        question = self._form.question(slot.key.partition("#")[0]) if slot is not None else None
        if slot is None or question is None:
            self._left.append(LeftOver(one.name, one.name, one.value, "The form has no such field."))
            return
        found, said = self._value(slot, one.value)
        if not found:
            self._leave(one, question, "It is none of the choices.")
            return
        repeat = int(slot.key.partition("#")[2] or 0)
        typed = self._answers.setdefault(slot.key, _Typed(question, repeat))
        typed.fields.append(one)
        if not slot.option:
            typed.value[slot.part] = said
            return
        several = typed.value.setdefault(slot.part, [])
        if isinstance(several, list):
            several.append(said)

    def _value(self, slot: Slot, typed: str) -> tuple[bool, object]:
        """Give what a state stands for, or the text that was typed, and whether it fits."""
        if not slot.states:
            return True, typed
        return typed in slot.states, slot.states.get(typed)

    def _leave(self, one: FilledField, question: Question, why: str) -> None:
        named = f"{question.number} {question.text}".strip()
        self._left.append(LeftOver(one.name, named, one.value, why))

    def _draft(self, typed: _Typed) -> AnswerDraft | None:
        """Give an answer if its question can hold it; else name each of its fields."""
        draft = AnswerDraft(typed.question.id, typed.value, typed.repeat)
        try:
            parse_answer(self._form, typed.question, draft, self._desk.today())
        except Refused as error:
            for one in typed.fields:
                self._leave(one, typed.question, error.message)
            return None
        return draft

    def _groups(self, drafts: list[AnswerDraft]) -> list[AnswerDraft]:
        """Give each group the rows in which something was filled in."""
        found = []
        for question in self._form.questions():
            if question.kind is not QuestionKind.GROUP:
                continue
            members = {member.id for member in question.members}
            used = {draft.repeat for draft in drafts if draft.question_id in members}
            rows = [row for row in rows_on_paper(question) if row in used]
            if rows:
                found.append(AnswerDraft(question.id, {"rows": rows}))
        return found
