"""A small form of every plain kind of question, and the empty print of it."""

from __future__ import annotations

from datetime import UTC, datetime

from printing_samples import fonts

from imsa_desk.domain.forms import Form, Option, Question, QuestionKind, Scale, ScalePoint, Section
from imsa_desk.domain.forms.expressions import parse_expression
from imsa_desk.printing.blank import BlankSheet, blank_pdf, words_of
from imsa_desk.printing.page import Frame

AT = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
K = QuestionKind
FRAME = Frame("Small", "Empty form", "", "", "Ada Example", AT, "Small, version 1", "Empty.", True)
STEPS = Scale("Safety", (ScalePoint(0, "Not safe", "Afraid"), ScalePoint(1, "Safe", "At ease")))
ASKED = (
    Question("home", K.YES_NO_UNKNOWN, "I have a home", number="1"),
    Question("pay", K.MONEY, "What I am paid", number="2", show_if=parse_expression("${home} = 'yes'")),
    Question("feel", K.SCALE, "How safe I feel", number="3", scale="safe"),
    Question(
        "help",
        K.CHOICES,
        "Who helps",
        number="4",
        options=(Option("a", "A friend"), Option("b", "ሓው")),
        other=True,
    ),
    Question("when", K.PARTIAL_DATE, "Since when", number="5"),
    Question("says", K.LONG_TEXT, "In my words", number="6"),
    Question("place", K.LIST_CHOICE, "What kind of place", number="7", list="places"),
    Question("agree", K.AGREEMENT, "How I agreed", number="8"),
    Question("who", K.PERSON, "Who it is", number="9"),
    Question("n", K.NUMBER, "How many", number="10", unit="rooms"),
    Question(
        "child",
        K.GROUP,
        "My children",
        number="11",
        members=(Question("child.name", K.SHORT_TEXT, "First name"),),
        item_title="Child",
        most_rows=10,
    ),
    Question("note", K.INSTRUCTION, "Stop if it is too much."),
    Question("sum", K.CALCULATED, "Together", number="12", calculation=parse_expression("${n} + 1")),
)
FORM = Form("small", 1, "Small form", "en-GB", "d" * 64, (Section("s", "All", ASKED),), {"safe": STEPS})
ENTRIES = {"places": [("house", "A house"), ("hostel", "A hostel")], "agreement_how": [("signed", "Signed")]}


def entries(list_id: str) -> list[tuple[str, str]]:
    """Give the values of the small form's lists."""
    return ENTRIES.get(list_id, [])


def blank(form: Form = FORM, *, section: str = "", fillable: bool = False) -> bytes:
    """Draw the small form."""
    return blank_pdf(BlankSheet(FRAME, form, entries, section, fillable, words_of(form)), fonts())
