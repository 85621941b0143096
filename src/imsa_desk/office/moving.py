"""Commands that move cases between organisations: `move-out` and `move-in`."""

from __future__ import annotations

import argparse
from pathlib import Path

from imsa_desk.console import Result
from imsa_desk.office.frame import Command, opened, read_small
from imsa_desk.services.moving import move_in, move_out
from imsa_desk.services.office_caseload import find_cases
from imsa_desk.vocab import Sensitivity, ShareBasis


def add(command: Command) -> None:
    """Add this module's commands."""
    out = command("move-out", "seal cases for another organisation; they end here", _out)
    out.add_argument("cases", nargs="+", metavar="CASE")
    _other(out)
    out.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    out.add_argument("--most", default="L2", choices=[level.value for level in Sensitivity])
    bases = [basis.value for basis in ShareBasis if basis is not ShareBasis.CONSENT]
    out.add_argument("--basis", default="", choices=["", *bases], help="where no consent names it")
    out.add_argument("--reason", default="", metavar="R")
    out.add_argument("--again", action="store_true", help="the file of a case that was moved was lost")
    out.add_argument("--by", default="", metavar="NAME", help="who decided it")
    taken = command("move-in", "accept cases from another organisation; then assign them", _in)
    taken.add_argument("files", type=Path, nargs="+", metavar="FILE")
    _other(taken)


def _other(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--organisation", type=Path, required=True, metavar="F", help="its enrolment file")
    parser.add_argument("--fingerprint", required=True, metavar="WORDS", help="the words it reads out")


def _out(args: argparse.Namespace) -> Result:
    with opened(args) as office:
        done = move_out(
            office,
            find_cases(office, args.cases),
            read_small(args.organisation),
            args.fingerprint,
            args.out,
            most=Sensitivity(args.most),
            basis=args.basis,
            reason=args.reason,
            by=args.by,
            again=args.again,
        )
    text = f"{len(done.cases)} cases sealed for {done.name}: {', '.join(done.files)}."
    if done.left_out:
        text += f" {done.left_out} entries are above {args.most} and were left out."
    return Result.done(
        text, name=done.name, cases=list(done.cases), files=list(done.files), left_out=done.left_out
    )


def _in(args: argparse.Namespace) -> Result:
    enrolment = read_small(args.organisation)
    with opened(args) as office:
        found = [move_in(office, path, enrolment, args.fingerprint) for path in args.files]
    cases = list(dict.fromkeys(case for one in found for case in one.cases))
    lines = sum(one.lines for one in found)
    text = f"{len(cases)} cases of {found[0].name} taken in, {lines} lines. Assign them with --why moved_in."
    if not any(one.news for one in found):
        return Result.done("Already taken in, nothing changed.", code="ALREADY", cases=cases)
    return Result.done(text, name=found[0].name, cases=cases, lines=lines)
