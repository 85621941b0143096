"""What is said of each system's protections, on Help and at the start of a real vault."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from gui.conftest import Settle
from vault_kit import QUICK

from imsa_desk.gui.main_window import MainWindow
from imsa_desk.gui.pages.help import HelpPage
from imsa_desk.gui.protections import protections
from imsa_desk.services import vaults
from imsa_desk.services.disk import disk_state


@pytest.mark.parametrize("system", ["linux", "win32", "darwin", "freebsd14"])
def test_every_system_is_told_the_same_things_in_its_own_words(system: str) -> None:
    found = protections(system)
    assert [one.what for one in found] == [one.what for one in protections("linux")]
    assert all(one.words.endswith(".") for one in found)


def test_no_system_is_promised_what_it_does_not_have() -> None:
    kept = {s: {p.what for p in protections(s) if p.enforced} for s in ("linux", "win32", "darwin")}
    assert "Pictures of the screen" not in kept["linux"] | kept["darwin"]
    assert "Pictures of the screen" in kept["win32"]
    assert "Files from others" not in kept["win32"] | kept["darwin"]
    assert "Locking with the screen" not in kept["darwin"]


def test_help_shows_them_with_the_disk(window: MainWindow, settle: Settle) -> None:
    window.open("help")
    settle(window)
    assert window.opened is not None
    page = window.opened.frame.page
    assert isinstance(page, HelpPage)
    assert page.disk_words.text() == disk_state(window.context.folder).words


@pytest.mark.parametrize(("state", "told"), [({}, True), ({"route": {"page": "today"}}, False)])
def test_a_plain_disk_is_told_once_at_the_start_of_a_real_vault(
    front: MainWindow, tmp_path: Path, settle: Settle, state: dict[str, object], told: bool
) -> None:
    if sys.platform != "linux" or not disk_state(tmp_path).warns:
        pytest.skip("this disk gives no reason to warn")
    words = "five invented words for tests"
    desk, _ = vaults.create(tmp_path / "real", words, advocate_name="Ann Practice", params=QUICK)
    front.start = front.start._replace(state=state)
    front.vault_opened(desk)
    settle(front)
    assert (disk_state(tmp_path).words in front.saying.notices.words) is told
    assert front.opened is not None
    front.opened.end()
    settle(front)
    desk.store.close()
