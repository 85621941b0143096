"""From the tables of a form file to the form: rules are read, translations gathered, lines remembered."""

from __future__ import annotations

from dataclasses import dataclass, field

from imsa_desk.domain.forms.conditions import expression_of, shape_faults
from imsa_desk.domain.forms.expressions import Expr, parse_expression
from imsa_desk.domain.forms.fault import Fault
from imsa_desk.domain.forms.model import Condition, Form, Question, QuestionKind, Section, Texts
from imsa_desk.domain.forms.tables import FormFile, Lines, Place, QuestionTable, SectionTable
from imsa_desk.errors import Refused


@dataclass(slots=True)
class Building:
    """A form being built, with the faults found in its rules on the way."""

    file: FormFile
    lines: Lines
    faults: list[Fault] = field(default_factory=list)

    def form(self, digest: str, *, own: bool) -> Form:
        """Build the form; rules that cannot be read are left out of it and named in `faults`."""
        file = self.file
        return Form(
            id=file.id,
            version=file.version,
            title=file.title,
            language=file.language,
            digest=digest,
            sections=tuple(self._section(one, place) for place, one in enumerate(file.section)),
            scales=file.scales,
            header=tuple(self._question(one, (-1, place, -1)) for place, one in enumerate(file.header)),
            intro=file.intro,
            serves=file.serves,
            languages=file.languages,
            own=own,
            carry=file.carry,
            translations=_texts(title=file.title_in, intro=file.intro_in),
        )

    def _section(self, table: SectionTable, place: int) -> Section:
        line = self.lines.of(place)
        short = {code: words for code, words in table.title_in.items() if not table.short_title}
        return Section(
            id=table.id,
            title=table.title,
            questions=tuple(
                self._question(one, (place, number, -1)) for number, one in enumerate(table.question)
            ),
            short_title=table.short_title or table.title,
            theme=table.theme,
            intro=table.intro,
            skippable=table.skippable,
            show_if=self._rule("show_if", table.show_if, table.id, line),
            line=line,
            translations=_texts(
                title=table.title_in, short_title=short | table.short_title_in, intro=table.intro_in
            ),
        )

    def _question(self, table: QuestionTable, place: Place) -> Question:
        line = self.lines.of(*place)
        return Question(
            id=table.id,
            kind=QuestionKind(table.kind),
            text=table.text,
            number=table.number,
            help=table.help,
            options=table.option,
            other=table.other,
            minimum=table.minimum,
            maximum=table.maximum,
            required=table.required,
            urgent=table.urgent,
            urgent_if_present=table.urgent_if_present,
            show_if=self._rule("show_if", table.show_if, table.id, line),
            line=line,
            scale=table.scale,
            list=table.list,
            unit=table.unit,
            decimals=table.decimals,
            members=tuple(
                self._question(one, (place[0], place[1], number)) for number, one in enumerate(table.question)
            ),
            item_title=table.item_title,
            least_rows=table.least_rows,
            most_rows=table.most_rows,
            required_if=self._rule("required_if", table.required_if, table.id, line),
            limit=self._rule("limit", table.limit, table.id, line),
            limit_words=table.limit_words,
            calculation=self._rule("calculation", table.calculation, table.id, line),
            translations=_texts(
                text=table.text_in,
                help=table.help_in,
                unit=table.unit_in,
                item_title=table.item_title_in,
                limit_words=table.limit_words_in,
            ),
        )

    def _rule(self, name: str, rule: Condition | str | None, owner: str, line: int) -> Expr | None:
        """Read one rule, whichever way it is written."""
        if rule is None or rule == "":
            return None
        if isinstance(rule, Condition):
            wrong = [Fault(owner, line, text) for text in shape_faults(rule)]
            self.faults += wrong
            return None if wrong else expression_of(rule)
        try:
            return parse_expression(rule)
        except Refused as error:
            self.faults.append(Fault(owner, line, f"{name} cannot be read. {error.message}"))
            return None


def _texts(**texts: dict[str, str]) -> Texts:
    return {name: words for name, words in texts.items() if words}
