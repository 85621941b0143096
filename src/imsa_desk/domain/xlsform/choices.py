"""The lists of choices of a workbook, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping

from imsa_desk.domain.xlsform.draft import Choice, Words
from imsa_desk.domain.xlsform.model import Notes
from imsa_desk.domain.xlsform.spoken import Speech
from imsa_desk.domain.xlsform.table import MEDIA, Row, Table

Lists = Mapping[str, tuple[Choice, ...]]

YES_NO = (Choice("yes", Words("Yes")), Choice("no", Words("No")))
AGREED = (Choice("OK", Words("Yes")),)
"""What the standard keeps when something was acknowledged."""


def read_lists(table: Table, speech: Speech, notes: Notes, *, doubles: bool) -> Lists:
    """Read every list; `doubles` says whether the workbook allows a choice to stand twice in one."""
    found: dict[str, dict[str, Choice]] = {}
    for row in table.rows:
        name = row.get("list")
        if not name:
            notes.add(row.sheet, row.number, row.head("list"), "The row names no list, so it is not read.")
            continue
        value = row.get("name")
        if not value:
            notes.stop(
                row.sheet, row.number, row.head("name"), "The choice has no name.", "Give it one, as in: yes"
            )
            continue
        if row.get(MEDIA):
            notes.add(row.sheet, row.number, row.head(MEDIA), "Pictures and sounds are not carried over.")
        choice = Choice(value, _label(row, value, speech, notes))
        before = found.setdefault(name, {}).setdefault(value, choice)
        if before is not choice:
            _say_double(row, before, choice, notes, doubles=doubles)
    return {name: tuple(choices.values()) for name, choices in found.items()}


def _label(row: Row, value: str, speech: Speech, notes: Notes) -> Words:
    label = speech.words(row, "label")
    if label.main:
        return label
    notes.add(row.sheet, row.number, row.head("label"), f'The choice has no words; "{value}" stands instead.')
    return Words(value, label.others)


def _say_double(row: Row, before: Choice, choice: Choice, notes: Notes, *, doubles: bool) -> None:
    what = f'The choice "{choice.value}" stands twice in the list "{row.get("list")}"'
    if doubles or before == choice:
        notes.add(row.sheet, row.number, row.head("name"), f"{what}; the first of them is kept.")
    else:
        notes.stop(row.sheet, row.number, row.head("name"), f"{what}.", "Give each its own name.")
