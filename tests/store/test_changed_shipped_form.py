"""A form file that ships with the program and was changed on this computer: named, and nothing is lost."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from assessment_kit import AGREED, Clock, make_case, make_desk, ready, risk

from imsa_desk.domain.forms.shelf import Shelf
from imsa_desk.domain.ids import CaseId
from imsa_desk.errors import Broken
from imsa_desk.paths import resources
from imsa_desk.services import assessments, forms
from imsa_desk.services.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = make_desk(tmp_path / "v", Clock())
    yield made
    made.store.close()


@pytest.fixture
def case_id(desk: Desk) -> CaseId:
    return make_case(desk)


def test_a_shipped_form_edited_on_disk_is_named_and_answers_to_it_stay_readable(
    desk: Desk, case_id: CaseId, tmp_path: Path
) -> None:
    one = ready(desk, case_id, risk("S2", 2, 3))
    assessments.sign_off(desk, one)
    folder = tmp_path / "forms"
    shutil.copytree(resources() / "forms", folder)
    file = folder / "needs-strengths-safety" / "1.toml"
    for text in (file.read_text("utf-8") + "# mine\n", "no form at all"):
        file.write_text(text, "utf-8")
        with_copy = replace(desk, forms=Shelf(folder))
        with pytest.raises(Broken, match=r"needs-strengths-safety/1\.toml was changed since it was released"):
            assessments.start_assessment(with_copy, case_id, AGREED)
        assert len(forms.unusable_forms(with_copy)) == 1
        assert "closing-review" in {entry.id for entry in forms.forms_for(with_copy)}
        (line,) = assessments.assessments_of(with_copy, case_id)
        assert line.form_title == "needs-strengths-safety"
        value = assessments.assessment(with_copy, one)
        assert value.answers["S2"].value["severity"] == 3
        assert "missing or was changed" in assessments.form_of(with_copy, value).intro
        assert assessments.seal_is_whole(with_copy, one)
    assert assessments.form_of(desk, assessments.assessment(desk, one)).title.startswith("Needs")
