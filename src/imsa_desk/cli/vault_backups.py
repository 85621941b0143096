"""`imsa-desk vault backup|drill|restore|salvage`: copies of a vault, and ways back from trouble."""

from __future__ import annotations

import argparse
from pathlib import Path

from imsa_desk import supervisor
from imsa_desk.cli.opened import held, opened
from imsa_desk.cli.secrets import add_new_passphrase, add_secret, read_new_passphrase, read_secret
from imsa_desk.console import Exit, Result, Subparsers
from imsa_desk.errors import Refused
from imsa_desk.progress import quiet
from imsa_desk.services import backups, drilling, restoring, salvage
from imsa_desk.vocab import BackupWhy


def add_words(words: Subparsers) -> None:
    """Add the options of all four."""
    backup = words.add_parser("backup", help="make a backup and check it")
    backup.add_argument("folder", type=Path, metavar="DIR")
    backup.add_argument("--second", type=Path, metavar="FOLDER", help="also keep copies there, from now on")
    backup.set_defaults(run=_backup)
    drill = words.add_parser("drill", help="restore a backup into a temporary vault and check it there")
    drill.add_argument("folder", type=Path, metavar="DIR")
    drill.add_argument("file", type=Path, nargs="?", metavar="BACKUP", help="the newest one without a name")
    drill.set_defaults(run=_drill)
    restore = words.add_parser("restore", help="put a backup in the place of a vault, or into a new folder")
    restore.add_argument("file", type=Path, metavar="BACKUP")
    restore.add_argument("folder", type=Path, metavar="DIR")
    restore.add_argument("--preview", action="store_true", help="only say what would be lost")
    restore.set_defaults(run=_restore)
    rescue = words.add_parser("salvage", help="take what is whole out of a damaged vault into a new one")
    rescue.add_argument("folder", type=Path, metavar="DIR")
    rescue.add_argument("--to", type=Path, required=True, metavar="NEW", help="the folder of the new vault")
    add_new_passphrase(rescue, "file whose first line is the new vault's passphrase")
    rescue.set_defaults(run=_salvage)
    for parser in (backup, drill, restore, rescue):
        add_secret(parser)


def _backup(args: argparse.Namespace) -> Result:
    with opened(args.folder, read_secret(args), way=args.way) as desk:
        if args.second is not None:
            backups.set_second_place(desk, args.second)
        made = backups.make_backup(desk, BackupWhy.ASKED, quiet)
        state = backups.state(desk)
    second = f" and in {state.second_place}" if state.second_here else ""
    return Result.done(
        f"Backup made and checked: {made.file}{second}",
        file=str(made.file),
        bytes=made.bytes,
        second_place="" if state.second_place is None else str(state.second_place),
        second_here=state.second_here,
    )


def _drill(args: argparse.Namespace) -> Result:
    with opened(args.folder, read_secret(args), way=args.way) as desk:
        report = drilling.drill(desk, args.file, quiet)
    data: dict[str, object] = {
        "file": str(report.file),
        "records": report.records,
        "lines": report.lines,
        "problems": list(report.problems),
    }
    if report.ok:
        text = f"The backup restores: {report.records} records, {report.lines} lines, every check passed."
        return Result(True, "DONE", text, data)
    text = "The backup did not pass. Make a new one now, and keep this one for whoever helps."
    return Result(False, "E_BACKUP", "\n".join([text, *report.problems]), data, Exit.BROKEN)


def _restore(args: argparse.Namespace) -> Result:
    secret = read_secret(args)
    preview = restoring.preview(args.file, args.folder, secret, way=args.way)
    known = preview.lost_lines is not None
    lost = list(preview.lost) or (["nothing"] if known else ["unknown: the vault there cannot be read"])
    data: dict[str, object] = {
        "made": preview.made.isoformat(),
        "lost": list(preview.lost),
        "lost_lines": preview.lost_lines,
        "other_key": preview.other_key,
    }
    if args.preview:
        text = f"The backup was made at {preview.made:%Y-%m-%d %H:%M} UTC. Would be lost: {', '.join(lost)}."
        return Result(True, "PREVIEW", text, data)
    try:
        with supervisor.holding(args.folder):
            restored = restoring.restore(args.file, args.folder, secret, quiet, way=args.way)
    except supervisor.CannotLock as error:
        raise Refused(error.message, code=error.code) from None
    kept = f" What was there before is in {restored.kept}." if restored.kept else ""
    data["kept"] = "" if restored.kept is None else str(restored.kept)
    return Result(True, "DONE", f"Restored into {args.folder}.{kept} Lost: {', '.join(lost)}.", data)


def _salvage(args: argparse.Namespace) -> Result:
    secret, new = read_secret(args), read_new_passphrase(args)
    with held(args.folder):
        report = salvage.salvage(args.folder, secret, args.to, new, quiet, way=args.way)
    kept = ", ".join(f"{count} {kind}" for kind, count in sorted(report.kept.items()))
    lost = list(report.lost) or ["nothing that could be told"]
    return Result.done(
        f"Salvaged into {args.to}: {kept}.\nLost: {'; '.join(lost)}.\n"
        f"Its recovery code, shown once: {report.recovery_code}",
        folder=str(args.to),
        kept=dict(report.kept),
        lost=list(report.lost),
        recovery_code=report.recovery_code,
    )
