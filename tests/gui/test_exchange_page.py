"""The exchange page: joining by compared words, choosing what leaves, and held only by a verified receipt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from exchange_kit import PASSPHRASE, QUICK, Meeting, new_case, new_meeting
from gui.access import amiss
from gui.assessment_window import quiet
from gui.exchange_window import open_page
from gui.recorder import Recorder
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from sqlalchemy import text

from imsa_desk.domain.documents import DocumentDraft
from imsa_desk.domain.exchange import StayWhy
from imsa_desk.domain.handover import FileOutcome, Taken
from imsa_desk.domain.ids import CaseId
from imsa_desk.gui.main_window import MainWindow
from imsa_desk.gui.pages.exchange import ExchangePage
from imsa_desk.gui.pages.exchange_state import STAY_WORDS, leaving_words, size_words
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.notice import NoticeBar
from imsa_desk.gui.widgets.rows import Row, RowList
from imsa_desk.services import exchange, office
from imsa_desk.services.desk import Desk
from imsa_desk.services.documents import add_document
from imsa_desk.services.exchange_folder import exchange_folder
from imsa_desk.services.second_writer import note_behind
from imsa_desk.services.share_choice import scope_of


def said(page: ExchangePage) -> str:
    """Give the sentence under the title."""
    return page.title._sentence.text()


def rows(found: RowList) -> list[Row]:
    """Give the rows of a list."""
    return [entry for entry in found.entries if isinstance(entry, Row)]


def test_before_joining_it_says_that_nothing_leaves_and_joins_after_comparing(
    window: MainWindow,
    desk: Desk,
    recorder: Recorder,
    tmp_path: Path,
    shot: Callable[[QWidget, str], None],
) -> None:
    place, _ = office.init_office(
        tmp_path / "office", PASSPHRASE, "Llais Advocacy", practice=True, params=QUICK
    )
    file = tmp_path / "enrolment.json"
    file.write_bytes(office.enrolment_file(place))
    page = open_page(window)
    assert "Nothing leaves it" in said(page)
    assert page.prepare.isHidden()
    recorder.answers.append(file)
    page.join_part.open_file()
    quiet(window)
    assert page.join_part.offer is not None
    assert page.join_part.offer.words == exchange.read_offer(desk, file.read_bytes()).words
    assert exchange.joined(desk) is None
    focused = window.focusWidget()
    assert isinstance(focused, Button) and focused.words == "They differ, or I could not ask"
    assert amiss(window) == []
    shot(window, "exchange-compare")
    page.join_part.join()
    quiet(window)
    found = exchange.joined(desk)
    assert found is not None
    assert found.name == "Llais Advocacy"
    assert said(page) == "Llais Advocacy has confirmed nothing yet."
    recorder.answers.append(tmp_path / "request.json")
    page.request.save()
    quiet(window)
    assert office.enrol(place, (tmp_path / "request.json").read_bytes(), " ".join(found.own_words))
    place.close()


def test_a_file_that_is_no_enrolment_file_is_refused_in_plain_words(
    window: MainWindow, desk: Desk, recorder: Recorder, tmp_path: Path
) -> None:
    file = tmp_path / "letter.json"
    file.write_text('{"hello": "=1+1"}', encoding="utf-8")
    page = open_page(window)
    recorder.answers.append(file)
    page.join_part.open_file()
    quiet(window)
    assert page.join_part.wrong.isVisible()
    assert "enrolment" in page.join_part.wrong.accessibleName()
    assert exchange.joined(desk) is None


def test_a_bundle_is_sent_not_confirmed_until_its_receipt_is_taken_in(
    joined: MainWindow, met: Meeting, recorder: Recorder, shot: Callable[[QWidget, str], None]
) -> None:
    case = new_case(met.desk, "Selam")
    new_meeting(met.desk, case, "Talked about the flat.")
    page = open_page(joined)
    assert [line.who for line in rows(page.leaving.cases)] == ["Selam"]
    recorder.answers.extend([met.out, PASSPHRASE])
    page.prepare_bundle()
    quiet(joined)
    (bundle,) = met.out.glob("*.imsa")
    assert "not confirmed" in said(page)
    assert "confirmed nothing yet" in said(page)
    assert rows(page.leaving.cases)[0].tags[0].words == "Sent, not confirmed"
    (outcome,) = met.ingest(bundle)
    assert outcome.done is not None
    recorder.answers.append(Path(outcome.done.receipt))
    page.arriving.take_file()
    quiet(joined)
    assert said(page).startswith("Llais Advocacy holds everything up to today")
    assert "not confirmed" not in said(page)
    shot(joined, "exchange-held")


def test_a_damaged_receipt_confirms_nothing_and_says_what_to_do(
    joined: MainWindow, met: Meeting, recorder: Recorder, tmp_path: Path
) -> None:
    case = new_case(met.desk, "Besa")
    _, bundle = met.send(case)
    (outcome,) = met.ingest(bundle)
    assert outcome.done is not None
    data = bytearray(Path(outcome.done.receipt).read_bytes())
    data[len(data) // 2] ^= 1
    bad = tmp_path / "bad.imsa"
    bad.write_bytes(bytes(data))
    page = open_page(joined)
    recorder.answers.append(bad)
    page.arriving.take_file()
    quiet(joined)
    assert page.wrong.isVisible()
    assert exchange.held(met.desk).sent_not_confirmed == 1


def test_without_consent_a_case_needs_a_basis_and_a_reason(
    joined: MainWindow, met: Meeting, recorder: Recorder
) -> None:
    new_case(met.desk, "Ioana", consent=False)
    page = open_page(joined)
    assert [tag.words for tag in rows(page.leaving.cases)[0].tags] == ["Consent missing"]
    page.prepare_bundle()
    quiet(joined)
    assert recorder.asked == []
    assert page.leaving.basis_field.error
    assert page.leaving.reason_field.error
    page.leaving.basis.set_value("vital_interests")
    page.leaving.reason.setText("In danger tonight.")
    recorder.answers.extend([met.out, PASSPHRASE])
    page.prepare_bundle()
    quiet(joined)
    assert len(list(met.out.glob("*.imsa"))) == 1


def test_a_case_left_out_stays_and_the_button_counts_the_rest(joined: MainWindow, met: Meeting) -> None:
    new_case(met.desk, "Selam")
    besa = new_case(met.desk, "Besa")
    page = open_page(joined)
    assert page.prepare.words == "Prepare bundle of 2"
    page.leaving.cases.acted.emit(besa)
    assert page.prepare.words == "Prepare bundle of 1"
    assert [line.verb for line in rows(page.leaving.cases) if line.id == besa] == ["Put in"]


def test_a_restricted_entry_leaves_only_when_it_is_chosen_by_itself(joined: MainWindow, met: Meeting) -> None:
    case: CaseId = new_case(met.desk, "Selam")
    page = open_page(joined)
    (entry,) = [line for line in rows(page.leaving.stays) if line.verb]
    assert "Legal" not in entry.sentence
    before = page.leaving.listed[0].changes
    page.leaving.stays.acted.emit(entry.id)
    quiet(joined)
    assert page.leaving.include == {entry.id}
    assert page.leaving.listed[0].changes == before + 1
    assert page.leaving.listed[0].case_id == case


def test_a_folder_that_is_gone_loses_nothing(
    joined: MainWindow, met: Meeting, recorder: Recorder, tmp_path: Path
) -> None:
    new_case(met.desk, "Selam")
    page = open_page(joined)
    recorder.answers.extend([tmp_path / "gone", PASSPHRASE])
    page.prepare_bundle()
    quiet(joined)
    assert page.wrong.isVisible()
    assert len(page.leaving.chosen) == 1
    assert page.prepare.isEnabled()


def test_the_page_fits_half_the_screen(joined: MainWindow, met: Meeting) -> None:
    new_case(met.desk, "Selam", consent=False)
    page = open_page(joined)
    for wide, high in ((911, 512), (683, 384)):
        joined.resize(wide, high)
        quiet(joined)
        inner = page.widget()
        assert inner is not None
        assert inner.width() <= page.viewport().width()


def test_no_bundle_is_prepared_without_the_passphrase(
    joined: MainWindow, met: Meeting, recorder: Recorder
) -> None:
    new_case(met.desk, "Selam")
    page = open_page(joined)
    recorder.answers.extend([met.out, "wrong", "wrong again", "and again"])
    page.prepare_bundle()
    quiet(joined)
    assert not list(met.out.glob("*.imsa"))
    assert recorder.asked[-1].startswith("Not done")
    assert len(page.leaving.chosen) == 1
    recorder.answers.extend([met.out, None])
    page.prepare_bundle()
    quiet(joined)
    assert not list(met.out.glob("*.imsa"))


def test_a_file_that_was_lost_is_made_good_by_one_that_holds_everything(
    joined: MainWindow, met: Meeting, recorder: Recorder
) -> None:
    case = new_case(met.desk, "Selam")
    page = open_page(joined)
    assert page.bundles.again.isHidden()
    met.send(case)[1].unlink()
    met.send(case)[1].unlink()
    page.refresh()
    quiet(joined)
    assert not page.bundles.again.isHidden()
    recorder.answers.extend([met.out, PASSPHRASE])
    page.bundles.again.click()
    quiet(joined)
    (bundle,) = met.out.glob("*.imsa")
    (outcome,) = met.ingest(bundle)
    assert outcome.done is not None
    exchange.take_in(met.desk, Path(outcome.done.receipt))
    page.refresh()
    quiet(joined)
    assert page.bundles.again.isHidden() and "not confirmed" not in said(page)
    assert ["made it good" in one.note for one in rows(page.bundles.earlier)] == [True, True]


def bring(met: Meeting, *cases: CaseId) -> None:
    """Send, take in and bring the receipt back, outside the window."""
    (outcome,) = met.ingest(met.send(*cases)[1])
    assert outcome.done is not None
    exchange.take_in(met.desk, Path(outcome.done.receipt))


def test_one_case_in_full_says_what_leaves_what_stays_and_how_much_may_leave(
    joined: MainWindow, met: Meeting, shot: Callable[[QWidget, str], None]
) -> None:
    case = new_case(met.desk, "Selam")
    new_meeting(met.desk, case, "Talked about the flat.")
    new_meeting(met.desk, case, "sealed words", "L4")
    page = open_page(joined)
    part = page.leaving.case
    assert part.isHidden()
    page.leaving.leave_title.pressed.emit()
    assert not part.isHidden()
    assert ("Meeting", "3 changes") in [(line.who, line.what) for line in rows(part.goes)]
    assert [line.what for line in rows(part.stays) if line.who == "Meeting"] == [STAY_WORDS[StayWhy.SEALED]]
    assert "holds nothing of this case yet" in part.held.text()
    assert part.use.isHidden()
    part.scope.set_value("statistics")
    part.scope.chosen.emit("statistics")
    assert not part.use.isHidden()
    part.choose()
    quiet(joined)
    assert part.reason_field.error
    assert scope_of(met.desk, case) == "full"
    part.reason.setText("She asked for it.")
    part.use.setFocus()
    part.choose()
    quiet(joined)
    assert joined.focusWidget() is part.scope
    assert scope_of(met.desk, case) == "statistics"
    assert [tag.words for tag in rows(page.leaving.cases)[0].tags] == ["Numbers only"]
    assert not part.numbers.isHidden() and rows(part.goes) == []
    shot(joined, "exchange-case")
    assert amiss(joined) == []
    part.title.pressed.emit()
    assert part.isHidden()


def test_the_folder_is_remembered_and_whatever_it_holds_for_this_vault_is_taken_in(
    joined: MainWindow, met: Meeting, recorder: Recorder
) -> None:
    case = new_case(met.desk, "Selam")
    page = open_page(joined)
    assert page.folder.isHidden()
    recorder.answers.extend([met.out, PASSPHRASE])
    page.prepare_bundle()
    quiet(joined)
    assert str(met.out) in page.where.text()
    (bundle,) = met.out.glob("*.imsa")
    met.receipts = met.out
    (outcome,) = met.ingest(bundle)
    assert outcome.done is not None
    page.arriving.look_in_folder()
    quiet(joined)
    assert exchange.held(met.desk).cases[case].not_held == 0
    assert not page.wrong.isVisible()
    (line,) = rows(page.held.cases)
    assert line.who == "Selam" and "since today" in line.note
    page.held.cases.opened.emit(case)
    quiet(joined)
    assert "has held this case since today" in page.leaving.case.held.text()
    new_meeting(met.desk, case, "more")
    page.refresh()
    quiet(joined)
    recorder.answers.append(PASSPHRASE)
    page.prepare_bundle()
    quiet(joined)
    assert len(list(met.out.glob("*.imsa"))) == 3
    recorder.answers.append(met.out.parent)
    page.choose_folder()
    quiet(joined)
    assert exchange_folder(met.desk) == met.out.parent


def test_of_a_case_that_was_never_sent_only_numbers_are_held_and_not_counted(
    joined: MainWindow, met: Meeting
) -> None:
    sent, other = new_case(met.desk, "Selam"), new_case(met.desk, "Yonas")
    bring(met, sent)
    held = exchange.held(met.desk).cases[other]
    assert held.only_numbers
    assert held.held == 0
    page = open_page(joined)
    page.leaving.open_case(other)
    assert "holds only numbers of this case from you; " in page.leaving.case.held.text()


def test_each_file_that_is_refused_is_named_whole_on_a_line_of_its_own(joined: MainWindow) -> None:
    page = open_page(joined)
    page.look.setFocus()
    cure = "Copy it once more from where it came, or ask your organisation to send it again. "
    page.arriving.show_looked(
        tuple(FileOutcome(f"{n}.imsa", None, "E_DECRYPT", "It is damaged.", cure * 3) for n in "ab")
    )
    QApplication.processEvents()
    lines = page.wrong.accessibleName().splitlines()
    assert [line[:6] for line in lines] == ["a.imsa", "b.imsa"]
    words = page.wrong.findChild(QLabel)
    assert isinstance(words, QLabel) and words.height() >= words.heightForWidth(words.width())
    focused = joined.focusWidget()
    assert isinstance(focused, Button) and focused.words == "Close"
    assert amiss(joined) == []
    focused.click()
    assert page.wrong.isHidden()
    assert joined.focusWidget() is page.look


def test_what_came_in_stays_until_it_is_closed_where_it_is_more_than_a_word(joined: MainWindow) -> None:
    page = open_page(joined)
    page.arriving.show_taken(Taken("receipt", 1, True, words=("A receipt came.",)))
    assert page.arriving.isHidden()
    page.arriving.show_taken(
        Taken("cases", 2, True, words=("2 cases of B.", "1 change came late."), part=(1, 2))
    )
    assert page.arriving.accessibleName().splitlines() == [
        "2 cases of B.",
        "1 change came late.",
        "Part 1 of 2.",
    ]
    assert not page.wrong.isVisible()
    assert amiss(joined) == []
    page.arriving.close_it()
    page.arriving.show_taken(Taken("receipt", 3, True, words=("It holds something else.",), differs=True))
    bar = page.arriving.findChild(NoticeBar)
    assert isinstance(bar, NoticeBar)
    assert bar._tone == "alert"


def test_a_sealed_backup_goes_along_unless_it_is_unticked(
    joined: MainWindow, met: Meeting, recorder: Recorder
) -> None:
    case = new_case(met.desk, "Selam")
    page = open_page(joined)
    assert page.leaving.deposits
    recorder.answers.extend([met.out, PASSPHRASE])
    page.prepare_bundle()
    quiet(joined)
    assert exchange.held(met.desk).sent[0].deposit > 0
    new_meeting(met.desk, case, "more")
    page.refresh()
    quiet(joined)
    page.leaving.deposit.setChecked(False)
    page.leaving.cases.acted.emit(case) if not page.leaving.chosen else None
    recorder.answers.append(PASSPHRASE)
    page.prepare_bundle()
    quiet(joined)
    assert exchange.held(met.desk).sent[0].deposit == 0


def test_what_differs_is_explained_and_sent_again_from_the_beginning(
    joined: MainWindow, met: Meeting, shot: Callable[[QWidget, str], None]
) -> None:
    case = new_case(met.desk, "Selam")
    new_meeting(met.desk, case, "as written")
    bring(met, case)
    with met.office.records.engine.begin() as connection:
        connection.info["projecting"] = True
        connection.execute(text("UPDATE meeting SET notes = 'altered'"))
        connection.info.pop("projecting")
    bring(met, case)
    page = open_page(joined)
    (line,) = rows(page.leaving.cases)
    assert ([tag.words for tag in line.tags], line.verb) == (["Differs"], "See why")
    assert not page.leaving.chosen
    page.leaving.cases.acted.emit(case)
    part = page.leaving.case
    assert not part.differs.isHidden()
    shot(joined, "exchange-differs")
    part.send_again()
    quiet(joined)
    assert part.differs.isHidden()
    assert [one.case_id for one in page.leaving.chosen] == [case]


def test_a_vault_that_went_back_says_so_and_goes_on_under_a_new_number(
    joined: MainWindow, met: Meeting, recorder: Recorder, shot: Callable[[QWidget, str], None]
) -> None:
    case = new_case(met.desk, "Selam")
    bring(met, case)
    note_behind(met.desk, 999, "0" * 64)
    page = open_page(joined)
    assert "does not have" in page.behind.words.text()
    page.prepare_bundle()
    quiet(joined)
    assert recorder.asked == []
    shot(joined, "exchange-behind")
    before = met.desk.store.writer
    recorder.answers.append(True)
    page.behind.ask()
    quiet(joined)
    assert met.desk.store.writer != before
    assert page.behind.isHidden()


def test_stopping_leaves_no_file_and_every_choice(
    joined: MainWindow, met: Meeting, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_case(met.desk, "Selam")
    page = open_page(joined)
    real = exchange.export

    def stopped_at_once(*args: object, **more: object) -> object:
        assert page.doing.busy
        page.doing.cancel()
        return real(*args, **more)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(exchange, "export", stopped_at_once)
    recorder.answers.extend([met.out, PASSPHRASE])
    page.prepare_bundle()
    quiet(joined)
    assert list(met.out.iterdir()) == []
    assert page.doing.isHidden() and not page.wrong.isVisible()
    assert len(page.leaving.chosen) == 1


def test_what_is_about_to_leave_is_said_in_words_and_numbers(met: Meeting) -> None:
    case = new_case(met.desk, "Selam")
    add_document(met.desk, DocumentDraft(case_id=case, title="Letter"), b"%PDF-1.7\n" + bytes(1_400_000))
    leaving = exchange.will_leave(met.desk, [case])
    assert "1 case stays, because" in leaving_words(replace(leaving, without_consent=(case,)), 0)
    said = leaving_words(leaving, 12_000_000)
    assert said.startswith(
        "1 case, 18 changes, 1 document (1.4 MB), the numbers of 1 case and a sealed backup"
    )
    assert "only Llais Advocacy opens them: one file, about 13 MB" in said
    assert size_words(999) == "999 bytes" and size_words(3_400) == "3.4 kB"
