"""The windows about what opens the vault: nothing changes until all is proven, and leaving says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pikepdf
import pytest
from desk_kit import PASSPHRASE
from gui.access import amiss
from gui.conftest import Settle, Until
from gui.recorder import Recorder
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from imsa_desk.errors import Broken, ImsaError, Refused
from imsa_desk.gui.forms.escrow import EscrowForm
from imsa_desk.gui.forms.key_form import KeyForm
from imsa_desk.gui.forms.passphrase import PassphraseForm
from imsa_desk.gui.forms.print_pages import set_paper
from imsa_desk.gui.forms.recovery_sheet import RecoverySheetForm
from imsa_desk.gui.forms.removal import RemovalForm
from imsa_desk.gui.forms.rotation import RotationForm
from imsa_desk.gui.forms.shares import SharesForm
from imsa_desk.gui.forms.sheet_part import SheetPart
from imsa_desk.gui.main_window import MainWindow, State
from imsa_desk.services import keys, vaults
from imsa_desk.services.desk import Desk
from imsa_desk.vocab import SlotKind

F = TypeVar("F", bound=KeyForm)
OTHER = "copper lantern meadow nine tulip"
Shot = Callable[[QWidget, str], None]


@pytest.fixture
def opened(window: MainWindow) -> Iterator[MainWindow]:
    """A window whose editors are closed at the end."""
    yield window


def form(window: MainWindow, editor: str, of: type[F], settle: Settle, **args: str) -> F:
    """Open one of the windows."""
    window.open_editor(editor, **args)
    settle(window)
    made = [w for w in window.findChildren(of) if w.isVisible()]
    assert len(made) == 1
    return made[0]


def press(made: KeyForm, window: MainWindow, settle: Settle) -> None:
    """Do what the verb says and wait for it."""
    made.go.click()
    settle(window)


def kinds(desk: Desk) -> set[SlotKind]:
    """Say what opens the vault."""
    return {slot.kind for slot in keys.slots_of(desk.folder)}


def opens(desk: Desk, secret: str, way: SlotKind = SlotKind.PASSPHRASE) -> bool:
    """Say whether a secret opens the vault, without a second database connection."""
    try:
        if way is SlotKind.PASSPHRASE:
            keys.confirm(desk, secret)
        else:
            keys.change_passphrase(desk, secret, OTHER, way=way)
    except ImsaError:
        return False
    return True


def type_back(part: SheetPart, groups: tuple[str, ...]) -> None:
    """Type the groups that are asked for, in small letters and with a space too many."""
    for line in part.typed.lines:
        number = int(line.accessibleName().split()[2])
        line.setText(f" {groups[number - 1].lower()} ")


# --- passphrase ---


def test_a_wrong_present_passphrase_is_marked_at_its_field_and_what_was_typed_stays(
    opened: MainWindow, desk: Desk, settle: Settle, shot: Shot
) -> None:
    made = form(opened, "passphrase", PassphraseForm, settle)
    made.present.setText("not this one")
    made.new.chosen.setFocus()
    made.new.chosen.click()
    made.new.own.setText(OTHER)
    made.new.repeat.setText(OTHER)
    press(made, opened, settle)
    assert made.present_field.error and made.present.hasFocus()
    assert made.present.text() == "not this one" and made.new.own.text() == made.new.repeat.text() == OTHER
    assert not made.ended and opens(desk, PASSPHRASE)
    shot(made.window(), "vault-passphrase-wrong")
    assert amiss(made.window()) == []


def test_a_changed_passphrase_opens_and_the_old_one_does_not(
    opened: MainWindow, desk: Desk, settle: Settle
) -> None:
    made = form(opened, "passphrase", PassphraseForm, settle)
    suggested = made.new.words.text()
    assert len(suggested.split()) == 5
    made.present.setText(PASSPHRASE)
    made.new.repeat.setText(suggested)
    QTest.keyClick(made.new.repeat, Qt.Key.Key_Return)
    settle(opened)
    assert made.ended and opened.saying.toasts.words.startswith("The passphrase is changed")
    assert opens(desk, suggested) and not opens(desk, PASSPHRASE)


def test_words_that_differ_the_second_time_are_said_before_anything_is_done(
    opened: MainWindow, desk: Desk, settle: Settle
) -> None:
    made = form(opened, "passphrase", PassphraseForm, settle)
    made.present.setText(PASSPHRASE)
    made.new.repeat.setText("something else")
    press(made, opened, settle)
    assert made.new.repeat_field.error and opens(desk, PASSPHRASE)


def test_leaving_says_that_nothing_was_changed(opened: MainWindow, desk: Desk, settle: Settle) -> None:
    made = form(opened, "recovery_sheet", RecoverySheetForm, settle)
    QTest.keyClick(made, Qt.Key.Key_Escape)
    settle(opened)
    assert opened.saying.toasts.words == RecoverySheetForm.unchanged
    assert "still works" in opened.saying.toasts.words


# --- recovery sheet ---


def test_a_new_sheet_is_in_force_only_after_it_was_typed_back_and_put_away(
    opened: MainWindow,
    desk: Desk,
    recorder: Recorder,
    settle: Settle,
    until: Until,
    tmp_path: Path,
    shot: Shot,
) -> None:
    before = keys.slots_of(desk.folder)
    made = form(opened, "recovery_sheet", RecoverySheetForm, settle)
    made.present.setText(PASSPHRASE)
    press(made, opened, settle)
    assert made.code and made.part.isVisible() and not made.present_field.isVisible()
    shot(made.window(), "vault-recovery-sheet")
    assert amiss(made.window()) == []
    code = made.code
    assert code not in " ".join(w.accessibleName() for w in made.findChildren(QWidget))
    recorder.answers.append(tmp_path / "mine")
    made.part.paper.save()
    settle(opened)
    assert (tmp_path / "mine.pdf").read_bytes().startswith(b"%PDF")
    assert "delete the file" in made.part.paper.said.text()
    press(made, opened, settle)
    assert made.summary.isVisible() and keys.slots_of(desk.folder) == before
    type_back(made.part, tuple(code.split("-")))
    made.part.away.setChecked(True)
    press(made, opened, settle)
    assert made.ended and made.code == ""
    assert opens(desk, code, SlotKind.RECOVERY)


def test_a_wrong_group_is_said_when_it_is_whole(opened: MainWindow, settle: Settle) -> None:
    made = form(opened, "recovery_sheet", RecoverySheetForm, settle)
    made.present.setText(PASSPHRASE)
    press(made, opened, settle)
    line, field = made.part.typed.lines[0], made.part.typed.fields["typed0"]
    line.setText("ZZZ")
    assert field.error == ""
    line.setText("00000")
    assert field.error
    made.window().close()


# --- shares ---


def test_five_shares_are_printed_typed_back_and_any_two_open(
    opened: MainWindow, desk: Desk, recorder: Recorder, settle: Settle, tmp_path: Path, shot: Shot
) -> None:
    made = form(opened, "shares", SharesForm, settle)
    made.present.setText(PASSPHRASE)
    press(made, opened, settle)
    shares = made.shares
    assert shares is not None and len(made.typed.lines) == 5
    shot(made.window(), "vault-shares")
    assert amiss(made.window()) == []
    recorder.answers.extend([tmp_path, tmp_path])
    made.paper.save()
    settle(opened)
    assert len(list(tmp_path.glob("recovery-share-*-of-5.pdf"))) == 5
    made.paper.save()
    settle(opened)
    assert "already" in recorder.asked[-1]
    press(made, opened, settle)
    assert made.summary.isVisible() and SlotKind.SHARES not in kinds(desk)
    for number, line in enumerate(made.typed.lines):
        words = shares.words[number].split()
        asked = line.accessibleName().partition("words ")[2].split(" and ")
        line.setText(" ".join(words[int(at) - 1] for at in asked))
    made.handed.setChecked(True)
    press(made, opened, settle)
    assert made.ended and SlotKind.SHARES in kinds(desk)
    assert opens(desk, f"{shares.words[4]}\n{shares.words[1]}", SlotKind.SHARES)


def test_shares_are_removed_with_the_passphrase(opened: MainWindow, desk: Desk, settle: Settle) -> None:
    keys.keep_shares(desk, PASSPHRASE, keys.new_shares())
    slot = next(s for s in keys.slots_of(desk.folder) if s.kind is SlotKind.SHARES)
    made = form(opened, "removal", RemovalForm, settle, kind="shares", slot_id=slot.id)
    made.present.setText("wrong")
    press(made, opened, settle)
    assert made.present_field.error and SlotKind.SHARES in kinds(desk)
    assert amiss(made.window()) == []
    made.present.setText(PASSPHRASE)
    press(made, opened, settle)
    assert SlotKind.SHARES not in kinds(desk)


def test_all_sheets_go_to_the_printer_at_once(
    opened: MainWindow, settle: Settle, until: Until, tmp_path: Path
) -> None:
    made = form(opened, "shares", SharesForm, settle)
    made.present.setText(PASSPHRASE)
    press(made, opened, settle)
    printer = QPrinter(QPrinter.PrinterMode.ScreenResolution)
    set_paper(printer)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    made.paper.print_on(printer)
    until(lambda: "printer" in made.paper.said.text())
    with pikepdf.open(tmp_path / "printed.pdf") as pdf:
        assert len(pdf.pages) == 5
    made.window().close()


# --- escrow ---


def test_escrow_needs_two_holders_one_of_them_independent_and_shows_that_it_is_on(
    opened: MainWindow,
    desk: Desk,
    recorder: Recorder,
    settle: Settle,
    until: Until,
    tmp_path: Path,
    shot: Shot,
) -> None:
    made = form(opened, "escrow", EscrowForm, settle)
    first, second = made.holders
    first.name.setText("Ada Example")
    second.name.setText("Bo Example")
    made.present.setText(PASSPHRASE)
    press(made, opened, settle)
    assert made.summary.isVisible() and first.fields["recipient"].error
    shot(made.window(), "vault-escrow")
    assert amiss(made.window()) == []
    for number, part in enumerate(made.holders):
        recorder.answers.append(tmp_path / f"holder-{number}.txt")
        part.make_key()
        settle(opened)
        assert part.key.text().startswith("age1") and "delete it here" in part.said.text()
        assert (tmp_path / f"holder-{number}.txt").stat().st_mode & 0o077 == 0
    press(made, opened, settle)
    assert made.fields["outside_line"].error
    second.outside.setChecked(True)
    press(made, opened, settle)
    assert made.ended and SlotKind.ESCROW in kinds(desk)
    assert [one.name for one in keys.escrow_of(desk)] == ["Ada Example", "Bo Example"]
    assert opened.opened is not None
    bar = opened.opened.frame.topbar
    until(bar._escrow.isVisible)
    identities = [
        next(x for x in (tmp_path / f"holder-{n}.txt").read_text().split() if x.startswith("AGE-SECRET"))
        for n in range(2)
    ]
    assert opens(desk, "\n".join(identities), SlotKind.ESCROW)
    removal = form(opened, "removal", RemovalForm, settle, kind="escrow")
    removal.present.setText(OTHER)
    press(removal, opened, settle)
    until(lambda: not bar._escrow.isVisible())
    assert SlotKind.ESCROW not in kinds(desk)


# --- a new key ---


def ready(window: MainWindow, settle: Settle) -> tuple[RotationForm, str, str]:
    """Go through the first two steps; gives the new passphrase and code."""
    made = form(window, "rotation", RotationForm, settle)
    made.present.setText(PASSPHRASE)
    new = made.new.words.text()
    made.new.repeat.setText(new)
    press(made, window, settle)
    code = made.code
    assert code
    type_back(made.part, tuple(code.split("-")))
    made.part.away.setChecked(True)
    return made, new, code


def test_a_new_key_ends_in_a_locked_window_that_only_the_new_secrets_open(
    opened: MainWindow, desk: Desk, settle: Settle, until: Until, left: list[State], shot: Shot
) -> None:
    made, new, code = ready(opened, settle)
    shot(made.window(), "vault-rotation")
    made.go.click()
    assert not opened.isEnabled() and made.isEnabled()
    until(lambda: bool(left))
    assert all(one["id"] != "rotation" for one in left[-1]["editors"])
    with pytest.raises(Refused):
        vaults.unlock(desk.folder, PASSPHRASE)
    for secret, way in ((new, SlotKind.PASSPHRASE), (code, SlotKind.RECOVERY)):
        again = vaults.unlock(desk.folder, secret, way=way)
        vaults.lock(again)
    opened.opened = None
    made.window().hide()


def test_a_new_key_that_cannot_be_made_leaves_everything_open_and_says_so(
    opened: MainWindow, desk: Desk, settle: Settle, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, _, _ = ready(opened, settle)

    def full(*_: object) -> None:
        raise Broken("The disk is full.", code="E_DISK_FULL")

    monkeypatch.setattr(keys, "rotate", full)
    made.go.click()
    settle(opened)
    assert opened.isEnabled() and made.summary.isVisible() and made.part.isVisible()
    assert opens(desk, PASSPHRASE)
    opened.open("caseload")
    assert opened.opened is not None and opened.opened.frame.route.page_id == "caseload"
    made.window().close()


def test_a_failure_after_the_new_key_came_into_force_locks_and_says_so(
    opened: MainWindow,
    desk: Desk,
    settle: Settle,
    until: Until,
    left: list[State],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made, _, _ = ready(opened, settle)

    def late(*_: object) -> None:
        desk.store.read_only = True
        raise Broken("The folder could not be flushed.", code="E_FOLDER")

    monkeypatch.setattr(keys, "rotate", late)
    made.go.click()
    until(lambda: bool(left))
    assert left[-1]["front"] == {"page": "unlock", "args": {"notice": "The folder could not be flushed."}}
    opened.opened = None
    made.window().hide()


def test_the_window_of_a_new_key_may_be_closed_while_it_goes_on(
    opened: MainWindow, desk: Desk, settle: Settle, until: Until, left: list[State]
) -> None:
    made, new, _ = ready(opened, settle)
    made.go.click()
    made.window().close()
    until(lambda: bool(left))
    vaults.lock(vaults.unlock(desk.folder, new))
    opened.opened = None


def test_the_first_step_of_a_new_key_is_walked_and_read(
    opened: MainWindow, settle: Settle, shot: Shot
) -> None:
    made = form(opened, "rotation", RotationForm, settle)
    shot(made.window(), "vault-rotation-first")
    assert amiss(made.window()) == []
    made.window().close()
