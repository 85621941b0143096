"""IMSA Desk's window as two processes: a keyless parent, and a worker that locking replaces."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from imsa_desk import paths, settings, supervisor

_WORKER = "--worker"
_NOTICE = "--worker-notice"
_BROKEN = 4
_START = "from imsa_desk.__main__ import main; raise SystemExit(main())"


class _Options(NamedTuple):
    """What the words on the command line ask for."""

    folder: Path | None = None
    practice_passphrase_file: Path | None = None
    until_painted: bool = False


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
        _keep_to_this_computer()
        supervisor.keep_private()
        state = supervisor.read_state()  # this and the next take longer once Qt is here
        chosen = settings.load(paths.settings_file())
        from imsa_desk.gui import worker  # the parent must stay without Qt

        file = options.practice_passphrase_file
        return worker.run(folder, file, state, chosen, until_painted=options.until_painted)
    if not _has_display():
        print(
            "There is no display here, so no window can be opened. `imsa-desk --help` lists the commands "
            "that need none.",
            file=sys.stderr,
        )
        return _BROKEN
    command = worker_command(folder)
    if options.practice_passphrase_file:
        command += ["--practice-passphrase-file", str(options.practice_passphrase_file)]
    if options.until_painted:
        command.append("--until-painted")
    return supervisor.run(command, folder, {}, tell=_tell)


def _read(words: list[str]) -> _Options:
    """Read the words: by hand where they are as usual, because `argparse` takes as long as the parent."""
    found = _Options()
    rest = iter(words)
    for word in rest:
        if word == "--until-painted":
            found = found._replace(until_painted=True)
        elif word == "--practice-passphrase-file" and (file := next(rest, "")):
            found = found._replace(practice_passphrase_file=_absolute(file))
        elif found.folder is None and not word.startswith("-"):
            found = found._replace(folder=_absolute(word))
        else:
            return _read_with_help(words)
    return found


def _read_with_help(words: list[str]) -> _Options:
    """Read the words, or explain them: `--help`, other ways to write an option, and mistakes."""
    import argparse  # see `_read`

    parser = argparse.ArgumentParser(prog="imsa-desk", description="Open IMSA Desk's window.")
    parser.add_argument("folder", nargs="?", type=_absolute, help="the vault's folder")
    parser.add_argument(
        "--practice-passphrase-file",
        type=_absolute,
        metavar="FILE",
        help="show this practice vault's passphrase on the unlock page",
    )
    parser.add_argument("--until-painted", action="store_true", help=argparse.SUPPRESS)
    return _Options(**vars(parser.parse_args(words)))


def _absolute(word: str) -> Path:
    return Path(word).expanduser().absolute()


def _keep_to_this_computer() -> None:
    """Drop the address of a message bus that is not on this computer, before Qt reads it by itself."""
    address = os.environ.get("DBUS_SESSION_BUS_ADDRESS", "")
    if any(part and not part.startswith("unix:") for part in address.split(";")):
        del os.environ["DBUS_SESSION_BUS_ADDRESS"]


def _usual_folder() -> Path:
    """Choose the vault that was open last, if it is still there, or the place for a first one."""
    last = settings.load(paths.settings_file()).last_vault
    return Path(last) if last and Path(last).is_dir() else paths.default_vault_folder()


def _has_display() -> bool:
    """Say whether a window may be tried: Qt would end the process where there is none."""
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def worker_command(folder: Path) -> list[str]:
    """Return the words that start the worker on a vault's folder, as the parent does."""
    return [*_this_program(), _WORKER, str(folder)]


def _this_program() -> list[str]:
    """Name this program without `-m`, which takes 3.5 ms and would import from where we happen to be."""
    if getattr(sys, "frozen", False):
        return [sys.executable]
    return [sys.executable, "-P", "-c", _START]


def _tell(words: str) -> None:
    """Tell the person something when there is no window: on standard error, and in a small window."""
    import subprocess  # only here: the worker must not wait for it

    print(words, file=sys.stderr)
    subprocess.run([*_this_program(), _NOTICE, words], check=False, stdin=subprocess.DEVNULL)
