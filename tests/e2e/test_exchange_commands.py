"""`imsa-desk exchange`: preview, scope, export with a deposit, take in a whole folder, and the state."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from exchange_kit import PASSPHRASE, meet_again, new_case, new_meeting
from office_verbs_kit import notes_at

from imsa_desk.cli.main import main
from imsa_desk.office.commands import run as office_command
from imsa_desk.services import office, vaults
from imsa_desk.services.cases import case_head


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file with the passphrase."""
    file = tmp_path / "secret"
    file.write_text(f"{PASSPHRASE}\n", encoding="utf-8")
    return file


def test_every_word_of_the_exchange_is_there_for_scripts(
    tmp_path: Path, secret: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def said(verb: str, *more: object) -> dict[str, Any]:
        words = ["exchange", verb, tmp_path / "vault", *more, "--passphrase-file", secret, "--json"]
        status = main([str(word) for word in words])
        found: dict[str, Any] = json.loads(capsys.readouterr().out)
        assert (status == 0) is found["ok"]
        return found

    with meet_again(tmp_path) as met:
        first, second = new_case(met.desk, "Abeba"), new_case(met.desk, "Bran", consent=False)
        new_meeting(met.desk, first, "everyday")
        new_meeting(met.desk, first, "restricted", "L3")
        codes = [case_head(met.desk, case).code for case in (first, second)]
        vaults.lock(met.desk)
        plan = said("preview", "--case", codes[0], "--case", codes[1])
        assert plan["needs_reason"] and plan["parts"] == 1
        assert {one["level"] for one in plan["cases"][0]["restricted"]} == {"L3"}
        assert said("export", "--case", codes[1], "--out", met.out)["code"] == "E_CONSENT"
        assert said("scope", "--case", codes[1], "--to", "statistics", "--reason", "Asked for.")["ok"]
        plan = said("preview", "--case", codes[0], "--case", codes[1])
        assert not plan["needs_reason"]
        sent = said("export", "--case", codes[0], "--case", codes[1], "--out", met.out, "--deposit")
        assert sent["changes"] == plan["changes"] and sent["deposit"] > 0
        (outcome,) = met.ingest(Path(sent["file"]))
        assert outcome.done is not None, outcome.error
        Path(outcome.done.receipt).rename(met.out / "fromoffice.imsa")
        state = said("state")
        assert {one["state"] for one in state["cases"]} == {"sent_not_confirmed"}
        taken = said("take-in", met.out)
        assert (taken["ok"], taken["not_held"], len(taken["files"])) == (True, 0, 1)
        assert said("take-in", met.out)["code"] == "ALREADY"
        state = said("state")
        assert {(one["state"], one["scope"]) for one in state["cases"]} == {
            ("held", "full"),
            ("held", "statistics"),
        }
        assert state["deposited_at"] and state["bundles"][0]["confirmed"]
        assert said("again", "--case", codes[0])["ok"]
        assert said("state")["not_held"] > 10
        lost = Path(said("export", "--case", codes[0], "--out", met.out)["file"])
        lost.unlink()
        assert not said("again", "--all")["ok"]
        again = said("again", "--all", "--out", met.out)
        (outcome,) = met.ingest(Path(again["file"]))
        assert outcome.done is not None and outcome.done.number == 3, outcome.error
        Path(outcome.done.receipt).rename(met.out / "secondfromoffice.imsa")
        assert said("take-in", met.out)["not_held"] == 0
        assert [one["replaced"] for one in said("state")["bundles"]] == [False, True, False]
        met.desk = vaults.unlock(tmp_path / "vault", PASSPHRASE)


def test_an_organisation_that_went_back_is_told_of_and_mended_by_command(
    tmp_path: Path, secret: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def plain(status: int, verb: str, *more: object) -> str:
        words = ["exchange", verb, tmp_path / "vault", *more, "--passphrase-file", secret]
        assert main([str(word) for word in words]) == status
        printed = capsys.readouterr()
        return printed.out + printed.err

    def at_office(folder: str, verb: str, *more: object) -> str:
        words = [verb, *more, "--office", tmp_path / folder, "--passphrase-file", secret]
        assert office_command([str(word) for word in words]) == 0
        return capsys.readouterr().out

    with meet_again(tmp_path) as met:
        case = new_case(met.desk, "Abeba")
        met.deliver(case)
        code = case_head(met.desk, case).code
        (tmp_path / "backups").mkdir()
        met.office.close()
        at_office("office", "backup", "--to", tmp_path / "backups")
        met.office = office.open_office(tmp_path / "office", PASSPHRASE)
        new_meeting(met.desk, case, "after the backup")
        met.deliver(case)
        vaults.lock(met.desk)
        met.office.close()
        (file,) = (tmp_path / "backups").glob("*.imsabackup")
        assert "imsa-office receipts --out FOLDER" in at_office("again", "restore", file)
        (tmp_path / "post").mkdir()
        receipt = at_office("again", "receipts", "--out", tmp_path / "post").strip()
        words = "The organisation now holds less than it confirmed on "
        assert words in plain(0, "take-in", receipt)
        said = plain(0, "status")
        assert said.startswith(words) and ". Send everything again." in said
        assert f"{code} (full): not sent" in said
        assert words in plain(3, "export", "--case", code, "--out", met.out)
        plain(0, "again", "--all", "--out", tmp_path / "post")
        sealed = [path for path in (tmp_path / "post").iterdir() if path != Path(receipt)]
        at_office("again", "ingest", *sealed, "--receipts", tmp_path / "post")
        plain(0, "take-in", tmp_path / "post")
        said = plain(0, "state")
        assert words not in said and f"{code} (full): held" in said
        met.office = office.open_office(tmp_path / "again", PASSPHRASE)
        assert notes_at(met.office) == {"after the backup"}
        met.desk = vaults.unlock(tmp_path / "vault", PASSPHRASE)
