"""What the palette finds beside actions: cases by name and code, and what was written."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from imsa_desk.domain.dates import say_when
from imsa_desk.domain.timeline import Found as Record
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.widgets.palette import Finder
from imsa_desk.gui.widgets.palettelist import Found
from imsa_desk.services.search import find_anything
from imsa_desk.services.timeline import KINDS
from imsa_desk.vocab import Kind

_MOST = 12
_ICONS: dict[Kind, str] = {
    Kind.PERSON: "caseload",
    Kind.CASE: "caseload",
    Kind.MEETING: "meeting",
    Kind.CONTACT: "phone",
    Kind.ACTION: "check",
    Kind.DOCUMENT: "document",
    Kind.PROFESSIONAL: "people",
    Kind.ASSESSMENT: "check-circle",
    Kind.ANSWER: "check-circle",
    Kind.ADDENDUM: "draft",
    Kind.SAFETY_PLAN: "shield",
}


def finder(context: PageContext) -> Finder:
    """Make the palette's finder for an open vault."""
    desk, jobs = context.desk, context.jobs

    def find(typed: str, give: Callable[[Sequence[Found]], None]) -> None:
        jobs.run(
            lambda _: find_anything(desk, typed, _MOST),
            owner=context.bridge,
            then=lambda records: give([_line(context, r) for r in records]),
            urgent=True,
        )

    return find


def _line(context: PageContext, record: Record) -> Found:
    case_id = str(record.case_id or "")

    def go() -> None:
        if case_id:
            tab = "overview" if record.kind in (Kind.CASE, Kind.PERSON) else "timeline"
            shown = {"record": record.id} if record.kind in KINDS else {}
            context.open("case", case_id=case_id, tab=tab, **shown)

    if record.kind in (Kind.CASE, Kind.PERSON):
        return Found("Cases", record.known_as or record.title, go, "caseload", record.case_code)
    said = f"“{record.excerpt}”" if record.excerpt else record.title
    when = say_when(record.at, context.desk.today()) if record.at else ""
    note = " · ".join(p for p in (record.title if record.excerpt else "", record.known_as, when) if p)
    return Found("Written", said, go, _ICONS.get(record.kind, "note"), note)
