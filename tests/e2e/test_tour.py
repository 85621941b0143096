"""The tour is taken once, into an empty folder, and everything it leaves is what it says."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from e2e.conftest import Toured
from PIL import Image
from sqlalchemy import select
from vault_kit import QUICK, python_environment

from imsa_desk.gui.tour.others import COLLEAGUE
from imsa_desk.gui.tour.plan import STEPS
from imsa_desk.gui.tour.steps_case import NAME
from imsa_desk.gui.tour.steps_sharing import HERE, THERE
from imsa_desk.services import office as verbs
from imsa_desk.services.assignments import standing
from imsa_desk.services.caseload import caseload
from imsa_desk.services.cases import case
from imsa_desk.services.checking import check
from imsa_desk.services.conflicts import conflicts
from imsa_desk.services.desk import Desk
from imsa_desk.services.vaults import lock, unlock
from imsa_desk.store.records import MeetingRow

_PAGES = (
    "first-run-who first-run-passphrase first-run-recovery unlock today caseload learning settings help "
    "new-case meeting contact consent professional assessment-safety assessment-housing safety-response "
    "print-preview case-overview case-timeline case-themes case-assessments case-professionals case-consent "
    "case-documents case-person start-assessment comparison print-comparison safety-plan forms "
    "exchange-before exchange-held exchange-one-case exchange-coordination exchange-taken-in meeting-text "
    "joining case-conflict conflicts conflicts-settled handover handover-filled case-handover-asked "
    "print-dossier exchange-answered case-handed-over late-changes palette cover"
).split()
_PATIENCE_S = 420


def _tour(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "imsa_desk", "tour", *map(str, words)],
        env=python_environment() | {"QT_QPA_PLATFORM": "offscreen"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_PATIENCE_S,
        check=False,
    )


@pytest.fixture(scope="module")
def taken(toured: Toured) -> Path:
    """A folder in which the tour was taken."""
    status, said = toured.ended
    assert status == 0, said
    assert f"{len(STEPS)} of {len(STEPS)}  {STEPS[-1]}" in said
    return toured.out


@pytest.fixture(scope="module")
def told(taken: Path) -> dict[str, Any]:
    """What `tour.json` says."""
    found: dict[str, Any] = json.loads((taken / "tour.json").read_text(encoding="utf-8"))
    return found


def test_every_step_is_told_with_its_time(told: dict[str, Any]) -> None:
    assert told["seed"] == 3
    assert [step["name"] for step in told["steps"]] == list(STEPS)
    assert all(step["ok"] and step["seconds"] > 0 for step in told["steps"])


def test_the_files_it_names_are_there(taken: Path, told: dict[str, Any]) -> None:
    named = [taken / name for name in (told["files"][key] for key in ("assessment", "case", "receipt"))]
    assert named == [taken / "assessment.pdf", taken / "case.imsa", taken / "receipt.imsa"]
    assert all(file.is_file() for file in named)
    assert (taken / "office" / "passphrase").is_file()
    assert (taken / told["files"]["enrolment"]).is_file()
    made = [told["files"][key] for key in ("dossier", "report_pdf", "report_xlsx", "report_csv")]
    assert made == ["dossier.pdf", "report.pdf", "report.xlsx", "report.csv"]
    assert not (taken / "failed.png").exists()


def test_every_page_is_there_in_light_and_in_dark(taken: Path, told: dict[str, Any]) -> None:
    pictures = sorted(file.name for file in (taken / "screens").iterdir())
    assert told["files"]["screens"] == [f"screens/{name}" for name in pictures]
    parts = [re.fullmatch(r"\d\d-([a-z-]+)-(light|dark)\.png", name) for name in pictures]
    assert all(parts)
    seen = {(part[1], part[2]) for part in parts if part is not None}
    assert {(page, scheme) for page in _PAGES for scheme in ("light", "dark")} <= seen
    assert len({file.read_bytes() for file in (taken / "screens").iterdir()}) == len(pictures)
    with Image.open(taken / "screens" / pictures[0]) as picture:
        assert picture.size == (1366, 768)


def test_the_print_says_what_was_answered(taken: Path, told: dict[str, Any]) -> None:
    paper = pypdfium2.PdfDocument((taken / "assessment.pdf").read_bytes())
    words = " ".join(page.get_textpage().get_text_range() for page in paper)
    assert len(paper) > 0
    assert "Needs, strengths and safety review" in words
    assert told["canaries"][-1] in words
    assert "PRACTICE" in words


def test_the_office_holds_the_case_and_knows_the_bundle_again(taken: Path, told: dict[str, Any]) -> None:
    passphrase = (taken / "office" / "passphrase").read_text(encoding="utf-8").splitlines()[0]
    with verbs.opened_office(taken / "office", passphrase) as office:
        assert verbs.status(office).cases == 1
        assert not verbs.check(office).problems
        with office.records.read() as session:
            notes = session.scalars(select(MeetingRow.notes)).all()
        (again,) = verbs.ingest(office, [taken / "case.imsa"])
    assert any(told["canaries"][-1] in note for note in notes)
    assert again.done is not None
    assert not again.done.news


def test_the_case_is_the_colleagues_and_the_settled_value_stands(taken: Path) -> None:
    first, colleague = (opened(taken / name) for name in ("vault", "colleague"))
    case_id = next(row.id for row in caseload(first) if row.known_as == NAME)
    assert not standing(first, case_id).may_write
    assert standing(first, case_id).holder == COLLEAGUE
    assert standing(colleague, case_id).may_write
    assert conflicts(first) == conflicts(colleague) == ()
    assert case(first, case_id).what_matters == HERE
    assert case(colleague, case_id).what_matters == THERE
    for desk in (first, colleague):
        lock(desk)


def opened(folder: Path) -> Desk:
    """Open a vault of the tour."""
    passphrase = folder.with_name(f"{folder.name}.passphrase").read_text(encoding="utf-8")
    return unlock(folder, passphrase.splitlines()[0])


def test_the_report_counts_and_names_nobody(taken: Path) -> None:
    said = (taken / "report.csv").read_text(encoding="utf-8-sig")
    assert "About,Current cases,," in said
    assert NAME not in said
    assert (taken / "report.xlsx").read_bytes().startswith(b"PK")
    paper = pypdfium2.PdfDocument((taken / "report.pdf").read_bytes())
    assert "Current cases by tier" in " ".join(page.get_textpage().get_text_range() for page in paper)


def test_another_office_refuses_the_bundle(taken: Path, tmp_path: Path) -> None:
    office, _ = verbs.init_office(
        tmp_path / "other", "plum river seven", "Other", practice=True, params=QUICK
    )
    try:
        (outcome,) = verbs.ingest(office, [taken / "case.imsa"])
        assert outcome.error is not None
        assert outcome.done is None
        assert verbs.status(office).cases == 0
    finally:
        office.close()


def test_the_vault_is_whole_and_holds_what_was_written(taken: Path) -> None:
    passphrase = (taken / "vault.passphrase").read_text(encoding="utf-8").splitlines()[0]
    assert check(taken / "vault", passphrase).ok
    desk = unlock(taken / "vault", passphrase)
    assert desk.practice


def test_what_was_written_stands_in_no_file_that_is_not_sealed(taken: Path, told: dict[str, Any]) -> None:
    wanted = [canary.encode() for canary in told["canaries"]] + ["حميدة".encode()]
    assert len(wanted) == 26
    for file in (each for each in taken.rglob("*") if each.is_file() and each.name != "tour.json"):
        found = file.read_bytes()
        assert not any(words in found for words in wanted), file.name


def test_a_folder_that_is_not_empty_is_refused_and_left_alone(taken: Path) -> None:
    before = sorted(taken.rglob("*"))
    done = _tour("--out", taken, "--json")
    assert done.returncode == 3
    assert json.loads(done.stdout)["code"] == "E_FOLDER"
    assert "Traceback" not in done.stderr
    assert sorted(taken.rglob("*")) == before


def test_a_tour_without_a_folder_is_a_matter_of_usage() -> None:
    done = _tour("--json")
    assert done.returncode == 2
    assert json.loads(done.stdout)["code"] == "E_USAGE"
