"""What the vault's page says about backups and ways to open, in plain words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from imsa_desk.domain.dates import MONTHS, say_full, say_when
from imsa_desk.domain.handover import Forgotten
from imsa_desk.domain.reference import Origin
from imsa_desk.domain.retention import Erasure
from imsa_desk.gui.models import say
from imsa_desk.gui.paint import Tone
from imsa_desk.gui.widgets.rows import Row
from imsa_desk.gui.widgets.tag import TagValue
from imsa_desk.services.backups import BackupInfo, BackupState
from imsa_desk.services.desk import LOCAL
from imsa_desk.services.keys import Holder, SlotView
from imsa_desk.vocab import SlotKind

HERE = "here"


@dataclass(frozen=True, slots=True)
class VaultState:
    """Everything on the page."""

    slots: tuple[SlotView, ...]
    holders: tuple[Holder, ...]
    backups: BackupState
    files: tuple[BackupInfo, ...]
    lines: int
    erased: tuple[Erasure, ...] = ()
    forgotten: tuple[Forgotten, ...] = ()
    published: tuple[Origin, ...] = ()

    def slot(self, kind: SlotKind) -> SlotView | None:
        """Find a way to open, if it is set up."""
        return next((slot for slot in self.slots if slot.kind is kind), None)


def day_words(day: date, today: date) -> str:
    """Say a day within a sentence: "today", "yesterday", "on 3 November", with another year."""
    gone = (today - day).days
    if gone in (0, 1):
        return ("today", "yesterday")[gone]
    year = "" if day.year == today.year else f" {day.year}"
    return f"on {day.day} {MONTHS[day.month - 1]}{year}"


def moment_words(at: datetime, today: date) -> str:
    """Say a moment within a sentence: "today at 14:02", "on 3 November at 14:02"."""
    return f"{day_words(at.astimezone(LOCAL).date(), today)} at {say.clock(at)}"


def backup_words(state: BackupState, today: date) -> tuple[Tone, str]:
    """Say in one line how far the backups reach."""
    if state.last_verified is None:
        return "caution", "No backup yet. If this laptop is lost or breaks, so is everything in this vault."
    last = f"Last verified {moment_words(state.last_verified, today)}"
    place = place_name(state)
    if not place:
        return (
            "info",
            f"{last}, on this laptop only. A second place, such as a USB stick, keeps it from loss.",
        )
    if state.second_problem:
        return "caution", f"{last}, on this laptop only. {place}: {state.second_problem}"
    if state.second_verified is None:
        return "caution", f"{last}, on this laptop only: {place} has not been reached yet."
    if state.second_verified < state.last_verified:
        reached = day_words(state.second_verified.astimezone(LOCAL).date(), today)
        tone: Tone = "caution" if state.remind_second else "info"
        return tone, f"{last}, on this laptop only: {place} was last reached {reached}."
    return "good", f"{last}, on this laptop and on {place}."


def place_name(state: BackupState) -> str:
    """Give the second place's name, "" for none."""
    return "" if state.second_place is None else state.second_place.name or str(state.second_place)


def drill_words(state: BackupState, today: date) -> str:
    """Say when a restore was last tried."""
    if state.last_drill is None:
        return (
            "No restore has been tried yet. Trying one shows that a backup really opens; nothing is changed."
        )
    tried = day_words(state.last_drill.astimezone(LOCAL).date(), today)
    due = " It is due again, as it is every quarter." if state.drill_due else ""
    return f"A restore was last tried {tried}.{due}"


def size_words(count: int) -> str:
    """Say a size: "812 KB", "18.2 MB", "1.1 GB"."""
    for unit, size in (("GB", 10**9), ("MB", 10**6)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{max(1, round(count / 1000))} KB"


def backup_rows(files: Iterable[BackupInfo], place: str, today: date) -> list[Row]:
    """Give one row for each backup, wherever it lies; newest first."""
    found: dict[str, list[BackupInfo]] = {}
    for info in sorted(files, key=lambda one: one.made, reverse=True):
        found.setdefault(info.file.name, []).append(info)
    return [_backup_row(name, copies, place, today) for name, copies in found.items()]


def _backup_row(name: str, copies: list[BackupInfo], place: str, today: date) -> Row:
    first = copies[0]
    places = {copy.place for copy in copies}
    where = [words for key, words in ((HERE, "this laptop"), ("second", place)) if key in places]
    old = () if first.key else (TagValue("Opens with the old key", "neutral", "history"),)
    on = f"on {' and on '.join(where)}"
    when = _short(first.made, today)
    return Row(name, size_words(first.bytes), when=when, note=on, icon="backup", tags=old)


def _short(at: datetime, today: date) -> str:
    """Say a moment in a column: "Today, 14:02", "Tue 3 Nov, 14:02"."""
    word = {0: "Today", 1: "Yesterday"}.get((today - at.astimezone(LOCAL).date()).days)
    return f"{word}, {say.clock(at)}" if word else say_when(at, today)


class Verb(NamedTuple):
    """A verb of a way to open: its words, and the editor it opens with its args."""

    words: str
    editor: str
    args: dict[str, str]


@dataclass(frozen=True, slots=True)
class Way:
    """One way to open: what it is, how it stands, and its verbs."""

    kind: SlotKind
    name: str
    state: str
    verbs: tuple[Verb, ...]


def ways(state: VaultState, today: date) -> tuple[Way, ...]:
    """Give the ways to open that there are or can be, each with its verbs."""
    passphrase, recovery = state.slot(SlotKind.PASSPHRASE), state.slot(SlotKind.RECOVERY)
    return (
        Way(
            SlotKind.PASSPHRASE,
            "Passphrase",
            _since(passphrase, today),
            (Verb("Change passphrase…", "passphrase", {}),),
        ),
        Way(
            SlotKind.RECOVERY,
            "Recovery sheet",
            _since(recovery, today) if recovery else "None",
            (Verb("New recovery sheet…", "recovery_sheet", {}),),
        ),
        _shares(state.slot(SlotKind.SHARES), today),
        _escrow(state, today),
    )


def _since(slot: SlotView | None, today: date) -> str:
    if slot is None:
        return "None"
    day = slot.created.astimezone(LOCAL).date()
    return "Since today" if day == today else f"Since {day_words(day, today).removeprefix('on ')}"


def _shares(slot: SlotView | None, today: date) -> Way:
    if slot is None:
        what = "None. Five sheets for five people or places, any two of which open the vault."
        return Way(SlotKind.SHARES, "Recovery shares", what, (Verb("Make shares…", "shares", {}),))
    remove = {"kind": SlotKind.SHARES.value, "slot_id": slot.id}
    verbs = (Verb("New shares…", "shares", {}), Verb("Remove shares…", "removal", remove))
    return Way(SlotKind.SHARES, "Recovery shares", f"2 of 5. {_since(slot, today)}", verbs)


def _escrow(state: VaultState, today: date) -> Way:
    slot = state.slot(SlotKind.ESCROW)
    if slot is None:
        what = "Off. Two people you name could open the vault together, for instance after an accident."
        return Way(SlotKind.ESCROW, "Held in trust (escrow)", what, (Verb("Set up escrow…", "escrow", {}),))
    names = " and ".join(f"{one.name} ({one.role})" if one.role else one.name for one in state.holders)
    words = f"On: {names or 'two holders'} can open this vault together. {_since(slot, today)}"
    verbs = (Verb("Switch escrow off…", "removal", {"kind": SlotKind.ESCROW.value}),)
    return Way(SlotKind.ESCROW, "Held in trust (escrow)", words, verbs)


def forgotten_words(left: Forgotten, today: date) -> tuple[str, str]:
    """Say of a case that was let go of here when and why, and until when backups hold it."""
    why = f"{left.why}; your organisation has it · backups hold it until {say_full(left.backups_until)}"
    return f"let go of {say.ago(left.on, today)}", why


_KINDS = {"form": "Form", "list": "List", "rule": "Rule", "text": "Text"}


def published_row(one: Origin) -> Row:
    """Say what the organisation published, in which version, and since when it is so."""
    since = f", as it is since {say_full(one.since)}" if one.since is not None else ""
    what = f"{_KINDS.get(one.kind, one.kind)}: {one.name.replace('_', ' ')}"
    return Row(f"{one.kind} {one.name}", what, note=one.detail, icon="document", why=f"{one.source}{since}")


def erased_words(left: Erasure, today: date) -> tuple[str, str]:
    """Say why a case was erased, and until when copies hold it."""
    told = ", the organisation is told with the next bundle" if left.sent else ""
    until = f"backups hold it until {say_full(left.backups_until)} at the latest{told}"
    return left.reason, f"erased {day_words(left.erased_on, today)} · {until}"
