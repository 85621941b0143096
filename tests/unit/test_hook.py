"""What is written about a bug: where it showed and of what type, never a value."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from vault_kit import quick_vault

from imsa_desk.gui import hook
from imsa_desk.store.vault import open_database

CANARY = "ZQ-kestrel-under-the-quarry"
GUI = Path(hook.__file__).parents[1]


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What the person was told, with every hook in place and reports in a folder of the test's."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    monkeypatch.setattr("imsa_desk.paths.state_folder", lambda: tmp_path)
    found: list[str] = []
    hook.install(found.append)
    yield found


def reports(folder: Path) -> str:
    """Give every report there is."""
    return "".join(file.read_text(encoding="utf-8") for file in folder.rglob("*.txt"))


def fail(words: str) -> None:
    """Fail with words in the message, in a local value, in a note and in the error before."""
    local = f"local {words}"
    try:
        raise KeyError(f"before {words}")
    except KeyError as before:
        error = ValueError(f"message {words}", local)
        error.add_note(f"note {words}")
        raise error from before


def test_a_report_names_the_place_and_no_value(
    told: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        fail(CANARY)
    except ValueError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    written = reports(tmp_path) + capsys.readouterr().err + "".join(told)
    assert CANARY not in written
    assert "builtins.ValueError" in written and "test_hook.py" in written and " fail" in written
    (file,) = tmp_path.rglob("*.txt")
    assert file.stat().st_mode & 0o077 == 0 or sys.platform == "win32"


def test_a_bug_in_a_thread_or_in_tidying_up_quotes_nothing(
    told: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    thread = threading.Thread(target=fail, args=(CANARY,), name=CANARY)
    thread.start()
    thread.join()

    class Careless:
        """Fails when it goes."""

        def __del__(self) -> None:
            fail(CANARY)

    careless = Careless()
    del careless
    said = capsys.readouterr().err
    assert said.count("builtins.ValueError") == 2 and "__del__" in said
    assert reports(tmp_path).count("builtins.ValueError") == 1
    assert CANARY not in said + reports(tmp_path) + "".join(told)


def test_without_a_console_a_bug_still_gives_a_report(
    told: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    try:
        fail(CANARY)
    except ValueError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    assert "builtins.ValueError" in reports(tmp_path) and len(told) == 1


def test_no_path_of_a_person_stands_in_a_report(told: list[str], tmp_path: Path) -> None:
    code = compile("raise ValueError", f"/home/{CANARY}/imsa_desk/gui/{'x'}.py", "exec")
    other = compile("raise ValueError", f"/home/{CANARY}/plugin.py", "exec")
    for each in (code, other):
        try:
            exec(each)
        except ValueError as error:
            sys.excepthook(type(error), error, error.__traceback__)
    assert CANARY not in reports(tmp_path)
    assert "imsa_desk/gui/x.py:1" in reports(tmp_path) and "plugin.py:1" in reports(tmp_path)


def test_an_error_of_the_database_holds_no_value_of_the_statement(tmp_path: Path) -> None:
    opened, _ = quick_vault(tmp_path / "vault")
    engine = open_database(opened)
    try:
        with engine.begin() as connection, pytest.raises(Exception) as caught:
            connection.execute(text("INSERT INTO nowhere VALUES (:words)"), {"words": CANARY})
        assert CANARY not in str(caught.value) and CANARY not in repr(caught.value)
        assert engine.hide_parameters
    finally:
        engine.dispose()
        opened.close()


def test_every_engine_hides_the_values_of_its_statements() -> None:
    calls = [
        (file, line)
        for file in GUI.rglob("*.py")
        for line in file.read_text(encoding="utf-8").replace("\n        ", " ").splitlines()
        if "create_engine(" in line and "def " not in line and "import" not in line
    ]
    assert len(calls) >= 2
    assert [str(file) for file, line in calls if "hide_parameters=True" not in line] == []
