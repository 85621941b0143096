"""The dossier of a case that changes hands, gathered from a vault or from what the office holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from imsa_desk.domain.actions import Action
from imsa_desk.domain.cases import Case
from imsa_desk.domain.consents import Consent
from imsa_desk.domain.coordination import Contact
from imsa_desk.domain.dates import say_full
from imsa_desk.domain.handover import CaseStanding, many
from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.prints import PrintWish
from imsa_desk.domain.safety_plans import PARTS
from imsa_desk.domain.statistics import read_facts
from imsa_desk.domain.themes import LEVEL_WORDS, ThemeTile
from imsa_desk.printing.asked import plain_day
from imsa_desk.printing.dossier import (
    TITLE,
    DatedStep,
    DossierSheet,
    Part,
    Promise,
    ThemeLine,
    dossier_pdf,
)
from imsa_desk.printing.sheet import Fact
from imsa_desk.services.actions import actions_of
from imsa_desk.services.assignments import standing
from imsa_desk.services.cases import case, case_head
from imsa_desk.services.conflicts import count
from imsa_desk.services.consents import consents_of
from imsa_desk.services.coordination import contacts_of
from imsa_desk.services.desk import LOCAL, Desk
from imsa_desk.services.handover import handovers
from imsa_desk.services.prints.common import Ready, frame_of, known_as, name_of
from imsa_desk.services.prints.dossier_words import agreed_of, needs_words, rule_of, stale_words, waits_of
from imsa_desk.services.prints.reading import owner_words
from imsa_desk.services.professionals import involvements_of
from imsa_desk.services.review_cycle import next_due
from imsa_desk.services.safety import responses_of
from imsa_desk.services.safety_plans import plan_of
from imsa_desk.services.themes import tiles
from imsa_desk.store.records import StatisticRow, record_classes
from imsa_desk.vocab import AssignmentWhy, Kind, Sensitivity, ShareScope

ADVOCATE = "Advocate"
NOT_PASSED_ON = "For whoever takes the case over: no consent to share it further is relied on."
_UNCOUNTED = frozenset({Kind.ACCESS, Kind.STATISTIC, Kind.SHARE_CHOICE, Kind.ASSIGNMENT, Kind.GRANT})
_SCOPES = {
    ShareScope.COORDINATION: "Only coordination was shared with the organisation: notes of meetings, "
    "assessments and safety plans of the former advocate are not in what it holds.",
    ShareScope.STATISTICS: "Only numbers were shared with the organisation.",
}


@dataclass(frozen=True, slots=True)
class Held:
    """What somebody may read of a case: entries up to `most`, without those in `hidden`."""

    desk: Desk
    case_id: CaseId
    most: Sensitivity
    hidden: frozenset[str]
    plan_most: Sensitivity
    """Up to what sensitivity the words of the safety plan may be asked for."""


def dossier(desk: Desk, wish: PrintWish) -> Ready:
    """Gather the dossier of a case in this vault; nothing restricted or private stands in it."""
    case_id = CaseId(wish.case_id)
    # A safety plan is restricted from the start; with its words the print leaves only after the passphrase.
    held = held_of(desk, case_id, Sensitivity.L2, plan_most=Sensitivity.L3)
    made = standing(desk, case_id)
    sheet = dossier_sheet(held, wish, origin_of(made), gaps_of(held, made))
    return Ready(sheet, lambda fonts, progress: dossier_pdf(sheet, fonts, progress=progress))


def held_of(desk: Desk, case_id: CaseId, most: Sensitivity, *, plan_most: Sensitivity | None = None) -> Held:
    """Say which entries of a case are above a level or private."""
    with desk.store.read() as session:
        hidden = frozenset(_above(session, case_id, most))
    return Held(desk, case_id, most, hidden, plan_most or most)


def _above(session: Session, case_id: str, most: Sensitivity) -> Iterator[str]:
    for cls in record_classes():
        if cls.kind in _UNCOUNTED or cls.kind is Kind.CASE:
            continue
        query = select(cls.id).where(
            cls.case_id == case_id,
            cls.deleted_at.is_(None),
            or_(cls.sensitivity > most.value, cls.private.is_(True)),
        )
        yield from session.scalars(query)


def origin_of(made: CaseStanding) -> tuple[str, ...]:
    """Say how the case came to its reader, where that limits what they know or may do."""
    whose = f" of {made.from_name}" if made.from_name else ""
    since = f" on {say_full(made.since)}" if made.since else ""
    if made.why is AssignmentWhy.ABSENCE and made.may_write:
        words = f"Handed over without the former advocate{since}, from what the organisation held of it."
        return (f"{words} Whatever was not sent by then is not here.",)
    if made.why is AssignmentWhy.COVER:
        until = f" until {say_full(made.until)}" if made.until else ""
        return (f"Cover for the case{whose}{until}, for entries up to {made.most.value}.",)
    if not made.may_write and made.holder:
        return (f"{made.holder} has this case{since}. This vault reads it as it was then.",)
    return (f"The case{whose} came to this vault{since}.",) if made.from_name and made.since else ()


def gaps_of(held: Held, made: CaseStanding) -> tuple[str, ...]:
    """Say what is missing or waits for a decision."""
    gaps = list(left_out(held))
    if made.most < Sensitivity.L4 and made.why is not None:
        gaps.append(
            f"Entries above {made.most.value} did not come to this vault; how many is not known here."
        )
    if made.waiting:
        gaps.append(f"{many(made.waiting, 'change', 'changes')} came late; nobody has decided about it yet.")
    return (*gaps, *torn(held))


def left_out(held: Held) -> tuple[str, ...]:
    """Say how many entries are here and not in the dossier, and how much the organisation receives at all."""
    said = []
    if held.hidden:
        counted = many(len(held.hidden), "entry", "entries")
        said.append(f"{counted} above {held.most.value}, or private, are left out of this dossier.")
    with held.desk.store.read() as session:
        row = StatisticRow
        query = select(row.facts).where(row.case_id == held.case_id, row.deleted_at.is_(None))
        newest = session.scalars(query.order_by(row.as_of.desc(), row.id)).first()
    facts = read_facts(newest) if newest else None
    if facts is not None and facts.scope in _SCOPES:
        said.append(_SCOPES[facts.scope])
    return tuple(said)


def torn(held: Held) -> tuple[str, ...]:
    """Say how many fields say two things that nobody has settled."""
    found = count(held.desk, held.case_id)
    if not found:
        return ()
    return (
        f"{many(found, 'entry says', 'entries say')} two different things; what is printed is provisional.",
    )


def dossier_sheet(
    held: Held, wish: PrintWish, origin: tuple[str, ...], gaps: tuple[str, ...]
) -> DossierSheet:
    """Gather what stands in the dossier. Raises Refused for a case that is not here."""
    desk, case_id = held.desk, held.case_id
    found, head, today = case(desk, case_id), case_head(desk, case_id), desk.today()
    survivor = known_as(head) if wish.show_name else "The person"
    actions = [one for one in actions_of(desk, case_id, only_open=True) if one.id not in held.hidden]
    contacts = [one for one in contacts_of(desk, case_id) if one.id not in held.hidden]
    consents = [one for one in consents_of(desk, case_id) if one.id not in held.hidden]
    due = next_due(desk, case_id)
    plan_words = _plan_words(held) if wish.with_plan else ()
    return DossierSheet(
        frame=frame_of(
            desk,
            TITLE,
            found.code,
            form_line="",
            consent_line=NOT_PASSED_ON,
            sensitivity=max(held.most, held.plan_most if plan_words else held.most).value,
        ),
        known_as=name_of(head, wish),
        about=_about(desk, found),
        origin=origin,
        first="\n".join(one.note for one in handovers(desk, case_id) if one.note),
        stale=stale_words(head.safe_contacts, today),
        safe=tuple(rule_of(desk, one) for one in head.safe_contacts),
        urgent=_urgent(held),
        dated=_dated(held, actions, contacts, consents, survivor),
        review=f"{say_full(due.on)}{_past(due.on, today)}: {due.why}" if due else "None is due.",
        promised=tuple(
            Promise(one.text, owner_words(one, survivor=survivor, advocate=ADVOCATE))
            for one in actions
            if one.due_on is None
        ),
        waits=waits_of(contacts, today),
        people=_people(held, contacts),
        consents=tuple(agreed_of(desk, one) for one in consents if one.stands_on(today)),
        withdrawn=tuple(agreed_of(desk, one) for one in consents if one.withdrawn_on is not None),
        matters=found.what_matters if found.sensitivity <= held.most else "",
        needs=needs_words(found, head.interpreter),
        plan=_plan(held, in_words=bool(plan_words)),
        plan_words=plan_words,
        themes=tuple(line for one in tiles(desk, case_id) if (line := _theme(desk, one, held)).since),
        gaps=gaps,
    )


def _about(desk: Desk, found: Case) -> str:
    """Say in a line what kind of case it is; what nobody knows is left out."""
    said = (
        ("case_status", found.status),
        ("tier", found.tier),
        ("nation", found.nation),
        ("nrm_status", found.nrm_status),
    )
    return ", ".join(desk.lists.label(name, value) for name, value in said if value != "unknown")


def _urgent(held: Held) -> tuple[str, ...]:
    found = [
        one for one in responses_of(held.desk, held.case_id) if one.is_open and one.id not in held.hidden
    ]
    return tuple(
        f"{plain_day(one.raised_at.astimezone(LOCAL).date())}: {one.why} {one.done_now}".strip()
        for one in found
    )


def _dated(
    held: Held,
    actions: Sequence[Action],
    contacts: Sequence[Contact],
    consents: Sequence[Consent],
    survivor: str,
) -> tuple[DatedStep, ...]:
    """Give everything that has a day, the earliest first."""
    today = held.desk.today()
    found = [
        (
            one.due_on,
            _dated_step(
                one.due_on, one.text, today, who=owner_words(one, survivor=survivor, advocate=ADVOCATE)
            ),
        )
        for one in actions
        if one.due_on
    ]
    for one in contacts:
        day = one.next_contact_on
        if day is not None and day >= today:
            who = ", ".join(person.name for person in one.participants)
            found.append((day, _dated_step(day, f"Speak with {who or 'them'} again", today)))
    for consent in consents:
        if consent.review_on is not None and consent.stands_on(today):
            words = f"Ask again about the consent for {consent.recipient.name or 'them'}"
            found.append((consent.review_on, _dated_step(consent.review_on, words, today)))
    plan = plan_of(held.desk, held.case_id)
    if plan is not None and plan.review_on is not None:
        words = "Look at the safety plan again"
        found.append((plan.review_on, _dated_step(plan.review_on, words, today)))
    return tuple(step for _, step in sorted(found, key=lambda pair: pair[0]))


def _past(day: date, today: date) -> str:
    return ", past" if day < today else ""


def _dated_step(day: date, words: str, today: date, *, who: str = ADVOCATE) -> DatedStep:
    return DatedStep(plain_day(day), words, who, late=day < today)


def _people(held: Held, contacts: Sequence[Contact]) -> tuple[Part, ...]:
    desk, last = held.desk, dict[str, date]()
    for one in contacts:
        day = one.at.astimezone(LOCAL).date()
        if day <= desk.today():
            for person in one.participants:
                last[person.id] = max(last.get(person.id, day), day)
    found = []
    for part in involvements_of(desk, held.case_id):
        if part.ended_on is not None or part.id in held.hidden:
            continue
        who = part.professional
        knows = [
            words
            for words, known in (
                ("the address", part.knows_address),
                ("the trafficking", part.knows_trafficking),
            )
            if known
        ]
        role = ", ".join(w for w in (desk.lists.label("roles", part.role or who.role), who.organisation) if w)
        day_words = plain_day(last[who.id]) if who.id in last else "none noted"
        note = f"Knows {' and '.join(knows)}" if knows else ""
        reach = "\n".join(w for w in (who.phone, who.email) if w)
        found.append(Part(who.name, role, reach, day_words, note))
    return tuple(found)


def _plan(held: Held, *, in_words: bool) -> str:
    found = plan_of(held.desk, held.case_id)
    if found is None:
        return "None is written down here."
    on = f"version {found.version} of {plain_day(found.on)}"
    review = f", to be looked at again on {plain_day(found.review_on)}" if found.review_on else ""
    where = "" if in_words else " It is read with the person, in the vault."
    return f"There is one, {on}{review}.{where}"


def _plan_words(held: Held) -> tuple[Fact, ...]:
    found = plan_of(held.desk, held.case_id)
    if found is None or found.sensitivity > held.plan_most:
        return ()
    return tuple(
        Fact(PARTS[part].question if part in PARTS else part, words) for part, words in found.parts.items()
    )


def _theme(desk: Desk, tile: ThemeTile, held: Held) -> ThemeLine:
    now = tile.now if tile.now is not None and tile.now.id not in held.hidden else None
    need = ""
    if now is not None and now.need_level is not None:
        need = LEVEL_WORDS[now.need_level]
    elif now is not None and now.not_discussed is not None:
        need = desk.lists.label("not_discussed", now.not_discussed)
    theme = desk.lists.label("theme", tile.theme)
    return ThemeLine(theme, need, plain_day(now.on) if now else "", now.next_step if now else "")
