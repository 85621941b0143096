"""Steps at the edges: unlocking, the pages of the navigation, cover and palette, and what a lock leaves."""

from __future__ import annotations

from imsa_desk.gui.pages import PAGES
from imsa_desk.gui.tour.driver import lost
from imsa_desk.gui.tour.tour import Tour
from imsa_desk.gui.widgets.fields import PassphraseLine
from imsa_desk.services import practice


def unlock(tour: Tour) -> None:
    """Try a wrong passphrase, then type the right one."""
    d = tour.driver
    d.until(lambda: d.there("Passphrase"), "the unlock page")
    tour.camera.take("unlock")
    d.fill("Passphrase", "not these words")
    d.key("Return")
    field = d.find("Passphrase", PassphraseLine)
    if not field.isVisible() or tour.window.opened is not None:
        raise lost("a wrong passphrase was taken")
    tour.camera.take("unlock-wrong")
    _type_passphrase(tour)


def _type_passphrase(tour: Tour) -> None:
    d = tour.driver
    d.fill("Passphrase", tour.plan.passphrase.read_text(encoding="utf-8").strip())
    d.key("Return")
    d.until(lambda: tour.window.opened is not None, "the vault to open")
    d.settle()


def look_round(tour: Tour) -> None:
    """Visit each page of the navigation by its shortcut or its place in the navigation."""
    d = tour.driver
    for page in PAGES:
        if not page.group or page.id == "exchange":
            continue
        items = d.all(page.title, _nav_item(), tour.window)
        if items:
            d.click(items[0])
            d.settle()
            tour.camera.take(page.id)
    d.key("Ctrl+1")


def _nav_item() -> type:
    from imsa_desk.gui.widgets.navigation import _NavItem

    return _NavItem


def cover_and_find(tour: Tour) -> None:
    """Find what was written from the palette, and cover every window with F12."""
    d = tour.driver
    d.key("Ctrl+1", "Ctrl+K")
    tour.camera.take("palette")
    d.type(practice.canaries(1, tour.plan.seed)[0])
    d.until(lambda: _found(tour) > 0, "what was written in the first case")
    tour.camera.take("palette-found")
    d.key("Escape", "F12")
    tour.camera.take("cover", covered=True)
    d.key("Escape")
    _leave_a_draft(tour)
