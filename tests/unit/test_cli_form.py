"""`imsa-desk form`: what a script gives it and gets back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from desk_kit import new_desk, open_case
from own_form_kit import own_form
from structure_walk import faults_of
from vault_kit import PASSPHRASE
from workbook_kit import xlsx

from imsa_desk.cli.main import main
from imsa_desk.domain.assessments import AnswerDraft, AssessmentHeader
from imsa_desk.domain.forms import read_form
from imsa_desk.services import vaults
from imsa_desk.services.assessments import (
    assessment,
    missing,
    save_section,
    seal_is_whole,
    sign_off,
    start_assessment,
)
from imsa_desk.services.forms import add_form, forms_for, own_form_text
from imsa_desk.services.workbooks import convert_workbook

GOOD = xlsx(
    {
        "survey": [
            ["type", "name", "label"],
            ["text", "q1", "Who opened the door"],
            ["geopoint", "at", "Where"],
        ],
        "settings": [["form_title", "form_id", "version"], ["House visit", "house-visit", 3]],
    }
)
BAD = xlsx({"survey": [["type", "name", "label"], ["riddle", "q1", "What am I"]]})


@pytest.fixture
def files(tmp_path: Path) -> Path:
    for name, data in (("good.xlsx", GOOD), ("bad.xlsx", BAD), ("own.toml", own_form())):
        (tmp_path / name).write_bytes(data)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, dict[str, Any]]:
    """Run a command with --json; give its exit status and its one object."""
    status = main(["form", *map(str, words), "--json"])
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return status, found


def test_check_reads_a_workbook_and_lists_what_is_not_carried(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, found = run(capsys, "check", files / "good.xlsx")
    assert (status, found["ok"], found["form"], found["version"]) == (0, True, "house-visit", 3)
    assert found["questions"] == 1
    assert [(note["sheet"], note["row"], note["stops"]) for note in found["notes"]] == [("survey", 3, False)]
    assert main(["form", "check", str(files / "good.xlsx")]) == 0
    assert "survey, row 3, type: " in capsys.readouterr().out


def test_check_refuses_a_workbook_that_cannot_be_a_form(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, found = run(capsys, "check", files / "bad.xlsx")
    assert (status, found["code"]) == (3, "E_WORKBOOK")
    assert 'survey, row 2, type: There is no type "riddle".' in found["problems"][0]["text"]
    (files / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    status, found = run(capsys, "check", files / "old.xls")
    assert (status, found["code"]) == (3, "E_READ_OLD_EXCEL")


def test_check_names_a_list_the_program_does_not_have(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = own_form().decode().replace('"short_text"', '"list_choice"\nlist = "colours"')
    (files / "own.toml").write_text(text, encoding="utf-8")
    status, found = run(capsys, "check", files / "own.toml")
    assert status == 3 and 'There is no list "colours"' in found["message"]


def test_check_counts_in_words_and_names_each_fault_on_its_own_line(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["form", "check", str(files / "own.toml")]) == 0
    assert "1 section, 1 question. It can be used." in capsys.readouterr().out
    wrong = own_form(version=0).replace(b'kind = "short_text"', b'kind = "scale"')
    (files / "wrong.toml").write_bytes(wrong)
    assert main(["form", "check", str(files / "wrong.toml")]) == 3
    told = capsys.readouterr()
    lines = [one for one in (told.out + told.err).splitlines() if one]
    assert len(lines) == 2 and all(one.startswith("wrong.toml, line ") for one in lines)


def test_import_writes_a_form_file_once(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = files / "made.toml"
    words = ("import", files / "good.xlsx", "--out", out, "--id", "our-visit", "--form-version", "9")
    status, found = run(capsys, *words)
    form = read_form(out.read_bytes(), out.name)
    assert (status, form.id, form.version, form.digest) == (0, "our-visit", 9, found["digest"])
    before = out.read_bytes()
    status, found = run(capsys, "import", files / "own.toml", "--out", out)
    assert (status, found["code"]) == (3, "E_EXISTS") and out.read_bytes() == before
    status, found = run(capsys, "import", files / "bad.xlsx", "--out", files / "none.toml")
    assert (status, found["code"]) == (3, "E_WORKBOOK") and not (files / "none.toml").exists()


def test_import_takes_a_form_into_a_vault(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    vaults.lock(new_desk(files / "vault"))
    (files / "secret").write_text(PASSPHRASE + "\n", encoding="utf-8")
    secret = ("--vault", files / "vault", "--passphrase-file", files / "secret")
    for name in ("good.xlsx", "own.toml"):
        status, found = run(capsys, "import", files / name, *secret)
        assert status == 0, found
    edited = own_form(title="Another title")
    (files / "own.toml").write_bytes(edited)
    status, found = run(capsys, "import", files / "own.toml", *secret)
    assert (status, found["code"]) == (3, "E_FORM_EDITED")
    desk = vaults.unlock(files / "vault", PASSPHRASE)
    try:
        own = [entry for entry in forms_for(desk) if entry.own]
        assert [(entry.id, entry.version) for entry in own] == [("house-visit", 3)]
        assert "good.xlsx" in own_form_text(desk, "house-visit", 3)
        assert own_form_text(desk, "house-visit", 1).encode() == own_form()
    finally:
        vaults.lock(desk)


def test_a_form_from_a_workbook_is_answered_reckoned_and_signed(tmp_path: Path) -> None:
    head = ["type", "name", "label", "relevant", "calculation", "required"]
    rows: list[list[str | None]] = [
        ["select_one place or_other", "where", "Where do you live", None, None, "yes"],
        ["integer", "nights", "How many nights", "${where} != 'street'"],
        ["begin_repeat", "children", "Your children"],
        ["text", "child", "Name"],
        ["end_repeat"],
        ["calculate", "weeks", "Weeks", None, "${nights} div 7"],
    ]
    places = [["list_name", "name", "label"], ["place", "house", "House"], ["place", "street", "Street"]]
    survey: list[list[str | None]] = [[*head], *rows]
    made = convert_workbook(xlsx({"survey": survey, "choices": places}), "visit.xlsx")
    assert made.toml is not None and [note.sheet for note in made.notes] == ["settings"]
    desk = new_desk(tmp_path / "vault")
    try:
        entry = add_form(desk, made.toml.encode(), "visit.xlsx", "xlsform")
        header = AssessmentHeader(on="1/3/2026", consent_to_assess="yes")
        review = start_assessment(desk, open_case(desk), header, entry.id)
        assert [problem.field for problem in missing(desk, review)] == ["where"]
        drafts = [
            AnswerDraft("where", {"choice": "house"}),
            AnswerDraft("nights", {"number": "21"}),
            AnswerDraft("children", {"rows": [1]}),
            AnswerDraft("child", {"text": "Abel"}, repeat=1),
        ]
        save_section(desk, review, "questions", drafts)
        sign_off(desk, review)
        answers = assessment(desk, review).answers
        assert (answers["weeks"].value, answers["child#1"].value) == ({"result": 3}, {"text": "Abel"})
        assert seal_is_whole(desk, review)
    finally:
        vaults.lock(desk)


def test_preview_draws_an_empty_form_that_holds_together(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("good.xlsx", "own.toml"):
        out = files / f"{name}.pdf"
        status, found = run(capsys, "preview", files / name, "--out", out)
        assert (status, found["file"]) == (0, str(out))
        assert out.read_bytes().startswith(b"%PDF") and faults_of(out.read_bytes()) == []
    with pypdfium2.PdfDocument(files / "good.xlsx.pdf") as shown:
        assert "Who opened the door" in shown[0].get_textpage().get_text_bounded()
    assert (
        run(capsys, "preview", files / "good.xlsx", "--out", files / "good.xlsx.pdf")[1]["code"] == "E_EXISTS"
    )
    status, found = run(capsys, "preview", files / "good.xlsx", "--out", files / "x.pdf", "--language", "ar")
    assert (status, found["code"]) == (3, "E_LANGUAGE")
    assert run(capsys, "preview", files / "bad.xlsx", "--out", files / "x.pdf")[1]["code"] == "E_WORKBOOK"


def test_preview_says_which_letters_no_font_has(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (files / "own.toml").write_bytes(own_form(title="Rare \U0001b000\U000e0fff\U0010fffd"))
    status, found = run(capsys, "preview", files / "own.toml", "--out", files / "x.pdf")
    assert (status, found["code"]) == (3, "E_LETTERS") and not (files / "x.pdf").exists()


def test_the_words_of_the_command_are_checked(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "import", files / "good.xlsx")[0] == 2
    assert run(capsys, "check", files / "none.xlsx") == (
        3,
        {
            "ok": False,
            "code": "E_NO_FILE",
            "message": f"There is no file {files / 'none.xlsx'}.",
            "problems": [{"field": "", "text": f"There is no file {files / 'none.xlsx'}."}],
        },
    )
    assert run(capsys, "check", files)[1]["code"] == "E_NO_FILE"
