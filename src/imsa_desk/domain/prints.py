"""What can be put on paper, and what is wished for: values that the screen hands to the printing verbs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from imsa_desk.domain.consents import Recipient


class PrintKind(StrEnum):
    """One document that the program can set on paper."""

    ASSESSMENT = "assessment"
    COMPARISON = "comparison"
    ONE_PAGE = "one_page"
    AGREED_PLAN = "agreed_plan"
    SAFETY_PLAN = "safety_plan"
    SURVIVOR_COPY = "survivor_copy"
    BLANK = "blank"
    FILLABLE = "fillable"
    DOSSIER = "dossier"


TAKEN_HOME = frozenset({PrintKind.AGREED_PLAN, PrintKind.SAFETY_PLAN, PrintKind.SURVIVOR_COPY})
"""Documents made for the person: before one is made, it is asked whether it is safe to take home."""

SAVED_IN_CLEAR = (
    "A program that shows PDF files saves what is typed into this form as it is, without any protection. "
    "Fill it in on a computer that only you use, send it only in a safe way, and delete it afterwards."
)
"""Said on the form that is filled in on a screen, and in the window that makes it."""


@dataclass(frozen=True, slots=True)
class PrintWish:
    """What is to be printed, and how.

    `assessment_id` is the later one of a comparison and `before_id` the earlier. Blank forms need `form_id`
    (an empty version is the newest), or an assessment whose form it is; `section_id` leaves only one page of
    the form. `safe_home` is the answer to whether it is safe to take home: yes, no, or "" while not asked.
    `with_plan` adds the words of the safety plan to a dossier.
    """

    what: PrintKind
    case_id: str = ""
    assessment_id: str = ""
    before_id: str = ""
    plan_id: str = ""
    form_id: str = ""
    form_version: int = 0
    section_id: str = ""
    show_name: bool = False
    recipient: Recipient | None = None
    language: str = ""
    safe_home: str = ""
    with_plan: bool = False
