"""Verbs that compare two assessments of a case in words, whichever versions of forms they answer."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.domain.comparing import Compared, Telling, compare_sides
from imsa_desk.domain.comparison import Comparison
from imsa_desk.domain.forms import Form
from imsa_desk.domain.forms.words import Speech
from imsa_desk.domain.ids import AssessmentId
from imsa_desk.errors import Refused
from imsa_desk.services.assessment_values import assessment_row, assessment_value, readable_form
from imsa_desk.services.desk import Desk
from imsa_desk.services.people import person_of
from imsa_desk.store.records import AdvocateRow, AssessmentRow


def compare(desk: Desk, now_id: AssessmentId, before_id: AssessmentId, *, named: bool = True) -> Comparison:
    """Compare two assessments of one case, each side in the words of its own version.

    Where it is not to be `named`, as on paper, it speaks of "the person".
    Raises Refused where they are the same one or of two cases.
    """
    with desk.store.read() as session:
        now, before = assessment_row(session, now_id), assessment_row(session, before_id)
        if now.id == before.id or now.case_id != before.case_id:
            raise Refused("Choose two reviews of the same person to compare.")
        sides = [_side(desk, session, row) for row in (before, now)]
        person = person_of(session, now.case_id or "")
        speech = Speech(person.known_as if named else Speech().name, person.pronouns)
        names = dict(session.execute(select(AdvocateRow.id, AdvocateRow.name)).all())
    telling = Telling(speech, desk.lists, names)
    return compare_sides(sides[0], sides[1], mapping(sides[0].form, sides[1].form), telling)


def _side(desk: Desk, session: Session, row: AssessmentRow) -> Compared:
    return Compared.of(assessment_value(desk, session, row), readable_form(desk, session, row))


def mapping(old: Form, new: Form) -> dict[str, str]:
    """Give the ids that questions of one form have in another, as far as the newer of the two says so.

    The newer form may be that of either: a talk of a later day may have been held on the older one.
    """
    back = {new_id: old_id for old_id, new_id in _carried(new, old)}
    return back | dict(_carried(old, new))


def _carried(old: Form, new: Form) -> list[tuple[str, str]]:
    """Give the id in `old` and that in `new` of each question that `new` says it carries over."""
    return [
        (one.old, one.new)
        for one in new.carry
        if one.from_version == old.version and (one.from_form or new.id) == old.id
    ]
