"""Names of a survey as ids of a form: fit, unique, and known to the rules that refer to them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from imsa_desk.domain.xlsform.model import Notes
from imsa_desk.domain.xlsform.rules import Named
from imsa_desk.domain.xlsform.table import MEDIA, Row
from imsa_desk.domain.xlsform.tree import Node
from imsa_desk.domain.xlsform.types import Opens

LONGEST_ID = 40
_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")


class Ids:
    """Ids that were given out, each once."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, wanted: str, instead: str) -> str:
        """Give an id as near to what is wanted as there is; `instead` where nothing of it is fit."""
        fit = _UNFIT.sub("-", wanted)
        if fit.strip("-._") == "":
            fit = instead
        if not fit[0].isalnum():
            fit = f"q{fit}"
        found, number = fit[:LONGEST_ID], 1
        while found in self._taken:
            number += 1
            tail = f"-{number}"
            found = f"{fit[: LONGEST_ID - len(tail)]}{tail}"
        self._taken.add(found)
        return found


def name_all(top: Sequence[Node], ids: Ids, notes: Notes) -> dict[str, Named]:
    """Give every row that is carried its id, and say for every name what it stands for."""
    names: dict[str, Named] = {}
    _say_siblings(top, notes)
    _walk(top, "", ids, names, notes)
    return names


def why_not(node: Node, repeat: str) -> str:
    """Say why a row is not carried; "" when it is."""
    if node.type.why_not:
        return node.type.why_not
    if repeat and node.type.begins is Opens.REPEAT:
        return "A repeat inside a repeat cannot be carried over. Ask for it in a repeat of its own."
    appearance = node.row.get("appearance").replace(" ", "")
    if node.type.list and appearance.startswith(("search(", "minimalsearch(", "quicksearch(")):
        return "Its choices are looked up in another file, which the workbook does not hold."
    return ""


def _walk(
    nodes: Sequence[Node], repeat: str, ids: Ids, names: dict[str, Named], notes: Notes, above: str = ""
) -> None:
    for node in nodes:
        row, name = node.row, node.row.get("name")
        reason = above or why_not(node, repeat)
        if not reason:
            node.id = ids.take(name, f"row_{row.number}")
            _say_new_name(row, name, node, notes)
        if name:
            _register(node, name, repeat, reason, names)
        inner = node.id if node.type.begins is Opens.REPEAT and not reason else repeat
        _walk(node.inside, inner, ids, names, notes, reason)


def _register(node: Node, name: str, repeat: str, reason: str, names: dict[str, Named]) -> None:
    row = node.row.number
    if name in names:
        names[name] = Named(why_not="The name stands twice.", row=row)
    elif node.type.day:
        names[name] = Named(day=True, row=row)
    elif reason or node.type.begins is Opens.GROUP:
        names[name] = Named(why_not=reason or "It is a group.", row=row)
    else:
        names[name] = Named(node.id, repeat, row=row)


def _say_new_name(row: Row, name: str, node: Node, notes: Notes) -> None:
    if name == node.id:
        return
    column = row.head("name")
    if name:
        words = f'"{name[:80]}" cannot be the id here (or is taken); it is called "{node.id}".'
        notes.add(row.sheet, row.number, column, words)
    elif not (node.type.begins and not row.words and MEDIA not in row.cells):
        notes.add(row.sheet, row.number, column, f'The row has no name; it is called "{node.id}".')


def _say_siblings(nodes: Sequence[Node], notes: Notes) -> None:
    """Stop at names that stand twice in one group, as the standard does."""
    counts = Counter(node.row.get("name").casefold() for node in nodes if node.row.get("name"))
    first: dict[str, int] = {}
    for node in nodes:
        row, name = node.row, node.row.get("name").casefold()
        if counts[name] > 1 and name in first:
            what = f'The name "{row.get("name")}" is already used on row {first[name]}.'
            notes.stop(row.sheet, row.number, row.head("name"), what, "Give each its own name.")
        first.setdefault(name, row.number)
        _say_siblings(node.inside, notes)
