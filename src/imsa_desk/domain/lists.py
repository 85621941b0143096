"""Lists people read and choose from: roles, statuses, languages ...; data files, never program text."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import msgspec

from imsa_desk.errors import Broken


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One value of a list; `id` is what records keep and never changes, the rest is for reading."""

    id: str
    label: str
    valid_from: date | None = None
    valid_to: date | None = None
    meaning: str = ""
    own_name: str = ""
    sector: str = ""
    themes: tuple[str, ...] = ()
    family: str = ""
    common: bool = False

    def stands_on(self, day: date) -> bool:
        """Say whether the value may be chosen on a day; both ends count."""
        starts = self.valid_from is None or self.valid_from <= day
        return starts and (self.valid_to is None or day <= self.valid_to)


class ListFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A list file: where its values come from, when they were last checked, and the values in order."""

    id: str
    title: str
    source: str
    checked: date
    entry: tuple[Entry, ...]


@dataclass(slots=True)
class Lists:
    """Every list by its id.

    Whoever holds them sees what `become` puts in force, at once; those that ship with the program stay as
    they are, see `copy`.
    """

    files: Mapping[str, ListFile] = field(default_factory=dict)
    _by_value: Mapping[str, Mapping[str, Entry]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._by_value = {
            name: {entry.id: entry for entry in file.entry} for name, file in self.files.items()
        }

    def copy(self) -> Lists:
        """Give lists that hold the same and change on their own; nothing is read or sorted again."""
        made = Lists()
        made.become(self)
        return made

    def become(self, other: Lists) -> None:
        """Hold from now on what other lists hold."""
        self.files, self._by_value = other.files, other._by_value

    def with_entries(self, added: Mapping[str, Sequence[Entry]]) -> Lists:
        """Give these lists with entries added at the ends of some, and with lists that were not there.

        A value that is there already stays as it is.
        """
        files = dict(self.files)
        for name, entries in added.items():
            file = files.get(name) or ListFile(name, readable(name), "", date.min, ())
            known = {entry.id for entry in file.entry}
            news = tuple(entry for entry in entries if entry.id not in known)
            files[name] = msgspec.structs.replace(file, entry=file.entry + news)
        return Lists(files)

    def label(self, list_id: str, value: str) -> str:
        """Give the words for a value; a value no list knows is made readable, never refused.

        Records may hold a value that a newer program or another organisation added.
        """
        entry = self.entry(list_id, value)
        return entry.label if entry is not None else readable(value)

    def entry(self, list_id: str, value: str) -> Entry | None:
        """Find one value with all that the list says of it."""
        return self._by_value.get(list_id, {}).get(value)

    def entries(self, list_id: str, on: date | None = None) -> tuple[Entry, ...]:
        """Give the values of a list in its order; with a day, only those that stand then.

        An unknown list has no values.
        """
        file = self.files.get(list_id)
        if file is None:
            return ()
        return file.entry if on is None else tuple(entry for entry in file.entry if entry.stands_on(on))

    def has(self, list_id: str, value: str) -> bool:
        """Say whether a list holds a value, at whatever time."""
        return value in self._by_value.get(list_id, {})


def readable(value: str) -> str:
    """Turn a stored word such as `rg_pending` into "Rg pending"."""
    words = str(value).replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def load_lists(folder: Path) -> Lists:
    """Read every list file of a folder.

    Raises `Broken` (E_LIST) naming the file and what is wrong with it.
    """
    files = (_read(path) for path in sorted(folder.glob("*.toml")))
    return Lists({file.id: file for file in files})


def _read(path: Path) -> ListFile:
    try:
        file = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), ListFile)
    except (OSError, ValueError) as error:
        raise _broken(path, str(error)) from error
    if file.id != path.stem:
        raise _broken(path, f'it calls itself "{file.id}"')
    seen: set[str] = set()
    for entry in file.entry:
        if entry.id in seen:
            raise _broken(path, f'the value "{entry.id}" stands there twice')
        seen.add(entry.id)
    return file


def _broken(path: Path, what: str) -> Broken:
    return Broken(f"The list {path.name} cannot be read: {what}. Install the program again.", code="E_LIST")
