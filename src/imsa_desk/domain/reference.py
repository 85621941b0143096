"""What an organisation publishes to its advocates: additions to lists, rules, texts, and a directory.

Each reader takes the bytes of one file and raises Refused (E_REFERENCE) naming the file, what is wrong and
the cure. Forms have their own reader, `domain/forms`.
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import msgspec

from imsa_desk.domain.lists import Lists
from imsa_desk.domain.protocols import read_protocol
from imsa_desk.domain.retention import read_rule
from imsa_desk.domain.review_cycle import read_cycle
from imsa_desk.errors import ImsaError, Problem, Refused

RULES = ("protocol", "retention", "review_cycle")
"""The rules an organisation may set itself, by the names of their files."""
LIMIT, FORM_LIMIT = 256 * 1024, 700_000
"""Bytes of one file: each becomes one line of the journal, which may have 1 MiB."""
MOST_ENTRIES = 5_000
LONGEST_TEXT = 20_000
LONGEST_LINE = 500
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_COLUMNS = ("name", "role", "organisation", "sector", "phone", "email", "secure_channel", "note", "gone")
_File = TypeVar("_File", bound=msgspec.Struct)
_YES = frozenset({"yes", "y", "true", "1"})


@dataclass(frozen=True, slots=True)
class ReferenceChange:
    """Something that publishing changed: what kind of thing, which, how ("new", "changed", "ended")."""

    kind: str
    name: str
    change: str
    file: str


@dataclass(frozen=True, slots=True)
class Template:
    """A text of the organisation to begin an entry with."""

    name: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where something in force comes from: its kind, its name, what it says of itself, and since when.

    `published` by the organisation, which changed it last on `since`; the rest came with the program or was
    added in this vault.
    """

    kind: str
    name: str
    detail: str
    source: str
    published: bool = False
    since: date | None = None


class AddedEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry that an organisation adds to a list."""

    id: str
    label: str
    valid_from: date | None = None
    valid_to: date | None = None


class _ListFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    entry: tuple[AddedEntry, ...]


class _TemplateFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    text: str


class DirectoryEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of the directory: a professional, or an organisation alone where there is no name."""

    name: str = ""
    role: str = ""
    organisation: str = ""
    sector: str = ""
    phone: str = ""
    email: str = ""
    secure_channel: str = ""
    note: str = ""
    gone: bool = False


class _DirectoryFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    entry: tuple[DirectoryEntry, ...]


def read_list(data: bytes, file: str, shipped: Lists) -> tuple[str, tuple[AddedEntry, ...]]:
    """Read entries that are added to a list, or a list of the organisation's own; give its id too."""
    found = _toml(data, file, _ListFile)
    if found.id != _stem(file) or _NAME.fullmatch(found.id) is None:
        raise refused(file, f'the list calls itself "{found.id}"', "Give it the name of its file.")
    if len(found.entry) > MOST_ENTRIES:
        raise refused(file, f"it has more than {MOST_ENTRIES} entries", "Leave some out.")
    seen: set[str] = set()
    for entry in found.entry:
        if _NAME.fullmatch(entry.id) is None:
            raise refused(file, f'"{entry.id}" is no id', "Use small letters, digits and underscores.")
        if entry.id in seen or shipped.has(found.id, entry.id):
            cure = "A list can only be added to. Give the entry another id, or leave it out."
            raise refused(file, f'the entry "{entry.id}" is there already', cure)
        if not _is_line(entry.label):
            raise refused(file, f'the entry "{entry.id}" has no label', "Give it one of at most 500 letters.")
        if entry.valid_from and entry.valid_to and entry.valid_to < entry.valid_from:
            raise refused(file, f'"{entry.id}" ends before it begins', "Put its days right.")
        seen.add(entry.id)
    return found.id, found.entry


def check_rule(text: str, name: str, file: str) -> None:
    """Check a rule with the reader that will use it."""
    readers: dict[str, Any] = {
        "protocol": read_protocol,
        "retention": read_rule,
        "review_cycle": read_cycle,
    }
    if name not in readers:
        raise refused(file, "there is no rule of this name", f"Rules are: {', '.join(RULES)}.")
    try:
        readers[name](text, file)
    except ImsaError as error:
        raise refused(file, error.message, "Begin from the file that comes with the program.") from error


def read_template(data: bytes, file: str) -> Template:
    """Read a text to begin an entry with; it is called by the name of its file."""
    found = _toml(data, file, _TemplateFile)
    if _NAME.fullmatch(_stem(file)) is None:
        raise refused(file, "its name is no id", "Use small letters, digits and underscores.")
    if not _is_line(found.title):
        raise refused(file, "it has no title", "Give it a title of at most 500 letters.")
    if not found.text.strip() or len(found.text) > LONGEST_TEXT:
        raise refused(file, "it has no text, or too long a one", f"Give it at most {LONGEST_TEXT} letters.")
    return Template(_stem(file), found.title.strip(), found.text.strip("\n"))


def read_directory(data: bytes, file: str, lists: Lists) -> tuple[DirectoryEntry, ...]:
    """Read a directory from CSV (with the names of its columns in the first line) or TOML."""
    found = _toml(data, file, _DirectoryFile).entry if file.endswith(".toml") else _csv(data, file)
    seen: set[tuple[str, str]] = set()
    for at, entry in enumerate(found, start=1):
        where = f"entry {at} ({entry.name or entry.organisation or 'empty'})"
        if not entry.name and not entry.organisation:
            raise refused(file, f"{where} names nobody", "Give a name or an organisation.")
        if entry.name and not lists.has("roles", entry.role):
            cure = "Use an id of the list “roles”, for example support_worker; see the list’s file."
            raise refused(file, f"{where} has no known role (“{entry.role}”)", cure)
        if entry.sector and not lists.has("sector", entry.sector):
            raise refused(file, f"{where} has no known sector", "Use an id of the list “sector”.")
        if any(len(value) > LONGEST_TEXT for value in _texts(entry)):
            raise refused(file, f"{where} is too long", "Shorten it.")
        key = (entry.name.casefold(), entry.organisation.casefold())
        if key in seen:
            raise refused(file, f"{where} is there twice", "Leave one out.")
        seen.add(key)
    if len(found) > MOST_ENTRIES:
        raise refused(file, f"it has more than {MOST_ENTRIES} entries", "Leave some out.")
    return found


def refused(file: str, what: str, cure: str) -> Refused:
    """Make the refusal of one file."""
    return Refused([Problem(file, f"{file}: {what.rstrip('.')}. {cure}")], code="E_REFERENCE")


def text_of(data: bytes, file: str, limit: int = LIMIT) -> str:
    """Read a file's bytes as text."""
    if len(data) > limit:
        raise refused(file, f"it is larger than {limit:,} bytes", "Make it shorter.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refused(file, "it is not UTF-8 text", "Save it as UTF-8.") from error


def _toml(data: bytes, file: str, kind: type[_File]) -> _File:
    try:
        return msgspec.convert(tomllib.loads(text_of(data, file)), kind)
    except (ValueError, RecursionError) as error:
        raise refused(file, str(error), "Correct it and publish again.") from error


def _csv(data: bytes, file: str) -> tuple[DirectoryEntry, ...]:
    try:
        rows = list(csv.DictReader(io.StringIO(text_of(data, file)), strict=True))
    except csv.Error as error:
        raise refused(file, str(error), "Correct it and publish again.") from error
    found = []
    for at, row in enumerate(rows, start=1):
        columns = [column for column in row if column not in _COLUMNS]
        if columns or any(value is None for value in row.values()):
            cure = f"The first line has the names of the columns: {', '.join(_COLUMNS)}."
            raise refused(file, f"line {at + 1} does not fit", cure)
        values = {column: " ".join(value.split()) for column, value in row.items() if column != "gone"}
        gone = row.get("gone", "").strip().lower() in _YES
        found.append(DirectoryEntry(**values, gone=gone))
    return tuple(found)


def _stem(file: str) -> str:
    return file.rsplit("/", 1)[-1].removesuffix(".toml")


def _is_line(text: str) -> bool:
    return 0 < len(text.strip()) <= LONGEST_LINE and "\n" not in text


def _texts(entry: DirectoryEntry) -> list[str]:
    return [value for value in msgspec.structs.astuple(entry) if isinstance(value, str)]
