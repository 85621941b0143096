"""The command about conflicts: what stands in two versions, and with a grant what each side says."""

from __future__ import annotations

import argparse

from imsa_desk.console import Result
from imsa_desk.domain.conflicts import ConflictFact, label_of
from imsa_desk.office.frame import Command, add_basis, opened
from imsa_desk.services.office_caseload import find_cases
from imsa_desk.services.office_conflicts import conflicts, read_conflicts


def add(command: Command) -> None:
    """Add this module's command."""
    listed = command("conflicts", "say what stands in two versions; the advocate settles it", _conflicts)
    listed.add_argument("--case", metavar="CASE", help="a case's code or id")
    listed.add_argument(
        "--as", dest="name", metavar="NAME", help="show what each side says, by this person's grant"
    )
    add_basis(listed, reason=True)


def _conflicts(args: argparse.Namespace) -> Result:
    with opened(args) as office:
        case = find_cases(office, [args.case])[0] if args.case else None
        found = (
            read_conflicts(office, args.name, case, basis=args.basis, reason=args.reason)
            if args.name
            else conflicts(office, case)
        )
    data = {"count": len(found), "conflicts": [_data(one) for one in found]}
    if not found:
        return Result(True, "DONE", "Nothing stands in two versions.", data)
    head = f"{len(found)} conflict{'' if len(found) == 1 else 's'}; their advocates settle them."
    return Result(True, "DONE", "\n".join([head, *map(_line, found)]), data)


def _line(one: ConflictFact) -> str:
    did = [f" {word}" for word in one.did] or [""] * len(one.sides)
    who = "; ".join(
        f"{name}{word} {at:%d/%m/%Y %H:%M}" for (name, at), word in zip(one.sides, did, strict=True)
    )
    case = one.case_code or one.case_id or "no case"
    about = f"{case}  {one.kind} {one.record}  {label_of(one.kind, one.field)}"
    words = "".join(
        f"\n    {name}: {' '.join(said.split())}"
        for (name, _), said in zip(one.sides, one.words or (), strict=False)
    )
    return f"{about}: {who}{words}"


def _data(one: ConflictFact) -> dict[str, object]:
    sides: list[dict[str, object]] = [{"who": name, "at": at.isoformat()} for name, at in one.sides]
    for side, said in zip(sides, one.words, strict=False):
        side["says"] = said
    for side, word in zip(sides, one.did, strict=False):
        side["did"] = word
    return {
        "record": one.record,
        "kind": one.kind.value,
        "case": one.case_id,
        "code": one.case_code,
        "field": one.field,
        "sides": sides,
    }
