"""The command `dossier`: what must not be lost when a case changes hands, by a valid grant."""

from __future__ import annotations

import argparse
from pathlib import Path

from imsa_desk.console import Result
from imsa_desk.office.frame import Command, add_basis, opened
from imsa_desk.services.office_caseload import find_cases
from imsa_desk.services.office_dossier import office_dossier
from imsa_desk.services.reports import keep, refuse_existing


def add(command: Command) -> None:
    """Add this module's command."""
    made = command("dossier", "write a case's hand-over dossier by a grant; the reading is noted", _dossier)
    made.add_argument("case", metavar="CASE", help="a case's code or id")
    made.add_argument("--as", dest="name", required=True, metavar="NAME")
    made.add_argument("--pdf", type=Path, required=True, metavar="F")
    made.add_argument("--show-name", action="store_true", help="the person's name, not only the case's code")
    made.add_argument("--with-plan", action="store_true", help="the words of the safety plan too")
    add_basis(made, reason=True)
    made.add_argument("--force", action="store_true", help="replace a file of this name")


def _dossier(args: argparse.Namespace) -> Result:
    refuse_existing(args.pdf, force=args.force)
    with opened(args) as office:
        (case,) = find_cases(office, [args.case])
        made = office_dossier(
            office,
            case,
            args.name,
            show_name=args.show_name,
            with_plan=args.with_plan,
            basis=args.basis,
            reason=args.reason,
        )
        keep(args.pdf, made, force=args.force)
    text = f"{args.pdf} written. The reading was noted for the advocate."
    return Result.done(text, case=case, file=str(args.pdf))
