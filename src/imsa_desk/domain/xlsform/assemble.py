"""The tree of a survey as sections of questions, with every row's fate taken down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from imsa_desk.domain.forms.check_questions import MOST_ROWS
from imsa_desk.domain.forms.model import QuestionKind
from imsa_desk.domain.xlsform.draft import DraftQuestion, DraftSection, Rule, Words
from imsa_desk.domain.xlsform.names import Ids, why_not
from imsa_desk.domain.xlsform.questions import Reading, read_question, say_left_out, show_rule
from imsa_desk.domain.xlsform.table import Row
from imsa_desk.domain.xlsform.tree import Node
from imsa_desk.domain.xlsform.types import Opens

_LOOSE = ("Questions", "More questions")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where rows are put: a section, perhaps a repeat in it, and the rules of the groups around."""

    section: DraftSection
    into: list[DraftQuestion]
    repeat: str = ""
    above: tuple[Rule, ...] = ()

    @property
    def id(self) -> str:
        """Give the id of the innermost thing that has one."""
        return self.repeat or self.section.id


@dataclass(slots=True)
class Assembly:
    """Sections as they are put together; `carried` gives the id each row of the survey went into."""

    reading: Reading
    ids: Ids
    sections: list[DraftSection] = field(default_factory=list)
    carried: dict[int, str] = field(default_factory=dict)

    def add_all(self, top: Sequence[Node]) -> None:
        """Make a section of each group at the top, and of the rows between groups."""
        loose: DraftSection | None = None
        for node in top:
            if node.type.begins is Opens.GROUP:
                loose = None
                self._add_section(node)
                continue
            if not node.id:
                self._leave_out(node, why_not(node, ""))
                continue
            if loose is None:
                title = _LOOSE[bool(self.sections)]
                loose = DraftSection(node.row.number, self.ids.take("questions", "questions"), Words(title))
                self.sections.append(loose)
            self._add(node, _Place(loose, loose.questions))
        self.sections = [section for section in self.sections if section.questions]

    def _add_section(self, node: Node) -> None:
        row, reading = node.row, self.reading
        title = reading.speech.words(row, "label")
        if not title.main:
            title = Words(row.get("name") or _LOOSE[bool(self.sections)])
            reading.say(row, "label", f'The group has no words; its section is called "{title.main}".')
        section = DraftSection(row.number, node.id, title, reading.speech.words(row, "hint"))
        rule = show_rule(row, "", (), reading)
        if rule is not None:
            section.rules["show_if"] = rule
        say_left_out(row, reading)
        self.sections.append(section)
        self._account(node, section.id)
        for one in node.inside:
            self._add(one, _Place(section, section.questions))
        if not section.questions:
            reading.say(row, "type", "Nothing in the group is carried over, so it makes no section.")
            self._say_end(node)

    def _add(self, node: Node, place: _Place) -> None:
        if not node.id:
            self._leave_out(node, why_not(node, place.repeat))
        elif node.type.begins is Opens.GROUP:
            self._add_group(node, place)
        elif node.type.begins is Opens.REPEAT:
            self._add_repeat(node, place)
        else:
            question = read_question(node, place.repeat, place.above, self.reading)
            if question is not None:
                place.into.append(question)
                self._account(node, node.id)

    def _add_group(self, node: Node, place: _Place) -> None:
        """Take a group inside another apart: its words are told, its relevance goes to each row."""
        row, reading = node.row, self.reading
        rule = show_rule(row, place.repeat, place.above, reading)
        above = (rule,) if rule is not None else ()
        label = reading.speech.words(row, "label")
        say_left_out(row, reading)
        self._account(node, place.id)
        if label.main:
            told = DraftQuestion(row.number, node.id, QuestionKind.INSTRUCTION, label)
            told.help = reading.speech.words(row, "hint")
            if rule is not None:
                told.rules["show_if"] = rule
            place.into.append(told)
            self._account(node, node.id)
        inner = _Place(place.section, place.into, place.repeat, above)
        for one in node.inside:
            self._add(one, inner)

    def _add_repeat(self, node: Node, place: _Place) -> None:
        row, reading = node.row, self.reading
        label = reading.speech.words(row, "label")
        if not label.main:
            reading.say(
                row, "label", f'The repeat has no words; "{row.get("name") or node.id}" stands instead.'
            )
            label = Words(row.get("name") or node.id)
        group = DraftQuestion(
            row.number, node.id, QuestionKind.GROUP, label, reading.speech.words(row, "hint")
        )
        rule = show_rule(row, "", place.above, reading)
        if rule is not None:
            group.rules["show_if"] = rule
        say_left_out(row, reading)
        self._count_rows(group, row)
        for one in node.inside:
            self._add(one, _Place(place.section, group.members, node.id))
        if any(one.kind is not QuestionKind.INSTRUCTION for one in group.members):
            place.into.append(group)
            self._account(node, node.id)
        else:
            self._leave_out(node, "Nothing in the repeat can be answered here.")

    def _count_rows(self, group: DraftQuestion, row: Row) -> None:
        """Keep a fixed number of rows; one that is reckoned cannot be kept."""
        said = row.get("repeat_count")[:60]
        if said.isascii() and said.isdigit() and len(said) < 6 and 1 <= int(said) <= MOST_ROWS:
            group.numbers = {"least_rows": int(said), "most_rows": int(said)}
        elif said:
            what = f"Not carried over: {said}. Rows are added as they are needed."
            self.reading.say(row, "repeat_count", what)

    def _leave_out(self, node: Node, reason: str) -> None:
        """Name a row that is not carried, with every row inside it."""
        reading = self.reading
        reading.say(node.row, "type", f'"{_short(node.row.get("type"))}" is not carried over. {reason}')
        for one in node.inside:
            self._leave_out(one, f"It stands in what begins on row {node.row.number}.")
        self._say_end(node)

    def _say_end(self, node: Node) -> None:
        if node.end:
            words = f"It ends what begins on row {node.row.number}, which is not carried over."
            self.reading.notes.add(node.row.sheet, node.end, node.row.head("type"), words)

    def _account(self, node: Node, went_into: str) -> None:
        self.carried[node.row.number] = went_into
        if node.end:
            self.carried[node.end] = went_into


def _short(words: str) -> str:
    return words if len(words) <= 60 else f"{words[:60]}…"
