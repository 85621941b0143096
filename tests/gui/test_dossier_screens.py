"""The hand-over dossier is shown from the editor, from the case's menu and above a case that came."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from gui.access import amiss
from gui.case_kit import Settle, editor, page
from PySide6.QtGui import QAction

from imsa_desk.domain.handover import CaseStanding
from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.prints import PrintKind
from imsa_desk.gui.forms.handover import HandoverEditor
from imsa_desk.gui.forms.print_preview import PrintPreview
from imsa_desk.gui.main_window import MainWindow
from imsa_desk.gui.models.case_standing import told_of
from imsa_desk.gui.pages.case import CasePage
from imsa_desk.vocab import AssignmentWhy


def test_the_dossier_is_shown_from_the_editor_and_asks_nothing_about_taking_it_home(
    window: MainWindow, case_id: CaseId, settle: Settle
) -> None:
    window.open_editor("handover", case_id=case_id)
    settle(window)
    made = editor(window, HandoverEditor)
    assert not made.dossier.isHidden()
    made.dossier.click()
    settle(window)
    preview = editor(window, PrintPreview)
    assert preview.kind is PrintKind.DOSSIER and preview.pages
    assert preview.options.asked.isHidden() and amiss(preview.window()) == []
    for tick in made.ticks.values():
        tick.setChecked(False)
    assert made.dossier.isHidden()


def test_the_case_offers_its_dossier_and_so_does_the_line_above_one_that_came(
    window: MainWindow, case_id: CaseId, settle: Settle
) -> None:
    window.open("case", case_id=case_id)
    settle(window)
    found = page(window, CasePage)
    found._open_menu()
    (offer,) = [one for one in found.findChildren(QAction) if "dossier" in one.text()]
    for show in (offer.trigger, lambda: found.standing._do("dossier")):
        show()
        settle(window)
        preview = editor(window, PrintPreview)
        assert preview.kind is PrintKind.DOSSIER
        preview.window().close()
        settle(window)
    came = CaseStanding(why=AssignmentWhy.LEAVING, since=date(2026, 11, 2), from_name="B. Practice")
    for given in (came, replace(came, why=AssignmentWhy.COVER, until=date(2027, 1, 8))):
        assert told_of(given, None, True)[0].does == "dossier"
