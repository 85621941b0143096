"""Four sides of a history in memory, what they write, and what is counted and compared of them."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import Engine, create_engine, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from imsa_desk.domain.lines import Line
from imsa_desk.store.records import (
    ActionRow,
    AnswerRow,
    CaseRow,
    ConsentRow,
    MeetingRow,
    Record,
    SafeContactRow,
    record_classes,
)
from imsa_desk.store.store import Store
from imsa_desk.store.tables import journal_head, metadata
from imsa_desk.store.torn import Torn

BEGIN = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
WRITERS = ("a" * 32, "b" * 32, "c" * 32)
OFFICE = "d" * 32
Place = tuple[str, int]
"""A writer and a number: one line."""
_SEARCH = "CREATE VIRTUAL TABLE search USING fts5(text, forms, content='search_row', content_rowid='n')"
Standing = dict[tuple[str, str], frozenset[str]]


@dataclass
class Clock:
    """Everybody's time, and how far off one side's clock is."""

    ticks: list[int]
    off: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        self.ticks[0] += 1
        return BEGIN + timedelta(minutes=self.ticks[0]) + self.off


def memory() -> Engine:
    """An empty database in memory with every table."""
    engine = create_engine("sqlite+pysqlite://", poolclass=StaticPool)
    with engine.begin() as connection:
        metadata.create_all(connection)
        connection.exec_driver_sql(_SEARCH)
    return engine


class Sides:
    """Four stores that are made once and emptied for each history."""

    _image: ClassVar[bytes] = b""

    def __init__(self) -> None:
        self.engines = [memory() for _ in (*WRITERS, OFFICE)]
        Sides._image = Sides._image or self._driver(self.engines[0]).serialize()
        self.ticks = [0]
        self.clocks = [Clock(self.ticks) for _ in self.engines]
        self.stores = [
            Store(engine, writer, clock)
            for engine, writer, clock in zip(self.engines, (*WRITERS, OFFICE), self.clocks, strict=True)
        ]

    @staticmethod
    def _driver(engine: Engine) -> Any:
        return engine.raw_connection().driver_connection

    def empty(self) -> list[Side]:
        self.ticks[0] = 0
        sides = []
        for store, clock in zip(self.stores, self.clocks, strict=True):
            self._driver(store.engine).deserialize(Sides._image)
            clock.off = timedelta(0)
            store.clock = type(store.clock)(clock)
            sides.append(Side(store, clock))
        return sides


@dataclass
class Side:
    """One vault: its store, and what the model says it holds."""

    store: Store
    clock: Clock
    links: dict[str, int] = field(default_factory=dict)
    present: set[Place] = field(default_factory=set)
    emptied: set[Place] = field(default_factory=set)
    gone: set[Place] = field(default_factory=set)
    """Lines that an erase line known here rightly names: of its own writer, or of whose case it is."""
    knows_maker: bool = False
    """Whether the line that made the case was ever here."""
    private: set[str] = field(default_factory=set)
    """Records whose bodies this side does not send yet."""

    @property
    def writer(self) -> str:
        return self.store.writer


@dataclass
class Change:
    """A line as the model sees it."""

    line: Line
    body: dict[str, Any]
    replaced: dict[str, frozenset[str]]
    knew: frozenset[str] | None = None
    """Which lines of the record its writer had, if it removes or restores it; else the removals it knew."""


@dataclass
class Figures:
    """What a run counted."""

    histories: int = 0
    changes: int = 0
    bundles: int = 0
    repeated: int = 0
    lost: int = 0
    gaps: int = 0
    conflicts: int = 0
    removed: int = 0
    """Of these, removals that a change stood against."""
    settled: int = 0
    erased: int = 0
    equal: int = 0
    """Histories after which all four sides were equal in everything; the rest had erasures."""

    def words(self) -> str:
        return ", ".join(f"{value:,} {name}" for name, value in vars(self).items())


Bundle = tuple[int, list[Line]]
NEW: dict[type[Record], Callable[[random.Random, str], dict[str, Any]]] = {
    MeetingRow: lambda r, _: {
        "at": BEGIN,
        "recorded_at": BEGIN,
        "author": "x",
        "how": "phone",
        "notes": r.choice("pq"),
    },
    SafeContactRow: lambda r, _: {
        "person_id": "e" * 32,
        "channel": "phone",
        "safe": r.choice(["yes", "no", "ask_first"]),
    },
    ConsentRow: lambda r, _: {
        "recipient_kind": "role",
        "recipient_id": "x",
        "purpose": "housing",
        "given_how": "spoken",
        "valid_from": date(2026, 1, 1),
        "author": "x",
        "scope_note": r.choice("pq"),
    },
    AnswerRow: lambda r, _: {
        "assessment_id": "f" * 32,
        "question_id": "1.1",
        "author": "x",
        "value": r.choice("pq"),
    },
    ActionRow: lambda r, _: {"text": r.choice("pq"), "owner": "advocate", "state": "agreed"},
    CaseRow: lambda r, _: {
        "code": "K7Q-M2T-3",
        "nation": "england",
        "tier": r.choice(["t1", "t2"]),
        "status": "active",
        "opened_on": date(2026, 1, 1),
    },
}
_WORDS = ("p", "q", "r", "s")
FIELDS: dict[type[Record], dict[str, tuple[Any, ...]]] = {
    MeetingRow: {"notes": _WORDS, "minutes": (1, 2, 3)},
    SafeContactRow: {"safe": ("yes", "no", "ask_first", "unknown"), "note": _WORDS},
    ConsentRow: {
        "withdrawn_on": (None, date(2026, 11, 1), date(2026, 11, 3)),
        "scope_note": _WORDS,
    },
    AnswerRow: {"value": _WORDS, "not_discussed": ("", "declined")},
    ActionRow: {"text": _WORDS, "due_on": (None, date(2026, 12, 1), date(2026, 12, 2))},
    CaseRow: {"tier": ("t1", "t2", "t3"), "what_matters": _WORDS},
}
COMMON: dict[str, tuple[Any, ...]] = {
    "sensitivity": ("L1", "L2", "L3"),
    "private": (False, True),
    "deleted_at": (None, BEGIN, BEGIN + timedelta(days=1)),
}


def check_shown(one: Torn, name: str) -> None:
    """What protects is in force; else one of the sides is shown, and nothing that is only proposed."""
    said = {side.line: one.value(name, side) for side in one.fields[name]}
    shown, values = one.shown[name], list(said.values())
    if name == "sensitivity":
        assert shown == max(values)
    elif name == "private":
        assert shown is True
    elif name == "withdrawn_on":
        assert shown == min(v for v in values if v)
    elif name == "safe":
        assert shown == next(word for word in ("no", "ask_first", "unknown", "yes") if word in values)
    elif name == "deleted_at" and one.edits:
        meant = [s for s in one.fields[name] if s.body["op"] == "create" or name in s.body["fields"]]
        assert shown in [said[side.line] for side in meant]
    else:
        meant = [s for s in one.fields[name] if s.body["op"] == "create" or s.body["base"][name]]
        assert shown in [said[side.line] for side in meant or one.fields[name]]


def digests_of(session: Session) -> Iterator[tuple[str, str]]:
    """Give SHA-256 over the row and the heads of each record."""
    heads: dict[str, list[tuple[str, str]]] = {}
    for record, name, line in session.execute(select(journal_head)):
        heads.setdefault(record, []).append((name, line))
    rows: dict[str, list[str]] = {}
    for cls in (c for c in record_classes() if c in FIELDS):
        for row in session.execute(select(cls.__table__)):
            rows.setdefault(row.id, []).append(f"{cls.kind} {tuple(row)}")
    for record in heads.keys() | rows.keys():
        text = repr((sorted(heads.get(record, [])), sorted(rows.get(record, []))))
        yield record, hashlib.sha256(text.encode()).hexdigest()
