"""Words that the program's logic branches on, stored by value and only ever added to.

Words of the vault and of the exchange stand in modules of their own and are given here too.
Longer lists that only people read (roles, exploitation types, accommodation ...) are data in
`resources/lists/`. Sources of the values: the field's own terms as collected in the project's
domain reference (NRM statistics, statutory guidance, advocacy practice).
"""

from __future__ import annotations

from enum import StrEnum

from imsa_desk.vocab.exchange import AssignmentWhy as AssignmentWhy
from imsa_desk.vocab.exchange import HandoverWhy as HandoverWhy
from imsa_desk.vocab.exchange import LateDecision as LateDecision
from imsa_desk.vocab.exchange import ShareScope as ShareScope
from imsa_desk.vocab.exchange import SignerRole as SignerRole
from imsa_desk.vocab.keeping import AccessKind as AccessKind
from imsa_desk.vocab.keeping import BackupWhy as BackupWhy
from imsa_desk.vocab.keeping import Kind as Kind
from imsa_desk.vocab.keeping import Operation as Operation
from imsa_desk.vocab.keeping import SlotKind as SlotKind
from imsa_desk.vocab.keeping import VaultKind as VaultKind


class Nation(StrEnum):
    """Whose rules apply."""

    ENGLAND = "england"
    WALES = "wales"
    SCOTLAND = "scotland"
    NORTHERN_IRELAND = "northern_ireland"


class Theme(StrEnum):
    """The eight themes of the IMSA model, by number."""

    HEALTH = "t1"
    HOUSING = "t2"
    SUPPORT_NRM = "t3"
    RESILIENCE = "t4"
    CRIMINAL_JUSTICE = "t5"
    CIVIL_JUSTICE = "t6"
    MULTI_AGENCY = "t7"
    ADVOCACY = "t8"


class Sensitivity(StrEnum):
    """Who may see an entry: L1 coordination, L2 advocacy note, L3 restricted, L4 sealed."""

    L1 = "L1"
    L2 = "L2"
    L3 = "L3"
    L4 = "L4"


class Tier(StrEnum):
    """Advocacy tier after triage; what each means is the organisation's to define."""

    UNTRIAGED = "untriaged"
    T1 = "t1"
    T2 = "t2"
    T3 = "t3"


class CaseStatus(StrEnum):
    """How a case stands."""

    ENQUIRY = "enquiry"
    REFERRED = "referred"
    TRIAGE = "triage"
    WAITING = "waiting"
    OPEN = "open"
    PAUSED_BY_SURVIVOR = "paused_by_survivor"
    NO_CONTACT = "no_contact"
    CLOSING = "closing"
    CLOSED = "closed"
    REOPENED = "reopened"
    DECLINED = "declined"
    TRANSFERRED = "transferred"


ENDED_STATUSES = frozenset({CaseStatus.CLOSED, CaseStatus.DECLINED, CaseStatus.TRANSFERRED})


class CaseRoleKind(StrEnum):
    """Who somebody is in a case."""

    SURVIVOR = "survivor"
    DEPENDANT = "dependant"
    PARTNER = "partner"
    FAMILY = "family"


class NameKind(StrEnum):
    """What a name other than the known-as name is."""

    LEGAL = "legal"
    ALIAS = "alias"
    NRM_PAPERS = "nrm_papers"
    POLICE_PAPERS = "police_papers"
    FORMER = "former"


class Channel(StrEnum):
    """How somebody may be reached."""

    PHONE = "phone"
    TEXT = "text"
    WHATSAPP = "whatsapp"
    EMAIL = "email"
    POST = "post"
    IN_PERSON = "in_person"


class Safe(StrEnum):
    """Whether a channel is safe."""

    YES = "yes"
    NO = "no"
    ASK_FIRST = "ask_first"
    UNKNOWN = "unknown"


class ContactType(StrEnum):
    """How a meeting with the survivor took place."""

    FACE_TO_FACE = "face_to_face"
    PHONE = "phone"
    VIDEO = "video"
    TEXT = "text"
    EMAIL = "email"
    LETTER = "letter"
    ACCOMPANIMENT = "accompaniment"
    VISIT = "home_or_safehouse_visit"
    DETENTION_VISIT = "prison_or_detention_visit"
    ATTEMPTED = "attempted"


class Instructed(StrEnum):
    """Whether the survivor instructed what was done."""

    YES = "yes"
    NO = "no"
    NOT_ASKED = "not_asked"


class OwnerKind(StrEnum):
    """Who is to do something."""

    IMSA = "imsa"
    SURVIVOR = "survivor"
    PROFESSIONAL = "professional"


class ActionState(StrEnum):
    """How an action stands."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    IN_PROGRESS = "in_progress"
    WAITING_OTHER = "waiting_other"
    DONE = "done"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"


OPEN_ACTION_STATES = frozenset(
    {ActionState.PROPOSED, ActionState.AGREED, ActionState.IN_PROGRESS, ActionState.WAITING_OTHER}
)


class EntryType(StrEnum):
    """What a coordination entry records."""

    CALL = "call"
    EMAIL = "email"
    LETTER = "letter"
    MEETING = "meeting"
    REFERRAL = "referral"
    ESCALATION = "escalation"
    INFO_REQUEST = "info_request"
    INFO_GIVEN = "info_given"
    DECISION_RECEIVED = "decision_received"
    HANDOVER = "handover"
    NOTE = "note"


class Direction(StrEnum):
    """Who contacted whom."""

    OUT = "out"
    IN = "in"
    BOTH = "both"


class RecipientKind(StrEnum):
    """To whom a consent speaks."""

    PROFESSIONAL = "professional"
    ORGANISATION = "organisation"
    ROLE = "role"


class InfoCategory(StrEnum):
    """Information categories a consent covers."""

    CONTACT = "contact"
    ADDRESS = "address"
    HEALTH = "health"
    IMMIGRATION = "immigration"
    EXPLOITATION_ACCOUNT = "exploitation_account"
    OFFENCES = "offences"
    CHILDREN = "children"
    FINANCES = "finances"


class ConsentPurpose(StrEnum):
    """What a consent is for."""

    ADVOCACY = "advocacy"
    NRM_REFERRAL = "nrm_referral"
    HEALTH = "health"
    HOUSING = "housing"
    LEGAL = "legal"
    POLICE = "police"
    HUB_EVALUATION = "hub_evaluation"
    CONTACT_BY_SMS = "contact_by_sms"
    PHOTO_COPY_DOCS = "photo_copy_docs"
    RESEARCH = "research"


class ShareBasis(StrEnum):
    """Why information was shared; all but consent need a recorded reason."""

    CONSENT = "consent"
    SAFEGUARDING_ADULT = "safeguarding_adult"
    SAFEGUARDING_CHILD = "safeguarding_child"
    VITAL_INTERESTS = "vital_interests"
    SERIOUS_CRIME = "serious_crime"
    COURT_ORDER = "court_order"
    LEGAL_CLAIM = "legal_claim"
    PUBLIC_TASK_REQUEST = "public_task_request"
    LEGAL_OBLIGATION = "legal_obligation"


class GivenHow(StrEnum):
    """How a consent was given."""

    SIGNED = "signed"
    VERBAL_WITNESSED = "verbal_witnessed"
    RECORDED_ELSEWHERE = "recorded_elsewhere"


class AssessmentType(StrEnum):
    """What an assessment is for."""

    SAFETY_SCREEN = "safety_screen"
    INITIAL = "initial"
    REVIEW = "review"
    EVENT_TRIGGERED = "event_triggered"
    PRE_MOVE_ON = "pre_move_on"
    CLOSING = "closing"
    FEEDBACK = "feedback"


class AssessmentState(StrEnum):
    """Whether an assessment is sealed."""

    DRAFT = "draft"
    SIGNED = "signed"


class AnswerSource(StrEnum):
    """Where an answer comes from."""

    TOLD_BY_SURVIVOR = "told_by_survivor"
    OBSERVED = "observed"
    DOCUMENT = "document"
    OTHER_PROFESSIONAL = "other_professional"
    ASSUMED = "assumed"


class NotDiscussed(StrEnum):
    """Why a question was not discussed; a full answer."""

    NOT_NOW = "not_now"
    DECLINED = "declined"
    NOT_RELEVANT = "not_relevant"
    NO_TIME = "no_time"
    UNSAFE_PLACE = "unsafe_place"


class AgreementHow(StrEnum):
    """How somebody agreed to what was written, or that they did not."""

    SIGNED = "signed"
    SPOKEN = "spoken"
    NOT_AGREED = "not_agreed"
    NOT_ASKED = "not_asked"


class AddendumKind(StrEnum):
    """What is added to a signed assessment; the original stays as it was signed."""

    CORRECTION = "correction"
    ADDITION = "addition"
    COUNTERSIGNATURE = "countersignature"


class Band(StrEnum):
    """A risk band: a sorting aid in words, never a probability."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    VERY_HIGH = "very_high"
