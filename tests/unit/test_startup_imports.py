"""The window is painted before anything heavy is imported; that is what makes the start quick."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {
    "sqlalchemy", "alembic", "reportlab", "pypdfium2", "psycopg", "sqlcipher3", "cryptography", "pyrage",
    "msgspec", "PIL", "uharfbuzz", "icu4py", "fontTools", "imsa_desk.services", "imsa_desk.store",
}  # fmt: skip
DEAR = {"PySide6.QtSvg", "dataclasses", "subprocess", "ctypes", "tomllib", "json", "Qt"}
"""Not wanted by the unlock page. To name anything in `Qt` builds all its enumerations, which takes 13 ms."""
PROBE = """
import sys
from imsa_desk.gui import worker
from imsa_desk.__main__ import main

def report(app):
    from PySide6 import QtCore
    built = ["Qt"] if isinstance(vars(QtCore).get("Qt"), type) else []
    print(*sys.modules, *built, sep="\\n")
    app.quit()

worker._report_and_leave = report
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize("there", [True, False], ids=["unlock", "first run"])
def test_nothing_heavy_is_imported_before_the_first_paint(tmp_path: Path, there: bool) -> None:
    folder = tmp_path / "vault"
    if there:
        folder.mkdir()
        (folder / "header").write_bytes(b"only looked at after the first paint")
    done = subprocess.run(
        [sys.executable, "-c", PROBE, "--worker", str(folder), "--until-painted"],
        env={**os.environ, "HOME": str(tmp_path), "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.splitlines())
    assert "PySide6.QtWidgets" in loaded
    assert sorted((HEAVY | DEAR if there else HEAVY) & loaded) == []


def test_the_parent_process_never_loads_qt_or_a_key() -> None:
    code = (
        "import sys; from imsa_desk import __main__, app, supervisor\n"
        "print([m for m in sys.modules if m.split('.')[0] in ('PySide6', 'cryptography', 'sqlalchemy')])"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.strip() == "[]", done.stderr
