"""What a script sees of a command: one object, one exit status."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from imsa_desk import __version__
from imsa_desk.cli import main as commands
from imsa_desk.console import Exit, Result, failed, read_passphrase, show
from imsa_desk.errors import Broken, Cancelled, Problem, Refused


def test_json_is_one_object_with_ok_code_and_message(capsys: pytest.CaptureFixture[str]) -> None:
    assert show(Result.done("Made.", cases=24), as_json=True) == 0
    assert json.loads(capsys.readouterr().out) == {
        "ok": True,
        "code": "DONE",
        "message": "Made.",
        "cases": 24,
    }


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Refused([Problem("name", "Give a name.")], code="E_NAME"), Exit.REFUSED, "E_NAME"),
        (Cancelled(), Exit.REFUSED, "E_CANCELLED"),
        (Broken("The file is damaged.", code="E_HEADER"), Exit.BROKEN, "E_HEADER"),
        (OSError(28, "No space left on device", "vault.db"), Exit.BROKEN, "E_FILE"),
        (KeyError("a survivor's name"), Exit.BROKEN, "E_BUG"),
    ],
)
def test_every_failure_has_its_status_and_code(error: Exception, status: Exit, code: str) -> None:
    result = failed(error)
    assert (result.ok, result.status, result.code) == (False, status, code)
    assert "survivor" not in result.message


def test_refusals_list_what_to_put_right(capsys: pytest.CaptureFixture[str]) -> None:
    show(failed(Refused([Problem("name", "Give a name.")])), as_json=True)
    assert json.loads(capsys.readouterr().out)["problems"] == [{"field": "name", "text": "Give a name."}]


def test_wrong_words_are_usage_also_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["nonsense", "--json"]) == 2
    found = json.loads(capsys.readouterr().out)
    assert (found["ok"], found["code"]) == (False, "E_USAGE")
    assert commands.main([]) == 2
    assert "usage: imsa-desk" in capsys.readouterr().err


def test_the_version_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        commands.main(["--version"])
    assert end.value.code == 0
    assert __version__ in capsys.readouterr().out


@pytest.mark.parametrize("command", commands.COMMANDS, ids=lambda c: c.word)
def test_every_command_explains_itself(command: commands.Command, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        commands.main([command.word, "--help"])
    assert end.value.code == 0
    assert f"imsa-desk {command.word}" in capsys.readouterr().out


@pytest.mark.parametrize("ending", [b"", b"\n", b"\r\n", b"\nsecond line\n"])
def test_a_passphrase_is_the_first_line_without_its_ending(tmp_path: Path, ending: bytes) -> None:
    file = tmp_path / "p"
    file.write_bytes(" with spaces é ".encode() + ending)
    assert read_passphrase(file) == " with spaces é "


def test_a_passphrase_may_come_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"typed\nmore")))
    assert read_passphrase(None) == "typed"


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe\n"])
def test_an_empty_or_unreadable_passphrase_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "p"
    file.write_bytes(content)
    with pytest.raises(Refused):
        read_passphrase(file)
    with pytest.raises(Refused):
        read_passphrase(tmp_path / "absent")
