"""Steps at the edges: unlocking, the pages of the navigation, cover and palette, and what a lock leaves."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractButton

from imsa_desk.gui.editors import EditorWindow
from imsa_desk.gui.tables import PAGES
from imsa_desk.gui.tour.driver import lost
from imsa_desk.gui.tour.tour import Tour
from imsa_desk.gui.widgets.fields import PassphraseLine, TextArea
from imsa_desk.gui.widgets.navigation import Navigation
from imsa_desk.gui.widgets.palettelist import PaletteList
from imsa_desk.services import practice

HALF = "She rang to say that the"
"""What stands half written in an editor when the vault is locked."""
_LATER = ("exchange",)


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
    """Visit each page of the navigation with the mouse, and come back with the keyboard."""
    d = tour.driver
    for page in PAGES:
        navigation = d.find("Pages", Navigation)
        items = [
            b for b in navigation.findChildren(QAbstractButton) if b.text() == page.title and b.isVisible()
        ]
        if items and page.id not in _LATER:
            d.click(items[0])
            d.settle()
            tour.camera.take(page.id)
    d.key("Ctrl+1")


def cover_and_find(tour: Tour) -> None:
    """Find what was written from the palette, cover every window with F12, and leave a draft."""
    d = tour.driver
    d.key("Ctrl+1", "Ctrl+K")
    tour.camera.take("palette")
    d.type(practice.canaries(1, tour.plan.seed)[0])
    listed = d.find("What was found", PaletteList)
    d.until(lambda: listed.currentIndex().isValid(), "what was written in the first case")
    tour.camera.take("palette-found")
    d.key("Return")
    if tour.window.opened is None or tour.window.opened.frame.route.page_id != "case":
        raise lost("the palette did not lead to the case")
    d.key("Ctrl+M")
    d.editor()
    d.fill("What happened: facts, times, who said what", HALF)
    d.key("F12")
    tour.camera.take("cover", covered=True)
    d.key("Escape")


def after_lock(tour: Tour) -> None:
    """See that the process that took its place knows nothing but where somebody was."""
    d = tour.driver
    d.until(lambda: d.there("Passphrase"), "the unlock page")
    if tour.window.opened is not None or tour.window.context.vault is not None:
        raise lost("the vault is open after the lock")
    kept = str(tour.state)
    if HALF in kept or any(canary in kept for canary in practice.canaries(practice.CASES, tour.plan.seed)):
        raise lost("the lock handed something of the record on")
    # The page itself is the one of the beginning, so the other way in is looked at here.
    d.press("Open it another way")
    tour.camera.take("unlock-after-lock")
    d.press("Use my passphrase")


def unlock_again(tour: Tour) -> None:
    """Type the passphrase; the case and the half-written meeting are where they were."""
    d = tour.driver
    _type_passphrase(tour)
    d.until(lambda: bool(_editors(tour)), "the editor that was open")
    editor = _editors(tour)[0]
    editor.activateWindow()
    d.settle()
    notes = d.find("What happened: facts, times, who said what", TextArea, editor)
    if notes.text != HALF:
        raise lost("the half-written meeting did not come back")
    tour.camera.take("where-it-was-left")
    tour.answers.prepare(True)
    d.press("Throw the draft away", editor)
    d.until(lambda: not _editors(tour), "the draft to go")


def _editors(tour: Tour) -> list[EditorWindow]:
    return [e for e in tour.window.findChildren(EditorWindow) if e.isVisible()]
