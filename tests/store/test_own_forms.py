"""The organisation's own forms: kept as they were taken in, found for ever, and never quietly changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from assessment_kit import draft, make_case
from desk_kit import PASSPHRASE, Clock, new_desk
from own_form_kit import own_form
from sqlalchemy import select

from imsa_desk.domain.assessments import AssessmentHeader
from imsa_desk.domain.forms import Form
from imsa_desk.errors import Refused
from imsa_desk.services import assessments, forms, history, vaults
from imsa_desk.services.desk import Desk
from imsa_desk.store.records import FormRow
from imsa_desk.vocab import AssessmentType


def found(
    desk: Desk, form_id: str = "house-visit", version: int | None = None, digest: str = ""
) -> Form | None:
    with desk.store.read() as session:
        return forms.find_form(desk, session, form_id, version, digest)


def lines(desk: Desk) -> int:
    return sum(1 for one in forms.forms_for(desk) if one.own)


def test_a_form_is_kept_as_the_text_it_was(desk: Desk) -> None:
    entry = forms.add_form(desk, own_form(), "visit.toml")
    assert entry == forms.FormEntry("house-visit", 1, "House visit", (), own=True, questions=1)
    assert forms.own_form_text(desk, "house-visit", 1).encode() == own_form()
    form = found(desk)
    assert form is not None
    assert form.own
    assert form.title == "House visit"


def test_the_same_form_again_changes_nothing(desk: Desk) -> None:
    forms.add_form(desk, own_form(), "visit.toml")
    forms.add_form(desk, own_form(), "copy of visit.toml")
    assert lines(desk) == 1


def test_an_edited_version_is_refused_and_its_next_number_named(desk: Desk) -> None:
    forms.add_form(desk, own_form(), "visit.toml")
    forms.add_form(desk, own_form(2), "visit.toml")
    with pytest.raises(Refused) as refused:
        forms.add_form(desk, own_form(1, "House call"), "visit.toml")
    assert refused.value.code == "E_FORM_EDITED"
    assert "version 3" in refused.value.message
    kept = found(desk, version=1)
    assert kept is not None
    assert kept.title == "House visit"


def test_the_id_of_a_shipped_form_is_taken(desk: Desk) -> None:
    with pytest.raises(Refused) as refused:
        forms.add_form(desk, own_form(form_id="needs-strengths-safety", version=9), "mine.toml")
    assert refused.value.code == "E_FORM_TAKEN"
    assert lines(desk) == 0


def test_a_form_with_a_fault_is_not_kept(desk: Desk) -> None:
    with pytest.raises(Refused) as refused:
        forms.add_form(desk, own_form().replace(b"short_text", b"guess"), "visit.toml")
    assert refused.value.code == "E_FORM"
    assert refused.value.problems[0].field == "q1"
    assert "visit.toml, line" in refused.value.message
    assert lines(desk) == 0


def test_the_newest_version_is_offered_and_every_version_is_found(desk: Desk) -> None:
    forms.add_form(desk, own_form(2, "House visit, longer"), "visit.toml")
    forms.add_form(desk, own_form(1), "visit.toml")
    assert [(one.version, one.title) for one in forms.forms_for(desk) if one.own] == [
        (2, "House visit, longer")
    ]
    newest, first = found(desk), found(desk, version=1)
    assert newest is not None
    assert first is not None
    assert (newest.version, first.title) == (2, "House visit")


def test_a_digest_must_be_the_one_that_was_answered(desk: Desk) -> None:
    forms.add_form(desk, own_form(), "visit.toml")
    form = found(desk)
    assert form is not None
    assert found(desk, version=1, digest=form.digest) is not None
    assert found(desk, version=1, digest="0" * 64) is None
    assert found(desk, "needs-strengths-safety", 1, "0" * 64) is None


def test_a_retired_form_is_no_longer_offered_but_opens_what_answered_it(desk: Desk) -> None:
    forms.add_form(desk, own_form(1), "visit.toml")
    forms.add_form(desk, own_form(2), "visit.toml")
    forms.retire_form(desk, "house-visit", 2)
    assert lines(desk) == 0
    assert found(desk) is None
    assert found(desk, version=1) is not None
    assert found(desk, version=2) is not None


def test_taking_a_retired_form_in_again_puts_it_back_into_use(desk: Desk) -> None:
    forms.add_form(desk, own_form(), "visit.toml")
    forms.retire_form(desk, "house-visit", 1)
    forms.add_form(desk, own_form(), "visit.toml")
    assert lines(desk) == 1


def test_a_form_that_is_not_here_is_named(desk: Desk) -> None:
    for verb in (forms.retire_form, forms.own_form_text):
        with pytest.raises(Refused):
            verb(desk, "house-visit", 1)
    with pytest.raises(Refused):
        forms.form_named(desk, "house-visit")


def test_the_text_of_a_shipped_form_can_begin_ones_own(desk: Desk) -> None:
    text = forms.form_text(desk, "safety-screen", 1).replace('id = "safety-screen"', 'id = "our-screen"', 1)
    entry = forms.add_form(desk, text.encode(), "ours.toml")
    assert (entry.id, entry.own) == ("our-screen", True)
    assert forms.form_text(desk, "our-screen", 1) == text


def test_forms_are_offered_by_what_they_are_for(desk: Desk) -> None:
    forms.add_form(desk, own_form(more='serves = ["safety_screen"]'), "visit.toml")
    screens = [one.id for one in forms.forms_for(desk, AssessmentType.SAFETY_SCREEN)]
    assert screens == ["house-visit", "safety-screen", "needs-strengths-safety"]
    feedback = [one.id for one in forms.forms_for(desk, AssessmentType.FEEDBACK)]
    assert feedback == ["survivor-feedback"]
    everything = {one.id for one in forms.forms_for(desk)}
    assert {"closing-review", "event-risk-review", "move-on-review", "house-visit"} <= everything


def test_a_form_that_names_no_occasion_fits_any(desk: Desk) -> None:
    forms.add_form(desk, own_form(), "visit.toml")
    for kind in AssessmentType:
        assert "house-visit" in {one.id for one in forms.forms_for(desk, kind)}


def test_own_forms_are_there_after_the_vault_was_closed(tmp_path: Path) -> None:
    desk = new_desk(tmp_path / "v", Clock())
    forms.add_form(desk, own_form(), "visit.toml")
    desk.store.close()
    again = vaults.unlock(tmp_path / "v", PASSPHRASE, now=Clock())
    assert found(again) is not None
    again.store.close()


def test_a_form_without_a_header_can_be_answered_and_signed(desk: Desk) -> None:
    forms.add_form(desk, own_form(), "visit.toml")
    made = assessments.start_assessment(desk, make_case(desk), AssessmentHeader(), "house-visit")
    assessments.save_section(desk, made, "one", [draft("q1", text="The landlord")])
    assert assessments.missing(desk, made) == ()
    assessments.sign_off(desk, made)
    assert assessments.seal_is_whole(desk, made)


def test_taking_a_form_in_is_not_undone_once_a_review_answers_it(desk: Desk) -> None:
    forms.add_form(desk, own_form(), "visit.toml")
    act = history.last_act(desk)
    assert act is not None
    case_id = make_case(desk)
    made = assessments.start_assessment(desk, case_id, AssessmentHeader(), "house-visit")
    with pytest.raises(Refused, match="A review was started on this form since"):
        history.undo(desk, act.id)
    assert assessments.form_of(desk, assessments.assessment(desk, made)).title == "House visit"
    assert lines(desk) == 1


def test_what_was_answered_keeps_its_words_though_the_form_was_taken_away(desk: Desk) -> None:
    """As may come from another vault, where nobody had answered it."""
    forms.add_form(desk, own_form(), "visit.toml")
    made = assessments.start_assessment(desk, make_case(desk), AssessmentHeader(), "house-visit")
    with desk.store.begin("take_away") as session:
        session.scalars(select(FormRow)).one().deleted_at = desk.now()
    assert lines(desk) == 0
    assert assessments.form_of(desk, assessments.assessment(desk, made)).title == "House visit"
    forms.add_form(desk, own_form(), "visit.toml")
    assert lines(desk) == 1


def test_taking_a_form_in_is_undone_while_nothing_answers_it(desk: Desk) -> None:
    forms.add_form(desk, own_form(), "visit.toml")
    act = history.last_act(desk)
    assert act is not None
    history.undo(desk, act.id)
    assert lines(desk) == 0
