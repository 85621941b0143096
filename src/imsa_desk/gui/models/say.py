"""Values said in the words that pages use: who, when, how risky, how to reach somebody safely."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from imsa_desk.domain.coordination import Professional
from imsa_desk.domain.dates import say_day
from imsa_desk.domain.lists import Lists
from imsa_desk.domain.people import STALE_AFTER_DAYS, SafeContact
from imsa_desk.domain.themes import FULL_NAMES as THEME_NAMES
from imsa_desk.domain.themes import ICONS, LEVEL_WORDS, SHORT_NAMES, ThemeTile
from imsa_desk.gui.widgets.banner import SafeContactValue
from imsa_desk.gui.widgets.tag import TagValue
from imsa_desk.gui.widgets.tile import Change, TileValue
from imsa_desk.services.desk import LOCAL
from imsa_desk.vocab import Band, Channel, Nation, Safe, Sensitivity, Theme, Tier

SOON_DAYS = 5
"""A day due turns amber from here down."""
SILENT_DAYS = 14
"""Days without contact that are worth a second look."""
RECOVERY_DAYS = 30
"""The shortest recovery and reflection period after a positive reasonable grounds decision."""

RISK_WORDS = {Band.LOW: "Low", Band.MEDIUM: "Medium", Band.HIGH: "High", Band.VERY_HIGH: "Very high"}
_SHORT_NRM = {
    "unknown": "Not known",
    "not_referred_no_consent": "Not referred",
    "not_referred_not_offered": "Not referred",
    "referral_planned": "Referral planned",
    "referred": "Referred",
    "rg_pending": "RG pending",
    "rg_positive": "RG positive",
    "rg_negative": "RG negative",
    "rg_reconsideration": "RG reconsidered",
    "cg_pending": "CG pending",
    "cg_positive": "CG positive",
    "cg_negative": "CG negative",
    "cg_reconsideration": "CG reconsidered",
    "historic_outside_nrm": "Outside the NRM",
}
_WAITING = {"referred", "rg_pending", "cg_pending"}
_CHANNEL_WORDS = {
    Channel.PHONE: "phone",
    Channel.TEXT: "text",
    Channel.WHATSAPP: "WhatsApp",
    Channel.EMAIL: "email",
    Channel.POST: "post",
    Channel.IN_PERSON: "in person",
}


def local_day(moment: datetime) -> date:
    """Give the day a moment fell on where the advocate works."""
    return moment.astimezone(LOCAL).date()


def clock(moment: datetime) -> str:
    """Say the time of a moment, as "14:32"."""
    return f"{moment.astimezone(LOCAL):%H:%M}"


def days(count: int) -> str:
    """Say a number of days."""
    return "1 day" if count == 1 else f"{count} days"


def counted(count: int, one: str, many: str = "") -> str:
    """Say how many of something there are, as "1,517 changes"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def ago(day: date | None, today: date) -> str:
    """Say in days how long ago something was: "today", "yesterday", "19 days ago", "never"."""
    if day is None:
        return "never"
    gone = (today - day).days
    if gone < 0:
        return f"in {days(-gone)}"
    return {0: "today", 1: "yesterday"}.get(gone, f"{gone} days ago")


def until(day: date, today: date) -> str:
    """Say how long until a day: "today", "5 days", "2 days overdue"."""
    left = (day - today).days
    if left < 0:
        return f"{days(-left)} overdue"
    return {0: "today", 1: "tomorrow"}.get(left, days(left))


def due_role(day: date, today: date) -> str:
    """Give the colour of a day due: brick when it has passed, amber when it is near."""
    left = (day - today).days
    return "alert" if left < 0 else "caution" if left <= SOON_DAYS else "muted"


def nrm(lists: Lists, status: str, on: date | None, today: date, *, whole: bool = False) -> str:
    """Say how a case stands in the NRM, with the day count that matters; `whole` adds "of 30"."""
    words = _SHORT_NRM.get(status) or lists.label("nrm_status", status)
    if on is None or on > today:
        return words
    gone = (today - on).days
    if status in _WAITING:
        return f"{words}, {days(gone)}"
    if status == "rg_positive":
        of = f" of {RECOVERY_DAYS}" if whole and gone <= RECOVERY_DAYS else ""
        return f"{words}{' ·' if whole else ','} day {gone}{of}"
    return words


def risk_tag(risk: Band) -> TagValue:
    """Give the tag for a risk band."""
    tone = {Band.VERY_HIGH: "alert", Band.HIGH: "alert", Band.MEDIUM: "caution", Band.LOW: "good"}
    icon = {Band.MEDIUM: "info", Band.LOW: "check"}.get(risk, "alert")
    return TagValue(f"Risk: {RISK_WORDS[risk].lower()}", tone[risk], icon)  # type: ignore[arg-type]  # the tones above


def nation(lists: Lists, value: Nation) -> str:
    """Say the nation."""
    return lists.label("nation", value)


def tier(lists: Lists, value: Tier) -> str:
    """Say the tier as a tag does."""
    return "Not triaged" if value is Tier.UNTRIAGED else lists.label("tier", value)


def interpreter(needed: str) -> str:
    """Say which interpreter is needed; a gender that does not matter is left out."""
    language, *rest = needed.split(", ")
    wanted = [word.lower() for word in rest if word.lower() not in ("either", "any")]
    return ", ".join([language, *wanted])


def themes(values: Iterable[Theme]) -> str:
    """Say themes by their short names."""
    return ", ".join(SHORT_NAMES[t] for t in values)


def sensitivity_tag(value: Sensitivity) -> TagValue | None:
    """Give the tag of a restricted or sealed entry; None for one anybody at the desk may read."""
    if value is Sensitivity.L4:
        return TagValue("Sealed", "restricted", "sealed")
    return TagValue("Restricted", "restricted") if value is Sensitivity.L3 else None


def professional(lists: Lists, who: Professional, role: str = "") -> str:
    """Say what a professional is: role and organisation."""
    parts = (lists.label("roles", role or who.role), who.organisation)
    return ", ".join(p for p in parts if p)


def safe_contact(contacts: tuple[SafeContact, ...], today: date) -> SafeContactValue:
    """Say how the person may be reached, and how old that is.

    Older than 30 days, or never confirmed, counts as stale (domain reference 6.5).
    """
    safe = [c for c in contacts if c.safe is Safe.YES]
    if not contacts:
        return SafeContactValue(("Not asked yet",), "Ask before you call or write", "Ask first", True)
    confirmed = [c.last_confirmed for c in contacts if c.last_confirmed]
    oldest = min(confirmed, default=None) if len(confirmed) == len(contacts) else None
    note, short, stale = _age(oldest, today)
    return SafeContactValue((_first_rule(safe, contacts), *_more_rules(safe, contacts)), note, short, stale)


def _age(confirmed: date | None, today: date) -> tuple[str, str, bool]:
    if confirmed is None:
        return "Never confirmed: ask before you call", "Never confirmed", True
    gone = (today - confirmed).days
    if gone > STALE_AFTER_DAYS:
        return f"Asked {gone} days ago: ask again before you call", f"{gone} days old", True
    return f"Confirmed {ago(confirmed, today)}", ago(confirmed, today).capitalize(), False


def _first_rule(safe: list[SafeContact], contacts: tuple[SafeContact, ...]) -> str:
    if not safe:
        asked = [c for c in contacts if c.safe is Safe.ASK_FIRST]
        return f"Ask first: {_names(asked)}" if asked else "No safe way is known"
    words = _names(safe)
    only = " only" if len(safe) == 1 else ""
    return f"{words[0].upper()}{words[1:]}{only}"


def _names(contacts: list[SafeContact]) -> str:
    words = [_CHANNEL_WORDS[c.channel] for c in contacts]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _more_rules(safe: list[SafeContact], contacts: tuple[SafeContact, ...]) -> list[str]:
    """Give when, as whom, and what must never be done; no rule is left out to save room."""
    ways = safe or [c for c in contacts if c.safe is Safe.ASK_FIRST]
    rules = _how(ways)
    if any(c.channel is Channel.PHONE and not c.ok_voicemail for c in contacts):
        rules.append("no voicemail")
    unsafe = [c for c in contacts if c.safe is Safe.NO]
    return [*rules, f"never {_names(unsafe)}"] if unsafe else rules


def _how(ways: list[SafeContact]) -> list[str]:
    """Say when and as whom: once when it holds for every way of contact, else for each way by name."""
    said = [tuple(p for p in (c.when, f"say “{c.say_we_are}”" if c.say_we_are else "") if p) for c in ways]
    if len(set(said)) == 1:
        return list(said[0])
    each = zip(ways, said, strict=True)
    return [f"{_CHANNEL_WORDS[c.channel]}: {', '.join(words)}" for c, words in each if words]


def tile(value: ThemeTile, lists: Lists, today: date) -> TileValue:
    """Turn a theme into its tile."""
    now, before = value.now, value.before
    level = now.need_level if now else None
    was = before.need_level if before else None
    change: Change = ""
    said = ""
    if level is not None and was is not None:
        change = "up" if level > was else "down" if level < was else ""
        said = f"before: {LEVEL_WORDS[was]}" if change else "no change"
    skipped = lists.label("not_discussed", now.not_discussed) if now and now.not_discussed else ""
    step = value.next_step
    if step and value.next_due:
        step = f"{step}, {say_day(value.next_due, today)}"
    return TileValue(
        id=value.theme,
        icon=ICONS[value.theme],
        title=SHORT_NAMES[value.theme],
        full_title=THEME_NAMES[value.theme],
        level=level,
        change=change,
        before=said,
        skipped=skipped,
        to_do=value.open_actions,
        touched=ago(value.last_touched, today) if value.last_touched else "",
        next_step=step,
    )
