"""Cases with something of everything, sent, and bundles counted by reading them as the office does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from exchange_kit import Meeting, new_case, new_meeting

from imsa_desk.domain.documents import DocumentDraft
from imsa_desk.domain.exchange import Leaving
from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.people import SafeContactDraft
from imsa_desk.domain.themes import ThemeEntryDraft
from imsa_desk.exchange.bundle import OpenBundle, open_bundle
from imsa_desk.services import exchange
from imsa_desk.services.cases import close_case
from imsa_desk.services.documents import add_document
from imsa_desk.services.office_trust import identities, trust_of
from imsa_desk.services.people import set_safe_contact
from imsa_desk.services.themes import note_theme
from imsa_desk.vocab import Kind, ShareScope

SCAN = b"%PDF-1.7\n" + bytes(range(256)) * 5000


@dataclass
class Inside:
    """What a bundle holds, counted by reading it as the office does."""

    bodies: int = 0
    withheld: int = 0
    record_bytes: int = 0
    kinds: Counter[tuple[str, str]] = field(default_factory=Counter)
    records: dict[str, str] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    documents: dict[str, int] = field(default_factory=dict)
    backup: int = 0


@contextmanager
def opened(met: Meeting, file: Path) -> Iterator[OpenBundle]:
    """Open a bundle at the office, taking nothing in."""
    with open_bundle(file, identities(met.office), trust_of(met.office)) as bundle:
        yield bundle


def inside(met: Meeting, file: Path) -> Inside:
    """Read a bundle to its last byte."""
    found = Inside()
    with opened(met, file) as bundle:
        for line in bundle.lines():
            if line.body is None:
                found.withheld += 1
                continue
            body = line.parsed()
            found.bodies += 1
            found.kinds[(body["case"] or "", body["kind"])] += 1
            found.records[body["record"]] = body["kind"]
            found.texts.append(line.body)
        for entry in bundle.manifest.entries:
            if entry.name.startswith("backup/"):
                found.backup += entry.size
            if entry.name == "records.jsonl":
                found.record_bytes = entry.size
        found.documents = {e.sha256: e.size for e, pieces in bundle.blobs() for _ in [list(pieces)]}
        bundle.finish()
    return found


def full_case(met: Meeting, name: str) -> CaseId:
    """Make a case with something of everything."""
    case = new_case(met.desk, name)
    new_meeting(met.desk, case, f"everyday {name}")
    new_meeting(met.desk, case, f"restricted {name}", "L3")
    new_meeting(met.desk, case, f"sealed {name}", "L4")
    note_theme(met.desk, ThemeEntryDraft(case, "t1", need_level=3, notes=f"theme {name}"))
    set_safe_contact(met.desk, case, SafeContactDraft(channel="phone", safe="yes", address="07000 1"))
    add_document(met.desk, DocumentDraft(case_id=case, title=f"Letter {name}"), SCAN + name.encode())
    return case


def compare(plan: Leaving, found: Inside) -> None:
    """See that a preview said what the bundle then held."""
    assert (plan.changes, plan.withheld) == (found.bodies, found.withheld)
    assert plan.documents == len(found.documents)
    assert plan.document_bytes == sum(found.documents.values())
    for case in plan.cases:
        said = {(case.case_id, one.kind.value): one.changes for one in case.kinds}
        there = {key: n for key, n in found.kinds.items() if key[0] == case.case_id}
        there.pop((case.case_id, Kind.STATISTIC.value), None)
        if case.scope is ShareScope.FULL:
            there[(case.case_id, Kind.ACCESS.value)] -= 1
        assert said == {key: n for key, n in there.items() if n > 0}
        assert case.changes == sum(said.values())
    told = sum(case.changes for case in plan.cases) + sum(one.changes for one in plan.first)
    assert plan.changes == told + plan.others + plan.bookkeeping
    inner = found.record_bytes + sum(found.documents.values())
    assert abs(plan.size - inner) < 2_000


def send(met: Meeting, *cases: CaseId, **more: object) -> Path:
    """Export; give the file."""
    sent = exchange.export(met.desk, cases, met.out, **more)  # type: ignore[arg-type]  # the caller says which
    return met.out / sent.file_name


def deliver(met: Meeting, *cases: CaseId, **more: object) -> None:
    """Export, take in and bring the receipt back."""
    (outcome,) = met.ingest(send(met, *cases, **more))
    assert outcome.done is not None, outcome.error
    assert exchange.take_in(met.desk, Path(outcome.done.receipt)).differs == ()


def end_case(met: Meeting, case: CaseId) -> None:
    """Close a case."""
    close_case(met.desk, case, "goals_met")
