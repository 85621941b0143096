"""What tests of the exchange page share: opening it."""

from __future__ import annotations

from gui.assessment_window import quiet

from imsa_desk.gui.main_window import MainWindow
from imsa_desk.gui.pages.exchange import ExchangePage


def open_page(window: MainWindow) -> ExchangePage:
    """Open the exchange."""
    window.open("exchange")
    quiet(window)
    assert window.opened is not None
    page = window.opened.frame.page
    assert isinstance(page, ExchangePage)
    return page
