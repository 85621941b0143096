"""Removed here, changed there: the one conflict that is not between two values of a field.

A line that sets `deleted_at` says in its base, under `*`, every line of the record that its writer had. A
change that is not among them was written without knowing of the removal, and stands against it until
another line sets `deleted_at`. Who changes a removed record against which nothing stands names the removal
there instead. The entry replaces nothing: heads, rows and what is shown never depend on it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from imsa_desk.domain.lines import REMOVED, REMOVED_WHY, WHOLE
from imsa_desk.store.fields import class_of
from imsa_desk.store.project import Body, Heads, Lines, heads_of, is_proposal, value_of
from imsa_desk.vocab import Operation

_OF_REMOVAL = frozenset({WHOLE, REMOVED, REMOVED_WHY})


def removes(body: Body) -> bool:
    """Say whether a line removes its record, and does not only propose it."""
    return body["fields"].get(REMOVED) is not None and not is_proposal(REMOVED, body)


def unknowing(lines: Lines, heads: Heads) -> dict[str, tuple[str, ...]]:
    """Give the lines that stand against the removal of a record, each with the fields it stands for.

    A removal that does not say what its writer had seen (an older one) has nothing against it.
    """
    by_hash = dict(lines)
    removals = {h: by_hash[h] for h in heads.get(REMOVED, ()) if removes(by_hash[h])}
    if not removals or any(WHOLE not in body["base"] for body in removals.values()):
        return {}
    apart: list[tuple[str, str]] = []
    for name in sorted(heads.keys() - _OF_REMOVAL):
        for line in heads[name]:
            body = by_hash[line]
            if not is_proposal(name, body) and all(_apart((line, body), one) for one in removals.items()):
                apart.append((line, name))
    found: dict[str, tuple[str, ...]] = {}
    had = [_had(lines, body) for body in removals.values()] if apart else []
    for line, name in apart:
        if not any(_said_so(name, by_hash[line], before) for before in had):
            found[line] = (*found.get(line, ()), name)
    return found


def _had(lines: Lines, removing: Body) -> dict[str, list[Body]]:
    """Give what was in force of each field, by the lines that a remover had, and wrote by the same act."""
    before = {
        line: body for line, body in lines if line in removing["base"][WHOLE] or _together(body, removing)
    }
    heads = heads_of(list(before.items()))
    return {name: [before[line] for line in at] for name, at in heads.items()}


def _said_so(name: str, body: Body, before: Mapping[str, list[Body]]) -> bool:
    """Say whether a line says of a field what the remover knew already: it was changed there and back."""
    cls = class_of(body["kind"])
    known = before.get(name) or before.get(WHOLE, [])
    return bool(known) and all(value_of(cls, name, one) == value_of(cls, name, body) for one in known)


def _apart(one: tuple[str, Body], other: tuple[str, Body]) -> bool:
    """Say whether neither line knew of the other."""
    (line, body), (removal, removing) = one, other
    return (
        line not in removing["base"][WHOLE]
        and removal not in body["base"].get(WHOLE, ())
        and not _together(body, removing)
    )


def _together(body: Body, removing: Body) -> bool:
    """Say whether one act wrote both, and not only to let both stand again."""
    again = any(is_said_again(removing, settling) for settling in removing["base"].get(REMOVED, ()))
    return bool(body["act"]["id"] == removing["act"]["id"]) and not again


def seen(lines: Lines, names: Collection[str]) -> dict[str, list[str]]:
    """Give the entry for the base of a line that changes these fields; empty where it has none."""
    if REMOVED in names:
        return {WHOLE: sorted(line for line, body in lines if body["op"] != Operation.ERASE)}
    heads, by_hash = heads_of(lines), dict(lines)
    at = heads.get(REMOVED, [])
    # While something stands against the removal, what follows it must go on standing against it.
    accepted = at and all(removes(by_hash[h]) for h in at) and not unknowing(lines, heads)
    return {WHOLE: sorted(at)} if accepted else {}


def settled_by(lines: Lines, settling: Body) -> dict[str, tuple[str, ...]]:
    """Give what stood against a removal when a line settled it, as `unknowing` gives it."""
    had = set(settling["base"].get(WHOLE, ()))
    before = [(line, body) for line, body in lines if line in had]
    return unknowing(before, heads_of(before))


def knew(lines: Lines, line: str) -> dict[str, list[str]]:
    """Give the entry for a line that says a former one once more: the removals that go with that one."""
    by_hash = dict(lines)
    removals = [h for h in heads_of(lines).get(REMOVED, ()) if removes(by_hash[h])]
    at = [
        h
        for h in removals
        if WHOLE not in by_hash[h]["base"] or not _apart((line, by_hash[line]), (h, by_hash[h]))
    ]
    return {WHOLE: sorted(at)} if at else {}


def seen_again(lines: Lines, removal: str, settling: Iterable[Body]) -> dict[str, list[str]]:
    """Give the entry for a line that says a removal once more because these lines about it are taken back.

    It had seen what that one had seen, and goes with what they had seen that went with it.
    """
    by_hash = dict(lines)
    removing = by_hash[removal]
    if WHOLE not in removing["base"]:
        return {}
    had = {line for body in settling for line in body["base"].get(WHOLE, ()) if line in by_hash}
    along = {line for line in had if not _apart((line, by_hash[line]), (removal, removing))}
    return {WHOLE: sorted(along.union(removing["base"][WHOLE]))}


def is_said_again(body: Body, settling: str) -> bool:
    """Say whether a line takes a settlement back: it replaces what it does not claim to have seen."""
    return WHOLE in body["base"] and settling not in body["base"][WHOLE]
