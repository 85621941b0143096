"""Verbs of the office about reference data: publish forms, lists, rules, texts and a directory to all Desks.

A folder is read as a whole: `forms/*.toml`, `lists/*.toml`, `rules/*.toml`, `templates/*.toml` and
`directory.csv` or `directory.toml`. Everything is checked before anything is written. Where one of these
folders is there, it says all there is of its kind: what is no longer in it ends, and is never erased. The
ids of the rows follow from what they are, so that the same folder again changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from imsa_desk.domain.forms import Form, Shelf, read_form
from imsa_desk.domain.lists import Entry, Lists
from imsa_desk.domain.reference import (
    FORM_LIMIT,
    AddedEntry,
    DirectoryEntry,
    ReferenceChange,
    check_rule,
    read_directory,
    read_list,
    read_template,
    refused,
    text_of,
)
from imsa_desk.errors import ImsaError, Problem, Refused
from imsa_desk.paths import resources
from imsa_desk.services.lists import shipped_lists
from imsa_desk.services.office_opening import Office
from imsa_desk.services.publishing_rows import Edition, compared

_FOLDERS = ("forms", "lists", "rules", "templates")
_DIRECTORIES = ("directory.toml", "directory.csv")
_MOST_FILES = 2_000
_Found = TypeVar("_Found")


def publish(office: Office, folder: Path) -> tuple[ReferenceChange, ...]:
    """Take a folder in as the organisation's reference data; give what changed, nothing where nothing did.

    It goes to every vault with the next bundles. Raises Refused: E_FOLDER, and E_REFERENCE with every fault,
    each naming its file and the cure; nothing is changed then.
    """
    edition = _read(folder)
    changes = _changes(office, edition, write=False)
    return _changes(office, edition, write=True) if changes else changes


def preview(office: Office, folder: Path) -> tuple[ReferenceChange, ...]:
    """Say what publishing a folder would change; raises what `publish` does and writes nothing."""
    return _changes(office, _read(folder), write=False)


def _read(folder: Path) -> Edition:
    if not folder.is_dir():
        raise Refused([Problem("folder", "The folder to publish is not there.")], code="E_FOLDER")
    edition = Edition()
    if not any((folder / name).exists() for name in (*_FOLDERS, *_DIRECTORIES)):
        names = ", ".join((*_FOLDERS, *_DIRECTORIES))
        text = f"The folder holds nothing to publish. It may hold: {names}."
        raise Refused([Problem("folder", text)], code="E_FOLDER")
    shipped = shipped_lists()
    edition.lists = _each(
        edition, folder, "lists", lambda file, data: (file, *read_list(data, file, shipped))
    )
    lists = shipped.with_entries(_as_entries(edition.lists or []))
    edition.forms = _each(edition, folder, "forms", lambda file, data: _form(file, data, lists))
    edition.problems += _twice(edition.forms or [])
    edition.rules = _each(edition, folder, "rules", _rule)
    edition.templates = _each(
        edition, folder, "templates", lambda file, data: (file, read_template(data, file))
    )
    edition.directory = _directory(edition, folder, lists)
    if edition.problems:
        raise Refused(edition.problems, code="E_REFERENCE")
    return edition


def _each(
    edition: Edition, folder: Path, name: str, read: Callable[[str, bytes], _Found]
) -> list[_Found] | None:
    if not (folder / name).is_dir():
        return None
    found, paths = [], sorted((folder / name).iterdir())
    if len(paths) > _MOST_FILES:
        raise refused(name, f"it holds more than {_MOST_FILES} files", "Leave some out.")
    for path in paths:
        file = f"{name}/{path.name}"
        if path.name.startswith("."):
            continue
        try:
            if path.suffix != ".toml" or not path.is_file():
                raise refused(file, "it is no .toml file", "Take it out of this folder.")
            found.append(read(file, _bytes(path, file)))
        except ImsaError as error:
            edition.problems += [Problem(file, p.text) for p in _problems(error)]
    return found


def _problems(error: ImsaError) -> tuple[Problem, ...]:
    return error.problems if isinstance(error, Refused) else (Problem("", error.message),)


def _bytes(path: Path, file: str) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(FORM_LIMIT + 1)
    except OSError as error:
        raise refused(file, "it cannot be read", "See who may read it.") from error


def _form(file: str, data: bytes, lists: Lists) -> tuple[str, Form, str]:
    text = text_of(data, file, FORM_LIMIT)
    form = read_form(data, file, known_lists=frozenset(lists.files), own=True)
    if Shelf(resources() / "forms").find(form.id) is not None:
        raise refused(file, f"“{form.id}” is the id of a form that comes with Desk", "Give it another id.")
    return file, form, text


def _twice(forms: list[tuple[str, Form, str]]) -> list[Problem]:
    """Find versions of a form that stand in two files."""
    seen: dict[tuple[str, int], str] = {}
    problems: list[Problem] = []
    for file, form, _ in forms:
        first = seen.setdefault((form.id, form.version), file)
        if first != file:
            said = f"it has the same form and version as {first}"
            problems += refused(file, said, "Take one of them out.").problems
    return problems


def _rule(file: str, data: bytes) -> tuple[str, str, str]:
    text, name = text_of(data, file), file.removeprefix("rules/").removesuffix(".toml")
    check_rule(text, name, file)
    return file, name, text


def _directory(edition: Edition, folder: Path, lists: Lists) -> tuple[str, tuple[DirectoryEntry, ...]] | None:
    there = [name for name in _DIRECTORIES if (folder / name).exists()]
    try:
        if len(there) > 1:
            raise refused(there[0], "there are two directories", "Keep one of the two files.")
        return (
            (there[0], read_directory(_bytes(folder / there[0], there[0]), there[0], lists))
            if there
            else None
        )
    except ImsaError as error:
        edition.problems += [Problem(there[0], p.text) for p in _problems(error)]
        return None


def _as_entries(lists: list[tuple[str, str, tuple[AddedEntry, ...]]]) -> dict[str, list[Entry]]:
    return {name: [Entry(e.id, e.label, e.valid_from, e.valid_to) for e in added] for _, name, added in lists}


def _changes(office: Office, edition: Edition, *, write: bool) -> tuple[ReferenceChange, ...]:
    if not write:
        with office.records.read() as session:
            return tuple(compared(office, session, edition, write=False))
    with office.records.begin("publish") as session:
        return tuple(compared(office, session, edition, write=True))
