"""Which of a workbook's languages is the form's own, and a row's words in all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from imsa_desk.domain.xlsform.draft import Words
from imsa_desk.domain.xlsform.languages import ENGLISH, code_of
from imsa_desk.domain.xlsform.model import Notes
from imsa_desk.domain.xlsform.rules import named_in, speak
from imsa_desk.domain.xlsform.table import Row, Table

_MOST_SHOWN = 50
"""Names in one text; one with more is no sentence, and stays as it is."""


@dataclass(slots=True)
class Speech:
    """The languages of the workbook: the form's own, and the code of each other by its column's words."""

    notes: Notes
    own: str = ""
    code: str = ENGLISH
    others: Mapping[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    """The words of each question by its name, for texts that show another answer."""
    used: dict[str, None] = field(default_factory=dict)
    """The codes that texts were found for."""

    def words(self, row: Row, column: str, *, plain: bool = False) -> Words:
        """Give a row's words; where the form's own language has none, the first there is.

        `plain` leaves out what would show another answer's words, for the words those are made of.
        """
        said = row.words.get(column, {})
        main = said.get(self.own) or said.get("") or self._same(said)
        if not main and said:
            language, main = next(iter(said.items()))
            words = f"There are no words in the form's own language; those in {language} stand instead."
            self.notes.add(row.sheet, row.number, row.head(column), words)
        if plain:
            return Words(main)
        others = {
            self.others[language]: self._spoken(row, column, text)
            for language, text in said.items()
            if language in self.others
        }
        self.used.update(dict.fromkeys(others))
        return Words(self._spoken(row, column, main), others)

    def _same(self, said: Mapping[str, str]) -> str:
        return next((text for language, text in said.items() if code_of(language) == self.code), "")

    def _spoken(self, row: Row, column: str, text: str) -> str:
        shown = list(named_in(text))
        if not 0 < len(shown) <= _MOST_SHOWN:
            return text
        names = ", ".join(dict.fromkeys(shown))
        what = f"The words would show the answer to {names}; here the question's own words stand."
        self.notes.add(row.sheet, row.number, row.head(column), what)
        return speak(text, self.labels)


def listen(default: str, tables: tuple[Table, ...], sheets: tuple[str, ...], notes: Notes) -> Speech:
    """Find the languages of a workbook; one whose code is not known becomes a note."""
    named = {
        language: sheet
        for table, sheet in zip(reversed(tables), reversed(sheets), strict=True)
        for language in table.languages
    }
    languages = tuple(dict.fromkeys(one for table in tables for one in table.languages))
    own = _own(default, languages)
    code = code_of(own or default) or ENGLISH
    if default and not code_of(own or default):
        what = f'The language "{default}" is not known; the form counts as English.'
        notes.add("settings", 2, "default_language", what, 'Write its code in brackets, as in "Arabic (ar)".')
    others: dict[str, str] = {}
    for language in languages:
        if language in ("", own):
            continue
        found = code_of(language)
        if not found:
            what = f'The language "{language}" is not known, so its words are not carried over.'
            notes.add(named[language], 1, language, what, 'Write its code in brackets, as in "Arabic (ar)".')
        elif found != code:
            others[language] = found
    return Speech(notes, own, code, others)


def _own(default: str, languages: tuple[str, ...]) -> str:
    wanted = default.strip().casefold()
    for language in languages:
        if wanted and (language.casefold() == wanted or (code_of(language) or "-") == code_of(default)):
            return language
    return "" if "" in languages or not languages else languages[0]
