"""`imsa-desk vault` for support staff: what is known without a secret, backups, ways back, new keys."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from desk_kit import PASSPHRASE, meeting_draft, new_desk, open_case
from vault_kit import picture

from imsa_desk.__main__ import main
from imsa_desk.services import caseload, meetings, vaults

OTHER = "marble thunder picnic"


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    return written(tmp_path / "passphrase", PASSPHRASE)


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    desk = new_desk(tmp_path / "vault")
    meetings.log_meeting(desk, meeting_draft(open_case(desk)))
    vaults.lock(desk)
    return tmp_path / "vault"


def written(file: Path, *lines: str) -> Path:
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def ask(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, dict[str, Any]]:
    """Run a command with `--json` and return its status and object."""
    status = main(["vault", *map(str, words), "--json"])
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return status, found


def meetings_in(folder: Path, passphrase: str = PASSPHRASE) -> int:
    desk = vaults.unlock(folder, passphrase)
    found = sum(len(meetings.meetings_of(desk, row.id)) for row in caseload.caseload(desk))
    vaults.lock(desk)
    return found


def test_what_is_known_without_a_secret_is_told_and_nothing_changes(
    vault: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = picture(vault)
    status, told = ask(capsys, "info", vault)
    assert (status, told["practice"], told["backups"]) == (0, True, [])
    assert {slot["kind"] for slot in told["slots"]} == {"passphrase", "recovery"}
    assert picture(vault) == before


def test_a_backup_is_made_tried_and_restored(
    vault: Path, secret: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "stick").mkdir()
    status, made = ask(capsys, "backup", vault, "--passphrase-file", secret, "--second", tmp_path / "stick")
    assert (status, made["second_here"]) == (0, True)
    assert Path(made["file"]).is_file() and len(list((tmp_path / "stick").iterdir())) == 1
    status, tried = ask(capsys, "drill", vault, "--passphrase-file", secret)
    assert (status, tried["problems"]) == (0, []) and tried["lines"] > 3

    desk = vaults.unlock(vault, PASSPHRASE)
    meetings.log_meeting(desk, meeting_draft(caseload.caseload(desk)[0].id, "after the backup"))
    vaults.lock(desk)
    before = picture(vault)
    words = ("restore", made["file"], vault, "--passphrase-file", secret)
    status, preview = ask(capsys, *words, "--preview")
    assert (status, preview["code"]) == (0, "PREVIEW") and "1 meeting" in " ".join(preview["lost"])
    assert picture(vault) == before
    status, restored = ask(capsys, *words)
    assert (status, restored["ok"]) == (0, True) and Path(restored["kept"]).is_dir()
    assert meetings_in(vault) == 1
    assert ask(capsys, "check", vault, "--passphrase-file", secret)[0] == 0


def test_a_backup_opens_on_a_new_computer(
    vault: Path, secret: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, made = ask(capsys, "backup", vault, "--passphrase-file", secret)
    elsewhere = tmp_path / "other laptop" / "vault"
    elsewhere.parent.mkdir()
    status, _ = ask(capsys, "restore", made["file"], elsewhere, "--passphrase-file", secret)
    assert status == 0 and meetings_in(elsewhere) == 1


def test_a_vault_somebody_may_know_gets_a_new_key(
    vault: Path, secret: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = written(tmp_path / "new", OTHER)
    words = ("rotate", vault, "--passphrase-file", secret, "--new-passphrase-file", new)
    status, rotated = ask(capsys, *words)
    assert (status, len(rotated["recovery_code"]) > 20) == (0, True)
    assert ask(capsys, "check", vault, "--passphrase-file", secret)[0] == 3
    assert ask(capsys, "check", vault, "--passphrase-file", new)[0] == 0
    code = written(tmp_path / "code", rotated["recovery_code"])
    status, _ = ask(
        capsys, "passphrase", vault, "--with", "recovery", "--passphrase-file", code, *words[4:5], secret
    )
    assert status == 0 and meetings_in(vault) == 1


def test_what_is_whole_is_salvaged_into_a_new_vault(
    vault: Path, secret: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (vault / next(vault.glob("anchor-*")).name).unlink()
    new = written(tmp_path / "new", OTHER)
    status, refused = ask(capsys, "check", vault, "--passphrase-file", secret)
    assert (status, refused["code"]) == (4, "E_ANCHOR")
    status, saved = ask(
        capsys,
        *("salvage", vault, "--to", tmp_path / "saved", "--passphrase-file", secret),
        *("--new-passphrase-file", new),
    )
    assert status == 0 and saved["kept"]["meeting"] == 1 and saved["lost"]
    assert meetings_in(tmp_path / "saved", OTHER) == 1


def test_a_wrong_secret_is_refused_by_every_word(
    vault: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = written(tmp_path / "wrong", "not the words at all")
    new = written(tmp_path / "new", OTHER)
    for words in (
        ("check", vault),
        ("backup", vault),
        ("drill", vault),
        ("rotate", vault, "--new-passphrase-file", new),
        ("passphrase", vault, "--new-passphrase-file", new),
        ("salvage", vault, "--to", tmp_path / "saved", "--new-passphrase-file", new),
    ):
        status, told = ask(capsys, *words, "--passphrase-file", wrong)
        assert (status, told["code"]) == (3, "E_PASSPHRASE"), words
    assert not (tmp_path / "saved").exists()


def test_an_unknown_way_is_a_usage_error(vault: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, told = ask(capsys, "check", vault, "--with", "luck")
    assert (status, told["code"]) == (2, "E_USAGE")
