"""How a practice case begins: the person as first recorded, safe contact, and the first meeting."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from imsa_desk.domain.cases import CaseDraft
from imsa_desk.domain.dates import LOCAL
from imsa_desk.domain.meetings import MeetingDraft
from imsa_desk.domain.people import PersonDraft, SafeContactDraft
from imsa_desk.domain.themes import ThemeEntryDraft
from imsa_desk.services.practice.facts import Facts
from imsa_desk.services.practice.telling import Teller
from imsa_desk.services.practice.values import Met, ThemeNoted
from imsa_desk.vocab import CaseStatus, Channel, ContactType, NotDiscussed, Safe, Theme

_EARLIER = {
    "cg_positive": "cg_pending",
    "cg_negative": "cg_pending",
    "cg_reconsideration": "cg_pending",
    "cg_pending": "rg_positive",
    "disqualified_public_order": "cg_pending",
    "rg_positive": "rg_pending",
    "rg_negative": "rg_pending",
    "rg_pending": "referred",
}
"""The stage a case is opened in before the one its story is about."""
_PRONOUNS = {"woman": "she", "man": "he"}
_ADJUSTMENTS = (
    "Large print; short words",
    "Step-free rooms only",
    "Breaks every half hour",
    "Hearing: left side is better",
    "Reads little; read everything aloud",
    "Bright light hurts; sit away from the window",
)
_MOBILE = "07700 900"


def case_draft(facts: Facts, opened: date, *, stage: str, stage_on: date, status: CaseStatus) -> CaseDraft:
    """Give what is known of a case at one stage."""
    profile = facts.profile
    return CaseDraft(
        nation=profile.nation,
        tier=profile.tier,
        status=status,
        opened_on=opened.isoformat(),
        nrm_status=stage,
        nrm_status_on="" if stage.startswith(("not_", "referral_planned")) else stage_on.isoformat(),
        immigration_status=profile.immigration,
        referral_source=profile.source,
        local_authority=profile.town.council,
        police_force=profile.town.police,
        exploitation=profile.exploitation,
        what_matters=facts.memory["matters"],
    )


def earlier_stage(stage: str) -> str:
    """Give the stage before, where there is one."""
    return _EARLIER.get(stage, stage)


def person_draft(facts: Facts) -> PersonDraft:
    """Make the person, with safe contact on one to three channels."""
    profile, rng = facts.profile, facts.rng
    return PersonDraft(
        known_as=profile.known_as,
        known_as_script=profile.script if profile.script != profile.known_as else "",
        legal_name=profile.legal_name,
        aliases=(profile.alias,) if profile.alias and profile.alias != profile.known_as else (),
        pronouns=_PRONOUNS.get(profile.gender, "they"),
        born=_born(facts),
        gender=profile.gender,
        languages=profile.origin.languages,
        nationalities=(profile.origin.nationality,),
        interpreter_needed=profile.interpreter,
        interpreter_gender=rng.choice(("woman", "any", "ask", "man")) if profile.interpreter else "",
        adjustments=rng.choice(_ADJUSTMENTS) if rng.random() < 0.35 else "",
        safe_contacts=tuple(_safe_contact(facts, c) for c in _channels(facts)),
    )


def _born(facts: Facts) -> str:
    rng = facts.rng
    year, month = rng.randint(1971, 2005), rng.randint(1, 12)
    return rng.choice((f"about {year}", f"{year}-{month:02}-{rng.randint(1, 28):02}", str(year)))


def _channels(facts: Facts) -> list[Channel]:
    rng = facts.rng
    if rng.random() < 0.06:
        return []
    return [
        Channel.PHONE,
        *rng.sample([Channel.WHATSAPP, Channel.POST, Channel.EMAIL, Channel.TEXT], rng.randint(0, 2)),
    ]


def _safe_contact(facts: Facts, channel: Channel) -> SafeContactDraft:
    rng, words = facts.rng, facts.content.frame["safe"]
    safe = rng.choice([Safe.YES, Safe.YES, Safe.ASK_FIRST])
    if channel is not Channel.PHONE:
        safe = rng.choice([Safe.NO, Safe.UNKNOWN, Safe.YES])
    address = {
        Channel.EMAIL: f"{facts.profile.known_as.split()[0].lower()}.{rng.randrange(100, 999)}@mail.example",
        Channel.POST: "To my office only",
    }.get(channel, f"{_MOBILE}{rng.randrange(1000):03}")
    return SafeContactDraft(
        channel=channel,
        safe=safe,
        address=address,
        when=facts.draw("safe.when", words["when"]) if safe is not Safe.NO else "",
        who_else_can_see=facts.draw("safe.others", words["others"]),
        ok_voicemail=rng.random() < 0.2,
        say_we_are=facts.draw("safe.say", words["say"]) if rng.random() < 0.7 else "",
        code_word=facts.draw("safe.code", words["code"]) if rng.random() < 0.5 else "",
        number_withheld=rng.random() < 0.5,
        note=facts.draw("safe.notes", words["notes"]) if rng.random() < 0.6 else "",
    )


def first_meeting(teller: Teller, at: datetime, *, paper: bool) -> None:
    """Tell the first meeting, in which the agreement is made; nothing is asked about what happened."""
    facts, first = teller.facts, teller.facts.content.frame["first"]
    facts.at(at)
    facts.clock(at, 60)
    interpreter = facts.profile.interpreter
    kind = "with_interpreter" if interpreter else "without"
    opening, closing = facts.content.frame["opening"][kind], facts.content.frame["closing"]["words"]
    note = teller.notes.new(
        lambda: " ".join(
            (facts.draw(kind, opening), facts.say(first["meet"]), facts.draw("closing", closing))
        ),
        teller.again,
    )
    draft = MeetingDraft(
        on=at.astimezone(LOCAL).date().isoformat(),
        time=f"{at.astimezone(LOCAL):%H:%M}",
        minutes="60",
        how=ContactType.FACE_TO_FACE,
        place=facts.say("{place}"),
        title=facts.draw("first.title", first["title"]),
        interpreter=facts.say("{language}, number {#110-990}") if interpreter else "",
        themes=(Theme.ADVOCACY,),
        instruction=facts.draw("first.instruct", first["instruct"]),
        notes=note,
    )
    teller.join_known(at)
    teller.events.append(Met(teller.recorded(at, 60), draft, teller.agreement() if paper else None))
    teller.last_meeting = facts.day
    _note_theme(teller, at, Theme.ADVOCACY, 1, facts.draw("first.now", first["now"]))


def early_themes(teller: Teller, at: datetime, told: Mapping[str, int], *, share: float = 1.0) -> None:
    """Note how the themes stand that no story touches, some as not yet discussed."""
    facts, early = teller.facts, teller.facts.content.frame["early"]
    facts.at(at)
    for theme in Theme:
        if theme in told or facts.rng.random() > share:
            continue
        if facts.rng.random() < 0.2:
            words = facts.draw("early.skipped", early["skipped"]["words"])
            reason = facts.rng.choice([NotDiscussed.NOT_NOW, NotDiscussed.DECLINED, NotDiscussed.NO_TIME])
            _note_theme(teller, at, theme, None, words, reason)
            continue
        level = facts.rng.choice(sorted(early[theme.value]))
        words = facts.draw(f"early.{theme}.{level}", early[theme.value][level])
        teller.levels.setdefault(theme, int(level[-1]))
        _note_theme(teller, at, theme, int(level[-1]), words)


def _note_theme(
    teller: Teller,
    at: datetime,
    theme: Theme,
    level: int | None,
    words: str,
    reason: NotDiscussed | None = None,
) -> None:
    facts = teller.facts
    n = len(teller.events)
    notes = teller.notes.new(lambda: words, teller.again)
    draft = ThemeEntryDraft(
        theme=theme,
        on=facts.day.isoformat(),
        need_level=level,
        not_discussed=reason or "",
        notes=notes,
    )
    teller.events.append(ThemeNoted(at + timedelta(minutes=70, seconds=n), draft))
