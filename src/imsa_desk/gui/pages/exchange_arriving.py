"""ArrivingPart: takes in what the organisation sent, one file or the whole folder, and says what came."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Signal

from imsa_desk.domain.handover import FileOutcome, Taken
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.pages.exchange_doing import Doing
from imsa_desk.gui.pages.exchange_said import Said
from imsa_desk.progress import Progress
from imsa_desk.services.exchange_folder import remember_folder
from imsa_desk.services.taking_in import take_in, take_in_folder
from imsa_desk.vocab import Kind

_IN_PASSING = 90
"""Characters that are read while a toast stands."""


class ArrivingPart(Said):
    """Hidden until something came that a toast is too short for.

    `told` is sent when it says something that stays; `refused` carries the sentences about files that were
    not taken in.
    """

    told = Signal()
    refused = Signal(object)

    def __init__(self, context: PageContext, doing: Doing, folder: Callable[[str], Path | None]) -> None:
        super().__init__()
        self._context, self._doing, self._folder = context, doing, folder
        doing.began.connect(self.hide)

    def take_file(self) -> None:
        """Take in what the organisation sent: a receipt, cases, changes, data that everybody uses."""
        if self._doing.busy:
            return
        path = self._context.ask.open_file(
            self, "Take in a file of your organisation", "Sealed files (*.imsa);;All files (*)"
        )
        if path is None:
            return
        desk = self._context.desk
        # A backup comes first, and drafts are stored meanwhile.
        self._doing.start(
            "Taking the file in",
            lambda progress: take_in(desk, path, progress),
            self.show_taken,
            "Stopped. Nothing was taken in",
        )

    def look_in_folder(self) -> None:
        """Take in whatever in the exchange folder is for this vault."""
        if self._doing.busy:
            return
        folder = self._folder("Choose the exchange folder")
        if folder is None:
            return
        desk = self._context.desk

        def work(progress: Progress) -> tuple[FileOutcome, ...]:
            remember_folder(desk, folder)
            return take_in_folder(desk, folder, progress)

        stopped = "Stopped. Files taken in before that stay taken in"
        self._doing.start("Looking in the exchange folder", work, self.show_looked, stopped)

    def show_taken(self, taken: Taken) -> None:
        """Say what came in one file."""
        part = () if taken.part is None else (f"Part {taken.part[0]} of {taken.part[1]}.",)
        self._tell((*(taken.words or ("Taken in",)), *part), (taken,))
        self._announce((taken,))

    def show_looked(self, outcomes: tuple[FileOutcome, ...]) -> None:
        """Say what came of each file in the folder: what is new once, what was refused with its cure."""
        taken = tuple(one.taken for one in outcomes if one.taken is not None)
        refused = [one for one in outcomes if one.taken is None]
        said = list(dict.fromkeys(words for one in taken if one.news for words in one.words))
        if said or not refused:
            self._tell(said or ("Nothing new for this vault is in the exchange folder",), taken)
        if refused:
            self.refused.emit([f"{one.file_name}: {one.words} {one.cure}".strip() for one in refused])
        self._announce(taken)

    def _tell(self, said: Sequence[str], taken: Sequence[Taken]) -> None:
        """Say one short thing in passing; more than that, or a difference, stays until it has been read."""
        differs = any(one.differs for one in taken)
        if not differs and len(said) == 1 and len(said[0]) <= _IN_PASSING:
            self._context.toast(said[0])
        else:
            self.say(*said, tone="alert" if differs else "info")
            self.told.emit()

    def _announce(self, taken: tuple[Taken, ...]) -> None:
        kinds = {Kind.ORGANISATION} | {kind for one in taken for kind in one.changed}
        self._context.bridge.announce_change(tuple(kinds))
