"""Conflicts between a removal and a change: what is one question, what is one side, what is brought back."""

from __future__ import annotations

from typing import Any

from imsa_desk.domain.conflicts import asked_of, protects
from imsa_desk.domain.lines import REMOVED, REMOVED_WHY, WHOLE
from imsa_desk.store.project import heads_of, value_of
from imsa_desk.store.torn import Torn, Written


def asked(torn: Torn) -> tuple[str, ...]:
    """Give the fields of a torn record that are a question each.

    What a removal emptied on its way, and a change against it filled, is one question with the removal.
    """
    names = asked_of(torn.cls.kind, tuple(torn.fields))
    return tuple(name for name in names if REMOVED not in names or name not in emptied_in(torn))


def sides_of(torn: Torn, name: str) -> list[tuple[Written, ...]]:
    """Give the sides of a conflict; what one writer wrote against a removal is one, the newest line first."""
    found: dict[str, list[Written]] = {}
    for side in torn.fields[name]:
        against = name == REMOVED and side.line in torn.edits
        key = torn.origin(name, side).writer if against else side.line
        found.setdefault(key, []).append(side)
    return [tuple(sorted(lines, key=lambda one: one.seq, reverse=True)) for lines in found.values()]


def emptied_in(torn: Torn) -> dict[str, Written]:
    """Give the torn fields that only a removal's own act disputes, each with what that act says."""
    acts = _removing_acts(torn) if torn.edits else frozenset()
    found = {}
    for name in torn.fields.keys() - {REMOVED, REMOVED_WHY}:
        own = [one for one in torn.fields[name] if _act(torn, name, one) in acts]
        rest = [repr(torn.value(name, one)) for one in torn.fields[name] if one not in own]
        if own and len(set(rest)) == 1:
            found[name] = own[-1]
    return found


def restored(torn: Torn) -> dict[str, Any]:
    """Give what fields that a removal changed on its way said before, or say elsewhere: for bringing it back.

    What protects somebody is not brought back with it.
    """
    acts, values = _removing_acts(torn), {}
    for name, at in heads_of([(line, one.body) for line, one in torn.lines.items()]).items():
        if name in (WHOLE, REMOVED, REMOVED_WHY) or protects(torn.cls.kind, name):
            continue
        heads = [torn.lines[line] for line in at]
        other = [one for one in heads if _act(torn, name, one) not in acts]
        if len(other) == len(heads) or len(other) > 1:
            continue
        replaced = [line for one in heads for line in torn.origin(name, one).body["base"].get(name, ())]
        before = other or [torn.lines[line] for line in replaced if line in torn.lines]
        if before:
            latest = max(before, key=lambda one: (one.body["hlc"], one.line))
            values[name] = value_of(torn.cls, name, latest.body)
    return values


def _removing_acts(torn: Torn) -> frozenset[str]:
    """Give the acts that removed a record; what is said again counts for both who said it."""
    removing = [one for one in torn.fields.get(REMOVED, ()) if torn.value(REMOVED, one)]
    return frozenset(act for one in removing for act in (one.body["act"]["id"], _act(torn, REMOVED, one)))


def _act(torn: Torn, name: str, line: Written) -> str:
    return str(torn.origin(name, line).body["act"]["id"])
