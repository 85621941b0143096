"""What a signed assessment says of itself: its seal, what was added, and what was carried over."""

from __future__ import annotations

from dataclasses import dataclass

from imsa_desk.domain.addenda import Addendum
from imsa_desk.domain.assessments import BAND_WORDS, Answer, Assessment
from imsa_desk.domain.dates import say_full
from imsa_desk.domain.forms import Form
from imsa_desk.domain.forms.words import Said
from imsa_desk.domain.lists import Lists
from imsa_desk.services.desk import LOCAL
from imsa_desk.vocab import AddendumKind

CORRECTION = AddendumKind.CORRECTION.value
COUNTERSIGNATURE = AddendumKind.COUNTERSIGNATURE.value


HOLDS = "It holds: nothing was changed since."
BROKEN = (
    "It does not fit: what stands here is not exactly what was signed or added. Restore a backup, or ask IT."
)


@dataclass(frozen=True, slots=True)
class After:
    """What came after a signature: what was added, and whether every seal was found to hold."""

    addenda: tuple[Addendum, ...] = ()
    holds: bool = True


def seal_facts(value: Assessment) -> list[Said]:
    """Say who signed, when, and what the seal is."""
    line = value.line
    found = [Said("Signed by", line.author)]
    if line.signed_at is not None:
        found.append(Said("When", f"{line.signed_at.astimezone(LOCAL):%d %B %Y, %H:%M}".lstrip("0")))
    if line.highest is not None:
        found.append(Said("Highest risk", BAND_WORDS[line.highest]))
    if line.review_on is not None:
        found.append(Said("Next review", say_full(line.review_on)))
    return [*found, Said("Seal", value.seal_digest)]


def addendum_head(one: Addendum, lists: Lists) -> str:
    """Say what was added, when and by whom."""
    when = f"{one.written_at.astimezone(LOCAL):%d %B %Y, %H:%M}".lstrip("0")
    who = ", ".join(part for part in (one.name, one.role) if part) or one.author
    return f"{lists.label('addendum_kind', one.what)}, {when}, {who}"


def about(form: Form, one: Addendum) -> str:
    """Say which question an addition is about; "" for the whole."""
    question = form.question(one.question_id.partition("#")[0]) if one.question_id else None
    return f"About {question.number} {question.text}".replace("  ", " ") if question is not None else ""


def marks(answer: Answer) -> list[str]:
    """Say what an answer's days are: carried over and not asked again, or true of another day."""
    found = []
    if answer.carried_from:
        when = say_full(answer.asked_on) if answer.asked_on is not None else "an earlier day"
        found.append(f"As answered on {when}; not asked again")
    if answer.valid_on is not None:
        found.append(f"Speaks of {say_full(answer.valid_on)}")
    return found
