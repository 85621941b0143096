"""The commands about trust and reference data, as scripts on both sides meet them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from exchange_kit import PASSPHRASE, QUICK

from imsa_desk.cli.main import main
from imsa_desk.office.commands import run
from imsa_desk.services import office, vaults

Said = tuple[int, dict[str, Any]]
Call = Callable[..., Said]


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A folder with an office and a vault that have not met."""
    (tmp_path / "secret").write_text(PASSPHRASE + "\n")
    place, _ = office.init_office(
        tmp_path / "office", PASSPHRASE, "Llais Advocacy", practice=True, params=QUICK
    )
    place.close()
    desk, _ = vaults.create(
        tmp_path / "vault", PASSPHRASE, advocate_name="A. Advocate", practice=True, params=QUICK
    )
    vaults.lock(desk)
    return tmp_path


@pytest.fixture
def at_office(base: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    """Run a command of the office with `--json`."""

    def call(word: str, *rest: str | Path) -> Said:
        fixed = ["--office", base / "office", "--passphrase-file", base / "secret", "--json"]
        status = run([word, *(str(w) for w in (*rest, *fixed))])
        return status, json.loads(capsys.readouterr().out)

    return call


@pytest.fixture
def at_desk(base: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    """Run a command of the Desk with `--json`."""

    def call(word: str, *rest: str | Path) -> Said:
        fixed = [base / "vault", "--passphrase-file", base / "secret", "--json"]
        status = main([word, *(str(w) for w in (*fixed, *rest))])
        return status, json.loads(capsys.readouterr().out)

    return call


def test_trust_goes_round_by_commands_alone(base: Path, at_office: Call, at_desk: Call) -> None:
    assert at_desk("trust")[1]["code"] == "NOT_JOINED"
    _, words = at_office("words")
    assert (base / "office" / "enrolment-words.svg").read_bytes().startswith(b"<svg")
    file = base / "office" / "enrolment.json"
    assert at_desk("join", file, "--fingerprint", words["words"])[0] == 0
    _, request = at_desk("request", "--out", base / "request.json", "--role", "supervisor")
    asked = ["--fingerprint", request["words"], "--role", "supervisor"]
    _, enrolled = at_office("enrol", base / "request.json", *asked)
    assert (enrolled["role"], enrolled["writer"]) == ("supervisor", request["vault"])
    assert at_office("words", "--of", request["vault"])[1]["words"] == request["words"]

    _, changed = at_desk("change-key", "--out", base / "changed.json")
    assert at_desk("change-key", "--out", base / "changed.json")[1]["code"] == "E_EXISTS"
    assert at_desk("change-key", "--out", base / "again.json")[1]["code"] == "E_CHANGING"
    assert at_office("enrol", base / "changed.json", "--fingerprint", request["words"])[0] == 3
    assert at_office("enrol", base / "changed.json", "--fingerprint", changed["words"])[0] == 0

    _, rotated = at_office("rotate", "--root")
    assert (rotated["serial"], rotated["root"]) == (2, True)
    _, stands = at_desk("trust", "--take", rotated["enrolment"])
    assert stands["new_root"] == rotated["words"]
    assert at_desk("join", rotated["enrolment"], "--fingerprint", rotated["words"])[0] == 0
    assert at_office("rotate", "--root", "--compromised")[0] == 2

    _, said = at_office("status")
    assert said["advocates"][0]["role"] == "supervisor"
    assert at_office("policy", "--scope", "coordination", "--level", "L3=never")[1]["serial"] == 3
    assert at_office("policy", "--scope", "coordination")[1]["code"] == "UNCHANGED"
    assert at_office("policy", "--level", "L4=always")[0] == 3

    status, gone = at_office("revoke", request["vault"], "--reason", "left")
    assert (status, gone["last"]) == (0, 0)
    assert at_office("status")[1]["advocates"][0]["revoked"]
    _, stands = at_desk("trust", "--take", gone["file"])
    assert stands["withdrawn"] == "left" and "withdrew" in stands["message"]
    assert at_office("revoke", "0" * 32, "--reason", "lost")[1]["code"] == "E_NOT_ENROLLED"


def test_publishing_says_what_would_change_what_did_and_where_things_come_from(
    base: Path, at_office: Call, at_desk: Call
) -> None:
    folder = base / "published" / "templates"
    folder.mkdir(parents=True)
    (folder / "first_call.toml").write_text('title = "First call"\ntext = "Who called:"\n')
    for word, code in ((("--preview",), "DONE"), ((), "DONE"), ((), "UNCHANGED")):
        status, said = at_office("publish", folder.parent, *word)
        assert (status, said["code"]) == (0, code)
    (folder / "broken.toml").write_text("x")
    status, said = at_office("publish", folder.parent)
    assert (status, said["code"]) == (3, "E_REFERENCE")
    assert "templates/broken.toml" in said["message"]
    _, said = at_desk("reference")
    shipped = {
        "kind": "rule",
        "name": "retention",
        "detail": "",
        "source": "came with the program",
        "since": "",
    }
    assert shipped in said["reference"]
