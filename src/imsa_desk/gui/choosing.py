"""Choosing another vault folder, from the unlock page and from the first run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from imsa_desk import paths
from imsa_desk.gui import loader
from imsa_desk.gui.folders import looks_used
from imsa_desk.gui.pages import PageContext

_DESCRIBE = "imsa_desk.services.vaults:describe"
Refuse = Callable[[str], None]


def open_another(context: PageContext, owner: QWidget, refuse: Refuse) -> None:
    """Ask for a vault's folder and show what stands in it."""
    chosen = context.ask.folder(owner, "Open another vault")
    if chosen is None:
        return
    refused = context.window.use_folder(chosen)
    if refused:
        refuse(refused)
        return

    def described(info: Any) -> None:
        context.window.vault_described(info.exists, info.practice)

    context.jobs.run(lambda _: loader.load(_DESCRIBE)(chosen), owner=owner, then=described)


def make_new(context: PageContext, owner: QWidget, refuse: Refuse) -> None:
    """Go to the first run for a folder that nobody uses yet: the usual one, or one that is asked for."""
    folder = paths.default_vault_folder()
    if looks_used(folder):
        asked = context.ask.folder(owner, "Choose an empty folder for the new vault")
        if asked is None:
            return
        folder = asked
    refused = context.window.use_folder(folder)
    if refused:
        refuse(refused)
        return
    context.window.vault_described(False, False)
