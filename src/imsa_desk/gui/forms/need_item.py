"""NeedBody: a need in two ratings, the person's words, and what is to come of it."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from imsa_desk.domain.assessments import AnswerDraft
from imsa_desk.domain.forms.words import one_line, said
from imsa_desk.gui.forms.answers_parts import AnswerBody, Asked, Rated, ShortLine, tell_meanings
from imsa_desk.gui.forms.flow import Flow
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.choice import Choice
from imsa_desk.gui.widgets.fields import TextArea, TextLine
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import column, row
from imsa_desk.gui.widgets.rating import Rating

_RATED = ("advocate", "survivor")
_NUMBERED = frozenset({"importance"})


class NeedBody(AnswerBody):
    """The advocate's rating above the person's own; the rest is folded until the question has the focus."""

    own_source = True

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        scale = asked.form.scale("need")
        words = [point.label for point in scale.point]
        names = {"advocate": "You", "survivor": f"{asked.speech.own} own rating"}
        self._ratings: dict[str, Rating] = {}
        for part in _RATED:
            was = asked.was(part)
            before = was if isinstance(was, int) else None
            rating = Rating(f"{asked.question.text}: {names[part]}", words, before=before)
            tell_meanings(rating, scale)
            rating.rated.connect(lambda index, part=part: self._rated(part, index))
            rating.not_discussed.connect(self.not_discussed)
            self._ratings[part] = rating
            caption = "You" if part == "advocate" else asked.speech.name
            self.content.addWidget(Rated(caption, rating))
        self._meaning = ShortLine()
        self._meaning.hide()
        self._folded = ShortLine()
        self._folded.hide()
        self._details: QWidget | None = None
        self._unfolded = False
        self.content.addWidget(self._meaning)
        self.content.addWidget(self._folded)

    @property
    def remark(self) -> str:
        """Say that the two see it differently."""
        mine, theirs = self.value.get("advocate"), self.value.get("survivor")
        differ = mine is not None and theirs is not None and mine != theirs
        return "You see this differently. Both are kept." if differ else ""

    def _rated(self, part: str, index: int) -> None:
        self.put(part, None if index < 0 else index)
        self._say()

    def show_value(self) -> None:
        for part, rating in self._ratings.items():
            level = self.value.get(part)
            rating.set_value(level if isinstance(level, int) else None)
        if self._details is not None:
            self._show_details()
        self._say()

    def _say(self) -> None:
        """Say what the chosen words mean, or, folded, what stands beside the ratings."""
        unfolded = self._details is not None and not self._details.isHidden()
        level = self.value.get("advocate", self.value.get("survivor"))
        found = self.asked.form.scale("need").find(level)
        self._meaning.show_words(found.meaning if found is not None and unfolded else "")
        lines = said(self.asked.form, self.asked.question, AnswerDraft("", self.value), self.asked.speech)
        beside = tuple(one for one in lines if one.label not in ("You", self.asked.speech.name))
        self._folded.show_words("" if unfolded else one_line(beside))

    def unfold(self, unfolded: bool) -> None:
        self._unfolded = unfolded
        if unfolded and self._details is None:
            # In a turn of its own, so that the focus is there at once.
            QTimer.singleShot(0, self, self._add_details)
        if self._details is not None:
            self._details.setVisible(unfolded)
        self._say()

    def _add_details(self) -> None:
        if self._details is None and self._unfolded:
            self._build_details()
            self._show_details()
            self._say()

    def _build_details(self) -> None:
        asked = self.asked
        self._words = TextArea(name=f"In {asked.speech.their} words", lines=1)
        self._words.textChanged.connect(lambda: self._text("words", self._words.text))
        self._choices = {
            "importance": Choice(
                f"Matters to {asked.speech.them}", asked.options("importance"), may_be_empty=True
            ),
            "confidence": Choice("Sure of it", asked.options("confidence"), may_be_empty=True),
            "consent_to_refer": Choice("May refer", asked.options("consent_to_refer"), may_be_empty=True),
        }
        for part, choice in self._choices.items():
            choice.chosen.connect(lambda chosen, part=part: self._chosen(part, chosen))
        self._source = Choice("Source", asked.options("source"), may_be_empty=True)
        self._source.chosen.connect(self.put_source)
        self._add = Button("Add a next step", "link", icon="plus", small=True)
        self._add.clicked.connect(self._open_step)
        self._details = QWidget()
        top = (label(f"In {asked.speech.their} words", "caps"), self._words)
        chips = row(Flow(self._source, *self._choices.values()), self._add, space=12)
        chips.setStretch(0, 1)
        self._details.setLayout(column(*top, 2, chips, self._step_row(), space=4, margins=(0, 2, 0, 4)))
        self.content.addWidget(self._details)
        self.grown.emit()

    def _step_row(self) -> QWidget:
        self._step = TextLine(name="Next step")
        self._step.setMaxLength(2_000)
        self._step.textEdited.connect(lambda words: self.put("next_step", words))
        self._owner = Choice("Owner", self.asked.options("owner"), may_be_empty=True)
        self._owner.chosen.connect(lambda chosen: self.put("owner", chosen))
        made = QWidget()
        caption = label("Next step", "caps")
        caption.setBuddy(self._step)
        made.setLayout(row(caption, self._step, self._owner, space=8))
        made.setVisible(False)
        self._step_part = made
        return made

    def _open_step(self) -> None:
        self._step_part.show()
        self._add.hide()
        self._step.setFocus()
        if not self.value.get("owner"):
            self._owner.set_value("imsa")
            self.put("owner", "imsa")

    def _text(self, part: str, words: str) -> None:
        if words != self.words(part):
            self.put(part, words)

    def _chosen(self, part: str, chosen: str) -> None:
        self.put(part, int(chosen) if part in _NUMBERED and chosen else chosen)

    def _show_details(self) -> None:
        if self._words.text != self.words("words"):
            self._words.setPlainText(self.words("words"))
        for part, choice in self._choices.items():
            choice.set_value(str(self.value.get(part, "")))
        self._source.set_value(self.source)
        self._step.setText(self.words("next_step"))
        self._owner.set_value(self.words("owner"))
        has_step = bool(self.value.get("next_step") or self.value.get("owner"))
        self._step_part.setVisible(has_step)
        self._add.setVisible(not has_step)

    def stops(self) -> list[QWidget]:
        found: list[QWidget] = list(self._ratings.values())
        if self._details is not None:
            found += [self._words, self._source, *self._choices.values(), self._add, self._step, self._owner]
        return found
