"""Commands about the office's own backup: `backup` and `restore`."""

from __future__ import annotations

import argparse
from pathlib import Path

from imsa_desk.console import Result, read_passphrase
from imsa_desk.errors import ImsaError
from imsa_desk.office.frame import Command, opened, password
from imsa_desk.services import office_roles
from imsa_desk.services.office import Office, status
from imsa_desk.services.office_backup import backup_office, restore_office

_MADE = "\nThe database has new roles, and the office uses them."
_NOT_MADE = (
    "\nThe database has no roles yet, so the office uses the user that its address names. Run `imsa-office "
    "roles` as a user who may make roles, or give an administrator what `imsa-office roles --print` says."
)


def add(command: Command) -> None:
    """Add this module's commands."""
    made = command("backup", "write a verified backup of the office into a folder", _backup)
    made.add_argument("--to", type=Path, required=True, metavar="FOLDER")
    back = command("restore", "make the office again from its backup, in a new folder", _restore)
    back.add_argument("file", type=Path, metavar="FILE", help="the vault's backup (.imsabackup)")
    back.add_argument("--records", type=Path, metavar="FILE", help="the records' file (.imsarecords)")
    back.add_argument("--database", default="", metavar="URL", help="an empty PostgreSQL database for them")


def _backup(args: argparse.Namespace) -> Result:
    with opened(args) as office:
        made = backup_office(office, args.to)
    lines = [f"{made.vault} written and checked, {made.size} bytes."]
    if made.records is not None:
        lines.append(f"{made.records} holds the records, sealed for this office, and was read back.")
    lines.append(f"{made.deposits} deposits are in the folder.")
    return Result.done(
        "\n".join(lines),
        vault=str(made.vault),
        records=str(made.records or ""),
        size=made.size,
        deposits=made.deposits,
    )


def _restore(args: argparse.Namespace) -> Result:
    office = restore_office(
        args.office,
        args.file,
        read_passphrase(args.passphrase_file),
        records=args.records,
        database=args.database,
        password=password(args),
    )
    try:
        state = status(office)
        roles = bool(office.database) and _roles(office, password(args))
    finally:
        office.close()
    text = (
        f"{state.name} is back with {state.cases} cases and {state.links} journal lines. Take the bundles in "
        "that came after the backup, again and in any order; what is known already does no harm. Then run "
        "`imsa-office receipts --out FOLDER` and bring every vault its file: it says there what has to be "
        "sent again. A vault that was enrolled after the backup is enrolled again first."
    )
    if state.database:
        text += _MADE if roles else _NOT_MADE
    return Result.done(
        text, name=state.name, cases=state.cases, links=state.links, database=state.database, roles=roles
    )


def _roles(office: Office, known: str | None) -> bool:
    """Make the roles of the new database, where its user may: those of before were the former server's."""
    try:
        return office_roles.make(office, known)
    except ImsaError:
        return False
