"""The verb that says what the organisation holds of this vault, and what is on its way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from imsa_desk.domain.exchange import CaseHeld, HeldState, HoldState, Sent
from imsa_desk.domain.ids import CaseId
from imsa_desk.services.desk import Desk
from imsa_desk.services.former_lines import held_by_case
from imsa_desk.services.holding import BACK, BODIES, DIFFERS, HELD, SENT, missing_by_case, newer_lines
from imsa_desk.services.joining import OFFICE
from imsa_desk.services.second_writer import is_behind
from imsa_desk.services.share_choice import scopes
from imsa_desk.services.went_back import less_words
from imsa_desk.store import local
from imsa_desk.store.records import CaseRow
from imsa_desk.vocab import ShareScope


def held(desk: Desk) -> HeldState:
    """Say what the organisation holds, what was sent without a receipt yet, and what was not sent."""
    behind = is_behind(desk)
    with desk.store.read() as session:
        if local.get(session, OFFICE) is None:
            return HeldState(joined=False)
        entries = [entry for _, entry in sorted(local.under(session, SENT).items())]
        known = local.get(session, HELD) or {}
        bodies = local.get(session, BODIES) or []
        newer = newer_lines(desk, session, int(known.get("seq", 0)))
        missing = missing_by_case(desk, session, known, newer)
        differs = local.get(session, DIFFERS) or {}
        every = set(newer.counts) | set(known.get("have", {})) | set(known.get("kept", {}))
        every |= set(known.get("open", {})) | set(missing)
        every &= set(session.scalars(select(CaseRow.id))) | set(missing)
        scope = scopes(session, every)
        before, less = held_by_case(session), less_words(session)
        back = local.get(session, BACK)
    have, sent = known.get("have", {}), known.get("cases", {})
    waiting = [entry for entry in entries if not entry["confirmed"]]
    confirmed = [entry["confirmed"] for entry in entries if entry["confirmed"]] + (
        [back["at"]] if back else []
    )
    return HeldState(
        joined=True,
        not_held=sum(missing.values()),
        sent_not_confirmed=len(waiting),
        last_receipt=datetime.fromisoformat(max(confirmed)) if confirmed else None,
        held_up_to=datetime.fromisoformat(known["at"]) if known.get("at") else None,
        cases={
            CaseId(case): CaseHeld(
                state=_state(case, newer.last.get(case, 0), missing.get(case, 0), waiting, differs),
                not_held=missing.get(case, 0),
                held=(have.get(case, 0) if case in sent else 0) + before[case],
                kept_back=known.get("kept", {}).get(case, 0),
                since=_moment(known.get("since", {}).get(case)),
                waiting=known.get("waiting", {}).get(case, 0),
                scope=scope.get(case, ShareScope.FULL),
                only_numbers=case in have and case not in sent and not before[case],
            )
            for case in sorted(every)
        },
        sent=tuple(sent_value(entry) for entry in reversed(entries)),
        changes_held=sum(last - first + 1 for first, last in bodies) + before.total(),
        behind=behind.words if behind is not None else "",
        less=less,
        deposited_at=_moment(known.get("deposit")),
    )


def _state(
    case: str, last: int, missing: int, waiting: Iterable[Mapping[str, Any]], differs: Mapping[str, Any]
) -> HoldState:
    if case in differs and not differs[case]["again"]:
        return HoldState.DIFFERS
    if not missing:
        return HoldState.HELD
    on_the_way = any(
        case in entry["cases"] and int(entry["high"]) >= last and not entry.get("lost") for entry in waiting
    )
    return HoldState.SENT if on_the_way else HoldState.NOT_SENT


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def sent_value(entry: Mapping[str, Any]) -> Sent:
    """Turn what was noted about a bundle into a value."""
    confirmed, deposit, part = entry["confirmed"], entry.get("deposit"), entry.get("of")
    return Sent(
        number=entry["number"],
        file_name=Path(entry["file"]).name,
        at=datetime.fromisoformat(entry["at"]),
        cases=tuple(CaseId(case) for case in entry["cases"]),
        changes=entry["changes"],
        withheld=entry["withheld"],
        confirmed_at=datetime.fromisoformat(confirmed) if confirmed else None,
        documents=entry.get("documents", 0),
        size=entry.get("size", 0),
        deposit=deposit["size"] if deposit else 0,
        part=(part[0], part[1]) if part else None,
        files=tuple(entry.get("files", ())),
        refused=entry.get("refused", ""),
        replaced=entry.get("replaced", False),
    )


def joined_up(first: Sent, second: Sent) -> Sent:
    """Give one value for two sendings, one right after the other."""
    return replace(
        first,
        changes=first.changes + second.changes,
        withheld=first.withheld + second.withheld,
        documents=first.documents + second.documents,
        size=first.size + second.size,
        deposit=max(first.deposit, second.deposit),
        files=(*first.files, *second.files),
    )
