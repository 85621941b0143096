"""Conflicts: a field for which several standing lines say different things, and the words for it.

Something removed by one and changed by another, neither knowing, is a conflict of the field `deleted_at`.

Nothing here decides: the projection shows one value provisionally, a person settles it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from imsa_desk.domain.lists import readable
from imsa_desk.vocab import Kind


class Shape(StrEnum):
    """How a third value of a field is given; `KEPT` fields take only what one of the sides says."""

    LINE = "line"
    TEXT = "text"
    LIST = "list"
    DAY = "day"
    YES_NO = "yes_no"
    NUMBER = "number"
    KEPT = "kept"


class Why(StrEnum):
    """Why one side is shown while nobody has settled it."""

    PROTECTS = "protects"
    PROPOSED = "proposed"
    LATEST = "latest"
    REMOVED = "removed"


class Seal(StrEnum):
    """What a seal says of a conflict inside a review."""

    NONE = "none"
    KNOWN = "known"
    """One of the sides is what was signed: only that one can be kept."""
    UNKNOWN = "unknown"
    """None of the sides makes the seal hold: it stays as it is, with an addition."""


WHY_WORDS = {
    Why.PROTECTS: "In force already, because it protects the person.",
    Why.PROPOSED: "Your record stands until you accept what the organisation proposes.",
    Why.LATEST: "The one with the later date is shown for now.",
    Why.REMOVED: (
        "One removed this while another changed it. It counts as removed until you choose; keep the change, "
        "and it stands again as changed."
    ),
}
SEAL_WORDS = {
    Seal.KNOWN: "This review is signed. Only what was signed can be kept; anything else is added to it.",
    Seal.UNKNOWN: "This review is signed, and no side is what was signed. Leave it, and add to the review.",
}


@dataclass(frozen=True, slots=True)
class Side:
    """One of the values that stand: who wrote it when, and whether it is what pages show now."""

    line: str
    writer: str
    author: str
    at: datetime
    value: object
    words: str
    shown: bool
    proposal: bool = False
    ahead: bool = False
    """Whether its clock was more than a day ahead of this one, so that its date is not to be trusted."""
    own: bool = False
    """Whether it was written in this vault."""
    may_keep: bool = True
    reason: str = ""
    """Why it was changed, where that was said."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field of a record with several values; `label` names the field and `title` the record."""

    record: str
    kind: Kind
    case_id: str
    case_code: str
    person: str
    field: str
    label: str
    title: str
    sides: tuple[Side, ...]
    since: datetime
    why: Why
    shape: Shape
    list_id: str = ""
    restricted: bool = False
    """Whether its values are covered until somebody asks for them, which is noted."""
    seal: Seal = Seal.NONE
    review: str = ""
    """The review it stands in."""
    seen: str = ""
    """A mark of what stands: settling refuses where something came in between."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A conflict that was settled, by an act that can be taken back while nothing followed it."""

    act_id: str
    record: str
    kind: Kind
    case_id: str
    case_code: str
    title: str
    labels: tuple[str, ...]
    words: str
    """What was kept, in words; "" where it is restricted."""
    author: str
    at: datetime
    on_the_way: bool
    """Whether it was settled by an ordinary change, on the way."""


@dataclass(frozen=True, slots=True)
class ConflictFact:
    """A conflict as the organisation sees it without a grant: no value, no word of anybody."""

    record: str
    kind: Kind
    case_id: str
    case_code: str
    field: str
    sides: tuple[tuple[str, datetime], ...]
    """Who and when."""
    words: tuple[str, ...] = ()
    """What each side says; only for somebody with a grant."""
    did: tuple[str, ...] = ()
    """Which side removed it and which one changed it, where that is the conflict."""


COMPANIONS: dict[tuple[Kind | None, str], tuple[str, ...]] = {
    (Kind.ANSWER, "value"): (
        *("words", "source", "valid_on", "not_discussed", "author", "asked_on", "carried_from", "deleted_at"),
        "deleted_reason",
    ),
    (Kind.ASSESSMENT, "seal_digest"): (
        *("signed_at", "signed_by", "journal_head", "review_on", "highest", "state", "answered", "total"),
    ),
    (Kind.CASE, "what_matters"): ("what_matters_on",),
    (Kind.CASE, "nrm_status"): ("nrm_status_on",),
    (Kind.CASE, "status"): ("closed_on", "closure_reason"),
    (Kind.CONSENT, "withdrawn_on"): ("withdrawn_how", "consequences_explained"),
    (Kind.MEETING, "instructed"): ("instructed_reason",),
    (Kind.ACTION, "state"): ("done_on",),
    (Kind.SAFETY_RESPONSE, "closed_at"): ("closed_note",),
    (Kind.SAFETY_PLAN, "parts"): ("words",),
    (Kind.THEME_ENTRY, "need_level"): ("not_discussed",),
    (None, "deleted_at"): ("deleted_reason",),
}
"""Fields that go with another: settled with it, from the same act. None: of every kind."""

_RECKONED = frozenset(
    {"author", "recorded_at", "journal_head", "answered", "total", "highest", "sha256", "size", "digest"}
)
"""Fields that no person writes: they follow from others and are never a question."""
_UNSAID = _RECKONED | {"asked_on", "carried_from", "deleted_at", "deleted_reason"}
_COUNTED = frozenset({Kind.ACCESS, Kind.STATISTIC, Kind.ERASURE})
_RECKONED_OF = {Kind.ANSWER: frozenset({"words", "asked_on"}), Kind.SAFETY_PLAN: frozenset({"words"})}


def asked_of(kind: Kind, torn: Sequence[str]) -> tuple[str, ...]:
    """Give those torn fields that are a question for a person, without what goes with another of them."""
    gone = set(_RECKONED) | _RECKONED_OF.get(kind, frozenset())
    for name in torn:
        gone |= set(companions_of(kind, name))
    return () if kind in _COUNTED else tuple(name for name in torn if name not in gone)


def said_of(kind: Kind, changed: Sequence[str]) -> tuple[str, ...]:
    """Give those changed fields that say what somebody changed; all where nobody wrote any by hand."""
    gone = _UNSAID | _RECKONED_OF.get(kind, frozenset())
    return tuple(name for name in changed if name not in gone) or tuple(changed)


def companions_of(kind: Kind, name: str) -> tuple[str, ...]:
    """Give the fields that are settled together with one."""
    return COMPANIONS.get((kind, name), ()) + COMPANIONS.get((None, name), ())


def protects(kind: Kind, name: str) -> bool:
    """Say whether the safer value of a field is in force whatever was written last."""
    return name in ("sensitivity", "private") or (kind, name) in (
        (Kind.CONSENT, "withdrawn_on"),
        (Kind.SAFE_CONTACT, "safe"),
    )


LISTS: dict[tuple[Kind | None, str], str] = {
    (None, "sensitivity"): "sensitivity",
    (None, "theme"): "theme",
    (None, "exploitation"): "exploitation_type",
    (None, "category"): "info_category",
    (None, "nationality"): "nationalities",
    (None, "language"): "languages",
    (None, "literacy"): "literacy",
    (None, "gender"): "gender",
    (None, "pronouns"): "pronouns",
    (None, "interpreter_gender"): "interpreter_gender",
    (None, "not_discussed"): "not_discussed",
    (None, "channel"): "channel",
    (None, "safe"): "safe",
    (None, "sector"): "sector",
    (None, "basis"): "share_basis",
    (None, "method"): "share_method",
    (None, "given_how"): "given_how",
    (None, "recipient_kind"): "recipient_kind",
    (None, "name_kind"): "name_kind",
    (Kind.CASE, "nation"): "nation",
    (Kind.CASE, "tier"): "tier",
    (Kind.CASE, "status"): "case_status",
    (Kind.CASE, "closure_reason"): "closure_reason",
    (Kind.CASE, "referral_source"): "referral_source",
    (Kind.CASE, "nrm_status"): "nrm_status",
    (Kind.CASE, "competent_authority"): "competent_authority",
    (Kind.CASE, "immigration_status"): "immigration_status",
    (Kind.CASE, "risk"): "band",
    (Kind.CASE_ROLE, "role"): "case_role_kind",
    (Kind.MEETING, "how"): "contact_type",
    (Kind.MEETING, "instructed"): "instructed",
    (Kind.ACTION, "owner"): "owner_kind",
    (Kind.ACTION, "state"): "action_state",
    (Kind.CONTACT, "entry_type"): "entry_type",
    (Kind.CONTACT, "direction"): "direction",
    (Kind.CONSENT, "purpose"): "consent_purpose",
    (Kind.PROFESSIONAL, "role"): "roles",
    (Kind.INVOLVEMENT, "role"): "roles",
    (Kind.INVOLVEMENT, "trust_by_survivor"): "trust_by_survivor",
    (Kind.ASSESSMENT, "assessment_type"): "assessment_type",
    (Kind.ASSESSMENT, "consent_to_assess"): "consent_to_assess",
    (Kind.ASSESSMENT, "state"): "assessment_state",
    (Kind.ASSESSMENT, "review_trigger"): "review_trigger",
    (Kind.REVIEW_TRIGGER, "why"): "review_trigger",
    (Kind.THEME_ENTRY, "need_level"): "need_level",
    (Kind.ADDENDUM, "what"): "addendum_kind",
    (Kind.SHARE_CHOICE, "scope"): "share_scope",
    (Kind.HANDOVER, "why"): "handover_why",
    (Kind.SAFETY_PLAN, "agreed_how"): "agreement_how",
}
"""The list whose words a field's values have."""
_LABELS: dict[tuple[Kind | None, str], str] = {
    (None, "sensitivity"): "Who may see it",
    (None, "private"): "Private",
    (None, "deleted_at"): "Removed or kept",
    (None, "deleted_reason"): "Why it was removed",
    (None, "known_as"): "The name they want to be called",
    (None, "known_as_script"): "That name in their own script",
    (None, "born"): "Date of birth",
    (None, "what_matters"): "What matters to the person",
    (None, "nrm_status"): "NRM",
    (None, "nrm_status_on"): "Day of the NRM decision",
    (None, "need_level"): "Need",
    (None, "opened_on"): "Opened",
    (None, "closed_on"): "Closed",
    (None, "review_on"): "Next review",
    (None, "withdrawn_on"): "Withdrawn",
    (None, "ok_voicemail"): "Voicemail is all right",
    (None, "say_we_are"): "Who we say we are",
    (None, "who_else_can_see"): "Who else can see it",
    (None, "due_on"): "By when",
    (None, "done_on"): "Done on",
    (None, "organisation_id"): "Organisation",
    (Kind.CASE, "status"): "How the case stands",
    (Kind.SAFE_CONTACT, "safe"): "Is it safe",
    (Kind.MEETING, "at"): "When",
    (Kind.MEETING, "how"): "How",
    (Kind.MEETING, "notes"): "What happened",
    (Kind.MEETING, "instruction"): "What the person wants",
    (Kind.MEETING, "opinion"): "My view",
    (Kind.MEETING, "instructed"): "Did the person ask for this",
    (Kind.CONTACT, "at"): "When",
    (Kind.CONTACT, "summary"): "What was said",
    (Kind.CONTACT, "asked_for"): "What we asked for",
    (Kind.CONTACT, "outcome"): "What came of it",
    (Kind.ACTION, "text"): "What was agreed",
    (Kind.ACTION, "owner"): "Who does it",
    (Kind.ACTION, "state"): "How it stands",
    (Kind.ANSWER, "value"): "Answer",
    (Kind.ASSESSMENT, "seal_digest"): "Signature",
    (Kind.SAFETY_PLAN, "parts"): "The plan",
}
LONG_TEXTS = frozenset(
    {
        *("notes", "opinion", "instruction", "summary", "opinions", "asked_for", "information_received"),
        *("not_shared", "outcome", "what_matters", "wants_today", "text", "note", "adjustments"),
        *("scope_note", "in_their_words", "explained", "done_now", "told_who", "closed_note", "next_step"),
    }
)
"""Fields with room for several lines."""


def list_of(kind: Kind, name: str) -> str:
    """Give the id of the list that a field's values come from; "" for none."""
    return LISTS.get((kind, name)) or LISTS.get((None, name), "")


def label_of(kind: Kind, name: str) -> str:
    """Give the words for a field."""
    known = _LABELS.get((kind, name)) or _LABELS.get((None, name))
    return known or readable(re.sub(r"_(on|id|at)$", "", name))
