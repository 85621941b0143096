"""First run: a vault of one's own is made as an advocate would, on the three pages of first run."""

from __future__ import annotations

from imsa_desk.gui.pages.first_run import FirstRunPage
from imsa_desk.gui.tour.driver import lost
from imsa_desk.gui.tour.tour import Tour
from imsa_desk.gui.widgets.fields import TextLine

_PATIENCE_S = 60.0  # a real vault measures what this computer can bear


def make_own_vault(tour: Tour) -> None:
    """Name, passphrase, recovery sheet; then the empty first page."""
    d = tour.driver
    d.until(lambda: d.there("Your name"), "the first page")
    tour.camera.take("first-run-who")
    d.type("Robin Ashgrove")
    d.key("Tab")
    d.type("Linden Survivor Advocacy")
    d.press("Next")
    d.until(lambda: bool(d.find("Five suggested words", TextLine).text()), "five words")
    tour.camera.take("first-run-passphrase")
    words = d.find("Five suggested words", TextLine).text()
    d.fill("The passphrase once more", words)
    d.press("Make the vault")
    d.until(lambda: d.there("Finish"), "the recovery sheet", _PATIENCE_S)
    tour.camera.take("first-run-recovery")
    _finish(tour)
    d.until(lambda: tour.window.opened is not None, "the vault")
    tour.camera.take("today-empty")
    d.key("Ctrl+2")
    tour.camera.take("caseload-empty")


def _finish(tour: Tour) -> None:
    """Save the sheet, type two of its groups back, and put it away."""
    d, page = tour.driver, next(iter(tour.window.findChildren(FirstRunPage)), None)
    sheet = page.sheet if page is not None else None
    if sheet is None:
        raise lost("there is no recovery sheet")
    paper = tour.window.context.folder.parent / "recovery-sheet.pdf"
    tour.answers.prepare(paper)
    d.press("Save as PDF…")
    d.until(paper.exists, "the sheet’s file")
    if not paper.read_bytes().startswith(b"%PDF"):
        raise lost("the recovery sheet was not written")
    # The groups never stand on the screen: they are read where the paper gets them from.
    for line, wanted in zip(sheet.typed.lines, sheet.typed._wanted.values(), strict=True):
        d.click(line)
        d.type(wanted)
    d.press("It is put away, apart from this laptop")
    d.press("Finish")
