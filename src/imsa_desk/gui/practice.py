"""The practice caseload from the first run: made beside the vault that is to come, and opened."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from imsa_desk.domain.dates import LOCAL
from imsa_desk.errors import Broken, ImsaError
from imsa_desk.gui.folders import practice_passphrase_file
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.widgets.button import Button
from imsa_desk.progress import Progress
from imsa_desk.services.desk import Desk
from imsa_desk.services.practice import make_practice
from imsa_desk.services.vaults import suggest_passphrase


def practice_folder(folder: Path) -> Path:
    """Name the practice vault that belongs beside a vault folder."""
    return folder.with_name(f"{folder.name}-practice")


def _keep_passphrase(folder: Path, passphrase: str) -> None:
    """Write the practice passphrase where the unlock page looks for it; nobody in the vault is real."""
    file = practice_passphrase_file(folder)
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(number, "w", encoding="utf-8") as out:
            out.write(f"{passphrase}\n")
    except OSError as error:
        raise Broken("The practice vault could not be written. Check that the disk has room.") from error


def _now() -> datetime:
    return datetime.now(UTC)


def make(folder: Path, progress: Progress) -> Desk:
    """Make the practice vault and give it back open."""
    passphrase = suggest_passphrase()
    today = _now().astimezone(LOCAL).date()
    made = make_practice(folder, passphrase, today=today, now=_now, progress=progress)
    _keep_passphrase(folder, passphrase)
    return made.desk


def start(context: PageContext, button: Button, otherwise: Callable[[ImsaError], None]) -> None:
    """Open the practice caseload, making it first if it is not there; `button` says how far that is."""
    folder = practice_folder(context.folder)
    there = folder.is_dir() and practice_passphrase_file(folder).is_file()
    words = button.words

    def opened(desk: Desk) -> None:
        context.window.use_folder(folder)
        context.window.vault_opened(desk)

    def failed(error: ImsaError) -> None:
        button.set_words(words)
        button.setEnabled(True)
        otherwise(error)

    if there:
        refused = context.window.use_folder(folder)
        if refused:
            failed(Broken(refused))
            return
        context.window.vault_described(True, True)
        return
    button.setEnabled(False)
    button.set_words("Making the practice caseload…")
    context.jobs.run(
        lambda progress: make(folder, progress),
        owner=button,
        then=opened,
        otherwise=failed,
        progress=lambda done, total: button.set_words(f"Making the practice caseload, {done} of {total}"),
    )
