"""What goes into a conversion and what comes out: sheets of text, notes with their places, one form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from imsa_desk.errors import Broken


class Sheet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One sheet: its cells as text, row by row from row 1, and what about it cannot be read as rows."""

    name: str
    rows: tuple[tuple[str, ...], ...] = ()
    merged: tuple[str, ...] = ()
    unreckoned: tuple[str, ...] = ()
    """Cells with a formula whose result the file does not hold."""


class Workbook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The sheets of a workbook, in its order."""

    sheets: tuple[Sheet, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """Something a form cannot carry as it stood, with its place; `row` 0 is the sheet or the whole file."""

    sheet: str
    row: int
    column: str
    what: str
    cure: str = ""
    stops: bool = False

    def words(self) -> str:
        """Say it with its place."""
        parts = [self.sheet, f"row {self.row}" if self.row else "", self.column]
        place = ", ".join(part for part in parts if part)
        said = " ".join(part for part in (self.what, self.cure) if part)
        return f"{place}: {said}" if place else said


@dataclass(frozen=True, slots=True)
class Conversion:
    """A form as TOML, or None when a note stops it; `carried` names for each survey row what became of it.

    The ids in `carried` are those of questions and sections of the form.
    """

    toml: str | None
    notes: tuple[Note, ...]
    title: str = ""
    questions: int = 0
    carried: Mapping[int, str] = field(default_factory=dict)

    @property
    def stopped(self) -> tuple[Note, ...]:
        """Give the notes that keep a form from being made."""
        return tuple(note for note in self.notes if note.stops)


class Notes:
    """Notes as they are found, each once, given back in the order of the workbook."""

    def __init__(self) -> None:
        self._found: dict[Note, None] = {}

    def add(
        self, sheet: str, row: int, column: str, what: str, cure: str = "", *, stops: bool = False
    ) -> None:
        """Take down one note."""
        self._found[Note(sheet, row, column, what, cure, stops)] = None

    def stop(self, sheet: str, row: int, column: str, what: str, cure: str) -> None:
        """Take down what keeps a form from being made."""
        self.add(sheet, row, column, what, cure, stops=True)

    @property
    def stopping(self) -> bool:
        """Say whether one of them stops the conversion."""
        return any(note.stops for note in self._found)

    def all(self) -> tuple[Note, ...]:
        """Give them in the order of the workbook."""
        order = {"": 0, "survey": 1, "choices": 2, "settings": 3}
        return tuple(sorted(self._found, key=lambda note: (order.get(note.sheet.casefold(), 4), note.row)))


def workbook_of(data: object) -> Workbook:
    """Take what the reading process answered; raises `Broken` (E_READ) when it has another shape."""
    try:
        return msgspec.convert(data, Workbook)
    except msgspec.ValidationError as error:
        raise Broken("The workbook could not be read safely.", code="E_READ") from error
