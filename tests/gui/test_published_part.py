"""The Vault page says what the organisation published: what, which version, and since when."""

from __future__ import annotations

from collections.abc import Callable

from gui.access import amiss
from gui.conftest import Settle
from PySide6.QtWidgets import QWidget
from taking_kit import OFFICE, say

from imsa_desk import paths
from imsa_desk.gui.main_window import MainWindow
from imsa_desk.gui.pages.vault import VaultPage
from imsa_desk.gui.widgets.rows import Row
from imsa_desk.services.desk import Desk
from imsa_desk.vocab import Kind

Shot = Callable[[QWidget, str], None]


def vault_page(window: MainWindow, settle: Settle) -> VaultPage:
    window.open("vault")
    settle(window)
    assert window.opened is not None
    page = window.opened.frame.page
    assert isinstance(page, VaultPage)
    return page


def test_nothing_is_said_where_nothing_was_published(window: MainWindow, settle: Settle) -> None:
    assert vault_page(window, settle).published.isHidden()


def test_what_the_organisation_published_stands_with_version_and_day(
    window: MainWindow, desk: Desk, settle: Settle, shot: Shot
) -> None:
    text = (paths.resources() / "rules" / "retention.toml").read_text("utf-8")
    rule = {"name": "retention", "version": 3, "text": text, "digest": "0" * 64}
    say(desk, OFFICE, Kind.RULE, None, rule)
    entry = {"list_id": "referral_source", "entry_id": "night_shelter", "label": "Night shelter"}
    say(desk, OFFICE, Kind.LIST_ENTRY, None, entry)
    page = vault_page(window, settle)
    assert page.published.isVisible()
    rows = [row for row in page.published.rows.entries if isinstance(row, Row)]
    assert [row.what for row in rows] == ["Rule: retention", "List: referral source"]
    assert [row.note for row in rows] == ["version 3", "1 added: Night shelter"]
    since = "published by your organisation, as it is since Friday 20 November 2026"
    assert {row.why for row in rows} == {since}
    page.ensureWidgetVisible(page.published)
    shot(window, "vault-published")
    assert amiss(window) == []
