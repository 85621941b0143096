"""What changed between two answers to one question, in words; better and worse only where there is order."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from imsa_desk.domain.assessments import BAND_WORDS, Answer, AnswerValue, answer_band
from imsa_desk.domain.forms.model import Form, Question, QuestionKind
from imsa_desk.domain.forms.words import Said, Speech, one_line, several
from imsa_desk.vocab import Band

ARROW = " → "
ORDERED_COLOURS = (("level0", "level1", "level2", "level3", "level4"), ("good", "caution", "alert"))
"""Colours that say how a step stands, from the best to the worst; info and neutral say nothing."""
_MOST_WORDS = 90


class Change(StrEnum):
    """What became of one question between two assessments."""

    NEW = "new"
    EASED = "eased"
    WORSE = "worse"
    CHANGED = "changed"
    SAME = "same"
    NOT_ASKED_NOW = "not_asked_now"
    NOT_ASKED_BEFORE = "not_asked_before"


Part = tuple[Form, Question, Answer]


def change_of(before: Part, now: Part, told: tuple[tuple[Said, ...], tuple[Said, ...]]) -> tuple[Change, str]:
    """Say how an answer changed; `told` are both answers in words, for kinds without words of their own."""
    was, stands = before[2], now[2]
    if was.not_discussed or stands.not_discussed:
        if was.not_discussed == stands.not_discussed and was.value == stands.value:
            return Change.SAME, one_line(told[1])
        if max(len(lines) for lines in told) == 1:
            return Change.CHANGED, _arrow(_short(told[0]), _short(told[1]))
        return Change.CHANGED, "Talked about this time" if was.not_discussed else "Not talked about this time"
    if was.value == stands.value:
        return Change.SAME, _steps(now) or _short(told[1])
    ordered = _ordered(before, now)
    if ordered is not None:
        return ordered
    kind = now[1].kind
    if before[1].kind is kind and kind in (QuestionKind.CHOICES, QuestionKind.GROUP):
        return Change.CHANGED, _gained(before, now, told)
    if before[1].kind is kind and kind is QuestionKind.LONG_TEXT:
        return Change.CHANGED, "The words changed"
    return Change.CHANGED, _arrow(_short(told[0]), _short(told[1])) or "The words changed"


def _ordered(before: Part, now: Part) -> tuple[Change, str] | None:
    """Compare steps that have an order; None where there is none on one of the sides."""
    ranks, words = (_rank(before), _rank(now)), (_steps(before), _steps(now))
    if not words[0] or not words[1]:
        return None
    others = _others(before, now)
    if words[0] == words[1]:
        return Change.CHANGED, "; ".join([words[1], *others]) if others else words[1]
    text = "; ".join([_arrow(*words), *others])
    if ranks[0] is None or ranks[1] is None or ranks[0] == ranks[1]:
        return Change.CHANGED, text
    return (Change.EASED if ranks[1] < ranks[0] else Change.WORSE), text


def _rank(part: Part) -> int | None:
    """Give the place of an answer's step from best to worst."""
    form, question, answer = part
    value = answer.value
    if question.kind is QuestionKind.NEED_ITEM:
        level = value.get("advocate", value.get("survivor"))
        return level if isinstance(level, int) else None
    if question.kind is QuestionKind.RISK_ITEM:
        band = answer_band(value)
        if band is not None:
            return 1 + tuple(Band).index(band)
        return 0 if value.get("present") == "no" else None
    if question.kind is QuestionKind.SCALE:
        return _scale_rank(form, question, value.get("step"))
    return None


def _scale_rank(form: Form, question: Question, step: object) -> int | None:
    """Give the place of a step by its colour; only a scale whose colours are all of one order has places."""
    points = form.scale(question.scale).point
    order = next((row for row in ORDERED_COLOURS if all(point.colour in row for point in points)), None)
    found = next((point for point in points if point.value == step), None)
    return order.index(found.colour) if order is not None and found is not None else None


def _steps(part: Part) -> str:
    """Give the words of an answer's step: "Pressing", "Not so now", "High"; "" where it has none."""
    form, question, answer = part
    value = answer.value
    if question.kind is QuestionKind.NEED_ITEM:
        level = value.get("advocate", value.get("survivor"))
        return form.scale("need").label(level) if level is not None else ""
    if question.kind is QuestionKind.RISK_ITEM:
        band = answer_band(value)
        if band is not None:
            return form.scale("band").label(band.value) if form.scale("band").point else BAND_WORDS[band]
        return {"no": "Not so now", "yes": "So now, not rated"}.get(str(value.get("present")), "")
    if question.kind is QuestionKind.SCALE and value.get("step") is not None:
        return form.scale(question.scale).label(value["step"])
    return ""


_PART_WORDS = {
    "survivor": "own rating",
    "words": "words",
    "note": "note",
    "next_step": "next step",
    "owner": "who does it",
    "importance": "how much it matters",
    "confidence": "how sure it is",
    "consent_to_refer": "consent to refer",
    "judged_band": "judgement",
    "judgement_reason": "reason for the judgement",
    "imminence": "when it may happen",
    "trend": "trend",
    "who_at_risk": "who is at risk",
    "risk_from": "from whom",
    "protective_effect": "what holds it back",
    "protective_factors": "what protects",
    "residual_band": "what remains",
    "survivor_agrees": "whether the person agrees",
}
_SCALES = {"survivor": "need", "residual_band": "band"}
_WORDED = ("survivor", "importance", "imminence", "trend", "protective_effect", "residual_band")


def _others(before: Part, now: Part) -> list[str]:
    """Name what else changed in a need or a risk; single steps with both their words."""
    was, stands = before[2].value, now[2].value
    found, also = [], []
    for part, name in _PART_WORDS.items():
        old, new = was.get(part), stands.get(part)
        if old == new or (part == "survivor" and "advocate" not in stands):
            continue
        if part in _WORDED and old is not None and new is not None:
            scale = _SCALES.get(part, part)
            words = _arrow(before[0].scale(scale).label(old), now[0].scale(scale).label(new))
            found.append(f"{name}: {words}")
        else:
            also.append(name)
    return [*found, f"also changed: {', '.join(also)}"] if also else found


def _gained(before: Part, now: Part, told: tuple[tuple[Said, ...], tuple[Said, ...]]) -> str:
    """Name what was chosen now and not before, and the other way round."""
    if now[1].kind is QuestionKind.GROUP:
        counts = [len(several(part[2].value.get("rows"))) for part in (before, now)]
        return (
            _arrow(*(f"{n} row{'' if n == 1 else 's'}" for n in counts))
            if counts[0] != counts[1]
            else ("Other rows")
        )
    was, stands = (several(part[2].value.get("choices")) for part in (before, now))
    parts = []
    for words, chosen, other, side in (("Now also", stands, was, now), ("No longer", was, stands, before)):
        labels = [side[1].option_label(one) for one in chosen if one not in other]
        parts += [f"{words}: {', '.join(labels)}"] if labels else []
    if before[2].value.get("other") != now[2].value.get("other"):
        parts.append("Other: " + _arrow(*(str(p[2].value.get("other") or "none") for p in (before, now))))
    return "; ".join(parts) or _arrow(_short(told[0]), _short(told[1]))


def why_of(answer: Answer) -> str:
    """Give the reason written with an answer: the person's words, then why a risk was judged otherwise."""
    return "\n".join(_texts(answer.value, ("words", "judgement_reason", "note")))


def _texts(value: AnswerValue, parts: Iterable[str]) -> list[str]:
    return [str(value[part]) for part in parts if value.get(part)]


def disagreement_of(form: Form, question: Question, answer: Answer, speech: Speech) -> str:
    """Say where the person sees it otherwise than the advocate; "" where both agree or one was not asked."""
    value = answer.value
    if answer.not_discussed:
        return ""
    if question.kind is QuestionKind.NEED_ITEM:
        yours, own = value.get("advocate"), value.get("survivor")
        if yours is None or own is None or yours == own:
            return ""
        need = form.scale("need")
        return f"You: {need.label(yours)}. {speech.name}: {need.label(own)}."
    agrees = value.get("survivor_agrees") if question.kind is QuestionKind.RISK_ITEM else None
    if agrees not in ("no", "partly"):
        return ""
    seen = "partly the same way" if agrees == "partly" else "another way"
    return f"{speech.name} sees it {seen}."


def is_carried(answer: Answer) -> bool:
    """Say whether an answer was carried over and not asked again."""
    return bool(answer.carried_from)


def _arrow(old: str, new: str) -> str:
    return f"{old}{ARROW}{new}" if old and new else ""


def _short(told: tuple[Said, ...]) -> str:
    """Give an answer on one line, short enough to stand before an arrow; "" where it is too long."""
    text = one_line(told)
    return text if len(text) <= _MOST_WORDS else ""
