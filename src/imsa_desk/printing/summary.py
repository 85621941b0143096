"""Say in plain words what matters most in an assessment."""

from __future__ import annotations

from collections.abc import Iterator

from imsa_desk.printing.sheet import AssessmentSheet, NeedItem, RiskItem

PRESSING = 3
HIGH_BAND = 3
_NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")


def seen_differently(item: NeedItem) -> bool:
    """Say whether the person and the advocate gave different ratings."""
    return item.advocate is not None and item.own is not None and item.advocate.level != item.own.level


def summary(sheet: AssessmentSheet) -> Iterator[str]:
    """Say in plain words what matters most, before the first section."""
    items = [item for section in sheet.sections for item in section.items]
    risks = sum(isinstance(item, RiskItem) and item.band_level >= HIGH_BAND for item in items)
    needs = [item for item in items if isinstance(item, NeedItem)]
    pressing = sum(_highest(item) >= PRESSING for item in needs)
    apart = sum(seen_differently(item) for item in needs)
    if risks:
        yield f"{_count(risks, 'risk is', 'risks are')} high or very high."
    if pressing:
        yield f"{_count(pressing, 'need is', 'needs are')} pressing or urgent."
    if apart:
        yield f"{_count(apart, 'need is', 'needs are')} seen differently by the person and the advocate."


def first_of_all(sheet: AssessmentSheet) -> Iterator[tuple[str, list[str]]]:
    """Name the highest risks and the most urgent needs, worst first."""
    items = [item for section in sheet.sections for item in section.items]
    risks = [item for item in items if isinstance(item, RiskItem) and item.band is not None]
    for level in (HIGH_BAND + 1, HIGH_BAND):
        found = [item for item in risks if item.band_level == level]
        if found and found[0].band is not None:
            label = f"{found[0].band.label}: {found[0].band.value}"
            yield label, [f"{item.number}\u00a0{item.text}" for item in found]
    for need_level in (PRESSING + 1, PRESSING):
        needs = [item for item in items if isinstance(item, NeedItem) and _highest(item) == need_level]
        ratings = [rating for item in needs for rating in (item.advocate, item.own) if rating]
        word = next((rating.word for rating in ratings if rating.level == need_level), "")
        if needs:
            yield word, [f"{item.number}\u00a0{item.text}" for item in needs]


def _highest(item: NeedItem) -> int:
    ratings = (item.advocate, item.own)
    return max((rating.level or 0 for rating in ratings if rating is not None), default=0)


def _count(number: int, one: str, many: str) -> str:
    if number == 1:
        return f"One {one}"
    word = _NUMBERS[number] if number < len(_NUMBERS) else str(number)
    return f"{word} {many}"
