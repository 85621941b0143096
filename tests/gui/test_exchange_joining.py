"""The joining part of the exchange page: words and codes to compare, warnings, a new key, a new root."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from exchange_kit import Meeting
from gui.access import amiss
from gui.assessment_window import quiet, windows_of
from gui.case_kit import editor
from gui.conftest import Settle
from gui.exchange_window import open_page
from gui.recorder import Recorder
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from imsa_desk.domain.ids import CaseId
from imsa_desk.gui.forms.contact import ContactEditor
from imsa_desk.gui.forms.joining import JoiningForm
from imsa_desk.gui.forms.meeting import MeetingEditor
from imsa_desk.gui.forms.new_root import NewRootForm
from imsa_desk.gui.main_window import MainWindow
from imsa_desk.gui.widgets.qr import QrCode
from imsa_desk.services.desk import Desk
from imsa_desk.services.desk_trust import standing
from imsa_desk.services.joining import joined as joined_to
from imsa_desk.services.office_rotation import rotate_root
from imsa_desk.services.office_trust import revoke, trust_texts
from imsa_desk.store.records import TemplateRow
from imsa_desk.vocab import SignerRole

CONTROL = Qt.KeyboardModifier.ControlModifier


def _texts(part: QWidget) -> str:
    return " ".join(found.accessibleName() or "" for found in part.findChildren(QWidget) if found.isVisible())


def test_the_page_shows_words_code_and_number_and_takes_a_new_root_after_comparing(
    joined: MainWindow,
    met: Meeting,
    recorder: Recorder,
    tmp_path: Path,
    shot: Callable[[QWidget, str], None],
) -> None:
    page, found = open_page(joined), joined_to(met.desk)
    assert found is not None
    (code,) = page.request.findChildren(QrCode)
    assert code.accessibleName() == "QR code of the words: " + ", ".join(found.own_words)
    assert amiss(joined) == []
    shot(joined, "exchange-joining")
    met.office = rotate_root(met.office)
    (tmp_path / "newer.json").write_text(trust_texts(met.office)[0], "utf-8")
    recorder.answers.append(tmp_path / "newer.json")
    page.request.open_newer()
    quiet(joined)
    edition = standing(met.desk).edition
    assert edition is not None
    joined.open_editor("new_root")
    quiet(joined)
    form = editor(joined, NewRootForm)
    assert form.window().focusWidget() is form.leave  # Enter alone trusts nothing
    names = _texts(form)
    assert all(word in names for word in edition.words)
    assert amiss(form.window()) == []
    shot(form, "exchange-new-root")
    QTest.keyClick(form, Qt.Key.Key_Return, CONTROL)
    quiet(joined)
    assert standing(met.desk).edition is None
    again = joined_to(met.desk)
    assert again is not None and again.words == edition.words


def test_a_withdrawn_key_is_said_in_plain_words_and_a_new_one_is_made_after_asking(
    joined: MainWindow, met: Meeting, recorder: Recorder, tmp_path: Path
) -> None:
    page, before = open_page(joined), joined_to(met.desk)
    revoke(met.office, met.desk.store.writer, "compromised")
    (tmp_path / "keys.json").write_text(trust_texts(met.office)[1], "utf-8")
    recorder.answers.append(tmp_path / "keys.json")
    page.request.open_newer()
    quiet(joined)
    shown = [part.text() for part in page.request.findChildren(QWidget) if hasattr(part, "text")]
    assert any("withdrew this vault’s key" in text for text in shown)
    lines = met.desk.store.heads()
    (tmp_path / "other.json").write_text("{}", "utf-8")
    recorder.answers.append(tmp_path / "other.json")
    page.request.open_newer()
    quiet(joined)
    assert "Nothing was changed" in recorder.asked[-1]
    recorder.answers.append(False)
    page.request.change_key()
    quiet(joined)
    assert (joined_to(met.desk), met.desk.store.heads()) == (before, lines)
    recorder.answers.append(True)
    page.request.change_key()
    quiet(joined)
    found = standing(met.desk)
    assert found.changing and found.withdrawn is None
    assert before is not None and joined_to(met.desk) != before


def test_how_the_vault_joins_is_chosen_and_a_wrong_number_is_named(joined: MainWindow, met: Meeting) -> None:
    joined.open_editor("joining")
    quiet(joined)
    form = editor(joined, JoiningForm)
    form.role.set_value("supervisor")
    form.second_of.setText("12")
    form.save()
    quiet(joined)
    assert "32 characters" in form.fields["second_of"].error
    assert amiss(form.window()) == []
    form.second_of.setText("0a" * 16)
    form.save()
    quiet(joined)
    assert windows_of(JoiningForm) == []
    found = standing(met.desk)
    assert (found.role, found.second_of) == (SignerRole.SUPERVISOR, "0a" * 16)


def test_a_text_of_the_organisation_is_written_below_and_undone_by_the_keyboard(
    window: MainWindow, desk: Desk, case_id: CaseId, settle: Settle
) -> None:
    window.open_editor("meeting", case_id=case_id)
    settle(window)
    assert editor(window, MeetingEditor).begin_with.isHidden()
    editor(window, MeetingEditor).window().close()
    with desk.store.begin("publish") as session:
        session.add(TemplateRow(name="first_call", title="First call", text="Who called:\nWhat was agreed:"))
    window.open_editor("meeting", case_id=case_id)
    settle(window)
    made = editor(window, MeetingEditor)
    assert made.begin_with.isVisible()
    made.notes.setPlainText("Rang at ten.")
    (action,) = made.begin_with.menu_of_texts().actions()
    action.trigger()
    assert made.notes.text == "Rang at ten.\nWho called:\nWhat was agreed:"
    QTest.keyClick(made.notes, Qt.Key.Key_Z, CONTROL)
    assert made.notes.text == "Rang at ten."
    assert amiss(made.window()) == []
    window.open_editor("contact", case_id=case_id)
    settle(window)
    contact = editor(window, ContactEditor)
    (action,) = contact.begin_with.menu_of_texts().actions()
    action.trigger()
    assert contact.summary_text.text == "Who called:\nWhat was agreed:"
    settle(window)
