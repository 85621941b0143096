"""IMSA Desk's window as two processes: a keyless parent, and a worker that locking replaces."""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Sequence
from pathlib import Path

from imsa_desk import paths, settings, supervisor

_WORKER = "--worker"
_NOTICE = "--worker-notice"


def main(argv: Sequence[str]) -> int:
    """Run the parent, or with `--worker` the process with the window; return the exit status."""
    words = list(argv)
    if words[:1] == [_NOTICE]:
        from imsa_desk.gui import worker  # the parent must stay without Qt

        return worker.show_notice(" ".join(words[1:]))
    is_worker = words[:1] == [_WORKER]
    options = _read(words[1:] if is_worker else words)
    folder = options.folder or _usual_folder()
    if is_worker:
        gc.disable()  # until the first paint: all that is made up to then stays
        from imsa_desk.gui import worker  # the parent must stay without Qt

        return worker.run(folder, options.practice_passphrase_file, until_painted=options.until_painted)
    command = [*_this_program(), _WORKER, str(folder)]
    if options.practice_passphrase_file:
        command += ["--practice-passphrase-file", str(options.practice_passphrase_file)]
    if options.until_painted:
        command.append("--until-painted")
    return supervisor.run(command, folder, {}, tell=_tell)


def _read(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="imsa-desk", description="Open IMSA Desk's window.")
    parser.add_argument("folder", nargs="?", type=_absolute, help="the vault's folder")
    parser.add_argument(
        "--practice-passphrase-file",
        type=_absolute,
        metavar="FILE",
        help="show this practice vault's passphrase on the unlock page",
    )
    parser.add_argument("--until-painted", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args(words)


def _absolute(word: str) -> Path:
    return Path(word).expanduser().absolute()


def _usual_folder() -> Path:
    """Choose the vault that was open last, if it is still there, or the place for a first one."""
    last = settings.load(paths.settings_file()).last_vault
    return Path(last) if last and Path(last).is_dir() else paths.default_vault_folder()


def _this_program() -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable]
    return [sys.executable, "-m", "imsa_desk"]


def _tell(words: str) -> None:
    """Tell the person something when there is no window: on standard error, and in a small window."""
    import subprocess  # only here: the worker must not wait for it

    print(words, file=sys.stderr)
    subprocess.run([*_this_program(), _NOTICE, words], check=False, stdin=subprocess.DEVNULL)
