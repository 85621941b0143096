"""The rows of the survey as a tree: groups and repeats with what stands between their begin and end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from imsa_desk.domain.xlsform.model import Notes
from imsa_desk.domain.xlsform.table import Row, Table
from imsa_desk.domain.xlsform.types import Opens, RowType, row_type

DEEPEST = 20
_CURE_TYPE = "Correct the type, or delete the row."


@dataclass(slots=True)
class Node:
    """One row of the survey; a group or repeat with the rows inside it and the row that ends it."""

    row: Row
    type: RowType
    inside: list[Node] = field(default_factory=list)
    end: int = 0
    id: str = ""

    def all(self) -> Iterator[Node]:
        """Walk to this row and every one inside it."""
        yield self
        for one in self.inside:
            yield from one.all()


def grow(survey: Table, notes: Notes) -> list[Node]:
    """Read the rows into a tree; a row that cannot stand where it is becomes a note."""
    top: list[Node] = []
    open_ones: list[Node] = []
    for row in survey.rows:
        found = _type_of(row, notes)
        if found is None:
            continue
        here = open_ones[-1].inside if open_ones else top
        if found.ends:
            _close(row, found.ends, open_ones, notes)
            continue
        node = Node(row, found)
        here.append(node)
        if found.begins:
            open_ones.append(node)
            if len(open_ones) > DEEPEST:
                words = f"Groups stand more than {DEEPEST} deep in one another."
                notes.stop(row.sheet, row.number, row.head("type"), words, "Take some of them apart.")
                return top
    for node in open_ones:
        what = f"This {node.type.begins} has no end."
        cure = f"Add a row of type end {node.type.begins}."
        notes.stop(node.row.sheet, node.row.number, node.row.head("type"), what, cure)
    return top


def _type_of(row: Row, notes: Notes) -> RowType | None:
    words = row.get("type")
    column = row.head("type")
    if row.get("disabled").casefold() in ("yes", "true", "true()"):
        notes.add(
            row.sheet, row.number, row.head("disabled"), "The row is disabled, so it is not carried over."
        )
        return None
    if not words:
        notes.add(row.sheet, row.number, column, "The row has no type, so it counts as a remark.")
        return None
    found = row_type(words)
    if not found.known:
        what = f'There is no type "{_short(words)}".'
        notes.stop(row.sheet, row.number, column, what, _CURE_TYPE)
        return None
    return found


def _close(row: Row, ends: Opens, open_ones: list[Node], notes: Notes) -> None:
    column = row.head("type")
    if not open_ones:
        what = f"This ends a {ends} that was not begun."
        notes.stop(row.sheet, row.number, column, what, "Delete the row, or add the row that begins it.")
        return
    node = open_ones.pop()
    node.end = row.number
    if node.type.begins is not ends:
        what = f"This ends a {ends}, but the {node.type.begins} of row {node.row.number} is open."
        notes.stop(row.sheet, row.number, column, what, f"End the {node.type.begins} first.")


def _short(words: str) -> str:
    return words if len(words) <= 60 else f"{words[:60]}…"
