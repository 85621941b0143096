"""The words after `imsa-desk`: the usual ones are read by hand, all others by the reader that can explain."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from imsa_desk import app

FOLDER, FILE = Path("/somewhere/vault"), Path("/somewhere/passphrase")


@pytest.mark.parametrize(
    "words",
    [
        [str(FOLDER), "--practice-passphrase-file", str(FILE)],
        ["--practice-passphrase-file", str(FILE), str(FOLDER)],
        [f"--practice-passphrase-file={FILE}", str(FOLDER)],
        ["--practice", str(FILE), "--", str(FOLDER)],
    ],
)
def test_an_option_may_be_written_in_every_usual_way(words: list[str]) -> None:
    found = app._read(words)
    assert (found.folder, found.practice_passphrase_file) == (FOLDER, FILE)
    assert not found.until_painted


def test_no_words_leave_the_choice_to_the_settings() -> None:
    assert app._read([]) == (None, None, False)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--colour"], "unrecognized arguments: --colour"),
        (["one", "two"], "unrecognized arguments: two"),
        (["--practice-passphrase-file"], "expected one argument"),
    ],
)
def test_a_mistake_is_explained_and_ends_with_two(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        app.main(words)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_help_is_given(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        app.main(["--help"])
    assert ended.value.code == 0
    assert "--practice-passphrase-file" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("address", "left"),
    [
        ("unix:path=/run/user/1/bus", "unix:path=/run/user/1/bus"),
        ("tcp:host=elsewhere,port=1", None),
        ("unix:path=/run/bus;nonce-tcp:host=elsewhere", None),
    ],
)
def test_a_message_bus_on_another_computer_is_never_spoken_to(
    address: str, left: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    app._keep_to_this_computer()
    assert os.environ.get("DBUS_SESSION_BUS_ADDRESS") == left
