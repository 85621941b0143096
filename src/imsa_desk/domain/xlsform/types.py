"""The question types of the standard: what each becomes here, or why it cannot."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from imsa_desk.domain.forms.model import QuestionKind


class Opens(StrEnum):
    """What a begin row opens."""

    GROUP = "group"
    REPEAT = "repeat"


@dataclass(frozen=True, slots=True)
class RowType:
    """What a row is: a question of a kind, the beginning or end of a group, or nothing that is carried."""

    kind: QuestionKind | None = None
    list: str = ""
    other: bool = False
    begins: Opens | None = None
    ends: Opens | None = None
    why_not: str = ""
    """Why a known type is not carried."""
    day: bool = False
    """Whether the row takes down the day, which rules may ask for."""

    @property
    def known(self) -> bool:
        """Say whether the standard has such a type."""
        return bool(self.kind or self.begins or self.ends or self.why_not)


PLAIN: Final = {
    "text": QuestionKind.SHORT_TEXT,
    "string": QuestionKind.SHORT_TEXT,
    "phone number": QuestionKind.SHORT_TEXT,
    "integer": QuestionKind.NUMBER,
    "int": QuestionKind.NUMBER,
    "decimal": QuestionKind.NUMBER,
    "range": QuestionKind.NUMBER,
    "date": QuestionKind.DATE,
    "note": QuestionKind.INSTRUCTION,
    "calculate": QuestionKind.CALCULATED,
    "hidden": QuestionKind.CALCULATED,
    "acknowledge": QuestionKind.CHOICE,
    "trigger": QuestionKind.CHOICE,
    "yes or no question": QuestionKind.CHOICE,
}
ACKNOWLEDGED: Final = ("acknowledge", "trigger")

_DEVICE = "The device takes it down; here the program itself keeps who asked and when."
_FILES = "An answer holds no file. Keep files as documents of the case."
_PLACES = "There is no question for a place on a map."
_CLOCK = "There is no question for a time of day."
_ELSEWHERE = "Its choices stand in another file, which the workbook does not hold."
_NOT_CARRIED: Final = {
    **dict.fromkeys(
        (
            *(
                "start",
                "end",
                "deviceid",
                "uri:deviceid",
                "subscriberid",
                "simserial",
                "phonenumber",
                "username",
            ),
            *("email", "imei", "audit", "start-geopoint", "background-audio", "background-geopoint"),
            *("uri:username", "uri:email", "uri:phonenumber", "uri:simserial", "uri:subscriberid"),
            *("get device id", "get subscriber id", "get sim id", "get phone number", "get start time"),
            *("get end time", "start time", "end time", "imei number"),
        ),
        _DEVICE,
    ),
    **dict.fromkeys(
        (
            *("image", "photo", "picture", "audio", "video", "file", "draw", "signature", "annotate"),
            *(
                "add image prompt",
                "add photo prompt",
                "add audio prompt",
                "add video prompt",
                "add file prompt",
            ),
        ),
        _FILES,
    ),
    **dict.fromkeys(("geopoint", "geotrace", "geoshape", "gps", "location", "q location"), _PLACES),
    **dict.fromkeys(("time", "datetime", "datetime-range"), _CLOCK),
    "barcode": "There is no question that is answered by scanning.",
    "xml-external": "It brings in another file, which the workbook does not hold.",
    "csv-external": "It brings in another file, which the workbook does not hold.",
    "osm": "There is no question for a map's data.",
}
_TODAY = ("today", "get today")
_SELECTS: Final = {
    "select_one": QuestionKind.CHOICE,
    "select one from": QuestionKind.CHOICE,
    "select one": QuestionKind.CHOICE,
    "select1": QuestionKind.CHOICE,
    "add select one prompt using": QuestionKind.CHOICE,
    "select_multiple": QuestionKind.CHOICES,
    "select all that apply from": QuestionKind.CHOICES,
    "select all that apply": QuestionKind.CHOICES,
    "select multiple from": QuestionKind.CHOICES,
    "select multiple": QuestionKind.CHOICES,
    "add select multiple prompt using": QuestionKind.CHOICES,
}
_ELSEWHERE_TYPES = (
    *("select_one_from_file", "select_multiple_from_file", "select_one_external", "select_multiple_external"),
    *("select one from file", "select multiple from file", "select one external", "rank_from_file"),
)
_LONGEST_FIRST = "|".join(sorted(map(re.escape, _SELECTS), key=len, reverse=True))
_SELECT = re.compile(
    rf"(?P<how>{_LONGEST_FIRST})\s+(?P<list>\S+?)(?P<other>\s+(?:or[_ ]other|or specify other|other))?",
    re.IGNORECASE,
)
_BOUNDARY = re.compile(r"(?P<side>begin|end)[\s_]+(?P<what>group|repeat|lgroup|looped group|loop)\b.*", re.I)
_OPENS = {"group": Opens.GROUP, "repeat": Opens.REPEAT, "lgroup": Opens.REPEAT, "looped group": Opens.REPEAT}


def row_type(words: str) -> RowType:
    """Read the type of a row; one that the standard does not have is not `known`."""
    said = " ".join(words.split())
    low = said.casefold()
    if low in PLAIN:
        return RowType(kind=PLAIN[low])
    if low in _TODAY:
        return RowType(why_not=_DEVICE, day=True)
    if low in _NOT_CARRIED:
        return RowType(why_not=_NOT_CARRIED[low])
    if low.startswith(_ELSEWHERE_TYPES):
        return RowType(why_not=_ELSEWHERE)
    if low == "rank" or low.startswith("rank "):
        return RowType(why_not="There is no question that is answered by putting things in order.")
    if found := _BOUNDARY.fullmatch(said):
        return _boundary(found)
    if found := _SELECT.fullmatch(said):
        how = _SELECTS[found["how"].casefold()]
        return RowType(kind=how, list=found["list"], other=bool(found["other"]))
    return RowType()


def _boundary(found: re.Match[str]) -> RowType:
    opens = _OPENS.get(found["what"].casefold())
    if opens is None:  # a loop over a list of choices, which the standard itself gave up
        return RowType()
    return RowType(begins=opens) if found["side"].casefold() == "begin" else RowType(ends=opens)
