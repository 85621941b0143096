"""Commands about reading: `grant`, `end-grant`, `grants` and `read`, which opens only by a valid grant."""

from __future__ import annotations

import argparse
from pathlib import Path

from imsa_desk.console import Result
from imsa_desk.domain.dates import parse_day
from imsa_desk.domain.grants import Grant, Reading
from imsa_desk.errors import Problem, Refused
from imsa_desk.office.frame import Command, add_basis, opened
from imsa_desk.services.grants import end_grant, grant, grants, read_case, reading_print
from imsa_desk.services.office_caseload import find_cases
from imsa_desk.services.office_vaults import today_of
from imsa_desk.vocab import Sensitivity


def add(command: Command) -> None:
    """Add this module's commands."""
    given = command("grant", "let somebody at the organisation read a case until a day", _grant)
    given.add_argument("case", metavar="CASE", help="a case's code or id, or “all”")
    given.add_argument("--to", required=True, metavar="NAME")
    given.add_argument("--until", required=True, metavar="DAY", help="the last day, at most a year ahead")
    given.add_argument("--most", default="L2", choices=[level.value for level in Sensitivity])
    given.add_argument("--reason", required=True, metavar="R", help="the advocate reads it")
    given.add_argument("--by", default="", metavar="NAME", help="who decided it")
    add_basis(given)
    ended = command("end-grant", "end a grant before its last day", _end_grant)
    ended.add_argument("grant", metavar="GRANT")
    ended.add_argument("--reason", required=True, metavar="R")
    listed = command("grants", "list grants", _grants)
    listed.add_argument("--all", action="store_true", help="those that have ended too")
    read = command("read", "read a case by a grant; the reading is noted for the advocate", _read)
    read.add_argument("case", metavar="CASE")
    read.add_argument("--as", dest="name", required=True, metavar="NAME")
    add_basis(read, reason=True)
    read.add_argument("--pdf", type=Path, metavar="FILE", help="write a PDF in place of the text")


def _grant(args: argparse.Namespace) -> Result:
    with opened(args) as office:
        case = None if args.case == "all" else find_cases(office, [args.case])[0]
        until = parse_day(args.until, today_of(office), ahead=True, field="until", what="the last day")
        most = Sensitivity(args.most)
        made = grant(office, case, args.to, args.reason, until, most=most, by=args.by, basis=args.basis)
    text = f"{made.to_name} may read until {made.until:%d/%m/%Y}, up to {made.most.value}. Grant {made.id}."
    return Result(True, "DONE", text, _data(made))


def _end_grant(args: argparse.Namespace) -> Result:
    with opened(args) as office:
        made = end_grant(office, args.grant, args.reason)
    return Result(True, "DONE", f"The grant of {made.to_name} has ended.", _data(made))


def _grants(args: argparse.Namespace) -> Result:
    with opened(args) as office:
        found, today = grants(office, standing=not args.all), today_of(office)
    lines = [
        f"{g.id}: {g.to_name} until {g.until:%d/%m/%Y}, up to {g.most.value}, "
        f"{g.case_id or 'every case'}{'' if g.stands_on(today) else ', ended'}: {g.reason}"
        for g in found
    ]
    return Result.done("\n".join(lines) or "No grants.", grants=[_data(g) for g in found])


def _data(made: Grant) -> dict[str, object]:
    return {
        "grant": made.id,
        "case": made.case_id or "",
        "to": made.to_name,
        "until": made.until.isoformat(),
        "most": made.most.value,
        "reason": made.reason,
        "ended": made.ended_on.isoformat() if made.ended_on else "",
    }


def _read(args: argparse.Namespace) -> Result:
    if args.pdf is not None and args.pdf.exists():
        raise Refused([Problem("pdf", "A file of this name is there. Choose another name.")], code="E_EXISTS")
    with opened(args) as office:
        (case,) = find_cases(office, [args.case])
        reading = read_case(office, case, args.name, basis=args.basis, reason=args.reason)
        if args.pdf is not None:
            with args.pdf.open("xb") as file:
                file.write(reading_print(office, reading))
    data: dict[str, object] = {
        "case": reading.case_id,
        "case_code": reading.code,
        "grant": reading.grant.id,
        "left_out": reading.left_out,
    }
    if args.pdf is not None:
        text = f"{args.pdf} written. The reading was noted for the advocate."
        return Result(True, "DONE", text, data | {"file": str(args.pdf)})
    entries = [
        {"id": e.id, "kind": e.kind.value, "fields": {f.name: f.value for f in e.fields}}
        for e in reading.entries
    ]
    return Result(True, "DONE", _text(reading), data | {"entries": entries})


def _text(reading: Reading) -> str:
    lines = [f"{reading.code}, read by the grant of {reading.grant.to_name}; noted for the advocate."]
    for entry in reading.entries:
        lines += ["", entry.label, *(f"  {f.label}: {f.value}" for f in entry.fields)]
    if reading.left_out:
        lines += ["", f"{reading.left_out} entries are above {reading.grant.most.value} and stay closed."]
    return "\n".join(lines)
