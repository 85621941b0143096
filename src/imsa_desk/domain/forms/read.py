"""Reading form files: TOML in, a checked `Form` out, or every fault with its place and its cure."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

import msgspec

from imsa_desk.domain.forms.build import Building
from imsa_desk.domain.forms.check import faults_of
from imsa_desk.domain.forms.fault import Fault
from imsa_desk.domain.forms.model import Form, QuestionKind, Scale
from imsa_desk.domain.forms.tables import (
    FormFile,
    Lines,
    Place,
    QuestionTable,
    count_questions,
    find_lines,
    place_of,
)
from imsa_desk.errors import Broken, Problem, Refused

LARGEST_FORM = 700_000
"""Bytes a form may have."""
LARGEST_FILE = 2_000_000
"""Bytes that are looked at at all."""
MOST_QUESTIONS = 2_000
RELEASED = "released.toml"
"""Stands beside the shipped forms and holds the digest of each released version."""
_EDITED = (
    "Install the program again. To have other questions, give the changed file an id of its own and take it "
    "in as a form of your organisation."
)
_TYPES = {
    "int": "a whole number",
    "str": "a text in quotation marks",
    "bool": "true or false",
    "float": "a number with a point",
    "array": "a list",
    "object": "a table",
}


def read_form(
    data: bytes, name: str, *, known_lists: frozenset[str] | None = None, own: bool = False
) -> Form:
    """Read and check a form file.

    `known_lists` are the lists a `list_choice` may name (unchecked when None); `own` marks a form of the
    organisation's own. Raises `Refused` (E_FORM) with every fault: each names the file, the question, its
    line and the cure.
    """
    raw, text = _parse(data, name)
    lines = find_lines(text)
    try:
        file = msgspec.convert(raw, FormFile)
    except (msgspec.ValidationError, RecursionError) as error:
        raise _refused(name, [_shape_fault(str(error), raw, lines)]) from error
    questions = list(_places(file))
    if len(questions) > MOST_QUESTIONS:
        raise _refused(name, [_too_many(len(questions))])
    unknown = [*_unknown_kinds(questions, lines), *_too_deep(questions, lines)]
    if unknown:
        raise _refused(name, unknown)
    building = Building(file, lines)
    form = building.form(hashlib.sha256(data).hexdigest(), own=own)
    faults = faults_of(form, lines, building.faults, known_lists)
    if faults:
        raise _refused(name, faults)
    return form


def load_forms(folder: Path) -> tuple[Form, ...]:
    """Read every form of a folder, kept as `<id>/<version>.toml`, by id and version.

    Raises `Broken` (E_FORM) when one of them cannot be used.
    """
    forms = [load_form(path) for path in folder.glob("*/*.toml")]
    return tuple(sorted(forms, key=lambda form: (form.id, form.version)))


def load_form(path: Path) -> Form:
    """Read one form kept as `<id>/<version>.toml`. Raises `Broken` (E_FORM) when it cannot be used.

    A form that `released.toml` of the folder names must be what was released: what was answered on another
    could never be read again after the next installation.
    """
    name = f"{path.parent.name}/{path.name}"
    try:
        data = path.read_bytes()
        known = _released(path.parent.parent).get(path.parent.name, {}).get(path.stem, "")
        if known and known != hashlib.sha256(data).hexdigest():
            raise Broken(f"The form {name} was changed since it was released. {_EDITED}", code="E_FORM")
        form = read_form(data, name)
    except (OSError, Refused) as error:
        raise Broken(f"A form cannot be read: {error} Install the program again.", code="E_FORM") from error
    if (form.id, str(form.version)) != (path.parent.name, path.stem):
        raise Broken(f"The form {form.id} version {form.version} stands in the wrong place.", code="E_FORM")
    return form


@lru_cache(maxsize=4)
def _released(folder: Path) -> Mapping[str, Mapping[str, str]]:
    """Give the digests of released forms by id and version, none where the folder does not say."""
    try:
        return msgspec.convert(
            tomllib.loads((folder / RELEASED).read_text("utf-8")), dict[str, dict[str, str]]
        )
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise Broken(
            f"{RELEASED} cannot be read: {error}. Install the program again.", code="E_FORM"
        ) from error


def _parse(data: bytes, name: str) -> tuple[dict[str, object], str]:
    if len(data) > LARGEST_FILE:
        raise _refused(name, [_too_large(len(data))])
    try:
        text = data.decode("utf-8")
        if (count := count_questions(text)) > MOST_QUESTIONS:
            raise _refused(name, [_too_many(count)])
        if len(data) > LARGEST_FORM:
            raise _refused(name, [_too_large(len(data))])
        return tomllib.loads(text), text
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise _refused(name, [Fault("", line, "This is not UTF-8 text. Save the file as UTF-8.")]) from error
    except RecursionError as error:
        words = "Tables stand too deep in one another. Write them one below the other."
        raise _refused(name, [Fault("", 1, words)]) from error
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        words = f"This is not TOML: {error}. Correct the line."
        raise _refused(name, [Fault("", int(found[1]) if found else 1, words)]) from error


def _too_many(count: int) -> Fault:
    words = f"The form has {count:,} questions; at most {MOST_QUESTIONS:,} are possible."
    return Fault("", 1, f"{words} Make several forms of it.")


def _too_large(size: int) -> Fault:
    words = f"The file is too large for a form: {size:,} bytes of at most {LARGEST_FORM:,}."
    return Fault("", 1, f"{words} Check that it is the right one, or make several forms of it.")


def _places(file: FormFile) -> Iterator[tuple[Place, QuestionTable]]:
    groups = [(-1, file.header), *((place, section.question) for place, section in enumerate(file.section))]
    for section, questions in groups:
        for number, question in enumerate(questions):
            yield (section, number, -1), question
            for member, inner in enumerate(question.question):
                yield (section, number, member), inner


def _shape_fault(words: str, raw: Mapping[str, object], lines: Lines) -> Fault:
    """Turn "Object missing required field `text` - at `$.section[1].question[2]`" into a fault."""
    what, _, path = words.partition(" - at ")
    path = path.strip("`")
    place = place_of(path)
    if place is None:
        where, line = _elsewhere(path, raw, lines)
        return Fault("", line, _plainly(what, where))
    table: Mapping[str, object] = raw
    if place[0] < 0:
        table = _peek(raw, "header", place[1])
    else:
        for key, number in zip(("section", "question", "question"), place, strict=True):
            table = _peek(table, key, number) if number >= 0 else table
    part = re.sub(r"^\$|\.?(?:section|header|question)\[\d+\]", "", path).strip(".")
    return Fault(str(table.get("id", "")), lines.of(*place), _plainly(what, part))


def _elsewhere(path: str, raw: Mapping[str, object], lines: Lines) -> tuple[str, int]:
    """Give the name and the line of what is wrong outside the questions: a scale, a `carry`, the top."""
    step = re.search(r"\.point\[(\d+)\]", path)
    carry = re.fullmatch(r"\$\.carry\[(\d+)\].*", path)
    scales = raw.get("scales")
    if carry is not None:
        return path.removeprefix("$."), lines.of_carry(int(carry[1]))
    if path.startswith("$.scales[...]") and isinstance(scales, dict):
        for scale_id, table in scales.items():
            try:
                msgspec.convert(table, Scale)
            except msgspec.ValidationError:
                where = path.replace("$.scales[...]", f"scales.{scale_id}")
                return where, lines.of_scale(scale_id, int(step[1]) if step is not None else -1)
    return path.removeprefix("$").strip("."), 1


def _plainly(what: str, where: str) -> str:
    """Say in words what the reader of tables found, and its cure."""
    names = re.findall("`([^`]*)`", what)
    place = f"{where}: " if where else ""
    if what.startswith("Object contains unknown field"):
        return f"{place}There is no field `{names[0]}`. Remove it, or correct its name."
    if what.startswith("Object missing required field"):
        return f"{place}The field `{names[0]}` is missing. Add it."
    if what.startswith("Expected `") and len(names) > 1:
        wanted, got = (
            " or ".join(_TYPES.get(kind, kind) for kind in one.split(" | ") if kind != "null")
            for one in names[:2]
        )
        return f"{place}This must be {wanted}, not {got}. Correct it."
    return f"{place}{what}. Correct it."


def _peek(table: Mapping[str, object], key: str, place: int) -> Mapping[str, object]:
    rows = table.get(key)
    row = rows[place] if isinstance(rows, list) and place < len(rows) else None
    return row if isinstance(row, dict) else {}


def _unknown_kinds(questions: list[tuple[Place, QuestionTable]], lines: Lines) -> list[Fault]:
    kinds = ", ".join(QuestionKind)
    return [
        Fault(one.id, lines.of(*place), f'There is no kind "{one.kind}". Use one of: {kinds}.')
        for place, one in questions
        if one.kind not in tuple(QuestionKind)
    ]


def _too_deep(questions: list[tuple[Place, QuestionTable]], lines: Lines) -> list[Fault]:
    words = "A group cannot stand in a group. Move its questions out."
    return [
        Fault(one.id, lines.of(*place), words) for place, one in questions if place[2] >= 0 and one.question
    ]


def _refused(name: str, faults: list[Fault]) -> Refused:
    return Refused([Problem(fault.question, fault.words(name)) for fault in faults], code="E_FORM")
