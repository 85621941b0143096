"""`imsa-desk practice DIR`: make a vault with an invented caseload."""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime
from pathlib import Path

from imsa_desk.console import Result, Subparsers, add_passphrase, read_passphrase
from imsa_desk.domain.dates import LOCAL, parse_day
from imsa_desk.services import vaults
from imsa_desk.services.practice import CASES, SEED, digest, make_practice


def add_parser(sub: Subparsers) -> None:
    """Add the options of `practice`."""
    parser = sub.add_parser("practice", help="make a vault with an invented caseload")
    parser.add_argument("folder", type=Path, metavar="DIR", help="an absent or empty folder")
    parser.add_argument("--cases", type=int, default=CASES, metavar="N", help=f"how many cases ({CASES})")
    parser.add_argument(
        "--seed", type=int, default=SEED, metavar="S", help=f"another seed, other cases ({SEED})"
    )
    parser.add_argument(
        "--today", default="", metavar="DATE", help="the day the caseload leads up to (today)"
    )
    add_passphrase(parser)
    parser.set_defaults(run=_practice)


def _practice(args: argparse.Namespace) -> Result:
    passphrase = read_passphrase(args.passphrase_file)
    today = _today(args.today)
    made = make_practice(args.folder, passphrase, cases=args.cases, seed=args.seed, today=today)
    vaults.lock(made.desk)
    return Result.done(
        f"PRACTICE vault with {len(made.caseload.cases)} invented cases made in {args.folder}",
        folder=str(args.folder),
        cases=len(made.caseload.cases),
        seed=args.seed,
        today=today.isoformat(),
        digest=digest(made.caseload),
    )


def _today(typed: str) -> date:
    real = datetime.now(UTC).astimezone(LOCAL).date()
    return parse_day(typed, real, field="today", what="the day the caseload leads up to") if typed else real
