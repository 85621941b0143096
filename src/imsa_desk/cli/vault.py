"""`imsa-desk vault …`: what scripts and support staff do with a vault."""

from __future__ import annotations

import argparse
from pathlib import Path

from imsa_desk.cli import vault_backups, vault_keys
from imsa_desk.cli.opened import held
from imsa_desk.cli.secrets import add_secret, read_secret
from imsa_desk.console import Exit, Result, Subparsers, add_passphrase, read_passphrase
from imsa_desk.errors import Refused
from imsa_desk.services import checking, keys, restoring, vaults


def add_parser(sub: Subparsers) -> None:
    """Add the options of `vault`."""
    words = sub.add_parser("vault", help="look after a vault").add_subparsers(required=True, metavar="WHAT")
    create = words.add_parser("create", help="make an empty vault; prints its recovery code once")
    create.add_argument("folder", type=Path, metavar="DIR")
    create.add_argument("--name", default="Advocate", help="the advocate's name, as it stands on prints")
    create.add_argument("--organisation", default="", help="the employing organisation")
    add_passphrase(create)
    create.set_defaults(run=_create)
    info = words.add_parser("info", help="say what can be known of a vault without any secret")
    info.add_argument("folder", type=Path, metavar="DIR")
    info.set_defaults(run=_info)
    check = words.add_parser("check", help="check every page, link and record of a closed vault")
    check.add_argument("folder", type=Path, metavar="DIR")
    add_secret(check)
    check.set_defaults(run=_check)
    vault_keys.add_words(words)
    vault_backups.add_words(words)


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


def _info(args: argparse.Namespace) -> Result:
    found = vaults.describe(args.folder)
    if not found.exists:
        raise Refused(f"There is no vault in {args.folder}.", code="E_NO_VAULT")
    slots = keys.slots_of(args.folder) if found.readable else ()
    copies = restoring.backups_beside(args.folder)
    lines = [f"{'A practice vault' if found.practice else 'A vault'} of the {found.kind} in {args.folder}"]
    if not found.readable:
        lines.append("Its header cannot be read: it is damaged, or from a newer program.")
    lines += [f"Opens with: {slot.kind.value}, since {slot.created:%Y-%m-%d}" for slot in slots]
    lines += [f"Backup: {copy.file.name}, {copy.bytes} bytes" for copy in copies] or ["No backup beside it."]
    return Result.done(
        "\n".join(lines),
        folder=str(args.folder),
        readable=found.readable,
        practice=found.practice,
        kind=found.kind,
        slots=[{"id": s.id, "kind": s.kind.value, "created": s.created.isoformat()} for s in slots],
        backups=[
            {"file": str(c.file), "made": c.made.isoformat(), "bytes": c.bytes, "place": c.place}
            for c in copies
        ],
    )


def _check(args: argparse.Namespace) -> Result:
    secret = read_secret(args)
    with held(args.folder):
        report = checking.check(args.folder, secret, way=args.way)
    data: dict[str, object] = {"looked_at": list(report.looked_at), "problems": list(report.problems)}
    if report.ok:
        return Result(True, "DONE", "The vault is sound: " + ", ".join(report.looked_at) + ".", data)
    text = "The vault is damaged. Keep a copy of the folder as it is, and restore from a backup."
    return Result(False, "E_CHECK", "\n".join([text, *report.problems]), data, Exit.BROKEN)
