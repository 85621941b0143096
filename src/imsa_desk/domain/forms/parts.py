"""The parts an answer may have, per kind of question, and the scale each part is measured on."""

from __future__ import annotations

from dataclasses import dataclass

from imsa_desk.domain.forms.model import QuestionKind

TEXT_LIMIT = 200_000
SHORT_LIMIT = 500


@dataclass(frozen=True, slots=True)
class Part:
    """One part: the scale it takes its values from, or "" for text of at most `limit` characters."""

    scale: str = ""
    several: bool = False
    limit: int = TEXT_LIMIT


NEED_PARTS = {
    "advocate": Part("need"),
    "survivor": Part("need"),
    "words": Part(),
    "importance": Part("importance"),
    "confidence": Part("confidence"),
    "owner": Part("owner"),
    "next_step": Part(limit=2_000),
    "consent_to_refer": Part("consent_to_refer"),
}
RISK_PARTS = {
    "present": Part("present"),
    "likelihood": Part("likelihood"),
    "severity": Part("severity"),
    "judged_band": Part("band"),
    "judgement_reason": Part(limit=2_000),
    "imminence": Part("imminence"),
    "trend": Part("trend"),
    "who_at_risk": Part("who_at_risk", several=True),
    "risk_from": Part("risk_from", several=True),
    "protective_effect": Part("protective_effect"),
    "protective_factors": Part("protective_factors", several=True),
    "residual_band": Part("band"),
    "survivor_agrees": Part("survivor_agrees"),
    "words": Part(),
    "note": Part(),
}
RATED_RISK_PARTS = (
    "likelihood",
    "severity",
    "judged_band",
    "judgement_reason",
    "imminence",
    "trend",
    "residual_band",
)
"""Parts that only make sense while the risk is there."""

PARTS: dict[QuestionKind, tuple[str, ...]] = {
    QuestionKind.SHORT_TEXT: ("text",),
    QuestionKind.LONG_TEXT: ("text",),
    QuestionKind.NUMBER: ("number",),
    QuestionKind.MONEY: ("pence", "per"),
    QuestionKind.DATE: ("day",),
    QuestionKind.PARTIAL_DATE: ("when", "about"),
    QuestionKind.YES_NO_UNKNOWN: ("choice", "note"),
    QuestionKind.CHOICE: ("choice", "other"),
    QuestionKind.CHOICES: ("choices", "other"),
    QuestionKind.LIST_CHOICE: ("choice", "other"),
    QuestionKind.SCALE: ("step", "note"),
    QuestionKind.NEED_ITEM: tuple(NEED_PARTS),
    QuestionKind.RISK_ITEM: tuple(RISK_PARTS),
    QuestionKind.PERSON: ("who", "name", "role"),
    QuestionKind.AGREEMENT: ("how", "name", "on", "words", "strokes"),
    QuestionKind.GROUP: ("rows",),
    QuestionKind.CALCULATED: ("result",),
    QuestionKind.INSTRUCTION: (),
}
"""Every part an answer may have; the first is the one a rule means when it names none."""

NUMBERED_SCALES: dict[str, tuple[int | str, ...]] = {
    "need": (0, 1, 2, 3, 4),
    "likelihood": (1, 2, 3, 4, 5),
    "severity": (1, 2, 3, 4, 5),
    "importance": (1, 2, 3),
    "band": ("low", "medium", "high", "very_high"),
    "present": ("yes", "no"),
}
"""Scales whose values the program reckons with; a form gives their words, not their values."""

NEEDS_MEANINGS = frozenset({"need", "likelihood", "severity", "importance", "confidence", "band"})
"""Scales of which every step must say what it means."""

SCALE_COLOURS = (
    "level0",
    "level1",
    "level2",
    "level3",
    "level4",
    "good",
    "caution",
    "alert",
    "info",
    "neutral",
)
"""What a step may be coloured as; the colours themselves are the screen's and the paper's."""

MONEY_PERIODS = {"once": "", "day": "a day", "week": "a week", "month": "a month", "year": "a year"}
"""How often money comes or goes, and how it is said."""

YES_NO_UNKNOWN = {"yes": "Yes", "no": "No", "unknown": "Not known"}


def scales_of(kind: QuestionKind) -> frozenset[str]:
    """Name the scales a form must define before it may ask this kind of question."""
    table = {QuestionKind.NEED_ITEM: NEED_PARTS, QuestionKind.RISK_ITEM: RISK_PARTS}.get(kind, {})
    return frozenset(part.scale for part in table.values() if part.scale)
