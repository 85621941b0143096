"""The other editors: case, contact with consent, professional, consent, safe contact, safety, closing."""

from __future__ import annotations

from dataclasses import replace

import desk_kit
import pytest
from gui.case_kit import Settle, Story, editor, editors, has_cursor, page, tell_story
from PySide6.QtWidgets import QAbstractButton, QScrollArea, QWidget

from imsa_desk.domain.consents import ConsentDraft
from imsa_desk.domain.ids import CaseId
from imsa_desk.gui.editors import EditorWindow
from imsa_desk.gui.forms.action import ActionEditor
from imsa_desk.gui.forms.case_editor import CaseEditor
from imsa_desk.gui.forms.closing import CloseCaseEditor
from imsa_desk.gui.forms.consent import ConsentEditor
from imsa_desk.gui.forms.contact import ContactEditor
from imsa_desk.gui.forms.professional import ProfessionalEditor
from imsa_desk.gui.forms.safe_contact import SafeContactEditor
from imsa_desk.gui.forms.safety_response import SafetyResponseEditor
from imsa_desk.gui.main_window import MainWindow
from imsa_desk.gui.pages.case import CasePage
from imsa_desk.services import actions, cases, consents, coordination, people, professionals, safety
from imsa_desk.services.desk import Desk
from imsa_desk.vocab import ShareBasis


@pytest.fixture
def story(desk: Desk, clock: desk_kit.Clock) -> Story:
    return tell_story(desk, clock)


def test_a_new_case_needs_a_name_and_a_nation_and_then_opens(
    window: MainWindow, desk: Desk, settle: Settle
) -> None:
    window.open_editor("case")
    settle(window)
    made = editor(window, CaseEditor)
    assert has_cursor(made.known_as)
    made.save()
    settle(window)
    assert "the name the person wants" in made.fields["known_as"].error
    assert made.fields["nation"].error or "nation" in made.summary.accessibleName()
    made.known_as.setText("Selam")
    made.script.setText("ሰላም")
    made.legal.setText("Selam Legal")
    made.born.setText("about 1990")
    made.languages.line.setText("Tigrinya")
    made.nation.set_value("scotland")
    made.safe.channel.set_value("text")
    made.safe.safe.set_value("yes")
    made.matters.setPlainText("A door I can lock.")
    made.save()
    settle(window)
    settle(window)
    assert "Selam" in page(window, CasePage).line.accessibleName()
    found = cases.case(desk, CaseId(page(window, CasePage)._case_id))
    assert (found.nation, found.what_matters) == ("scotland", "A door I can lock.")
    assert (found.person.born, found.person.born_approximate) == ("1990", True)
    assert [language.language for language in found.person.languages] == ["ti"]
    assert found.person.safe_contacts[0].channel == "text"
    assert people.reveal_legal_name(desk, found.id) == "Selam Legal"


def test_changing_a_case_keeps_the_legal_name_that_is_not_shown(
    window: MainWindow, desk: Desk, story: Story, settle: Settle
) -> None:
    window.open_editor("case", case_id=story.case_id)
    settle(window)
    made = editor(window, CaseEditor)
    assert made.legal.text() == ""
    assert made.languages.values == ("ti", "ar")
    made.pronouns.set_value("she")
    made.nrm.set_value("rg_positive")
    made.nrm_on.set_typed("yesterday")
    made.save()
    settle(window)
    found = cases.case(desk, story.case_id)
    assert (found.person.pronouns, found.nrm_status) == ("she", "rg_positive")
    assert people.reveal_legal_name(desk, story.case_id) == "Selam Legal"


def contact_with(window: MainWindow, settle: Settle, story: Story) -> ContactEditor:
    window.open_editor("contact", case_id=story.case_id, professional_id=story.professional_id)
    settle(window)
    made = editor(window, ContactEditor)
    made.summary_text.setPlainText("Told the officer about the notice.")
    made.shared._add_pressed()
    made.shared._lines[0].what._choose("health")
    settle(window)
    return made


def test_sharing_without_consent_is_seen_at_once_and_refused(
    window: MainWindow, desk: Desk, story: Story, settle: Settle
) -> None:
    made = contact_with(window, settle, story)
    line = made.shared._lines[0]
    assert line.answer.accessibleName() == "Not agreed"
    before = len(coordination.contacts_of(desk, story.case_id))
    made.save()
    settle(window)
    assert "is not recorded" in line.wrong.text()
    assert len(coordination.contacts_of(desk, story.case_id)) == before
    draft = ConsentDraft(story.case_id, "professional", story.professional_id, categories=("health",))
    consents.give_consent(desk, draft)
    window.bridge.announce_change({"consent"})
    settle(window)
    settle(window)
    assert line.answer.accessibleName() == "Agreed"
    made.save()
    settle(window)
    shared = coordination.contacts_of(desk, story.case_id)[0].shared
    assert [(s.category, s.basis) for s in shared] == [("health", ShareBasis.CONSENT)]


def test_another_basis_needs_its_reason(window: MainWindow, desk: Desk, story: Story, settle: Settle) -> None:
    made = contact_with(window, settle, story)
    line = made.shared._lines[0]
    line.basis._choose("vital_interests")
    assert line.reason.isVisible()
    made.save()
    settle(window)
    assert "Write the risk" in line.wrong.text()
    line.reason.setPlainText("Fire in the house now; nobody could be asked.")
    made.save()
    settle(window)
    assert coordination.contacts_of(desk, story.case_id)[0].shared[0].basis is ShareBasis.VITAL_INTERESTS


def test_somebody_new_added_beside_the_contact_joins_it(
    window: MainWindow, desk: Desk, story: Story, settle: Settle
) -> None:
    window.open_editor("contact", case_id=story.case_id)
    settle(window)
    made = editor(window, ContactEditor)
    made.participants._add.click()
    settle(window)
    new = editor(window, ProfessionalEditor)
    new.name.setText("A. Petrescu")
    new.role.setText("Immigration solicitor")
    new.organisation.setText("Harbour Law")
    new.save()
    settle(window)
    settle(window)
    added = next(p for p in professionals.professionals(desk) if p.name == "A. Petrescu")
    assert made.participants.values == (added.id,)


def test_somebody_from_the_directory_gets_a_part_without_a_second_entry(
    window: MainWindow, desk: Desk, story: Story, settle: Settle
) -> None:
    other = desk_kit.open_case(desk, "Linh")
    window.open_editor("professional", case_id=other)
    settle(window)
    made = editor(window, ProfessionalEditor)
    made.directory.setText("M. Okafor")
    assert made.name.text() == "M. Okafor"
    assert not made.name.isEnabled()
    made.save()
    settle(window)
    assert len(professionals.professionals(desk)) == 1
    assert professionals.involvements_of(desk, other)[0].professional.id == story.professional_id


def test_consent_is_recorded_for_a_person_or_an_organisation(
    window: MainWindow, desk: Desk, story: Story, settle: Settle
) -> None:
    window.open_editor("consent", case_id=story.case_id)
    settle(window)
    made = editor(window, ConsentEditor)
    made.save()
    settle(window)
    assert made.fields["recipient_id"].error and made.fields["categories"].error
    made.who.setText("Northgate Council")
    made.categories.set_values(["address"])
    made.words.setPlainText("They may know where I live.")
    made.save()
    settle(window)
    found = consents.consents_of(desk, story.case_id)[0]
    assert (found.recipient.name, found.in_their_words) == (
        "Northgate Council",
        "They may know where I live.",
    )


def test_a_safe_way_to_make_contact_is_changed(
    window: MainWindow, desk: Desk, story: Story, settle: Settle
) -> None:
    window.open_editor("safe_contact", case_id=story.case_id)
    settle(window)
    made = editor(window, SafeContactEditor)
    assert made.safe.address.text() == "07700 900123"
    made.safe.when.setText("after 18:00")
    made.save()
    settle(window)
    head = cases.case_head(desk, story.case_id)
    assert [(c.channel, c.when) for c in head.safe_contacts] == [("text", "after 18:00")]


def test_a_safety_response_shows_the_protocol_and_stays_open(
    window: MainWindow, desk: Desk, story: Story, settle: Settle
) -> None:
    window.open_editor("safety_response", case_id=story.case_id, why="Threats by text")
    settle(window)
    made = editor(window, SafetyResponseEditor)
    assert made.loaded is not None and made.loaded.values["protocol"]
    made.save()
    settle(window)
    assert made.fields["done_now"].error and made.fields["told_who"].error
    made.done_now.setPlainText("Moved the meeting")
    made.told_who.setText("My supervisor")
    made.save()
    settle(window)
    assert [r.why for r in safety.open_responses(desk)] == ["Threats by text"]


def test_one_thing_agreed_is_added_and_a_case_is_closed(
    window: MainWindow, desk: Desk, story: Story, settle: Settle
) -> None:
    window.open_editor("action", case_id=story.case_id, theme="t1")
    settle(window)
    made = editor(window, ActionEditor)
    made.save()
    settle(window)
    assert made.summary.isVisible()
    made.what.setText("Register with a doctor")
    made.save()
    settle(window)
    assert any(a.theme == "t1" for a in actions.actions_of(desk, story.case_id))
    window.open_editor("close_case", case_id=story.case_id)
    settle(window)
    closing = editor(window, CloseCaseEditor)
    closing.reason.set_value("goals_met")
    closing.save()
    settle(window)
    assert not cases.case(desk, story.case_id).is_open


ALL = ("meeting", "contact", "case", "professional", "consent", "safe_contact", "safety_response", "action")


@pytest.mark.parametrize("kind", (*ALL, "theme_note", "reflection", "close_case"))
def test_every_editor_fits_a_small_screen_and_names_its_parts(
    window: MainWindow, story: Story, settle: Settle, kind: str
) -> None:
    args = {} if kind == "reflection" else {"case_id": story.case_id}
    window.open_editor(kind, **({**args, "theme": "t1"} if kind == "theme_note" else args))
    settle(window)
    top = editors(window, EditorWindow)[0]
    top.resize(667, 336)
    settle(window)
    for area in top.findChildren(QScrollArea):
        inner = area.widget()
        assert inner is not None and inner.width() <= area.viewport().width()
    for part in top.findChildren(QWidget):
        reached = part.focusPolicy() & part.focusPolicy().TabFocus and part.focusProxy() is None
        if part.isVisible() and (reached or isinstance(part, QAbstractButton)):
            assert part.accessibleName(), f"{kind}: {type(part).__name__} has no name"


def test_a_draft_of_a_case_keeps_its_person(window: MainWindow, desk: Desk, settle: Settle) -> None:
    window.open_editor("case")
    settle(window)
    made = editor(window, CaseEditor)
    made.known_as.setText("Selam")
    made.aliases.line.setText("Sara")
    made.aliases._add()
    made.window().close()
    settle(window)
    window.open_editor("case")
    settle(window)
    again = editor(window, CaseEditor).read_draft()
    assert replace(again.person, safe_contacts=()).aliases == ("Sara",)
    assert again.person.known_as == "Selam"
