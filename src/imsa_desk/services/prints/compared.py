"""Two reviews side by side as they print."""

from __future__ import annotations

from imsa_desk.domain.changes import Change
from imsa_desk.domain.comparison import Comparison, ItemChange, Movement, Side, Tally
from imsa_desk.domain.dates import say_full
from imsa_desk.domain.forms.words import Said, one_line
from imsa_desk.domain.ids import AssessmentId
from imsa_desk.domain.prints import PrintWish
from imsa_desk.errors import Refused
from imsa_desk.printing.asked import plain_day
from imsa_desk.printing.comparison import (
    TITLE,
    ChangedRow,
    ChangedSection,
    ComparisonSheet,
    SameSection,
    Told,
    Way,
    comparison_pdf,
)
from imsa_desk.printing.movement import MovementRow
from imsa_desk.printing.sheet import Fact
from imsa_desk.services.assessments import assessment, form_of
from imsa_desk.services.cases import case_head
from imsa_desk.services.comparing import compare
from imsa_desk.services.desk import Desk
from imsa_desk.services.prints.common import Ready, categories_of, consent_to_show, frame_of, name_of, whose

LEVELS = range(5)
_WAYS = {Change.EASED: Way.BETTER, Change.WORSE: Way.WORSE}
_CHANGED = frozenset({Change.NEW, Change.EASED, Change.WORSE, Change.CHANGED})
_ONCE = frozenset({Change.NOT_ASKED_NOW, Change.NOT_ASKED_BEFORE})
_WORDS = {
    Change.NEW: "New",
    Change.EASED: "Eased",
    Change.WORSE: "Harder",
    Change.CHANGED: "Changed",
    Change.NOT_ASKED_NOW: "Not asked now",
    Change.NOT_ASKED_BEFORE: "Not asked before",
}
_SHORT = 90


def compared(desk: Desk, wish: PrintWish) -> Ready:
    """Gather a comparison."""
    sheet = comparison_sheet(desk, wish)
    return Ready(sheet, lambda fonts, progress: comparison_pdf(sheet, fonts, progress=progress))


def comparison_sheet(desk: Desk, wish: PrintWish) -> ComparisonSheet:
    """Gather what stands on a comparison. Raises Refused where a recipient may not see both reviews."""
    if not wish.before_id:
        raise Refused("Choose two reviews of the same person to compare.")
    ids = (AssessmentId(wish.before_id), AssessmentId(wish.assessment_id))
    values = [assessment(desk, one) for one in ids]
    head = case_head(desk, values[1].line.case_id)
    asked = {one: None for value in values for one in categories_of(form_of(desk, value), value)}
    found = compare(desk, ids[1], ids[0], named=wish.show_name)
    lines = [_form_line(found.before), _form_line(found.now)]
    frame = frame_of(
        desk,
        TITLE,
        head.code,
        form_line="; ".join(dict.fromkeys(lines)),
        consent_line=consent_to_show(desk, head.id, wish.recipient, asked),
        sensitivity=max(value.sensitivity for value in values),
        state="" if found.before.signed and found.now.signed else "Draft",
    )
    return ComparisonSheet(
        frame=frame,
        known_as=name_of(head, wish),
        sides=(Fact("Before", _side(found.before)), Fact("Now", _side(found.now))),
        columns=(f"Before: {plain_day(found.before.on)}", f"Now: {plain_day(found.now.on)}"),
        summary=_summary(found.tally),
        levels=tuple(_level(desk, level) for level in LEVELS),
        movement=_movement(desk, found),
        own_label=f"In {whose(head)} own rating",
        changed=_sections(found, _CHANGED),
        only_once=_sections(found, _ONCE),
        same=_same(found),
    )


def _form_line(side: Side) -> str:
    return f"{side.title}, version {side.version}"


def _side(side: Side) -> str:
    state = "" if side.signed else ", a draft"
    return f"{side.title}, {say_full(side.on)}, {side.author}{state}"


def _summary(tally: Tally) -> str:
    """Say in one sentence how much changed."""
    counts = (
        (tally.eased, "eased"),
        (tally.worse, "harder"),
        (tally.changed, "changed in another way"),
        (tally.only_now, "new"),
        (tally.only_before, "not asked this time"),
    )
    said = [f"{count} {words}" for count, words in counts if count]
    return f"{', '.join(said)}." if said else "Nothing changed."


def _level(desk: Desk, level: int) -> str:
    return desk.lists.label("need_level", str(level))


def _movement(desk: Desk, found: Comparison) -> tuple[MovementRow, ...]:
    """Give the themes of which a level is known on either side."""
    return tuple(
        MovementRow(
            title=desk.lists.label("theme", one.theme),
            before=one.before,
            now=one.now,
            words=_moved(desk, one.before, one.now),
            own_before=one.own_before,
            own_now=one.own_now,
            own_words=_own(desk, one),
        )
        for one in found.movement
    )


def _own(desk: Desk, one: Movement) -> str:
    return "" if one.own_before is None and one.own_now is None else _moved(desk, one.own_before, one.own_now)


def _moved(desk: Desk, before: int | None, now: int | None) -> str:
    if before is None and now is None:
        return "Not rated"
    first = "Not rated" if before is None else _level(desk, before)
    last = "not rated now" if now is None else _level(desk, now)
    return first if before == now else f"{first} → {last}"


def _sections(found: Comparison, wanted: frozenset[Change]) -> tuple[ChangedSection, ...]:
    """Give the sections with the questions that changed so."""
    kept = [
        ChangedSection(section.title, tuple(_row(item) for item in section.items if item.change in wanted))
        for section in found.sections
    ]
    return tuple(section for section in kept if section.rows)


def _row(item: ItemChange) -> ChangedRow:
    return ChangedRow(
        number=item.number,
        question=item.question,
        asked_before=item.question_before,
        before=_told(item.before),
        now=_told(item.now),
        change=_WORDS[item.change],
        words="" if item.change in _ONCE else item.words,
        way=_WAYS.get(item.change, Way.OTHER),
        who_said=item.who_said,
        why=item.reason,
        disagreement=item.disagreement.replace("You:", "Advocate:"),
    )


def _told(lines: tuple[Said, ...]) -> tuple[Told, ...]:
    """Give an answer for paper, where the advocate is not "you"."""
    return tuple(Told("Advocate" if one.label == "You" else one.label, one.words) for one in lines)


def _same(found: Comparison) -> tuple[SameSection, ...]:
    kept = [
        SameSection(
            section.title,
            tuple(
                Fact(f"{item.number} {item.question}".strip(), _in_short(item))
                for item in section.items
                if item.change is Change.SAME
            ),
        )
        for section in found.sections
    ]
    return tuple(section for section in kept if section.items)


def _in_short(item: ItemChange) -> str:
    """Give an unchanged answer where a few words hold it."""
    words = item.words or one_line(item.now)
    return words if len(words) <= _SHORT else ""
