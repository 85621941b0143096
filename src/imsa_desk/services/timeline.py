"""The timeline of a case: everything in order, restricted entries covered."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, time

from imsa_desk.domain.addenda import Addendum
from imsa_desk.domain.dates import MONTHS, at_local
from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.timeline import Moment
from imsa_desk.services.access import record_access
from imsa_desk.services.addenda import addenda_in_case
from imsa_desk.services.assessments import assessments_of
from imsa_desk.services.coordination import contacts_of
from imsa_desk.services.desk import Desk
from imsa_desk.services.documents import documents_of
from imsa_desk.services.meetings import meetings_of
from imsa_desk.services.review_cycle import triggers_of
from imsa_desk.services.safety import responses_of
from imsa_desk.services.safety_plans import plans_of
from imsa_desk.services.themes import entries_of
from imsa_desk.vocab import (
    AccessKind,
    AddendumKind,
    ContactType,
    EntryType,
    Kind,
    Sensitivity,
    Theme,
)

MEETING_ICONS = {
    ContactType.PHONE: "phone",
    ContactType.VIDEO: "video",
    ContactType.TEXT: "text",
    ContactType.EMAIL: "mail",
    ContactType.LETTER: "mail",
    ContactType.ACCOMPANIMENT: "visit",
    ContactType.VISIT: "visit",
    ContactType.DETENTION_VISIT: "visit",
}
CONTACT_ICONS = {
    EntryType.CALL: "phone",
    EntryType.EMAIL: "mail",
    EntryType.LETTER: "mail",
    EntryType.MEETING: "people",
    EntryType.DECISION_RECEIVED: "decision",
    EntryType.ESCALATION: "chase",
    EntryType.REFERRAL: "send",
}
_RESTRICTED = (Sensitivity.L3, Sensitivity.L4)


def timeline(
    desk: Desk,
    case_id: CaseId,
    *,
    kinds: Collection[Kind] = (),
    theme: Theme | None = None,
    text: str = "",
    limit: int = 2_000,
) -> tuple[Moment, ...]:
    """Give what happened in a case, newest first, narrowed by kinds, a theme or words."""
    found: list[Moment] = []
    for kind, source in _SOURCES.items():
        if not kinds or kind in kinds:
            found += source(desk, case_id)
    wanted = text.casefold().split()
    kept = (m for m in found if (theme is None or theme in m.themes) and _says(m, wanted))
    return tuple(sorted(kept, key=lambda m: m.at, reverse=True)[:limit])


def _says(moment: Moment, wanted: list[str]) -> bool:
    said = f"{moment.title} {moment.summary}".casefold()
    return all(word in said for word in wanted)


def reveal(desk: Desk, case_id: CaseId, kind: Kind, record_id: str) -> None:
    """Note in the record that a covered entry is being looked at."""
    record_access(desk, AccessKind.REVEAL, case_id=case_id, subject_kind=kind, subject_id=record_id)


def _moment(
    kind: Kind,
    record_id: str,
    at: datetime,
    title: str,
    summary: str,
    icon: str,
    sensitivity: Sensitivity,
    themes: tuple[Theme, ...] = (),
    recorded_at: datetime | None = None,
    state: str = "",
) -> Moment:
    covered = sensitivity in _RESTRICTED
    return Moment(
        kind,
        record_id,
        at,
        title,
        "" if covered else summary,
        icon,
        sensitivity,
        themes,
        recorded_at,
        state,
        covered,
    )


def _meetings(desk: Desk, case_id: CaseId) -> Iterable[Moment]:
    for m in meetings_of(desk, case_id):
        plain = desk.lists.label("contact_type", m.how)
        covered = m.sensitivity in _RESTRICTED
        title = plain if covered or not m.title else m.title
        icon = MEETING_ICONS.get(m.how, "meeting")
        yield _moment(
            Kind.MEETING,
            m.id,
            m.at,
            title,
            m.notes or m.instruction,
            icon,
            m.sensitivity,
            m.themes,
            m.recorded_at,
        )


def _contacts(desk: Desk, case_id: CaseId) -> Iterable[Moment]:
    for c in contacts_of(desk, case_id):
        what = desk.lists.label("entry_type", c.entry_type)
        who = ", ".join(p.name for p in c.participants)
        icon = CONTACT_ICONS.get(c.entry_type, "note")
        title = (
            what if c.sensitivity in _RESTRICTED else " · ".join(filter(None, (f"{what}: {who}", c.purpose)))
        )
        yield _moment(
            Kind.CONTACT, c.id, c.at, title, c.summary, icon, c.sensitivity, c.themes, c.recorded_at
        )


def _assessments(desk: Desk, case_id: CaseId) -> Iterable[Moment]:
    for a in assessments_of(desk, case_id):
        at = a.signed_at or at_local(a.on, time(12))
        said = f"{a.answered} of {a.total} answered"
        title = f"{a.form_title}, {desk.lists.label('assessment_type', a.assessment_type).lower()}"
        yield _moment(Kind.ASSESSMENT, a.id, at, title, said, "document", Sensitivity.L2, state=a.state)


def _documents(desk: Desk, case_id: CaseId) -> Iterable[Moment]:
    for d in documents_of(desk, case_id):
        title = "Document" if d.sensitivity in _RESTRICTED else d.title
        yield _moment(Kind.DOCUMENT, d.id, d.added_at, title, "Document added", "attach", d.sensitivity)


def _responses(desk: Desk, case_id: CaseId) -> Iterable[Moment]:
    for r in responses_of(desk, case_id):
        yield _moment(
            Kind.SAFETY_RESPONSE,
            r.id,
            r.raised_at,
            "Safety response",
            r.done_now,
            "shield",
            Sensitivity.L3,
            (Theme.RESILIENCE,),
            state="open" if r.is_open else "closed",
        )


def _themes(desk: Desk, case_id: CaseId) -> Iterable[Moment]:
    for e in entries_of(desk, case_id):
        if e.source_kind or not e.notes.strip():
            continue
        name = desk.lists.label("theme", e.theme)
        yield _moment(
            Kind.THEME_ENTRY,
            e.id,
            at_local(e.on, time(12)),
            name,
            e.notes,
            f"theme-{list(Theme).index(e.theme) + 1}",
            e.sensitivity,
            (e.theme,),
        )


def _plans(desk: Desk, case_id: CaseId) -> Iterable[Moment]:
    for p in plans_of(desk, case_id):
        how = f", {desk.lists.label('agreement_how', p.agreed_how).lower()}" if p.agreed_how else ""
        title = f"Safety plan, version {p.version}{how}"
        at = at_local(p.on, time(12))
        summary = "\n".join(p.parts.values())
        yield _moment(
            Kind.SAFETY_PLAN, p.id, at, title, summary, "shield", p.sensitivity, (Theme.RESILIENCE,)
        )


def _addenda(desk: Desk, case_id: CaseId) -> Iterable[Moment]:
    for a, review_on in addenda_in_case(desk, case_id):
        title = _addendum_title(desk, a, review_on)
        yield _moment(Kind.ADDENDUM, a.id, a.written_at, title, a.text, "draft", a.sensitivity)


def _addendum_title(desk: Desk, addendum: Addendum, review_on: date) -> str:
    """Say what was added to which review: "Correction to the review of 26 August"."""
    year = f" {review_on.year}" if review_on.year != desk.today().year else ""
    review = f"the review of {review_on.day} {MONTHS[review_on.month - 1]}{year}"
    if addendum.what is not AddendumKind.COUNTERSIGNATURE:
        return f"{desk.lists.label('addendum_kind', addendum.what)} to {review}"
    who = "" if addendum.sensitivity in _RESTRICTED else f" by {addendum.name}, {addendum.role}"
    return f"Countersigned{who}: {review}"


def _triggers(desk: Desk, case_id: CaseId) -> Iterable[Moment]:
    for t in triggers_of(desk, case_id):
        why = desk.lists.label("review_trigger", t.why)
        kind = desk.lists.label("kind", Kind.REVIEW_TRIGGER)
        title = kind if t.sensitivity in _RESTRICTED else f"{kind}: {why[0].lower()}{why[1:]}"
        said = " · ".join(filter(None, (t.note, f"Set aside: {t.set_aside}" if t.set_aside else "")))
        at, state = at_local(t.on, time(12)), "open" if t.is_open else "closed"
        yield _moment(Kind.REVIEW_TRIGGER, t.id, at, title, said, "flag", t.sensitivity, state=state)


_SOURCES = {
    Kind.MEETING: _meetings,
    Kind.CONTACT: _contacts,
    Kind.ASSESSMENT: _assessments,
    Kind.DOCUMENT: _documents,
    Kind.SAFETY_RESPONSE: _responses,
    Kind.THEME_ENTRY: _themes,
    Kind.SAFETY_PLAN: _plans,
    Kind.ADDENDUM: _addenda,
    Kind.REVIEW_TRIGGER: _triggers,
}
KINDS = frozenset(_SOURCES)
"""The kinds of record that stand in the timeline by themselves."""
