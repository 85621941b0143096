"""Commands about where the records are: `move` to a server or back to the file, `roles` of the server."""

from __future__ import annotations

import argparse

from imsa_desk.console import Result, read_passphrase
from imsa_desk.office.frame import Command, opened, password
from imsa_desk.services import office_move, office_roles


def add(command: Command) -> None:
    """Add this module's commands."""
    move = command("move", "move the records to PostgreSQL, or back into the office's encrypted file", _move)
    where = move.add_mutually_exclusive_group(required=True)
    where.add_argument("--to", metavar="URL", help="postgresql://... of an empty database")
    where.add_argument("--to-file", action="store_true", help="back into the encrypted file")
    roles = command("roles", "make the database's roles: owner, intake, report", _roles)
    roles.add_argument(
        "--print", action="store_true", dest="only_print", help="print what an administrator runs instead"
    )
    roles.add_argument(
        "--report-password", action="store_true", help="show the name and password of the report role"
    )


def _move(args: argparse.Namespace) -> Result:
    secret, known = read_passphrase(args.passphrase_file), password(args)
    if args.to_file:
        moved = office_move.move_to_file(args.office, secret, password=known)
        rest = (
            ""
            if moved.erased
            else " The old database could not be emptied: ask its administrator to drop it."
        )
        text = f"{moved.links} lines are in the office's encrypted file now.{rest}"
    else:
        moved = office_move.move_to_server(args.office, secret, args.to, password=known)
        rest = "" if moved.roles else " Roles could not be made there: see `imsa-office roles --print`."
        text = f"{moved.links} lines are in {moved.database} now, and none of them in the file.{rest}"
    return Result.done(
        text, database=moved.database, links=moved.links, roles=moved.roles, erased=moved.erased
    )


def _roles(args: argparse.Namespace) -> Result:
    known = password(args)
    with opened(args) as office:
        if args.report_password:
            role = office_roles.report_role(office)
            return Result.done(f"{role.name}: {role.password}", name=role.name, password=role.password)
        if not args.only_print and office_roles.make(office, known):
            return Result.done("The roles are made. The office uses them from now on.", made=True)
        script = office_roles.sql(office, known)
    return Result.done(script, made=False, sql=script)
