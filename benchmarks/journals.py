"""Journals of many survivors, written fast: real lines of practice cases, copied with ids of their own.

A few practice cases are made through the verbs; their lines are taken as they stand in the journal and
spelled again for each survivor, with other ids, salts, hashes and years: every body is one that a verb wrote.

How much a survivor's record holds is set from how the work is done: two whole reviews a year (some 95 answers
each), a meeting every two to three weeks and as many telephone calls and letters between them, each with its
promises and what was noted of the themes; consents, people and organisations once, in the first weeks; once a
quarter what may be counted. Four years of that are some 1,800 lines for each survivor. An advocate has 20
survivors and sends once a quarter. Restricted and sealed records leave as links without content.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select

from imsa_desk.domain.canonical import canonical
from imsa_desk.domain.lines import FIRST, Line, Link, line_hash
from imsa_desk.domain.statistics import Counted, facts_of
from imsa_desk.services import vaults
from imsa_desk.services.practice import make_practice
from imsa_desk.store.tables import journal_body, journal_link
from imsa_desk.vocab import Kind

YEARS = 4
QUARTERS = 16
PER_ADVOCATE = 20
TODAY = date(2026, 6, 1)
CASES = 6
_TOKEN = re.compile(r'([0-9a-f]{64}|[0-9a-f]{32}|(?<=")20\d\d(?=-\d\d))')
_ONCE = frozenset(
    "person person_name person_language person_nationality case case_role case_exploitation safe_contact "
    "involvement involvement_theme consent consent_category".split()
)
_REVIEW = frozenset("assessment assessment_section answer addendum safety_response safety_plan".split())
_WITHHELD = ("L3", "L4")
_OWN, _SHARED, _LINE, _YEAR = range(4)


@dataclass(frozen=True, slots=True)
class Pattern:
    """One line to be copied: its text in parts, and what each gap between them holds."""

    hash: str
    kind: str
    withheld: bool
    parts: tuple[str, ...]
    gaps: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Patterns:
    """What an advocate's journal is made of: the people of the directory, and cases."""

    cases: tuple[str, ...]
    directory: tuple[Pattern, ...]
    once: tuple[tuple[Pattern, ...], ...]
    review: tuple[tuple[Pattern, ...], ...]
    work: tuple[tuple[Pattern, ...], ...]


def read_patterns(folder: Path, cases: int = CASES) -> Patterns:
    """Make a practice caseload in a folder and read its lines."""
    made = make_practice(folder / "patterns", "practice", cases=cases, today=TODAY)
    try:
        with made.desk.store.read() as session:
            link, body = journal_link.c, journal_body.c
            joined = (link.writer == body.writer) & (link.seq == body.seq)
            query = select(link.line_hash, body.body).join_from(journal_body, journal_link, joined)
            rows = [
                (line, text, json.loads(text)) for line, text in session.execute(query.order_by(body.seq))
            ]
    finally:
        vaults.lock(made.desk)
    shared = {b["record"] for _, _, b in rows if b["kind"] in _ONCE or b["case"] is None}
    lines = {line for line, _, _ in rows}
    restricted = {b["record"] for _, _, b in rows if b["sensitivity"] in _WITHHELD or _private(b)}
    by_case: dict[str | None, list[Pattern]] = {}
    for line, text, body_value in rows:
        if body_value["kind"] not in (Kind.REFLECTION, Kind.ACCESS, Kind.DOCUMENT):
            made_of = _pattern(line, text, body_value, shared, lines, restricted)
            by_case.setdefault(body_value["case"], []).append(made_of)
    names = [case for case in by_case if case is not None]
    found = [by_case[name] for name in names]
    return Patterns(
        tuple(names),
        tuple(by_case[None]),
        tuple(tuple(p for p in each if p.kind in _ONCE) for each in found),
        tuple(tuple(p for p in each if p.kind in _REVIEW) for each in found),
        tuple(tuple(p for p in each if p.kind not in _ONCE | _REVIEW) for each in found),
    )


def _private(body: dict[str, Any]) -> bool:
    return bool(body["fields"].get("private"))


def _pattern(
    line: str, text: str, body: dict[str, Any], shared: set[str], lines: set[str], restricted: set[str]
) -> Pattern:
    pieces = _TOKEN.split(text)
    parts, gaps = [pieces[0]], list[tuple[int, str]]()
    for token, after in zip(pieces[1::2], pieces[2::2], strict=True):
        if len(token) == 4:
            what = _YEAR
        elif len(token) == 32:
            what = _SHARED if token in shared else _OWN
        elif token in lines:
            what = _LINE
        else:
            parts[-1] += token + after
            continue
        gaps.append((what, token))
        parts.append(after)
    return Pattern(line, body["kind"], body["record"] in restricted, tuple(parts), tuple(gaps))


@dataclass(slots=True)
class Journal:
    """One advocate's journal as it grows; the same seed gives the same lines."""

    writer: str
    patterns: Patterns
    survivors: int
    seed: int
    years: int = YEARS
    seq: int = 0
    head: str = FIRST
    _chance: random.Random = field(init=False)
    _cases: list[_Case] = field(init=False, default_factory=list)
    _people: dict[str, str] = field(init=False, default_factory=dict)
    _lines: dict[str, str] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Lay out the survivors' records."""
        self._chance = random.Random(self.seed)
        count = len(self.patterns.once)
        for n in range(self.survivors):
            case = self._id()
            self._cases.append(_Case(n % count, case, {self.patterns.cases[n % count]: case}))

    def cases(self) -> tuple[str, ...]:
        """Give the ids of the cases."""
        return tuple(sorted(case.id for case in self._cases))

    def quarters(self) -> Iterator[list[Line]]:
        """Give what the advocate wrote, quarter by quarter."""
        if not self.years:
            yield [*self._directory(), *(line for case in self._cases for line in self._opened(case))]
            return
        for quarter in range(QUARTERS * self.years // YEARS):
            found = list(self._directory()) if not quarter else []
            for case in self._cases:
                if not quarter:
                    found += self._opened(case)
                found += self._worked(case, quarter)
            yield found

    def _directory(self) -> Iterator[Line]:
        for pattern in self.patterns.directory:
            yield self._copy(pattern, self._people, {}, self._lines, 0)

    def _opened(self, case: _Case) -> Iterator[Line]:
        for pattern in self.patterns.once[case.pattern]:
            yield self._copy(pattern, case.ids, {}, case.lines, self.years - 1)
        yield self._counted(case, 0)

    def _worked(self, case: _Case, quarter: int) -> Iterator[Line]:
        """Give a quarter of a year: half of the reviews or of the other work, and what may be counted."""
        year, part = divmod(quarter, 4)
        blocks = [(self.patterns.work[case.pattern], part % 2, f"work {year} {part // 2}")]
        if part % 2:
            blocks.append((self.patterns.review[case.pattern], part // 2, f"review {year}"))
        for patterns, half, block in blocks:
            ids, lines = case.running.setdefault(block, ({}, dict(case.lines)))
            middle = len(patterns) // 2
            some = patterns[middle:] if half else patterns[:middle]
            for pattern in some:
                yield self._copy(pattern, case.ids, ids, lines, self.years - 1 - year)
        yield self._counted(case, quarter + 1)

    def _copy(
        self, pattern: Pattern, shared: dict[str, str], own: dict[str, str], lines: dict[str, str], back: int
    ) -> Line:
        text = [pattern.parts[0]]
        for (what, token), after in zip(pattern.gaps, pattern.parts[1:], strict=True):
            if what == _OWN:
                found = own.get(token) or own.setdefault(token, self._id())
            elif what == _SHARED:
                found = shared.get(token) or self._people.get(token) or shared.setdefault(token, self._id())
            elif what == _LINE:
                found = lines.get(token) or self._lines.get(token) or token
            else:
                found = str(int(token) - back)
            text += (found, after)
        line = self._line("".join(text), withheld=pattern.withheld)
        lines[pattern.hash] = line.link.line_hash
        return line

    def _line(self, text: str, *, withheld: bool = False) -> Line:
        body_hash = hashlib.sha256(text.encode()).hexdigest()
        self.seq += 1
        link = Link(
            self.writer,
            self.seq,
            self.head,
            body_hash,
            line_hash(self.writer, self.seq, self.head, body_hash),
        )
        self.head = link.line_hash
        return Line(link, None if withheld else text)

    def _counted(self, case: _Case, quarter: int) -> Line:
        """Write what may be counted of a case, the first time or anew."""
        day = date(TODAY.year - YEARS + quarter // 4, 1 + 3 * (quarter % 4), 1)
        counted = Counted(
            nation=("england", "wales", "scotland", "northern_ireland")[case.pattern % 4],
            tier="t2",
            status="open",
            opened=date(TODAY.year - YEARS, 1, 1),
            themes={f"t{n}": (case.pattern + n + quarter) % 4 for n in range(1, 9)},
            spent=((day, 45 * (quarter + 1)),),
            meetings=(day,) * 4,
            contacts=(day,) * 3,
            open_actions=quarter % 5,
        )
        first, self_id = not case.statistic, case.statistic or self._id()
        fields = {"as_of": day.isoformat(), "facts": facts_of(counted, day).text()}
        body = {
            "act": {"id": self._id(), "verb": "export"},
            "at": f"{day.isoformat()}T09:00:00Z",
            "base": {} if first else {name: [case.counted] for name in fields},
            "case": case.id,
            "fields": {**fields, **({"sensitivity": "L1"} if first else {})},
            "hlc": "019000000000-0000",
            "kind": Kind.STATISTIC.value,
            "op": "create" if first else "update",
            "reason": "",
            "record": self_id,
            "salt": self._id(),
            "sensitivity": "L1",
        }
        line = self._line(canonical(body).decode())
        case.statistic, case.counted = self_id, line.link.line_hash
        return line

    def _id(self) -> str:
        return f"{self._chance.getrandbits(128):032x}"


@dataclass(slots=True)
class _Case:
    """A survivor's record as it is copied: which pattern, and the ids and lines it has so far."""

    pattern: int
    id: str
    ids: dict[str, str] = field(default_factory=dict)
    lines: dict[str, str] = field(default_factory=dict)
    running: dict[str, tuple[dict[str, str], dict[str, str]]] = field(default_factory=dict)
    statistic: str = ""
    counted: str = ""


def lines_of(journals: Sequence[Journal]) -> int:
    """Count what was written so far."""
    return sum(journal.seq for journal in journals)
