"""Again: the passphrase is asked for once more before something leaves the vault."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from imsa_desk.errors import ImsaError
from imsa_desk.gui.pages import PageContext
from imsa_desk.services import keys

TRIES = 3
QUESTION = "Your passphrase once more"
WRONG = "This is not the passphrase of this vault. Type it again."
GIVEN_UP = "The passphrase was wrong three times, so nothing has left the vault."


class Again:
    """Belongs to a part that lets something out; while it asks, asking again does nothing."""

    def __init__(self, context: PageContext, owner: QWidget) -> None:
        self._context, self._owner = context, owner
        self.asking = False

    def before(self, words: str, verb: str, then: Callable[[], None]) -> None:
        """Ask, and call `then` when the passphrase was right; `words` say what is about to happen.

        A person who thinks better of it, or is wrong three times, is where they were.
        """
        if not self.asking:
            self.asking = True
            self._ask(words, verb, then, 1, "")

    def _ask(self, words: str, verb: str, then: Callable[[], None], number: int, wrong: str) -> None:
        given = self._context.ask.passphrase(self._owner, QUESTION, words, verb, wrong=wrong)
        if given is None:
            self.asking = False
            return
        desk = self._context.desk

        def right(_: None) -> None:
            self.asking = False
            then()

        def refused(error: ImsaError) -> None:
            self.asking = False
            if error.code != "E_PASSPHRASE":
                self._context.bridge.tell(error.message, "error")
            elif number == TRIES:
                self._context.ask.error(self._owner, "Not done", GIVEN_UP)
            else:
                self.asking = True
                self._ask(words, verb, then, number + 1, WRONG)

        # The derivation takes about a second and needs no database, so drafts are stored meanwhile.
        self._context.jobs.run(
            lambda _: keys.confirm(desk, given), owner=self._owner, then=right, otherwise=refused, lane="free"
        )
