"""Verbs about conflicts: find them, settle one, see what was settled and choose again.

Settling is a change like any other, which replaces every value that stands; `history.undo` makes the same
values stand again. Where something was removed here and changed there, a side is the removal or the change.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from imsa_desk.domain.conflicts import (
    SEAL_WORDS,
    Conflict,
    Seal,
    Shape,
    Side,
    Why,
    companions_of,
    label_of,
    list_of,
    protects,
)
from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.lines import REMOVED, REMOVED_WHY
from imsa_desk.errors import Problem, Refused
from imsa_desk.services import history
from imsa_desk.services.assessment_values import count_answers, find_form_of
from imsa_desk.services.conflict_removals import asked, emptied_in, restored, sides_of
from imsa_desk.services.conflict_seals import is_sealed, review_of, sealed_lines
from imsa_desk.services.conflict_words import Names, Wording, answer_of, shape_of
from imsa_desk.services.desk import Desk
from imsa_desk.services.people import person_of
from imsa_desk.store.clock import BELIEVED
from imsa_desk.store.fields import from_field, needed_of, to_field
from imsa_desk.store.project import is_proposal
from imsa_desk.store.records import AnswerRow, AssessmentRow, CaseRow, Record
from imsa_desk.store.settle import put_in_force
from imsa_desk.store.torn import Torn, Written, torn
from imsa_desk.vocab import Kind, Sensitivity

SETTLED = "This was settled already. Look at the list again."
MORE_CAME = "Something else came for this meanwhile. Look at it again before you choose."
_RESTRICTED = (Sensitivity.L3, Sensitivity.L4)


def count(desk: Desk, case_id: CaseId | None = None) -> int:
    """Count the conflicts of the vault, or of one case."""
    with desk.store.read() as session:
        found = torn(session.connection())
        return sum(len(asked(one)) for one in found if case_id is None or one.case_id == case_id)


def conflicts(desk: Desk, case_id: CaseId | None = None) -> tuple[Conflict, ...]:
    """Give every conflict, those that concern somebody's safety first, then the newest first."""
    with desk.store.read() as session:
        names, wording, people = Names.of(desk, session), Wording.of(desk, session), _People(session)
        found = [
            _conflict(desk, session, one, name, names, wording, people)
            for one in torn(session.connection())
            if case_id is None or one.case_id == case_id
            for name in asked(one)
        ]
    found.sort(key=lambda c: min(c.since, desk.now()), reverse=True)
    return tuple(sorted(found, key=lambda c: (c.why is not Why.PROTECTS, c.kind is not Kind.SAFE_CONTACT)))


class _People:
    """The code of a case and the name of its person, each read once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[str, tuple[str, str]] = {}

    def of(self, case_id: str | None) -> tuple[str, str]:
        if not case_id:
            return "", ""
        if case_id not in self._known:
            row = self._session.get(CaseRow, case_id)
            try:
                person = person_of(self._session, case_id).known_as
            except Refused:  # withheld from this vault
                person = ""
            self._known[case_id] = (row.code if row is not None else "", person)
        return self._known[case_id]


def _conflict(
    desk: Desk, session: Session, one: Torn, name: str, names: Names, wording: Wording, people: _People
) -> Conflict:
    kind = one.cls.kind
    at = sorted(sides_of(one, name), key=lambda lines: _first_written(desk, one, name, lines[0]))
    row = session.get(one.cls, one.record)
    review = review_of(session, one)
    kept = sealed_lines(desk, session, review) if review is not None and is_sealed(review) else None
    sides = tuple(_side(desk, one, name, lines, names, wording, kept) for lines in at)
    code, person = people.of(one.case_id)
    seal = Seal.NONE
    if kept is not None:
        seal = Seal.KNOWN if any(side.may_keep for side in sides) else Seal.UNKNOWN
    return Conflict(
        record=one.record,
        kind=kind,
        case_id=one.case_id or "",
        case_code=code,
        person=person,
        field=name,
        label=label_of(kind, name),
        title=wording.title(one.cls, one.record),
        sides=sides,
        since=max(side.at for side in sides),
        why=_why(one, name, sides),
        shape=Shape.KEPT if kept is not None else shape_of(one.cls, name),
        list_id=list_of(kind, name),
        restricted=row is not None and row.sensitivity in _RESTRICTED,
        seal=seal,
        review=review.id if review is not None else "",
        seen=_mark(one.fields[name]),
    )


def _first_written(desk: Desk, one: Torn, name: str, side: Written) -> tuple[bool, str, str]:
    """Order sides: what was written here stands on the left, then by age."""
    first = one.origin(name, side)
    return first.writer != desk.store.writer, first.body["hlc"], first.line


def _why(one: Torn, name: str, sides: tuple[Side, ...]) -> Why:
    if protects(one.cls.kind, name):
        return Why.PROTECTS
    if name == REMOVED and one.edits and one.shown[name] is not None:
        return Why.REMOVED
    return Why.PROPOSED if any(side.proposal for side in sides) else Why.LATEST


def _mark(at: Iterable[Written]) -> str:
    return hashlib.sha256("".join(sorted(side.line for side in at)).encode()).hexdigest()


def _side(
    desk: Desk,
    one: Torn,
    name: str,
    lines: tuple[Written, ...],
    names: Names,
    wording: Wording,
    kept: frozenset[str] | None,
) -> Side:
    side = lines[0]
    first = one.origin(name, side)
    at = datetime.fromisoformat(first.body["at"])
    value = one.value(name, side)
    return Side(
        line=side.line,
        writer=first.writer,
        author=names.of_writer(first.writer),
        at=at,
        value=value,
        words=wording.side(one, name, lines),
        shown=value == one.shown[name],
        proposal=is_proposal(name, first.body),
        ahead=at > desk.now() + BELIEVED,
        own=first.writer == desk.store.writer,
        may_keep=kept is None or any(line.line in kept for line in lines),
        reason=_reason(name, first),
    )


def _reason(name: str, first: Written) -> str:
    """Give why a line was written, where its words do not say so: a removal's do."""
    why = str(first.body["reason"])
    said = name == REMOVED and why == first.body["fields"].get(REMOVED_WHY)
    return "" if said or why.startswith("undo of") else why


def settle(
    desk: Desk,
    record: str,
    field: str,
    *,
    keep: str | None = None,
    value: Any = None,
    seen: str = "",
    reason: str = "",
) -> str:
    """Settle a conflict: `keep` is the line of the side that stays, else `value` is a third, as in JSON.

    Gives the act, which `history.undo` takes back. Raises Refused: E_SETTLED where it is none any more,
    E_CHANGED where something came since `seen`, E_SIGNED for what is not what was signed, E_CASE_CLOSED in
    a case of somebody else's, and about a value that the field does not hold.
    """
    with desk.store.begin("settle_conflict", reason=reason) as session:
        one = next(iter(torn(session.connection(), [record])), None)
        row = session.get(one.cls, record) if one is not None else None
        if one is None or row is None or field not in one.fields:
            raise Refused(SETTLED, code="E_SETTLED")
        if seen and seen != _mark(one.fields[field]):
            raise Refused(MORE_CAME, code="E_CHANGED")
        _refuse_unsealed(desk, session, one, field, keep)
        chosen = next((side for side in one.fields[field] if side.line == keep), None)
        if keep is not None and chosen is None:
            raise Refused(MORE_CAME, code="E_CHANGED")
        values = (
            {field: _third(desk, one, field, value)} if chosen is None else _as_side(one, field, chosen, row)
        )
        if one.cls.kind is Kind.CONSENT and field == "withdrawn_on" and values[field] is None:
            raise Refused(history.WITHDRAWN)
        put_in_force(session, row, values)
        _count_again(desk, session, row)
        return str(session.info["act"].id)


def _refuse_unsealed(desk: Desk, session: Session, one: Torn, name: str, keep: str | None) -> None:
    review = review_of(session, one)
    if review is None or not is_sealed(review):
        return
    kept = sealed_lines(desk, session, review)
    sides = ({line.line for line in lines} for lines in sides_of(one, name))
    if not any(keep in lines and lines & kept for lines in sides):
        raise Refused(SEAL_WORDS[Seal.KNOWN if kept else Seal.UNKNOWN], code="E_SIGNED")


def _as_side(one: Torn, name: str, chosen: Written, row: Record) -> dict[str, Any]:
    """Give the values that one side puts in force: its own, and what goes with it by the same act."""
    if name == REMOVED and one.value(name, chosen) is None:
        return {name: None, REMOVED_WHY: "", **restored(one)}
    values = {name: one.value(name, chosen)}
    first = one.origin(name, chosen).body
    act = first["act"]["id"]
    if name == REMOVED:
        values[REMOVED_WHY] = first["fields"].get(REMOVED_WHY, "")
        if REMOVED in asked(one):
            values |= {other: one.value(other, line) for other, line in emptied_in(one).items()}
    for other in companions_of(one.cls.kind, name):
        for side in one.fields.get(other, ()):
            if one.origin(other, side).body["act"]["id"] == act:
                values[other] = one.value(other, side)
    if isinstance(row, AnswerRow) and name != REMOVED:
        answer = answer_of(one, chosen)
        if (answer.value or answer.not_discussed) and row.deleted_at is not None:
            values[REMOVED] = None
    return values


def _third(desk: Desk, one: Torn, name: str, value: Any) -> Any:
    """Check a third value; raises Refused about it."""
    shape, listed = shape_of(one.cls, name), list_of(one.cls.kind, name)
    if shape is Shape.KEPT:
        raise Refused([Problem("value", "Here one of the values has to be kept.")])
    if isinstance(value, date):
        value = to_field(value)
    if isinstance(value, str) and shape is not Shape.TEXT:
        value = value.strip()
    empty = value is None or value == ""
    if empty and (name in needed_of(one.cls) or shape is Shape.LIST):
        raise Refused([Problem("value", "Choose or write a value: this field is never empty.")])
    if shape is Shape.LIST and not desk.lists.has(listed, str(value)):
        raise Refused([Problem("value", "Choose a value from the list.")])
    from_field(one.cls, name, value)
    return value


def _count_again(desk: Desk, session: Session, row: Record) -> None:
    """Bring what a review keeps of its answers to what they now say."""
    if not isinstance(row, AnswerRow):
        return
    review = session.get(AssessmentRow, row.assessment_id)
    form = find_form_of(desk, session, review) if review is not None else None
    if review is not None and form is not None and not is_sealed(review):
        count_answers(session, form, review)
