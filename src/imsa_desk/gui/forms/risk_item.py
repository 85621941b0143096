"""RiskBody: a risk, how likely and how serious it is, the band that follows, and what stands against it."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from imsa_desk.domain.assessments import AnswerDraft, answer_band, risk_band
from imsa_desk.domain.forms import Scale
from imsa_desk.domain.forms.words import one_line, said, several
from imsa_desk.gui import theme
from imsa_desk.gui.forms.answers_parts import (
    AnswerBody,
    Asked,
    Rated,
    ShortLine,
    TickChoice,
    tell_meanings,
)
from imsa_desk.gui.forms.flow import Flow
from imsa_desk.gui.widgets.choice import Choice
from imsa_desk.gui.widgets.fields import TextArea, TextLine
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import column, row
from imsa_desk.gui.widgets.rating import Rating
from imsa_desk.gui.widgets.tag import Tag, TagValue
from imsa_desk.vocab import Band

BAND_TAGS: dict[Band, TagValue] = {
    Band.LOW: TagValue("Low", "good"),
    Band.MEDIUM: TagValue("Medium", "caution", "info"),
    Band.HIGH: TagValue("High", "alert"),
    Band.VERY_HIGH: TagValue("Very high", "alert"),
}
_RATED = ("likelihood", "severity")
_SINGLE = {
    "imminence": "How soon",
    "trend": "Trend",
    "protective_effect": "Held back",
    "residual_band": "What remains",
    "survivor_agrees": "",
}
_SEVERAL = {"who_at_risk": "Who", "risk_from": "From", "protective_factors": "Protected by"}
_ONLY_WHEN_PRESENT = ("imminence", "trend", "residual_band", "judged_band")


class RiskBody(AnswerBody):
    """Yes or no first; the two ratings and the rest are asked only while the risk is there."""

    own_source = True

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        scale = asked.form.scale("present")
        self._steps = [str(point.value) for point in scale.point]
        was = asked.was("present")
        before = self._steps.index(str(was)) if was in self._steps else None
        name = f"{asked.question.text}: {scale.title}"
        words = [point.label for point in scale.point]
        self._present = Rating(name, words, before=before, levels=False, first_digit=1)
        self._present.setFixedWidth(theme.px(200))
        self._present.rated.connect(self._said_present)
        self._present.not_discussed.connect(self.not_discussed)
        self._folded = ShortLine()
        so_now = Rated("So now", self._present)
        so_now.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        head = row(so_now, self._folded, None, space=16)
        head.setStretch(1, 100)
        self.content.addLayout(head)
        self._ratings: dict[str, Rating] = {}
        self._rated_part: QWidget | None = None
        self._details: QWidget | None = None
        self._texts: dict[str, TextArea] = {}
        self._unfolded = False

    # --- yes or no, and the two ratings ---

    def _said_present(self, index: int) -> None:
        if index < 0:
            for part in _RATED:
                self.value.pop(part, None)
                if part in self._ratings:
                    self._ratings[part].set_value(None)
        self.put("present", None if index < 0 else self._steps[index])
        self._follow()

    def _follow(self) -> None:
        """Show what belongs to the answer as it stands."""
        there = self.value.get("present") == "yes"
        if there and self._rated_part is None:
            self._build_ratings()
        if self._rated_part is not None:
            self._rated_part.setVisible(there)
        answered = "present" in self.value
        if self._unfolded and answered and self._details is None:
            # In a turn of its own, so that the yes shows at once.
            QTimer.singleShot(0, self, self._add_details)
        if self._details is not None:
            self._details.setVisible(self._unfolded and answered)
            self._show_details()
        self._say()

    def _build_ratings(self) -> None:
        asked = self.asked
        self._rated_part = QWidget()
        parts: list[Rated] = []
        for part in _RATED:
            scale = asked.form.scale(part)
            before = _index(scale, asked.was(part))
            words = [point.label for point in scale.point]
            name = f"{asked.question.text}: {scale.title}"
            rating = Rating(name, words, before=before, levels=False, first_digit=1)
            tell_meanings(rating, scale)
            rating.rated.connect(lambda index, part=part: self._rated(part, index))
            rating.not_discussed.connect(self.not_discussed)
            self._ratings[part] = rating
            parts.append(Rated(scale.title, rating, above=True))
        self._band = Tag(BAND_TAGS[Band.LOW])
        self._why = ShortLine()
        band = row(self._band, self._why, space=10)
        band.setStretch(1, 1)
        self._rated_part.setLayout(column(*parts, band, space=4))
        self.content.addWidget(self._rated_part)
        for part, rating in self._ratings.items():
            rating.set_value(_index(asked.form.scale(part), self.value.get(part)))
        if self._details is not None:
            self.content.removeWidget(self._details)
            self.content.addWidget(self._details)
        self.grown.emit()

    def _rated(self, part: str, index: int) -> None:
        point = None if index < 0 else self.asked.form.scale(part).point[index].value
        self.put(part, point)
        self._say()

    def _say(self) -> None:
        """Say the band with its reason, and, folded, what else was answered."""
        if self._rated_part is not None:
            self._say_band()
        draft = AnswerDraft("", self.value)
        lines = said(self.asked.form, self.asked.question, draft, self.asked.speech)
        beside = tuple(
            one for one in lines if one.label not in ("Likelihood", "Severity", "Risk") and one.words
        )
        shown = one_line(tuple(one for one in beside if one.words not in ("Not so now", "So now, not rated")))
        self._folded.show_words("" if self._unfolded else shown)

    def _say_band(self) -> None:
        likelihood, severity = self.value.get("likelihood"), self.value.get("severity")
        band = answer_band(self.value)
        self._band.setVisible(band is not None)
        if band is None or not isinstance(likelihood, int) or not isinstance(severity, int):
            self._why.show_words("")
            return
        self._band.show_value(BAND_TAGS[band])
        form, reckoned = self.asked.form, risk_band(likelihood, severity)
        words = (
            f"{form.scale('likelihood').label(likelihood)}, {form.scale('severity').label(severity).lower()}"
        )
        if band is reckoned:
            self._why.show_words(f"{words}. A sorting aid: your judgement decides.")
        else:
            first = form.scale("band").label(reckoned)
            self._why.show_words(f"Your judgement; the ratings alone say {first.lower()} ({words}).")

    # --- what is beside the ratings ---

    def unfold(self, unfolded: bool) -> None:
        self._unfolded = unfolded
        self._follow()

    def _add_details(self) -> None:
        if self._details is None and self._unfolded:
            self._build_details()
            self._follow()
            QTimer.singleShot(0, self, self._add_texts)

    def _build_details(self) -> None:
        asked = self.asked
        bands = asked.options("band")
        self._judged = Choice("Judgement", bands, empty="keep", may_be_empty=True)
        self._judged.chosen.connect(lambda chosen: self._chosen("judged_band", chosen))
        self._choices = {"judged_band": self._judged}
        for part, words in _SINGLE.items():
            scale = "band" if part == "residual_band" else part
            caption = words or f"{asked.speech.name} agrees"
            choice = Choice(caption, asked.options(scale), may_be_empty=True)
            choice.chosen.connect(lambda chosen, part=part: self._chosen(part, chosen))
            self._choices[part] = choice
        self._ticks = {part: TickChoice(words, asked.options(part)) for part, words in _SEVERAL.items()}
        for part, ticks in self._ticks.items():
            ticks.ticked.connect(lambda part=part: self.put(part, list(self._ticks[part].values)))
        self._source = Choice("Source", asked.options("source"), may_be_empty=True)
        self._source.chosen.connect(self.put_source)
        self._details = QWidget()
        self._details.setLayout(self._lay_out())
        self.content.addWidget(self._details)
        self.grown.emit()

    def _lay_out(self) -> QVBoxLayout:
        self._reason = TextLine(name="Reason for your judgement")
        self._reason.setMaxLength(2_000)
        self._reason.textEdited.connect(lambda words: self.put("judgement_reason", words))
        self._reason_part = QWidget()
        caption = label("Reason for your judgement", "caps")
        self._reason_part.setLayout(row(caption, self._reason, space=8))
        first = [self._choices[part] for part in ("judged_band", "imminence", "trend")]
        then = [self._ticks["who_at_risk"], self._ticks["risk_from"]]
        last = [self._choices[part] for part in ("protective_effect", "residual_band", "survivor_agrees")]
        self._chips = [*first, *then, self._ticks["protective_factors"], *last, self._source]
        return column(Flow(*self._chips), self._reason_part, space=4, margins=(0, 2, 0, 4))

    def _add_texts(self) -> None:
        below = self._details.layout() if self._details is not None else None
        if below is None or self._texts:
            return
        captions = {"words": f"In {self.asked.speech.their} words", "note": "Your note, kept apart"}
        for part, caption in captions.items():
            area = TextArea(self.words(part), name=caption, lines=1)
            area.textChanged.connect(lambda part=part: self._text(part))
            self._texts[part] = area
            below.addWidget(label(caption, "caps"))
            below.addWidget(area)
        self.grown.emit()

    def _text(self, part: str) -> None:
        if self._texts[part].text != self.words(part):
            self.put(part, self._texts[part].text)

    def _chosen(self, part: str, chosen: str) -> None:
        self.put(part, chosen)
        self._show_details()
        self._say()

    def _show_details(self) -> None:
        if self._details is None:
            return
        there = self.value.get("present") == "yes"
        for part, choice in self._choices.items():
            choice.set_value(self.words(part))
            choice.setVisible(there or part not in _ONLY_WHEN_PRESENT)
        for part, ticks in self._ticks.items():
            ticks.set_values(several(self.value.get(part)))
            ticks.setVisible(there or part == "protective_factors")
        self._source.set_value(self.source)
        for part, area in self._texts.items():
            if area.text != self.words(part):
                area.setPlainText(self.words(part))
        if self._reason.text() != self.words("judgement_reason"):
            self._reason.setText(self.words("judgement_reason"))
        self._reason_part.setVisible(
            there and bool(self.words("judged_band") or self.words("judgement_reason"))
        )

    # --- the answer ---

    def show_value(self) -> None:
        present = self.value.get("present")
        self._present.set_value(self._steps.index(str(present)) if present in self._steps else None)
        self._follow()
        for part, rating in self._ratings.items():
            rating.set_value(_index(self.asked.form.scale(part), self.value.get(part)))

    def stops(self) -> list[QWidget]:
        found: list[QWidget] = [self._present, *self._ratings.values()]
        if self._details is not None:
            found += [*self._chips, self._reason, *self._texts.values()]
        return found


def _index(scale: Scale, value: object) -> int | None:
    """Give the place of a value on its scale."""
    return next((at for at, point in enumerate(scale.point) if point.value == value), None)
