"""`imsa-desk vault passphrase|rotate DIR`: change what opens a vault."""

from __future__ import annotations

import argparse
from pathlib import Path

from imsa_desk.cli.opened import held
from imsa_desk.cli.secrets import add_new_passphrase, add_secret, read_new_passphrase, read_secret
from imsa_desk.console import Result, Subparsers
from imsa_desk.progress import quiet
from imsa_desk.services import keys, vaults
from imsa_desk.vocab import SlotKind


def add_words(words: Subparsers) -> None:
    """Add the options of both."""
    change = words.add_parser("passphrase", help="set a new passphrase, with the present one or another way")
    change.add_argument("folder", type=Path, metavar="DIR")
    add_secret(change)
    add_new_passphrase(change, "file whose first line is the new passphrase")
    change.set_defaults(run=_passphrase)
    rotate = words.add_parser("rotate", help="a new key, when somebody may know the old one")
    rotate.add_argument("folder", type=Path, metavar="DIR")
    add_secret(rotate)
    add_new_passphrase(rotate, "file whose first line is the new passphrase")
    rotate.set_defaults(run=_rotate, way=SlotKind.PASSPHRASE)


def _passphrase(args: argparse.Namespace) -> Result:
    secret, new = read_secret(args), read_new_passphrase(args)
    with held(args.folder):
        desk = vaults.unlock(args.folder, secret, way=args.way)
        try:
            keys.change_passphrase(desk, secret, new, way=args.way)
        finally:
            vaults.lock(desk)
    return Result.done("The new passphrase is in force. Copies made before still open with the old one.")


def _rotate(args: argparse.Namespace) -> Result:
    secret, new = read_secret(args), read_new_passphrase(args)
    code = keys.new_recovery_code()
    with held(args.folder):
        desk = vaults.unlock(args.folder, secret, way=args.way)
        try:
            keys.rotate(desk, secret, new, code, quiet)
        except BaseException:
            vaults.lock(desk)
            raise
    return Result.done(
        "The vault has a new key. Backups and copies made before still open with the old secrets: destroy "
        f"them when a new backup exists.\nNew recovery code, shown once: {code}\n"
        "Recovery shares, if there were any, no longer open it: make new ones.",
        recovery_code=code,
    )
