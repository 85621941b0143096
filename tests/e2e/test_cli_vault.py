"""`imsa-desk vault` as a script sees it: exit status, one object, and nothing changed by a refusal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from vault_kit import PASSPHRASE, picture, quick_vault

from imsa_desk import supervisor
from imsa_desk.__main__ import main


def ask(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, dict[str, Any]]:
    """Run a command with `--json` and return its status and object."""
    status = main([*map(str, words), "--json"])
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return status, found


@pytest.fixture
def passphrase(tmp_path: Path) -> Path:
    file = tmp_path / "passphrase"
    file.write_text(PASSPHRASE + "\r\n", encoding="utf-8")
    return file


def test_a_vault_can_be_created_and_checked(
    tmp_path: Path, passphrase: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    passphrase.write_text("lantern orbit velvet cactus 41 meadow\n", encoding="utf-8")
    folder = tmp_path / "vault"
    words = (folder, "--passphrase-file", passphrase)
    status, made = ask(capsys, "vault", "create", *words, "--name", "Rosalind Ashby")
    assert (status, made["ok"]) == (0, True)
    assert len(made["recovery_code"]) > 20
    status, checked = ask(capsys, "vault", "check", *words)
    assert (status, checked["ok"], checked["problems"]) == (0, True, [])


def test_a_second_vault_is_not_made_over_the_first(
    tmp_path: Path, passphrase: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    passphrase.write_text("lantern orbit velvet cactus 41 meadow\n", encoding="utf-8")
    quick_vault(tmp_path / "vault")[0].close()
    before = picture(tmp_path / "vault")
    status, found = ask(capsys, "vault", "create", tmp_path / "vault", "--passphrase-file", passphrase)
    assert (status, found["ok"]) == (3, False)
    assert picture(tmp_path / "vault") == before


def test_a_wrong_passphrase_is_refused_and_only_counted(
    tmp_path: Path, passphrase: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    quick_vault(tmp_path / "vault")[0].close()
    before = picture(tmp_path / "vault")
    passphrase.write_text("another altogether\n", encoding="utf-8")
    status, found = ask(capsys, "vault", "check", tmp_path / "vault", "--passphrase-file", passphrase)
    assert (status, found["ok"]) == (3, False)
    after = picture(tmp_path / "vault")
    assert after.pop("tries")  # told at the next unlocking
    assert after == before


def test_a_vault_that_is_open_is_not_checked(
    tmp_path: Path, passphrase: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    quick_vault(tmp_path / "vault")[0].close()
    with supervisor.holding(tmp_path / "vault"):
        status, found = ask(capsys, "vault", "check", tmp_path / "vault", "--passphrase-file", passphrase)
    assert (status, found["code"]) == (3, "E_IN_USE")


@pytest.mark.parametrize("there", [True, False], ids=["empty folder", "no folder"])
def test_a_folder_without_a_vault_is_left_as_it_is(
    tmp_path: Path, passphrase: Path, capsys: pytest.CaptureFixture[str], there: bool
) -> None:
    folder = tmp_path / "elsewhere"
    if there:
        folder.mkdir()
    status, found = ask(capsys, "vault", "check", folder, "--passphrase-file", passphrase)
    assert (status in (3, 4), found["ok"]) == (True, False)
    assert folder.exists() == there
    assert not there or list(folder.iterdir()) == []


def test_a_damaged_vault_is_broken_not_refused(
    tmp_path: Path, passphrase: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    quick_vault(tmp_path / "vault")[0].close()
    (tmp_path / "vault" / "header").write_bytes(b"damaged")
    status, found = ask(capsys, "vault", "check", tmp_path / "vault", "--passphrase-file", passphrase)
    assert (status, found["ok"]) == (4, False)
    assert found["message"]
