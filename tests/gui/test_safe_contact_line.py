"""The safe-contact line: every rule, for the way of contact it holds for, and how old it is."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from PySide6.QtWidgets import QApplication

from imsa_desk.domain.ids import RecordId
from imsa_desk.domain.people import SafeContact
from imsa_desk.gui.models import say
from imsa_desk.gui.widgets.banner import SafeContactBanner, SafeContactValue
from imsa_desk.vocab import Channel, Safe

DAY = date(2026, 11, 5)


def rule(
    channel: Channel, safe: Safe, when: str = "", say_we_are: str = "", ok_voicemail: bool = False
) -> SafeContact:
    return SafeContact(
        RecordId(uuid4().hex), channel, safe, when=when, say_we_are=say_we_are, ok_voicemail=ok_voicemail
    )


def test_the_safe_contact_line_leaves_no_rule_out_and_says_which_way_it_holds_for() -> None:
    phone = rule(Channel.PHONE, Safe.YES, when="after 18:00", say_we_are="the library")
    post = rule(Channel.POST, Safe.YES, when="any day")
    text = rule(Channel.TEXT, Safe.NO, ok_voicemail=True)
    assert say.safe_contact((phone, post, text), DAY).rules == (
        "Phone or post",
        "phone: after 18:00, say “the library”",
        "post: any day",
        "no voicemail",
        "never text",
    )
    asked = rule(Channel.PHONE, Safe.ASK_FIRST, when="after 18:00", ok_voicemail=True)
    assert say.safe_contact((asked,), DAY).rules == ("Ask first: phone", "after 18:00")


@pytest.mark.parametrize("wide", [1100, 760, 560, 420])
def test_the_age_of_a_stale_line_is_said_in_words_however_little_room_there_is(
    qapp: QApplication, wide: int
) -> None:
    rules = ("Text only", "only on weekdays after the children are at school", "say “the library”")
    banner = SafeContactBanner(
        SafeContactValue(rules, "Asked 41 days ago: ask again before you call", "41 days old", stale=True)
    )
    banner.resize(wide, 40)
    note, line = banner._note_at(banner._placed())
    assert "41 days" in note
    assert line < banner._lines()
