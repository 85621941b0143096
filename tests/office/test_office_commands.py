"""The commands of `imsa-office` as a script meets them: one JSON object, one exit status, no traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from exchange_kit import PASSPHRASE, QUICK, new_case

from imsa_desk.errors import ImsaError
from imsa_desk.office.commands import run
from imsa_desk.services import exchange, office, vaults
from imsa_desk.services.desk import Desk

Said = tuple[int, dict[str, Any]]
Office = Callable[..., Said]


@dataclass
class Place:
    """The folders of one test."""

    base: Path
    secret: Path


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A folder with a passphrase file."""
    secret = tmp_path / "secret"
    secret.write_text(PASSPHRASE + "\nsecond line\n")
    return Place(tmp_path, secret)


@pytest.fixture
def command(place: Place, capsys: pytest.CaptureFixture[str]) -> Office:
    """Run a command of the office with `--json`; give its exit status and what it said."""

    def call(word: str, *rest: str | Path) -> Said:
        fixed = ["--office", place.base / "office", "--passphrase-file", place.secret, "--json"]
        status = run([word, *(str(w) for w in (*rest, *fixed))])
        said = json.loads(capsys.readouterr().out)
        assert {"ok", "code", "message"} <= said.keys()
        assert said["ok"] == (status == 0)
        return status, said

    return call


def _sent(place: Place, command: Office) -> tuple[Desk, Path]:
    """Let a new Desk join and be enrolled, and send one case."""
    desk, _ = vaults.create(
        place.base / "vault", PASSPHRASE, advocate_name="A. Advocate", practice=True, params=QUICK
    )
    file = (place.base / "office" / "enrolment.json").read_bytes()
    joined = exchange.join(desk, file, " ".join(exchange.read_offer(desk, file).words))
    request = place.base / "request.json"
    request.write_bytes(exchange.request_file(desk))
    status, said = command("enrol", request, "--fingerprint", " ".join(joined.own_words))
    assert (status, said["name"]) == (0, "A. Advocate")
    out = place.base / "out"
    out.mkdir()
    return desk, out / exchange.export(desk, [new_case(desk, "Abeba")], out).file_name


@pytest.mark.parametrize("database", ["encrypted file", "postgresql"])
def test_a_bundle_goes_through_every_command(
    place: Place, command: Office, database: str, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgresql_url") if database == "postgresql" else ""
    status, said = command("init", "--name", "Llais", "--practice", *(["--database", url] if url else []))
    assert (status, said["database"]) == (0, url or "encrypted file")
    assert said["recovery_code"] and len(said["words"].split()) == 8
    desk, bundle = _sent(place, command)
    receipts = place.base / "receipts"
    receipts.mkdir()
    status, said = command("ingest", bundle, "--out", receipts)
    assert (status, said["code"], said["files"][0]["code"]) == (0, "DONE", "DONE")
    status, said = command("ingest", bundle)
    assert (status, said["code"]) == (0, "ALREADY")
    assert "Already imported, nothing changed" in said["message"]
    status, said = command("status")
    assert (status, said["cases"], said["advocates"][0]["bundles"]) == (0, 1, 1)
    status, said = command("check")
    assert (status, said["problems"]) == (0, [])
    (receipt,) = receipts.iterdir()
    watched, answers = place.base / "watched", place.base / "answers"
    watched.mkdir()
    answers.mkdir()
    bundle.rename(watched / bundle.name)
    words = (watched, "--out", answers, "--every", "0.05")
    assert command("watch", *words, "--once")[0] == 0
    assert [file.name for file in (watched / "taken").iterdir()] == [bundle.name]
    status, said = command("receipts", "--out", answers)
    assert status == 0 and len(said["files"]) == 1
    assert exchange.take_in(desk, receipt).news
    assert exchange.held(desk).not_held == 0
    vaults.lock(desk)


def test_one_bad_file_among_good_ones_decides_the_status_but_stops_nothing(
    place: Place, command: Office
) -> None:
    command("init", "--name", "Llais", "--practice")
    desk, bundle = _sent(place, command)
    vaults.lock(desk)
    bad, absent = place.base / "bad.imsa", place.base / "absent.imsa"
    bad.write_bytes(bundle.read_bytes()[:-1])
    status, said = command("ingest", bad, bundle, absent)
    assert (status, said["code"]) == (4, "E_DECRYPT")
    assert [file["code"] for file in said["files"]] == ["E_DECRYPT", "DONE", "E_READ"]


def test_refusals_have_status_3_and_their_code(place: Place, command: Office) -> None:
    command("init", "--name", "Llais", "--practice")
    assert command("init", "--name", "Llais", "--practice")[1]["code"] == "E_NOT_EMPTY"
    desk, _ = vaults.create(
        place.base / "vault", PASSPHRASE, advocate_name="A. Advocate", practice=True, params=QUICK
    )
    file = (place.base / "office" / "enrolment.json").read_bytes()
    exchange.join(desk, file, " ".join(exchange.read_offer(desk, file).words))
    request = place.base / "request.json"
    request.write_bytes(exchange.request_file(desk))
    vaults.lock(desk)
    status, said = command("enrol", request, "--fingerprint", "eight words that are of no use here")
    assert (status, said["code"]) == (3, "E_FINGERPRINT")
    request.write_bytes(b"{}")
    assert command("enrol", request, "--fingerprint", "x")[1]["code"] == "E_ENROLMENT"
    place.secret.write_text("wrong\n")
    assert command("status")[1]["code"] == "E_PASSPHRASE"
    place.secret.write_text("")
    assert command("status")[1]["code"] == "E_PASSPHRASE"


def test_a_database_address_with_a_password_or_of_another_kind_is_refused(
    place: Place, command: Office
) -> None:
    for url in ("postgresql://imsa:secret@/x", "mysql://imsa@/x"):
        status, said = command("init", "--name", "Llais", "--practice", "--database", url)
        assert (status, said["code"]) == (3, "E_DATABASE_URL")
    assert not (place.base / "office").exists()


def test_a_database_of_another_office_is_refused(place: Place, command: Office, postgresql_url: str) -> None:
    assert command("init", "--name", "Llais", "--practice", "--database", postgresql_url)[0] == 0
    (place.base / "office").rename(place.base / "first")
    status, said = command("init", "--name", "Other", "--practice", "--database", postgresql_url)
    assert (status, said["code"]) == (3, "E_DATABASE_USED")


def test_a_database_that_does_not_answer_is_broken(place: Place, command: Office) -> None:
    status, said = command(
        "init", "--name", "Llais", "--practice", "--database", f"postgresql://imsa@/x?host={place.base}"
    )
    assert (status, said["code"]) == (4, "E_DATABASE")


@pytest.mark.parametrize("words", [[], ["nonsense"], ["status"], ["init", "--office", "x"]])
def test_wrong_words_have_status_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*words, "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["code"] == "E_USAGE"
    assert run(words) == 2
    assert "usage:" in capsys.readouterr().err


def test_practice_and_real_never_meet(place: Place) -> None:
    secret = vaults.suggest_passphrase()
    real, _ = office.init_office(place.base / "real", secret, "Llais", params=QUICK)
    file = office.enrolment_file(real)
    desk, _ = vaults.create(
        place.base / "vault", PASSPHRASE, advocate_name="A. Advocate", practice=True, params=QUICK
    )
    with pytest.raises(ImsaError) as caught:
        exchange.read_offer(desk, file)
    assert caught.value.code == "E_PRACTICE"
    practice, _ = office.init_office(
        place.base / "practice", PASSPHRASE, "Llais", practice=True, params=QUICK
    )
    offer = office.enrolment_file(practice)
    exchange.join(desk, offer, " ".join(exchange.read_offer(desk, offer).words))
    with pytest.raises(ImsaError) as caught:
        office.enrol(real, exchange.request_file(desk), "x")
    assert caught.value.code == "E_NOT_FOR_US"
    vaults.lock(desk)
    real.close()
    practice.close()


def test_the_program_starts_as_a_program(place: Place) -> None:
    said = subprocess.run(
        [sys.executable, "-m", "imsa_desk.office", "--version"],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
    )
    assert said.stdout.startswith("imsa-office ")
