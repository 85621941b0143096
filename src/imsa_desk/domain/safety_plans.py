"""Safety plans: a person's own plan in parts, kept as versions of which the newest stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from imsa_desk.domain.ids import CaseId, PlanId
from imsa_desk.vocab import AgreementHow, Sensitivity


@dataclass(frozen=True, slots=True)
class PlanPart:
    """One part of a plan: the question it answers, to the person, and help for the advocate."""

    question: str
    help: str


PARTS: Mapping[str, PlanPart] = {
    "warning_signs": PlanPart(
        "What tells me that I am becoming less safe?",
        "Things seen, heard or felt before: a car, a call from an unknown number, not sleeping.",
    ),
    "what_helps": PlanPart(
        "What helps me to be and feel safer?",
        "What has worked already, also small things the person can do alone.",
    ),
    "safe_people": PlanPart(
        "Who can I turn to?",
        "Who is trusted, and what each of them may know. Write numbers only if this page is safe to keep.",
    ),
    "safe_places": PlanPart(
        "Where can I go?",
        "Places that are open by day and by night, and how to get in. No confidential address.",
    ),
    "if_found": PlanPart(
        "What will I do if somebody who hurt me finds me or gets in touch?",
        "First steps in order; what to say and what not to; when to call 999.",
    ),
    "leaving_quickly": PlanPart(
        "If I have to leave quickly, what do I take and how do I go?",
        "Papers, medicine, phone and charger, money, what the children need; which way out.",
    ),
    "phone_and_online": PlanPart(
        "How do I stay safe with my phone and online?",
        "Location sharing, shared accounts, photographs, old numbers, who can see what is posted.",
    ),
    "children_and_family": PlanPart(
        "What keeps my children and family safe, here and elsewhere?",
        "School and nursery, who may collect, what relatives abroad have been told.",
    ),
    "travel_and_appointments": PlanPart(
        "How do I travel and go to appointments safely?",
        "Places and lines to avoid, who comes along, what happens on the day of a hearing.",
    ),
    "code_word": PlanPart(
        "Is there a word that means I need help?",
        "The word, who knows it, and what they do when they hear it.",
    ),
    "who_to_call": PlanPart(
        "Who do I call, and in what order?",
        "999 in danger. Then the people and services agreed, and what each can do.",
    ),
    "after": PlanPart(
        "What helps me afterwards?",
        "Whom to tell, what to do with the next hours, when we look at this plan again.",
    ),
}
"""The parts of a plan by their permanent ids, in the order in which they are talked through."""


@dataclass(frozen=True, slots=True)
class SafetyPlan:
    """One version of a plan; `parts` holds the words of each part that has any, in the parts' order."""

    id: PlanId
    case_id: CaseId
    version: int
    on: date
    author: str
    parts: Mapping[str, str]
    agreed_how: AgreementHow | None
    agreed_on: date | None
    review_on: date | None
    copy_safe: str
    replaces: str
    sensitivity: Sensitivity


@dataclass(frozen=True, slots=True)
class PlanDue:
    """A plan that stands, and the day on which it was to be looked at again."""

    id: PlanId
    case_id: CaseId
    version: int
    on: date


@dataclass(frozen=True, slots=True)
class SafetyPlanDraft:
    """What was typed; `based_on` is the id of the version it was typed from, "" for the first."""

    parts: Mapping[str, str] = field(default_factory=dict)
    on: str = ""
    agreed_how: str = ""
    agreed_on: str = ""
    review_on: str = ""
    copy_safe: str = ""
    based_on: str = ""
    sensitivity: str = Sensitivity.L3
