"""Sheets as tables: which column is meant by a header, and each row's cells by the column's one name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from imsa_desk.domain.xlsform.model import Notes, Sheet

MEDIA: Final = "media"
SPOKEN: Final = frozenset({"label", "hint", "guidance_hint", "constraint_message", "required_message"})
"""Columns that may stand once for each language."""

SURVEY: Final = {
    "type": "type", "command": "type", "name": "name", "tag": "name", "value": "name", "label": "label",
    "caption": "label", "text": "label", "hint": "hint", "guidance_hint": "guidance_hint",
    "constraint": "constraint", "constraint_message": "constraint_message",
    "constraining_message": "constraint_message", "constraintmsg": "constraint_message",
    "jr_constraintmsg": "constraint_message", "relevant": "relevant", "relevance": "relevant",
    "required": "required", "required_message": "required_message", "requiredmsg": "required_message",
    "jr_requiredmsg": "required_message", "default": "default", "calculation": "calculation",
    "calculate": "calculation", "read_only": "read_only", "readonly": "read_only", "appearance": "appearance",
    "choice_filter": "choice_filter", "parameters": "parameters", "repeat_count": "repeat_count",
    "count": "repeat_count", "jr_count": "repeat_count", "rows": "rows", "disabled": "disabled",
    "trigger": "trigger", "image": MEDIA, "big_image": MEDIA, "audio": MEDIA, "video": MEDIA,
}  # fmt: skip
CHOICES: Final = {
    "list_name": "list", "list": "list", "name": "name", "value": "name", "label": "label",
    "caption": "label", "text": "label", "image": MEDIA, "big_image": MEDIA, "audio": MEDIA, "video": MEDIA,
}  # fmt: skip
SETTINGS: Final = {
    "form_title": "title", "title": "title", "set_form_title": "title", "form_id": "id", "id_string": "id",
    "set_form_id": "id", "version": "version", "default_language": "language",
    "allow_choice_duplicates": "duplicates",
}  # fmt: skip
_PREFIXES = frozenset({"bind", "body", "control", "media"})
_ROWS_NAMED = 12
_SPACES = re.compile(r"[\s\u00a0]+")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in the sheet, its cells by column, and its words by column and language."""

    sheet: str
    number: int
    cells: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    heads: Mapping[str, str] = field(default_factory=dict)
    """How the column is called in the workbook."""

    def get(self, column: str) -> str:
        """Give a cell of a column that stands once; "" when it is empty."""
        return self.cells.get(column, "")

    def head(self, column: str) -> str:
        """Give the column's name as the workbook writes it."""
        return self.heads.get(column, column)


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet with its header understood."""

    rows: tuple[Row, ...] = ()
    columns: frozenset[str] = frozenset()
    languages: tuple[str, ...] = ()
    """The languages its columns name, in their order; "" for a column without one."""


def read_table(sheet: Sheet | None, known: Mapping[str, str], notes: Notes) -> Table:
    """Read a sheet whose first row names the columns; what is not understood becomes a note."""
    if sheet is None or not sheet.rows:
        return Table()
    heads = [_column(clean(cell), known) for cell in sheet.rows[0]]
    _say_doubled(sheet, heads, notes)
    _say_unknown(sheet, heads, notes)
    names: dict[str, str] = {}
    for place, (column, _) in enumerate(heads):
        if column:
            names.setdefault(column, clean(sheet.rows[0][place]))
    rows = tuple(
        _row(sheet.name, number, cells, heads, names)
        for number, cells in enumerate(sheet.rows[1:], start=2)
        if any(cell.strip() for cell in cells)
    )
    languages = tuple(dict.fromkeys(language for column, language in heads if column in SPOKEN))
    return Table(rows, frozenset(column for column, _ in heads if column), languages)


def clean(text: str) -> str:
    """Take halves of characters, hard spaces and space around it from a cell's text."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return whole.replace("\u00a0", " ").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").strip()


def _column(header: str, known: Mapping[str, str]) -> tuple[str, str]:
    """Give the one name of a column and its language; ("", "") for one that is not understood."""
    parts = [part.strip() for part in header.split("::" if "::" in header else ":")]
    if len(parts) > 1 and _plain(parts[0]) in _PREFIXES:
        parts = [parts[-1] if _plain(parts[1]) == "jr" else parts[1], *parts[2:]]
    column = known.get(_plain(parts[0]), "")
    if column == MEDIA:
        return MEDIA, ""
    if len(parts) == 1:
        return column, ""
    return (column, ":".join(parts[1:])) if column in SPOKEN else ("", "")


def _plain(words: str) -> str:
    return _SPACES.sub("_", words.strip().casefold()).replace("-", "_").replace(":", "_")


def _say_doubled(sheet: Sheet, heads: list[tuple[str, str]], notes: Notes) -> None:
    seen: set[tuple[str, str]] = set()
    for place, head in enumerate(heads):
        if head[0] and head[0] != MEDIA and head in seen:
            name = clean(sheet.rows[0][place])
            notes.stop(
                sheet.name,
                1,
                name,
                "Two columns mean the same.",
                "Rename or delete one, so that one is left.",
            )
        seen.add(head)


def _say_unknown(sheet: Sheet, heads: list[tuple[str, str]], notes: Notes) -> None:
    """Name every column that is not read, with the rows where something stands in it."""
    for place, (column, _) in enumerate(heads):
        if column:
            continue
        used = [
            str(number)
            for number, cells in enumerate(sheet.rows[1:], start=2)
            if place < len(cells) and cells[place].strip()
        ]
        if used:
            name = clean(sheet.rows[0][place]) or f"column {place + 1}"
            more = f" and {len(used) - _ROWS_NAMED} more" if len(used) > _ROWS_NAMED else ""
            rows = f"{', '.join(used[:_ROWS_NAMED])}{more}"
            notes.add(sheet.name, 1, name, f"This column is not read. It has entries on row {rows}.")


def _row(
    sheet: str, number: int, cells: tuple[str, ...], heads: list[tuple[str, str]], names: Mapping[str, str]
) -> Row:
    plain: dict[str, str] = {}
    words: dict[str, dict[str, str]] = {}
    for (column, language), cell in zip(heads, cells, strict=False):
        text = clean(cell)
        if not text or not column:
            continue
        if column in SPOKEN:
            words.setdefault(column, {}).setdefault(language, text)
        elif column == MEDIA and MEDIA in plain:
            plain[MEDIA] += f", {text}"
        else:
            plain.setdefault(column, text)
    return Row(sheet, number, plain, words, names)
