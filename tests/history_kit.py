"""Histories of three writers and the organisation, with a model of what must come of them.

Each side is a store of its own in memory. Whoever acts, acts through the journal; bundles carry lines from
side to side in any order, are doubled, lost and sent again. The model knows nothing of the projection: it
follows which line replaced which, because somebody saw it.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable
from datetime import UTC, timedelta
from typing import Any

from history_model import Model
from history_sides import (
    BEGIN,
    COMMON,
    FIELDS,
    NEW,
    Bundle,
    Change,
    Figures,
    Place,
    Side,
    Sides,
    check_shown,
    digests_of,
)
from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.domain.lines import Line, Link
from imsa_desk.errors import Refused
from imsa_desk.store import erase
from imsa_desk.store.fields import to_field
from imsa_desk.store.journal import append
from imsa_desk.store.project import project
from imsa_desk.store.records import (
    CaseRow,
    Record,
)
from imsa_desk.store.settle import put_in_force
from imsa_desk.store.tables import journal_body, journal_link
from imsa_desk.store.take_in import take_in
from imsa_desk.store.torn import torn


class History:
    """One history: acts and deliveries in an order that the seed gives."""

    def __init__(self, sides: list[Side], seed: int, figures: Figures, *, erases: bool) -> None:
        self.sides, self.dice, self.figures, self.erases = sides, random.Random(seed), figures, erases
        self.model = Model()
        self.flying: list[Bundle] = []
        self.case = self._id()
        self.any_erased = False
        self.made: Place = ("", 0)

    def _id(self) -> str:
        return f"{self.dice.getrandbits(128):032x}"

    # --- what sides do --------------------------------------------------------------

    def act(self, side: Side, do: Callable[[Session], dict[str, dict[str, frozenset[str]]] | None]) -> None:
        """Let a side do something in one act; learn the lines it wrote, and what they must replace."""
        knew = {record: self.model.knows(side, record) for record in self.model.records}
        with side.store.begin("act") as session:
            expected = do(session) or {}
        with side.store.read() as session:
            joined = (journal_link.c.writer == journal_body.c.writer) & (
                journal_link.c.seq == journal_body.c.seq
            )
            rows = session.execute(
                select(journal_link, journal_body.c.body)
                .join_from(journal_link, journal_body, joined)
                .where(
                    journal_link.c.writer == side.writer,
                    journal_link.c.seq > side.links.get(side.writer, 0),
                )
                .order_by(journal_link.c.seq)
            ).all()
        for row in rows:
            line = Line(Link(*row[:5]), row[5])
            body = line.parsed()
            wanted = expected.get(body["record"], {})
            known = None
            if body["op"] == "update":
                every, accepted = knew[body["record"]]
                known = every if "deleted_at" in body["fields"] else accepted
                base = {name: frozenset(at) for name, at in body["base"].items()}
                if any(base.values()):  # a proposal knows nothing and replaces nothing
                    assert base.pop("*", None) == known
                assert base == {name: wanted[name] for name in body["fields"]}
            replaced = {n: wanted.get(n, frozenset()) for n in body["fields"]}
            self._learn(side, Change(line, body, replaced, known))

    def _learn(self, side: Side, change: Change) -> None:
        link = change.line.link
        self.model.known[link.line_hash] = change
        self.model.at[link.writer, link.seq] = link.line_hash
        side.links[link.writer] = link.seq
        side.present.add((link.writer, link.seq))
        self.figures.changes += 1

    def create(self, side: Side) -> None:
        cls = self.dice.choice([known for known in FIELDS if known is not CaseRow])
        record = self._id()
        taken = [r for r, (known, _) in self.model.records.items() if known is not CaseRow]
        if taken and self.dice.random() < 0.25:  # two laptops fill one place, or a forged id of another kind
            record = self.dice.choice(taken)
            cls = self.model.records[record][0] if self.dice.random() < 0.8 else cls
        with side.store.read() as session:
            there = any(session.get(known, record) is not None for known in FIELDS)
        written = {
            c.body["record"]
            for c in map(self.model.known.__getitem__, map(self.model.at.__getitem__, side.present))
        }
        if there or record in written or self._wrote(side, record):
            return
        values = NEW[cls](self.dice, record)
        self.act(side, lambda s: s.add(cls(id=record, case_id=self.case, **values)))
        self.model.records.setdefault(record, (cls, self.case))

    def _wrote(self, side: Side, record: str) -> bool:
        """A vault knows its own lines even where their content was erased."""
        return any(
            c.body["record"] == record and c.line.link.writer == side.writer
            for c in self.model.known.values()
        )

    def open_case(self, side: Side) -> None:
        values = NEW[CaseRow](self.dice, "")
        self.model.records[self.case] = (CaseRow, self.case)
        self.act(side, lambda s: s.add(CaseRow(id=self.case, case_id=self.case, **values)))
        self.made, side.knows_maker = (side.writer, side.links[side.writer]), True

    def _made_here(self, side: Side) -> str:
        """Choose a record whose making line is here."""
        here = (self.model.known[self.model.at[place]].body for place in sorted(side.present))
        made = [str(body["record"]) for body in here if body["op"] == "create"]
        return self.dice.choice(made) if made else self.case

    def _standing(self, session: Session, record: str) -> Record | None:
        return next((row for cls in FIELDS if (row := session.get(cls, record)) is not None), None)

    def update(self, side: Side) -> None:
        record = self._made_here(side)

        def do(session: Session) -> dict[str, dict[str, frozenset[str]]]:
            row = self._standing(session, record)
            if row is None:
                return {}
            choices = FIELDS[type(row)] | COMMON
            weights = [*(4 for _ in FIELDS[type(row)]), *(1 for _ in COMMON)]
            for name in self.dice.choices(list(choices), weights, k=self.dice.randint(1, 2)):
                setattr(row, name, self.dice.choice(choices[name]))
            return {record: {name: self.model.heads(side, record, name) for name in choices}}

        self.act(side, do)

    def propose(self, office: Side) -> None:
        """The organisation proposes a value: a line that replaces nothing."""
        record = self._made_here(office)

        def do(session: Session) -> None:
            row = self._standing(session, record)
            if row is None:
                return
            name = self.dice.choice(list(FIELDS[type(row)]))
            value = to_field(self.dice.choice(FIELDS[type(row)][name]))
            act = session.info["act"]
            body = {
                "act": {"id": act.id, "verb": "propose"},
                "at": to_field(act.now.astimezone(UTC)),
                "base": {name: []},
                "case": row.case_id,
                "fields": {name: value},
                "hlc": act.clock.tick(),
                "kind": row.kind.value,
                "op": "update",
                "reason": "",
                "record": record,
                "salt": secrets.token_hex(16),
                "sensitivity": row.sensitivity,
            }
            append(session.connection(), act, [body])
            project(session.connection(), [record])

        before = len(self.model.known)
        with office.store.begin("propose") as session:
            do(session)
        self.act(office, lambda _: {record: {n: frozenset() for cls in FIELDS for n in FIELDS[cls]}})
        assert len(self.model.known) - before <= 1

    def settle(self, side: Side) -> bool:
        """Settle one conflict of a side: keep one, or write another."""
        with side.store.read() as session:
            found = torn(session.connection())
        if not found:
            return False
        one = self.dice.choice(found)
        name = self.dice.choice(sorted(one.fields))
        value = one.value(name, self.dice.choice(one.fields[name]))
        if name in FIELDS[one.cls] and self.dice.random() < 0.3:
            value = to_field(self.dice.choice(FIELDS[one.cls][name]))

        def do(session: Session) -> dict[str, dict[str, frozenset[str]]]:
            put_in_force(session, session.get_one(one.cls, one.record), {name: value})
            return {one.record: {name: self.model.heads(side, one.record, name)}}

        self.act(side, do)
        self.figures.settled += 1
        return True

    def erase(self, side: Side) -> None:
        def do(session: Session) -> None:
            erase.erase_case(session, self.case)

        doomed = {
            place
            for place in side.present
            if (b := self.model.known[self.model.at[place]].body)["case"] == self.case and b["op"] != "erase"
        }
        if not doomed:
            return
        self.act(side, do)
        side.present -= doomed
        side.emptied |= doomed
        side.gone |= {place for place in doomed if place[0] == side.writer}
        self.any_erased = True
        self.figures.erased += len(doomed)

    # --- bundles --------------------------------------------------------------------

    def send(self, side: Side, to: int) -> None:
        """Write a bundle: of each writer the lines after a number, from the beginning or further on."""
        lines = []
        for writer, last in side.links.items():
            first = 1 if self.dice.random() < 0.5 else self.dice.randint(1, last + 1)
            for seq in range(first, last + 1):
                change = self.model.known[self.model.at[writer, seq]]
                sent = (writer, seq) in side.present and change.body["record"] not in side.private
                lines.append(change.line if sent else Line(change.line.link, None))
        if lines:
            self.flying.append((to, lines))
            self.figures.bundles += 1

    def deliver(self, bundle: Bundle) -> None:
        """Take a bundle in; the model says what must come of it."""
        to, lines = bundle
        side = self.sides[to]
        wanted = dict(side.links)
        gap = False
        for line in sorted(lines, key=lambda one: (one.link.writer, one.link.seq)):
            if line.link.seq == wanted.get(line.link.writer, 0) + 1:
                wanted[line.link.writer] = line.link.seq
            gap |= line.link.seq > wanted.get(line.link.writer, 0)
        shuffled = list(lines)
        self.dice.shuffle(shuffled)
        try:
            with side.store.begin("take_in") as session:
                take_in(session, side.store.clock, shuffled)
        except Refused as error:
            assert gap and error.code == "E_GAP", error
            self.figures.gaps += 1
            return
        assert not gap
        side.links = wanted
        for line in lines:
            place = (line.link.writer, line.link.seq)
            side.knows_maker |= place == self.made and line.body is not None
            if line.body is not None and place not in side.present | side.emptied | side.gone:
                side.present.add(place)
        for place in sorted(side.present):
            change = self.model.known[self.model.at[place]]
            if change.body["op"] == "erase":
                self._obey(side, place[0], change.body)

    def _obey(self, side: Side, writer: str, body: dict[str, Any]) -> None:
        """A writer erases its own lines; whose case it is, everybody's."""
        whole = side.knows_maker and writer == self.made[0]
        for whose, first, last in body["fields"]["lines"]:
            if whose == writer or whole:
                named = {
                    (whose, n)
                    for n in range(first, last + 1)
                    if (b := self.model.known[self.model.at[whose, n]].body)["case"] == body["case"]
                    and b["op"] != "erase"
                }
                side.emptied |= named & side.present
                side.present -= named
                side.gone |= named

    # --- the whole ------------------------------------------------------------------

    def play(self, steps: int) -> None:
        first = self.dice.choice(self.sides[:3])
        self.open_case(first)
        for _ in range(self.dice.randint(1, 3)):
            self.create(first)
        self.send_all()  # from here on the sides write apart
        off = self.dice.choice([0, 0, 365, -365])
        self.sides[2].clock.off = timedelta(days=off)
        for n in range(steps):
            if n == steps // 2 and self.dice.random() < 0.5:
                self.sides[2].clock.off = timedelta(0)  # somebody put it right
            self.step()
        self.send_all()
        self.check()
        self.settle_all()

    def step(self) -> None:
        dice = self.dice
        at = dice.randrange(4)
        side = self.sides[at]
        doing = dice.random()
        if doing < 0.06:
            self.create(self.sides[at % 3])
        elif doing < 0.45:
            self.update(self.sides[at % 3])
        elif doing < 0.48:
            side.private = set() if side.private else {r for r in self.model.records if dice.random() < 0.4}
        elif doing < 0.53:
            self.settle(side) if at < 3 else self.propose(side)
        elif doing < 0.55 and self.erases:
            self.erase(self.sides[at % 3])
        elif doing < 0.74:
            self.send(side, dice.choice([n for n in range(4) if n != at]))
        elif self.flying:
            bundle = self.flying.pop(dice.randrange(len(self.flying)))
            fate = dice.random()
            if fate < 0.15:
                self.figures.lost += 1
                return
            self.deliver(bundle)
            if fate > 0.7:
                self.flying.append(bundle)
                self.figures.repeated += 1

    def send_all(self) -> None:
        """Send again whatever was lost, until everybody holds all that anybody else still holds."""
        self.flying.clear()
        for to in self.dice.sample(range(4), 4):
            held = {place for n, side in enumerate(self.sides) if n != to for place in side.present}
            missing = sorted(self.model.at.keys() - self.sides[to].present)
            lines = [(place, self.model.known[self.model.at[place]].line) for place in missing]
            bundle = [line if place in held else Line(line.link, None) for place, line in lines]
            if bundle:
                self.figures.bundles += 1
                self.deliver((to, bundle))

    def check(self) -> None:
        """Every side holds what the model says, shows its conflicts once each, and equals the others."""
        digests = []
        for side in self.sides:
            with side.store.read() as session:
                self._check_bodies(side, session)
                found = torn(session.connection())
                reported = [
                    (one.record, name, frozenset(w.line for w in at))
                    for one in found
                    for name, at in one.fields.items()
                ]
                for one in found:
                    for name in one.fields:
                        check_shown(one, name)
                digests.append(dict(digests_of(session)))
            expected = self.model.torn(side)
            assert len(reported) == len(expected), "a conflict is reported twice or not at all"
            assert {(record, name): at for record, name, at in reported} == expected
            self.figures.conflicts += len(expected)
            self.figures.removed += sum(bool(one.edits) for one in found)
            assert side.links == self.sides[0].links
            ahead = side.store.clock.tick()
            if side.clock.off == timedelta(0) and side is not self.sides[2]:
                most = BEGIN + timedelta(minutes=self.sides[0].clock.ticks[0], days=1, hours=1)
                assert int(ahead[:12], 16) <= most.timestamp() * 1000, "a clock was carried away"
        self._compare(digests)

    def _check_bodies(self, side: Side, session: Session) -> None:
        table = journal_body.c
        query = select(table.writer, table.seq).where(table.body.is_not(None))
        assert {(w, n) for w, n in session.execute(query)} == side.present
        if not self.any_erased:
            lost = set(self.model.at) - side.present
            assert not lost, f"{len(lost)} changes are lost"

    def _compare(self, digests: list[dict[str, str]]) -> None:
        """Records whose lines are the same on two sides must be the same in every column."""
        held = [self._held(side) for side in self.sides]
        for n in range(1, len(digests)):
            for record in self.model.records:
                if held[n].get(record) == held[0].get(record):
                    assert digests[n].get(record) == digests[0].get(record), record
        if not self.any_erased:
            assert all(one == digests[0] for one in digests), "sides differ"

    def _held(self, side: Side) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for place in side.present:
            h = self.model.at[place]
            found.setdefault(self.model.known[h].body["record"], set()).add(h)
        return {record: frozenset(lines) for record, lines in found.items()}

    def settle_all(self) -> None:
        """Several settle at once; then one settles what is left: nothing may be left anywhere."""
        for side in self.sides[:3]:
            if self.dice.random() < 0.6:
                self.settle(side)
        self.send_all()
        last = self.dice.choice(self.sides[:3])
        rounds = 0
        while self.settle(last):
            rounds += 1
            assert rounds < 200, "settling does not end"
        self.send_all()
        if not self.any_erased:
            for side in self.sides:
                with side.store.read() as session:
                    assert torn(session.connection()) == []
        self.check()
        self.figures.equal += not self.any_erased


def play(sides: Sides, seed: int, figures: Figures) -> None:
    """Play the history of a seed; every fifth has erasures."""
    History(sides.empty(), seed, figures, erases=seed % 5 == 0).play(16 + seed % 29)
    figures.histories += 1
