"""Run by `test_rotate.py`: rotates copies of a vault, each ended at another step; prints what opens it."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Any

from desk_kit import PASSPHRASE, new_desk, open_case
from vault_kit import QUICK

from imsa_desk.errors import Refused
from imsa_desk.progress import quiet
from imsa_desk.services import caseload, rotating, vaults
from imsa_desk.services.checking import check_open
from imsa_desk.store.vault import drop_superseded

LATER = "a later passphrase"
CODE_FILE = "code"
_WATCHED = frozenset({"open", "os.rename", "os.remove", "os.link"})


def rotate_until(folder: Path, code: str, last: int) -> int:
    """Rotate in a process of its own that dies before the `last`-th step on a file; give the steps taken."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _rotate(folder, code, last, writer)
    os.close(writer)
    os.waitpid(child, 0)
    with os.fdopen(reader) as stream:
        return len(stream.read())


def _rotate(folder: Path, code: str, last: int, writer: int) -> None:
    steps = 0
    watching = False

    def step(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal steps
        if not watching or event not in _WATCHED or str(folder) not in str(arguments[0]):
            return
        steps += 1
        if steps >= last:
            os._exit(9)
        os.write(writer, b".")

    sys.addaudithook(step)
    desk = vaults.unlock(folder, PASSPHRASE)
    watching = True
    rotating.rotate(desk, LATER, code, quiet, params=QUICK)
    os._exit(0)


def which_opens(folder: Path) -> str:
    """Say which passphrase opens the vault, after looking at its records in full."""
    found = []
    for secret in (PASSPHRASE, LATER):
        try:
            desk = vaults.unlock(folder, secret)
        except Refused as error:
            if error.code != "E_PASSPHRASE":
                raise
            continue
        assert len(caseload.caseload(desk)) == 1
        assert check_open(desk).ok
        vaults.lock(desk)
        drop_superseded(folder)
        vaults.lock(vaults.unlock(folder, secret))
        assert len(list(folder.glob("db-*"))) == len(list(folder.glob("anchor-*"))) == 1
        found.append("old" if secret == PASSPHRASE else "new")
    return "+".join(found)


def main(folder: Path, code: str, stride: int) -> None:
    """Print a line for each step at which the process was ended."""
    vault = folder / "vault"
    desk = new_desk(vault)
    open_case(desk)
    vaults.lock(desk)
    at, steps = 1, 10_000
    while at <= steps + 1:
        copy = folder / f"copy-{at}" / "vault"
        shutil.copytree(vault, copy)
        taken = rotate_until(copy, code, at)
        print(at, which_opens(copy), flush=True)
        if taken < at - 1:
            break
        shutil.rmtree(copy.parent)
        at += stride


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
