"""NewRootForm: the organisation has a new root key; compare its words before it counts."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QTimer

from imsa_desk.errors import Refused
from imsa_desk.gui.forms.editor import Editor, Loaded
from imsa_desk.gui.widgets.fingerprint import WordsAndCode
from imsa_desk.gui.widgets.heading import label
from imsa_desk.services.desk import Desk
from imsa_desk.services.desk_trust import offered_file, standing
from imsa_desk.services.joining import join

_WHY = (
    "The key you trusted has signed for this one, so the file is no stranger’s. Still, ask somebody there to "
    "read the new words to you, in person or on a number you already know, and compare every word. Until you "
    "have, the former key stays in force."
)
_GONE = "There is no new key to compare any more."


@dataclass(frozen=True, slots=True)
class NewRootDraft:
    """The words that stand on the screen."""

    words: str = ""


class NewRootForm(Editor[NewRootDraft]):
    """No args."""

    id = "new_root"
    draft_type = NewRootDraft
    verb = "The words are the same"
    done = "The new key is in force"
    keeps_draft = False

    def load(self, desk: Desk) -> Loaded[NewRootDraft]:
        from imsa_desk.services.fingerprints import words_as_modules  # a heavy library, rarely wanted

        edition = standing(desk).edition
        if edition is None:
            raise Refused(_GONE)
        values = {"words": edition.words, "modules": words_as_modules(edition.words)}
        return Loaded(
            NewRootDraft(" ".join(edition.words)), f"{edition.name} has a new root key", values=values
        )

    def build(self, loaded: Loaded[NewRootDraft]) -> None:
        self._words: tuple[str, ...] = loaded.values["words"]
        put = self.content.addWidget
        put(label(_WHY, wrap=True, measure=72))
        put(WordsAndCode(self._words, loaded.values["modules"]))
        self.leave.set_words("They differ, or I could not ask")
        # Enter pressed too often must not trust words that nobody compared.
        QTimer.singleShot(0, self.leave, self.leave.setFocus)

    def read_draft(self) -> NewRootDraft:
        return NewRootDraft(" ".join(self._words))

    def store(self, desk: Desk, draft: NewRootDraft) -> object:
        file = offered_file(desk)
        if not file:
            raise Refused(_GONE)
        return join(desk, file, draft.words)
