"""Commands that speak to a case: `propose`, `set-status` and `hold`; the advocate decides about proposals."""

from __future__ import annotations

import argparse
import json
from typing import Any

from imsa_desk.console import Result
from imsa_desk.errors import Problem, Refused
from imsa_desk.office.frame import Command, opened
from imsa_desk.services.corrections import legal_hold, propose, set_status
from imsa_desk.services.office_caseload import find_cases
from imsa_desk.vocab import CaseStatus


def add(command: Command) -> None:
    """Add this module's commands."""
    proposed = command("propose", "propose another value for a field; the advocate decides", _propose)
    proposed.add_argument("record", metavar="RECORD", help="the record's id")
    proposed.add_argument("field", metavar="FIELD")
    value = proposed.add_mutually_exclusive_group(required=True)
    value.add_argument("--value", metavar="V", help="a text or a word of a list")
    value.add_argument("--json-value", metavar="J", help="any value as JSON, such as true or null")
    proposed.add_argument("--reason", required=True, metavar="R")
    status = command("set-status", "change a case's status; this binds", _set_status)
    status.add_argument("case", metavar="CASE")
    status.add_argument("status", choices=[each.value for each in CaseStatus])
    status.add_argument("--reason", required=True, metavar="R")
    hold = command("hold", "put a case under a legal hold, or lift it", _hold)
    hold.add_argument("case", metavar="CASE")
    hold.add_argument("--lift", action="store_true")
    hold.add_argument("--reason", required=True, metavar="R")


def _propose(args: argparse.Namespace) -> Result:
    with opened(args) as office:
        propose(office, args.record, args.field, _value(args), args.reason)
    return Result.done("Proposed. The advocate decides.", record=args.record, field=args.field)


def _value(args: argparse.Namespace) -> Any:
    if args.json_value is None:
        return args.value
    try:
        return json.loads(args.json_value)
    except ValueError:
        raise Refused([Problem("json-value", "This is not JSON.")], code="E_FIELD") from None


def _set_status(args: argparse.Namespace) -> Result:
    with opened(args) as office:
        (case,) = find_cases(office, [args.case])
        set_status(office, case, CaseStatus(args.status), args.reason)
    return Result.done(f"The status is {args.status} now.", case=case)


def _hold(args: argparse.Namespace) -> Result:
    with opened(args) as office:
        (case,) = find_cases(office, [args.case])
        legal_hold(office, case, args.reason, hold=not args.lift)
    return Result.done("The hold was lifted." if args.lift else "The case is on hold.", case=case)
