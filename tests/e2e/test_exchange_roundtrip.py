"""From an advocate's vault to the organisation and back by commands alone, as two people would do it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from exchange_kit import PASSPHRASE, QUICK, new_case, new_meeting

from imsa_desk.cli.main import main as desk_command
from imsa_desk.office.commands import run as office_command
from imsa_desk.services import vaults
from imsa_desk.services.cases import case_head


class People:
    """Two people with their folders, who type commands."""

    def __init__(self, base: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.base, self.capsys = base, capsys
        self.secret = base / "secret"
        self.secret.write_text(PASSPHRASE + "\n")
        for name in ("stick", "receipts"):
            (base / name).mkdir()

    def desk(self, word: str, *rest: str | Path) -> dict[str, Any]:
        """Type a command of `imsa-desk`."""
        words = [word, self.base / "vault", *rest, "--passphrase-file", self.secret, "--json"]
        return self._said(desk_command([str(w) for w in words]))

    def office(self, word: str, *rest: str | Path) -> dict[str, Any]:
        """Type a command of `imsa-office`."""
        words = [word, *rest, "--office", self.base / "office", "--passphrase-file", self.secret, "--json"]
        return self._said(office_command([str(w) for w in words]))

    def _said(self, status: int) -> dict[str, Any]:
        said: dict[str, Any] = json.loads(self.capsys.readouterr().out)
        said["status"] = status
        return said


def test_a_case_travels_to_the_organisation_and_its_receipt_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people = People(tmp_path, capsys)
    desk, _ = vaults.create(
        tmp_path / "vault", PASSPHRASE, advocate_name="A. Advocate", practice=True, params=QUICK
    )
    case = new_case(desk, "አበባ")
    new_case(desk, "Bran")
    new_meeting(desk, case, "ይህ የመጀመሪያ ስብሰባ ነው <img src=x> =1+1 " + "long " * 1200)
    code = case_head(desk, case).code
    vaults.lock(desk)

    assert people.desk("export", "--case", code, "--out", tmp_path / "stick")["code"] == "E_NOT_JOINED"
    made = people.office("init", "--name", "Llais Advocacy", "--practice")
    enrolment = tmp_path / "office" / "enrolment.json"
    shown = people.desk("join", enrolment)
    assert (shown["code"], shown["words"]) == ("COMPARE", made["words"])
    assert people.desk("join", enrolment, "--fingerprint", "other words")["code"] == "E_FINGERPRINT"
    request = tmp_path / "request.json"
    joined = people.desk("join", enrolment, "--fingerprint", made["words"], "--request", request)
    assert joined["status"] == 0
    assert people.office("enrol", request, "--fingerprint", joined["words"])["status"] == 0

    assert people.desk("export", "--case", "no", "--out", tmp_path / "stick")["status"] == 3
    plan = people.desk("export", "--case", code, "--out", tmp_path / "stick", "--preview")
    assert plan["cases"][0]["consent"] is True
    sent = people.desk("export", "--case", code.lower(), "--out", tmp_path / "stick")
    assert sent["status"] == 0
    (bundle,) = (tmp_path / "stick").iterdir()

    taken = people.office("ingest", bundle, "--receipts", tmp_path / "receipts")
    assert taken["status"] == 0
    assert people.office("ingest", bundle)["code"] == "ALREADY"
    (receipt,) = (tmp_path / "receipts").iterdir()
    confirmed = people.desk("import", receipt)
    assert (confirmed["status"], confirmed["held"]) == (0, sent["changes"])
    assert people.desk("import", receipt)["code"] == "ALREADY"
    assert people.office("check")["problems"] == []

    damaged = bytearray(bundle.read_bytes())
    damaged[-1] ^= 1
    bundle.write_bytes(damaged)
    assert people.office("ingest", bundle)["status"] == 4
    assert people.office("status")["cases"] == 1
