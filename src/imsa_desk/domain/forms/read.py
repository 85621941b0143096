"""Reading form files: TOML in, a checked `Form` out, or every fault with its place and its cure."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from imsa_desk.domain.forms.check import Fault, faults_of
from imsa_desk.domain.forms.model import (
    Condition,
    Form,
    Option,
    Question,
    QuestionKind,
    Scale,
    Section,
)
from imsa_desk.errors import Broken, Problem, Refused

LARGEST_FILE = 2_000_000
_PLACE = re.compile(r"\$\.(section|header)\[(\d+)\](?:\.question\[(\d+)\])?")
_TABLE = re.compile(r"^\s*\[\[\s*(section|section\s*\.\s*question|header)\s*\]\]", re.MULTILINE)


class QuestionTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question as it stands in the file."""

    id: str
    kind: str
    text: str
    number: str = ""
    help: str = ""
    option: tuple[Option, ...] = ()
    other: bool = False
    minimum: int | None = None
    maximum: int | None = None
    required: bool = False
    urgent: str = ""
    urgent_if_present: bool = False
    show_if: Condition | None = None


class SectionTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A section as it stands in the file."""

    id: str
    title: str
    question: tuple[QuestionTable, ...]
    short_title: str = ""
    theme: str = ""
    intro: str = ""
    skippable: bool = True
    show_if: Condition | None = None


class FormFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A form file."""

    id: str
    version: int
    title: str
    language: str
    section: tuple[SectionTable, ...]
    scales: dict[str, Scale] = {}
    header: tuple[QuestionTable, ...] = ()
    intro: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class _Lines:
    """The line each question begins on, by its section and place; the header counts as section -1."""

    lines: Mapping[tuple[int, int], int]
    sections: Mapping[int, int]

    def of(self, section: int, question: int) -> int:
        """Give the line of a question, or of its section, or 1."""
        return self.lines.get((section, question)) or self.sections.get(section, 1)


def read_form(data: bytes, name: str) -> Form:
    """Read and check a form file.

    Raises `Refused` (E_FORM) with every fault: each names the file, the question, its line and the cure.
    """
    raw, text = _parse(data, name)
    lines = _find_lines(text)
    try:
        file = msgspec.convert(raw, FormFile)
    except msgspec.ValidationError as error:
        raise _refused(name, [_shape_fault(str(error), raw, lines)]) from error
    unknown = _unknown_kinds(file, lines)
    if unknown:
        raise _refused(name, unknown)
    form = _build(file, lines, hashlib.sha256(data).hexdigest())
    faults = faults_of(form)
    if faults:
        raise _refused(name, faults)
    return form


def load_forms(folder: Path) -> tuple[Form, ...]:
    """Read every form of a folder, kept as `<id>/<version>.toml`, by id and version.

    Raises `Broken` (E_FORM) when one of them cannot be used.
    """
    forms = []
    for path in folder.glob("*/*.toml"):
        try:
            form = read_form(path.read_bytes(), path.name)
        except (OSError, Refused) as error:
            raise Broken(
                f"A form cannot be read: {error} Install the program again.", code="E_FORM"
            ) from error
        if (form.id, str(form.version)) != (path.parent.name, path.stem):
            raise Broken(
                f"The form {form.id} version {form.version} stands in the wrong place.", code="E_FORM"
            )
        forms.append(form)
    return tuple(sorted(forms, key=lambda form: (form.id, form.version)))


def find_form(forms: tuple[Form, ...], form_id: str, version: int | None = None) -> Form | None:
    """Find a version of a form, or its newest version."""
    same = [form for form in forms if form.id == form_id and version in (None, form.version)]
    return max(same, key=lambda form: form.version, default=None)


def _parse(data: bytes, name: str) -> tuple[dict[str, object], str]:
    if len(data) > LARGEST_FILE:
        raise _refused(
            name, [Fault("", 1, "The file is too large for a form. Check that it is the right one.")]
        )
    try:
        text = data.decode("utf-8")
        return tomllib.loads(text), text
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise _refused(name, [Fault("", line, "This is not UTF-8 text. Save the file as UTF-8.")]) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = re.search(r"at line (\d+)", str(error))
        words = f"This is not TOML: {error}. Correct the line."
        raise _refused(name, [Fault("", int(found[1]) if found else 1, words)]) from error


def _find_lines(text: str) -> _Lines:
    lines: dict[tuple[int, int], int] = {}
    sections: dict[int, int] = {}
    section, place, headers = -1, -1, -1
    for match in _TABLE.finditer(text):
        line = text.count("\n", 0, match.start(1)) + 1
        table = match[1]
        if table == "section":
            section, place = section + 1, -1
            sections[section] = line
        elif table == "header":
            headers += 1
            lines[(-1, headers)] = line
        else:
            place += 1
            lines[(section, place)] = line
    return _Lines(lines, sections)


def _shape_fault(words: str, raw: Mapping[str, object], lines: _Lines) -> Fault:
    """Turn "Object missing required field `text` - at `$.section[1].question[2]`" into a fault."""
    what, _, path = words.partition(" - at ")
    match = _PLACE.search(path)
    if match is None:
        return Fault("", 1, f"{what} ({path.strip('`') or 'the top of the file'}). Correct it.")
    if match[1] == "header":
        place, question = (-1, int(match[2])), _peek(raw, "header", int(match[2]))
    else:
        place = (int(match[2]), int(match[3]) if match[3] else -1)
        section = _peek(raw, "section", place[0])
        question = _peek(section, "question", place[1]) if match[3] else section
    return Fault(str(question.get("id", "")), lines.of(*place), f"{what} ({path.strip('`')}). Correct it.")


def _peek(table: Mapping[str, object], key: str, place: int) -> Mapping[str, object]:
    rows = table.get(key)
    row = rows[place] if isinstance(rows, list) and place < len(rows) else None
    return row if isinstance(row, dict) else {}


def _unknown_kinds(file: FormFile, lines: _Lines) -> list[Fault]:
    kinds = ", ".join(QuestionKind)
    groups = [(-1, file.header), *((place, section.question) for place, section in enumerate(file.section))]
    return [
        Fault(one.id, lines.of(section, place), f'There is no kind "{one.kind}". Use one of: {kinds}.')
        for section, questions in groups
        for place, one in enumerate(questions)
        if one.kind not in tuple(QuestionKind)
    ]


def _build(file: FormFile, lines: _Lines, digest: str) -> Form:
    sections = tuple(
        Section(
            id=one.id,
            title=one.title,
            questions=_questions(one.question, place, lines),
            short_title=one.short_title or one.title,
            theme=one.theme,
            intro=one.intro,
            skippable=one.skippable,
            show_if=one.show_if,
        )
        for place, one in enumerate(file.section)
    )
    return Form(
        id=file.id,
        version=file.version,
        title=file.title,
        language=file.language,
        digest=digest,
        sections=sections,
        scales=file.scales,
        header=_questions(file.header, -1, lines),
        intro=file.intro,
    )


def _questions(tables: tuple[QuestionTable, ...], section: int, lines: _Lines) -> tuple[Question, ...]:
    return tuple(
        Question(
            id=one.id,
            kind=QuestionKind(one.kind),
            text=one.text,
            number=one.number,
            help=one.help,
            options=one.option,
            other=one.other,
            minimum=one.minimum,
            maximum=one.maximum,
            required=one.required,
            urgent=one.urgent,
            urgent_if_present=one.urgent_if_present,
            show_if=one.show_if,
            line=lines.of(section, place),
        )
        for place, one in enumerate(tables)
    )


def _refused(name: str, faults: list[Fault]) -> Refused:
    return Refused([Problem(fault.question, fault.words(name)) for fault in faults], code="E_FORM")
