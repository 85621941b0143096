"""A form while it is made from a workbook, and how it is written as TOML."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from imsa_desk.domain.forms.expressions import Expr, write_expression
from imsa_desk.domain.forms.model import QuestionKind
from imsa_desk.domain.xlsform.frame import HEADER, SCALES


@dataclass(frozen=True, slots=True)
class Words:
    """A text in the form's language, and in its others by their codes."""

    main: str = ""
    others: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose."""

    value: str
    label: Words


@dataclass(frozen=True, slots=True)
class Rule:
    """An expression with the place in the workbook it came from."""

    expr: Expr
    column: str
    said: str


@dataclass(slots=True)
class DraftQuestion:
    """One question; `rules` by the key they are written under."""

    row: int
    id: str
    kind: QuestionKind
    text: Words
    help: Words = field(default_factory=Words)
    choices: tuple[Choice, ...] = ()
    other: bool = False
    required: bool = False
    numbers: dict[str, int] = field(default_factory=dict)
    limit_words: Words = field(default_factory=Words)
    rules: dict[str, Rule] = field(default_factory=dict)
    members: list[DraftQuestion] = field(default_factory=list)


@dataclass(slots=True)
class DraftSection:
    """One section; its rules can only be when it is shown."""

    row: int
    id: str
    title: Words
    intro: Words = field(default_factory=Words)
    rules: dict[str, Rule] = field(default_factory=dict)
    questions: list[DraftQuestion] = field(default_factory=list)


@dataclass(slots=True)
class DraftForm:
    """The whole form."""

    id: str
    version: int
    title: Words
    language: str
    source: str
    languages: tuple[str, ...] = ()
    sections: list[DraftSection] = field(default_factory=list)

    def questions(self) -> Iterator[DraftQuestion]:
        """Walk to every question, each repeating group before its members."""
        for section in self.sections:
            for question in section.questions:
                yield question
                yield from question.members


def write_form(form: DraftForm) -> str:
    """Write a form as its TOML file."""
    lines = [
        f"# {' '.join(form.source.split())}",
        "",
        f"id = {_text(form.id)}",
        f"version = {form.version}",
        *_words("title", form.title),
        f"language = {_text(form.language)}",
        f"source = {_text(form.source)}",
    ]
    if form.languages:
        lines.append(f"languages = [{', '.join(map(_text, form.languages))}]")
    lines += ["", HEADER, SCALES]
    for section in form.sections:
        lines += _section(section)
    return "\n".join(lines) + "\n"


def _section(section: DraftSection) -> list[str]:
    lines = ["[[section]]", f"id = {_text(section.id)}", *_words("title", section.title)]
    lines += _words("intro", section.intro) + _rules(section.rules)
    for question in section.questions:
        lines += ["", *_question(question, "section.question")]
    return [*lines, ""]


def _question(question: DraftQuestion, table: str) -> list[str]:
    lines = [f"[[{table}]]", f"id = {_text(question.id)}", f'kind = "{question.kind}"']
    lines += _words("text", question.text) + _words("help", question.help)
    lines += [f"{name} = {number}" for name, number in question.numbers.items()]
    if question.required:
        lines.append("required = true")
    lines += _rules(question.rules)
    if "limit" in question.rules:
        lines += _words("limit_words", question.limit_words)
    if question.other:
        lines.append("other = true")
    if question.choices:
        lines += ["option = [", *(f"  {_choice(one)}," for one in question.choices), "]"]
    for member in question.members:
        lines += ["", *_question(member, f"{table}.question")]
    return lines


def _choice(choice: Choice) -> str:
    label_in = _table(choice.label.others)
    more = f", label_in = {label_in}" if label_in else ""
    return f"{{ value = {_text(choice.value)}, label = {_text(choice.label.main)}{more} }}"


def _words(key: str, words: Words) -> list[str]:
    lines = [f"{key} = {_text(words.main)}"] if words.main else []
    others = _table(words.others)
    return [*lines, f"{key}_in = {others}"] if lines and others else lines


def _rules(rules: Mapping[str, Rule]) -> list[str]:
    return [f"{key} = {_text(write_expression(rule.expr))}" for key, rule in rules.items()]


def _table(texts: Mapping[str, str]) -> str:
    said = ", ".join(f"{_text(code)} = {_text(text)}" for code, text in texts.items())
    return f"{{ {said} }}" if said else ""


def _text(text: str) -> str:
    """Write a text as TOML does: as JSON, but for the one character that JSON leaves as it is."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
