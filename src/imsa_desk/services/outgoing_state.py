"""What the office notes about bundles on their way to each vault, and what each vault is known to hold.

Local values of the records: `outgoing.held.<vault>` {"links": {writer: number}, "bodies": {writer: ranges},
"cases": [...], "confirmed": number, "about": digest}; `outgoing.sent.<vault>.<number>` the same of one bundle
that nobody has confirmed yet, with its manifest hash, time and file; `outgoing.stream.<vault>` {"seq",
"digest"}; `office.restored` {"from"} in an office that was made from a backup.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from imsa_desk.exchange.bundle import FIRST_PREV, MAIN
from imsa_desk.services.runs import from_ranges, to_ranges
from imsa_desk.store import local

HELD = "outgoing.held."
SENT = "outgoing.sent."
STREAM = "outgoing.stream."
RESTORED = "office.restored"


@dataclass(slots=True)
class Known:
    """How far each writer's links go at a vault, and which bodies it has."""

    links: dict[str, int] = field(default_factory=dict)
    bodies: dict[str, set[int]] = field(default_factory=dict)
    cases: set[str] = field(default_factory=set)
    about: str = ""

    def add(self, entry: Mapping[str, Any]) -> None:
        """Count in what a bundle carried, or what was noted before."""
        for writer, seq in entry.get("links", {}).items():
            self.links[writer] = max(self.links.get(writer, 0), seq)
        for writer, ranges in entry.get("bodies", {}).items():
            self.bodies.setdefault(writer, set()).update(from_ranges(ranges))
        self.cases |= set(entry.get("cases", ()))
        self.about = entry.get("about", "") or self.about

    def has(self, writer: str, seq: int) -> bool:
        """Say whether a body is among them."""
        return seq in self.bodies.get(writer, ())


def known_of(session: Session, vault: str) -> tuple[Known, Known]:
    """Give what a vault is known to hold, and that with everything on its way."""
    held = local.get(session, HELD + vault) or {}
    sure, hoped = Known(), Known()
    for known in (sure, hoped):
        known.add(held)
    for _, entry in sorted(local.under(session, f"{SENT}{vault}.").items()):
        hoped.add(entry)
    return sure, hoped


def on_the_way(session: Session) -> dict[str, list[dict[str, Any]]]:
    """Give the bundles that nobody has confirmed yet, by vault, oldest first."""
    found: dict[str, list[dict[str, Any]]] = {}
    for name, entry in sorted(local.under(session, SENT).items()):
        found.setdefault(name.split(".")[0], []).append(entry)
    return found


def begins_after(session: Session) -> int:
    """Give the number after which the streams begin of whom nothing is known here; 0 in most offices.

    A restored office cannot know which numbers it used before, for vaults that its backup does not know.
    """
    return int((local.get(session, RESTORED) or {"from": 0})["from"])


def next_in_stream(session: Session, recipient: str) -> tuple[int, str]:
    """Give the next number to a vault or organisation, and the hash of the bundle before it."""
    stream = local.get(session, STREAM + recipient)
    stream = stream or {"seq": begins_after(session), "digest": FIRST_PREV}
    return int(stream["seq"]) + 1, str(stream["digest"])


def note_sent(session: Session, vault: str, number: int, digest: str, entry: Mapping[str, Any]) -> None:
    """Note a bundle before its file gets its name; its number is used up from then on."""
    local.put(session, STREAM + vault, {"seq": number, "digest": digest})
    local.put(session, f"{SENT}{vault}.{number:08d}", {**entry, "number": number, "digest": digest})


def drop_unpublished(session: Session, vault: str) -> None:
    """Forget a bundle whose writing was cut off between being noted and getting its name."""
    for name, entry in local.under(session, f"{SENT}{vault}.").items():
        part = Path(entry["part"])
        if part.exists():
            part.unlink()
            local.drop(session, f"{SENT}{vault}.{name}")


def confirm(session: Session, vault: str, taken: Mapping[str, Mapping[int, str]]) -> None:
    """Take in what a vault says it has taken in; called within the act that takes its bundle in.

    A vault that went back to a backup names fewer bundles than it had confirmed: then nothing is known of
    what it holds, and the next bundle begins anew.
    """
    named = taken.get(MAIN, {})
    held = local.get(session, HELD + vault) or {"confirmed": 0}
    if max(named, default=0) < held["confirmed"]:
        local.drop(session, HELD + vault)
        for name in local.under(session, f"{SENT}{vault}."):
            local.drop(session, f"{SENT}{vault}.{name}")
        return
    known = Known()
    known.add(held)
    last = held["confirmed"]
    for name, entry in sorted(local.under(session, f"{SENT}{vault}.").items()):
        if named.get(entry["number"]) == entry["digest"]:
            known.add(entry)
            last = max(last, entry["number"])
            local.drop(session, f"{SENT}{vault}.{name}")
    if last > held["confirmed"]:
        bodies = {writer: to_ranges(numbers) for writer, numbers in known.bodies.items()}
        local.put(
            session,
            HELD + vault,
            {
                "links": known.links,
                "bodies": bodies,
                "cases": sorted(known.cases),
                "confirmed": last,
                "about": known.about,
            },
        )


def taken_of(session: Session, vault: str) -> dict[str, dict[int, str]]:
    """Give what the office took in from a vault, as its bundles to that vault say it."""
    stream = local.get(session, "office.stream." + vault) or {}
    applied = stream.get("applied", {})
    return {MAIN: {int(seq): digest for seq, digest in applied.items()}} if applied else {}
