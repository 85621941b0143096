"""Commands about deposits: `deposits` lists the vaults' sealed backups, `deposit` hands one out."""

from __future__ import annotations

import argparse
from pathlib import Path

from imsa_desk.console import Exit, Result
from imsa_desk.domain.deposits import DepositedBackup
from imsa_desk.office.frame import Command, opened
from imsa_desk.services.office_deposits import damaged, deposits, take_deposit_out


def add(command: Command) -> None:
    """Add this module's commands."""
    listed = command("deposits", "list the sealed backups that vaults deposited", _deposits)
    listed.add_argument("--verify", action="store_true", help="read each and compare its hash")
    one = command("deposit", "write a vault's newest deposit to a file, for a new laptop", _deposit)
    one.add_argument("vault", metavar="NAME", help="the advocate's name or the vault's id")
    one.add_argument("--out", type=Path, required=True, metavar="FILE")
    one.add_argument("--sha256", default="", metavar="H", help="this one, not the newest")


def _deposits(args: argparse.Namespace) -> Result:
    with opened(args) as office:
        found, bad = deposits(office), damaged(office) if args.verify else ()
    if bad:
        text = "\n".join(["Deposits that are not what came in:", *bad])
        return Result(False, "E_DEPOSIT", text, {"damaged": list(bad)}, Exit.BROKEN)
    lines = [f"{d.name or d.writer}: made {d.made_at:%d/%m/%Y %H:%M} UTC, {d.size} bytes" for d in found]
    return Result.done("\n".join(lines) or "No deposits.", deposits=[_data(d) for d in found])


def _deposit(args: argparse.Namespace) -> Result:
    with opened(args) as office:
        found = take_deposit_out(office, args.vault, args.out, args.sha256)
    text = (
        f"{args.out} written, made {found.made_at:%d/%m/%Y %H:%M} UTC. Only the advocate's passphrase or "
        "recovery code opens it."
    )
    return Result(True, "DONE", text, {"out": str(args.out), **_data(found)})


def _data(found: DepositedBackup) -> dict[str, object]:
    return {
        "writer": found.writer,
        "name": found.name,
        "size": found.size,
        "sha256": found.sha256,
        "made_at": found.made_at.isoformat(),
        "received_at": found.received_at.isoformat(),
    }
