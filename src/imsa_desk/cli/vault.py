"""`imsa-desk vault create|check DIR`: make a vault, or check one in full."""

from __future__ import annotations

import argparse
from pathlib import Path

from imsa_desk.cli.opened import held
from imsa_desk.console import Exit, Result, Subparsers, add_passphrase, read_passphrase
from imsa_desk.services import vaults


def add_parser(sub: Subparsers) -> None:
    """Add the options of `vault`."""
    words = sub.add_parser("vault", help="create or check a vault").add_subparsers(
        required=True, metavar="WHAT"
    )
    create = words.add_parser("create", help="make an empty vault; prints its recovery code once")
    create.add_argument("--name", default="Advocate", help="the advocate's name, as it stands on prints")
    create.add_argument("--organisation", default="", help="the employing organisation")
    create.set_defaults(run=_create)
    check = words.add_parser("check", help="check every page, link and record of a closed vault")
    check.set_defaults(run=_check)
    for parser in (create, check):
        parser.add_argument("folder", type=Path, metavar="DIR")
        add_passphrase(parser)


def _create(args: argparse.Namespace) -> Result:
    passphrase = read_passphrase(args.passphrase_file)
    desk, recovery_code = vaults.create(
        args.folder, passphrase, advocate_name=args.name, organisation=args.organisation
    )
    vaults.lock(desk)
    return Result.done(
        f"The vault was made in {args.folder}\n"
        f"Recovery code, shown once: {recovery_code}\n"
        "Keep it on paper, away from this computer.",
        folder=str(args.folder),
        recovery_code=recovery_code,
    )


def _check(args: argparse.Namespace) -> Result:
    passphrase = read_passphrase(args.passphrase_file)
    with held(args.folder):
        report = vaults.check(args.folder, passphrase)
    data: dict[str, object] = {"looked_at": list(report.looked_at), "problems": list(report.problems)}
    if report.ok:
        return Result(True, "DONE", "The vault is sound: " + ", ".join(report.looked_at) + ".", data)
    text = "The vault is damaged. Keep a copy of the folder as it is, and restore from a backup."
    return Result(False, "E_CHECK", "\n".join([text, *report.problems]), data, Exit.BROKEN)
