"""The model beside the program: which line replaced which, because somebody saw it, and what is torn by that.

It knows nothing of the projection and reads no store.
"""

from __future__ import annotations

from history_sides import Change, Place, Side, Standing

from imsa_desk.domain.canonical import canonical
from imsa_desk.store.fields import class_of, empty_of
from imsa_desk.store.records import Record


class Model:
    """Every line ever written, where it stands in its writer's journal, and the records they made."""

    def __init__(self) -> None:
        self.known: dict[str, Change] = {}
        self.at: dict[Place, str] = {}
        self.records: dict[str, tuple[type[Record], str]] = {}

    def lines_of(self, side: Side, record: str) -> dict[str, Change]:
        """The lines of a record whose bodies a side holds, those of its kind only."""
        here = {
            h: change
            for h in (self.at[place] for place in side.present)
            if (change := self.known[h]).body["record"] == record and change.body["op"] != "erase"
        }
        kinds = {change.body["kind"] for change in here.values()}
        if len(kinds) < 2:
            return here
        made = min((h for h, c in here.items() if c.body["op"] == "create"), default=None)
        if made is None:
            return {}
        return {h: c for h, c in here.items() if c.body["kind"] == self.known[made].body["kind"]}

    def heads(self, side: Side, record: str, name: str) -> frozenset[str]:
        """The lines that set a field and that no line here replaced in it."""
        here = self.lines_of(side, record)
        gone = {h for c in here.values() for h in c.replaced.get(name, ())}
        sets = {h for h, c in here.items() if c.body["op"] == "create" or name in c.body["fields"]}
        return frozenset(sets - gone)

    def torn(self, side: Side) -> Standing:
        """Every field with several standing values."""
        found: Standing = {}
        for record in self.records:
            here = self.lines_of(side, record)
            made = [c for c in here.values() if c.body["op"] == "create"]
            if not made:
                continue
            cls = class_of(made[0].body["kind"])
            names = {n for c in here.values() for n in c.body["fields"]}
            for name in names:
                at = self.heads(side, record, name)
                said = [here[h].body["fields"].get(name, empty_of(cls, name)) for h in at]
                if len({canonical(v is None if name == "deleted_at" else v) for v in said}) > 1:
                    found[record, name] = at
            if against := self.against_removal(side, record):
                found[record, "deleted_at"] = self.heads(side, record, "deleted_at") | against
        return found

    def removals(self, side: Side, record: str) -> dict[str, Change]:
        """The lines here by which a record stands removed; empty where one of the last words is another."""
        at = self.heads(side, record, "deleted_at")
        return {h: self.known[h] for h in at if self.known[h].body["fields"].get("deleted_at")}

    def against_removal(self, side: Side, record: str) -> frozenset[str]:
        """The lines in force in some field whose writers knew of no removal, and no remover of them."""
        here, removals = self.lines_of(side, record), self.removals(side, record)
        names = {n for c in here.values() if c.body["op"] == "update" for n in c.body["fields"]}
        found = set()
        for name in names - {"deleted_at"}:
            for h in self.heads(side, record, name):
                proposed = here[h].body["op"] == "update" and not here[h].replaced[name]
                if proposed or not removals or not all(self._apart(h, r) for r in removals):
                    continue
                if not any(self._unchanged(side, record, name, h, r) for r in removals):
                    found.add(h)
        return frozenset(found)

    def _unchanged(self, side: Side, record: str, name: str, edit: str, removal: str) -> bool:
        """Whether a change says only what the remover had before, or wrote along with the removal."""
        knew, act = self.known[removal].knew or frozenset(), self.known[removal].body["act"]
        here = {h: c for h, c in self.lines_of(side, record).items() if h in knew or c.body["act"] == act}
        gone = {h for c in here.values() for h in c.replaced.get(name, ())}
        sets = {h for h, c in here.items() if c.body["op"] == "create" or name in c.body["fields"]}
        cls = class_of(self.known[edit].body["kind"])
        said = [self.known[h].body["fields"].get(name, empty_of(cls, name)) for h in (*(sets - gone), edit)]
        return len(said) > 1 and len(set(map(repr, said))) == 1

    def _apart(self, edit: str, removal: str) -> bool:
        one, other = self.known[edit], self.known[removal]
        assert other.knew is not None
        ignorant = edit not in other.knew and removal not in (one.knew or ())
        return ignorant and one.body["act"]["id"] != other.body["act"]["id"]

    def knows(self, side: Side, record: str) -> tuple[frozenset[str], frozenset[str] | None]:
        """What a side knows of a record that it removes or restores, and what it accepts if it changes it."""
        held = (self.known[self.at[place]] for place in side.present)
        every = frozenset(
            c.line.link.line_hash for c in held if c.body["record"] == record and c.body["op"] != "erase"
        )
        at = self.heads(side, record, "deleted_at")
        if not at or at != self.removals(side, record).keys() or self.against_removal(side, record):
            return every, None
        return every, at
