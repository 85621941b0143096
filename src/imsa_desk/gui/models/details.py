"""One entry of the timeline as a whole: its facts, words, people, what was shared, agreed and attached."""

from __future__ import annotations

from dataclasses import dataclass, field

from imsa_desk.domain.actions import Action
from imsa_desk.domain.addenda import Addendum
from imsa_desk.domain.coordination import Contact
from imsa_desk.domain.dates import say_full, say_when
from imsa_desk.domain.documents import Document
from imsa_desk.domain.ids import CaseId, ContactId, MeetingId, PlanId
from imsa_desk.domain.meetings import Meeting
from imsa_desk.domain.safety_plans import PARTS, SafetyPlan
from imsa_desk.domain.themes import LEVEL_WORDS
from imsa_desk.domain.timeline import Moment
from imsa_desk.gui.models import say
from imsa_desk.services.actions import actions_of
from imsa_desk.services.addenda import addenda_in_case
from imsa_desk.services.assessments import assessment, assessments_of, form_of
from imsa_desk.services.coordination import contact
from imsa_desk.services.desk import Desk
from imsa_desk.services.documents import documents_of
from imsa_desk.services.meetings import meeting
from imsa_desk.services.review_cycle import triggers_of
from imsa_desk.services.safety import responses_of
from imsa_desk.services.safety_plans import plan, plan_of
from imsa_desk.services.themes import entries_of
from imsa_desk.vocab import AddendumKind, Direction, Instructed, Kind, ShareBasis

Part = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Detail:
    """What the side panel shows; `args` open the editor that changes it, or the place where it is `whole`."""

    moment: Moment
    facts: str
    parts: tuple[Part, ...]
    actions: tuple[Action, ...] = ()
    documents: tuple[Document, ...] = ()
    editor: str = ""
    args: dict[str, str] = field(default_factory=dict)
    removable: bool = False
    whole: str = ""


def detail_of(desk: Desk, case_id: CaseId, moment: Moment) -> Detail:
    """Read one entry whole; runs on the vault's lane."""
    attached = documents_of(desk, case_id, moment.id)
    if moment.kind is Kind.MEETING:
        return _meeting(desk, moment, meeting(desk, MeetingId(moment.id)), attached)
    if moment.kind is Kind.CONTACT:
        return _contact(desk, moment, contact(desk, ContactId(moment.id)), attached)
    if moment.kind is Kind.SAFETY_RESPONSE:
        return _response(desk, case_id, moment, attached)
    if moment.kind is Kind.THEME_ENTRY:
        return _theme(desk, case_id, moment, attached)
    if moment.kind is Kind.DOCUMENT:
        return _document(desk, case_id, moment)
    if moment.kind is Kind.SAFETY_PLAN:
        return _plan(desk, moment, plan(desk, PlanId(moment.id)), attached)
    if moment.kind is Kind.ADDENDUM:
        return _addendum(desk, case_id, moment, attached)
    if moment.kind is Kind.REVIEW_TRIGGER:
        return _trigger(desk, case_id, moment, attached)
    return _assessment(desk, case_id, moment, attached)


def _by(desk: Desk, author: str) -> str:
    return "by you" if author == desk.actor.id else "by a colleague"


def _facts(*parts: str) -> str:
    return " · ".join(p for p in parts if p)


def _said(*parts: Part) -> tuple[Part, ...]:
    return tuple((label, text) for label, text in parts if text.strip())


def _meeting(desk: Desk, moment: Moment, m: Meeting, attached: tuple[Document, ...]) -> Detail:
    lists, today = desk.lists, desk.today()
    facts = _facts(
        say_when(m.at, today),
        f"{m.minutes} minutes" if m.minutes else "",
        lists.label("contact_type", m.how).lower(),
        m.place,
        _by(desk, m.author),
    )
    asked = "" if m.instructed is Instructed.YES else lists.label("instructed", m.instructed)
    return Detail(
        moment,
        facts,
        _said(
            ("What the person wants, in their words", m.instruction),
            ("What happened", m.notes),
            ("My view", m.opinion),
            ("Also present", ", ".join(m.attendees)),
            ("Interpreter", m.interpreter),
            ("Did they ask for this", _facts(asked, m.instructed_reason)),
            ("Evidence", "Evidence was talked about" if m.evidence_discussed else ""),
            ("Themes", say.themes(m.themes)),
        ),
        m.actions,
        attached,
        "meeting",
        {"case_id": m.case_id, "meeting_id": m.id},
        removable=True,
    )


def _contact(desk: Desk, moment: Moment, c: Contact, attached: tuple[Document, ...]) -> Detail:
    lists, today = desk.lists, desk.today()
    who = "\n".join(f"{p.name}, {say.professional(lists, p)}" for p in c.participants)
    ways = {Direction.OUT: "we contacted them", Direction.IN: "they contacted us", Direction.BOTH: "both"}
    facts = _facts(
        say_when(c.at, today),
        f"{c.minutes} minutes" if c.minutes else "",
        ways[c.direction],
        _by(desk, c.author),
    )
    shared = []
    for s in c.shared:
        what = lists.label("info_category", s.category)
        why = "agreed" if s.basis is ShareBasis.CONSENT else lists.label("share_basis", s.basis)
        shared.append(_facts(f"{what} to {s.recipient}", why, s.override_reason))
    return Detail(
        moment,
        facts,
        _said(
            ("With", who),
            ("What we asked for", c.asked_for),
            ("What was said", c.summary),
            ("What we were told", c.information_received),
            ("What the person wants", c.instruction),
            ("Shared", "\n".join(shared)),
            ("Kept back", c.not_shared),
            ("Views", c.opinions),
            ("What came of it", c.outcome),
            ("Chase again on", say_full(c.next_contact_on) if c.next_contact_on else ""),
            ("The person was told on", say_full(c.survivor_told_on) if c.survivor_told_on else ""),
            ("Themes", say.themes(c.themes)),
        ),
        c.actions,
        attached,
        "contact",
        {"case_id": c.case_id, "contact_id": c.id},
    )


def _response(desk: Desk, case_id: CaseId, moment: Moment, attached: tuple[Document, ...]) -> Detail:
    r = next(r for r in responses_of(desk, case_id) if r.id == moment.id)
    told = _facts(r.told_who, say_when(r.told_at, desk.today()) if r.told_at else "")
    parts = _said(
        ("What the danger is", r.why),
        ("What was done now", r.done_now),
        ("Who was told", told),
        ("How it ended", r.closed_note),
    )
    facts = _facts(say_when(r.raised_at, desk.today()), "open" if r.is_open else "closed")
    return Detail(moment, facts, parts, documents=attached)


def _theme(desk: Desk, case_id: CaseId, moment: Moment, attached: tuple[Document, ...]) -> Detail:
    e = next(e for e in entries_of(desk, case_id) if e.id == moment.id)
    level = LEVEL_WORDS[e.need_level] if e.need_level is not None else ""
    parts = _said(("Need", level), ("Notes", e.notes), ("Next step", e.next_step))
    return Detail(moment, _facts(say_full(e.on), _by(desk, e.author)), parts, documents=attached)


def _document(desk: Desk, case_id: CaseId, moment: Moment) -> Detail:
    own = tuple(d for d in documents_of(desk, case_id) if d.id == moment.id)
    facts = _facts(say_when(moment.at, desk.today()), _by(desk, own[0].author) if own else "")
    return Detail(moment, facts, (), documents=own, removable=True)


def _assessment(desk: Desk, case_id: CaseId, moment: Moment, attached: tuple[Document, ...]) -> Detail:
    line = next(a for a in assessments_of(desk, case_id) if a.id == moment.id)
    actions = tuple(a for a in actions_of(desk, case_id) if a.source_id == moment.id)
    parts = _said(
        ("Answered", f"{line.answered} of {line.total}"),
        ("Highest risk", say.RISK_WORDS[line.highest] if line.highest else ""),
        ("Next review", say_full(line.review_on) if line.review_on else ""),
    )
    args = {"case_id": case_id, "assessment_id": moment.id}
    facts = _facts(say_full(line.on), line.state)
    return Detail(moment, facts, parts, actions, attached, whole="assessment", args=args)


def _plan(desk: Desk, moment: Moment, p: SafetyPlan, attached: tuple[Document, ...]) -> Detail:
    asked = {part: PARTS[part].question if part in PARTS else part for part in p.parts}
    parts = _said(
        *((asked[part], words) for part, words in p.parts.items()),
        ("Look at it again on", say_full(p.review_on) if p.review_on else ""),
    )
    facts = _facts(say_full(p.on), f"written down by {p.author}")
    standing = plan_of(desk, p.case_id)
    args = {"case_id": str(p.case_id)}
    if standing is not None and standing.id != p.id:
        args["plan_id"] = p.id
    return Detail(moment, facts, parts, documents=attached, whole="safety_plan", args=args)


def _addendum(desk: Desk, case_id: CaseId, moment: Moment, attached: tuple[Document, ...]) -> Detail:
    a, _ = next(found for found in addenda_in_case(desk, case_id) if found[0].id == moment.id)
    who = _facts(a.name, a.role) if a.what is AddendumKind.COUNTERSIGNATURE else ""
    about = _question(desk, a) if a.question_id else ""
    parts = _said(("Countersigned by", who), ("About", about), ("What was added", a.text))
    facts = _facts(say_when(a.written_at, desk.today()), _by(desk, a.author_id), "sealed")
    args = {"case_id": case_id, "assessment_id": a.assessment_id}
    return Detail(moment, facts, parts, documents=attached, whole="assessment", args=args)


def _question(desk: Desk, addendum: Addendum) -> str:
    """Give the number and words of the question that an addition is about."""
    form = form_of(desk, assessment(desk, addendum.assessment_id))
    found = form.question(addendum.question_id.partition("#")[0])
    return f"{found.number} {found.text}".strip() if found is not None else addendum.question_id


def _trigger(desk: Desk, case_id: CaseId, moment: Moment, attached: tuple[Document, ...]) -> Detail:
    t = next(t for t in triggers_of(desk, case_id) if t.id == moment.id)
    why = desk.lists.label("review_trigger", t.why)
    state = "still asks for a review" if t.is_open else "set aside" if t.set_aside else "a review followed"
    parts = _said(("What has happened", why), ("Note", t.note), ("Why it needs no review", t.set_aside))
    return Detail(moment, _facts(say_full(t.on), state), parts, documents=attached)
