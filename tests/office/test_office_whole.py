"""The whole way: two laptops, a colleague, a supervisor and the office by its command line, on PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from exchange_kit import PASSPHRASE, QUICK, new_case, new_meeting
from office_verbs_kit import between, cases_at, notes_at

from imsa_desk.crypto.words import fingerprint_words
from imsa_desk.domain.handover import HandoverDraft
from imsa_desk.domain.ids import CaseId
from imsa_desk.exchange.enrolment import read_enrolment
from imsa_desk.office.commands import run
from imsa_desk.progress import quiet
from imsa_desk.services import exchange, late_changes, office, restoring, taking_in, vaults
from imsa_desk.services.assignments import standing
from imsa_desk.services.desk import Desk
from imsa_desk.services.handover import ask_handover
from imsa_desk.services.office import Office
from imsa_desk.services.office_caseload import caseload
from imsa_desk.services.outgoing import send_out
from imsa_desk.services.vaults import lock
from imsa_desk.vocab import LateDecision


class Whole:
    """The office's command line, and the Desks that exchange files with it."""

    def __init__(self, base: Path, capsys: pytest.CaptureFixture[str], stack: ExitStack) -> None:
        self.base, self._capsys, self._stack = base, capsys, stack
        self._office: Office | None = None
        stack.callback(self.close)
        self.secret, self.out, self.receipts = base / "secret", base / "out", base / "receipts"
        self.secret.write_text(PASSPHRASE + "\n")
        self.out.mkdir()
        self.receipts.mkdir()

    def __call__(self, word: str, *rest: object, expect: int = 0) -> dict[str, Any]:
        """Run one command with `--json` and give what it said."""
        self.close()
        fixed = ["--office", self.base / "office", "--passphrase-file", self.secret, "--json"]
        status = run([word, *(str(w) for w in (*rest, *fixed))])
        said: dict[str, Any] = json.loads(self._capsys.readouterr().out)
        assert status == expect, said
        return said

    def desk(self, name: str, *rest: object) -> Desk:
        """Make a vault, let it join, and enrol it."""
        folder = self.base / f"vault-{name}"
        made, _ = vaults.create(
            folder, PASSPHRASE, advocate_name=f"{name}. Advocate", practice=True, params=QUICK
        )
        return self.enrol(made, *rest)

    def enrol(self, desk: Desk, *rest: object) -> Desk:
        """Let a Desk join and enrol it by its joining file."""
        self._stack.callback(lock, desk)
        file = (self.base / "office" / "enrolment.json").read_bytes()
        joined = exchange.join(desk, file, " ".join(exchange.read_offer(desk, file).words))
        request = self.base / f"{desk.store.writer}.json"
        request.write_bytes(exchange.request_file(desk))
        self("enrol", request, "--fingerprint", " ".join(joined.own_words), *rest)
        return desk

    def send(self, desk: Desk, *cases: CaseId, deposit: bool = False) -> None:
        """Send cases to the office, take them in and bring the receipt back."""
        sent = exchange.export(desk, cases, self.out, deposit=deposit)
        (outcome,) = office.ingest(self.opened(), [self.out / sent.file_name], self.receipts)
        assert outcome.done is not None, outcome.error
        taking_in.take_in(desk, Path(outcome.done.receipt))

    def bring(self, desk: Desk) -> None:
        """Let the office write what it has for a Desk, and take that in."""
        for one in send_out(self.opened(), self.out, [desk.store.writer]):
            taking_in.take_in(desk, self.out / one.file_name)

    def opened(self) -> Office:
        """Give the office, open until the next command."""
        if self._office is None:
            self._office = office.open_office(self.base / "office", PASSPHRASE)
        return self._office

    def close(self) -> None:
        """Close the office, so that a command can open it."""
        if self._office is not None:
            self._office.close()
        self._office = None


@pytest.fixture
def whole(tmp_path: Path, capsys: pytest.CaptureFixture[str], postgresql_url: str) -> Iterator[Whole]:
    """An office on PostgreSQL."""
    with ExitStack() as stack:
        made = Whole(tmp_path, capsys, stack)
        place, _ = office.init_office(
            tmp_path / "office", PASSPHRASE, "Llais", database=postgresql_url, practice=True, params=QUICK
        )
        place.close()
        yield made


def test_leaving_cover_absence_and_a_lost_laptop(whole: Whole, tmp_path: Path) -> None:
    a, b = whole.desk("A"), whole.desk("B")
    leaves, covered, absent = (new_case(a, name) for name in ("Abeba", "Bran", "Carys"))
    for case, notes in ((leaves, "of Abeba"), (covered, "of Bran"), (absent, "of Carys")):
        new_meeting(a, case, notes)
    ask_handover(a, [leaves], HandoverDraft(why="leaving", last_day="tomorrow"))
    whole.send(a, leaves, covered, absent)
    second = whole.desk("A2", "--second-of", a.store.writer)
    whole.bring(second)
    assert notes_at(second) == {"of Abeba", "of Bran", "of Carys"}

    supervisor = whole.desk("S", "--role", "supervisor")
    terms = ("--why", "supervision", "--until", "in 1 week", "--reason", "Review")
    whole("assign", leaves, "--to", "S. Advocate", *terms)
    whole.bring(supervisor)
    assert cases_at(supervisor) == {leaves} and not standing(supervisor, leaves).may_write

    refused = whole(
        "handover", covered, "--from", "A. Advocate", "--to", "B. Advocate", "--why", "leaving", expect=3
    )
    assert refused["code"] == "E_NOT_ASKED"
    whole("handover", leaves, "--from", "A. Advocate", "--to", "B. Advocate", "--why", "leaving")
    cover = ("--why", "cover", "--until", "in 1 week", "--without-them", "--reason", "Flu")
    whole("handover", covered, "--from", "A. Advocate", "--to", "B. Advocate", *cover)
    whole.bring(b)
    assert (
        cases_at(b) == {leaves, covered} and standing(b, leaves).may_write and standing(b, covered).may_write
    )
    new_meeting(b, covered, "by the cover")
    whole.send(b, covered)
    whole.bring(a)
    whole.bring(second)
    for laptop in (a, second):
        assert not standing(laptop, leaves).may_write and not standing(laptop, covered).may_write
        assert notes_at(laptop) >= {"by the cover"}
    whole("end", covered, "--of", "B. Advocate", "--reason", "Back at work")
    whole.bring(a)
    assert standing(a, covered).may_write

    new_meeting(a, absent, "written without the net")
    absence = ("--why", "absence", "--reason", "In hospital")
    handed = whole("handover", absent, "--from", "A. Advocate", "--to", "B. Advocate", *absence)
    assert set(handed["waits_for"]) == {a.store.writer, second.store.writer}
    whole.send(a, absent, covered, deposit=True)
    assert {c["case"]: c["waiting"] > 0 for c in whole("cases")["cases"]}[absent]
    whole.bring(b)
    assert "written without the net" not in notes_at(b)
    waits = [late for late in late_changes.waiting(b, absent) if "without the net" in "".join(late.what)]
    late = waits[0]
    late_changes.decide(b, absent, late.writer, late.first, late.last, LateDecision.TAKEN, "It is right")
    assert "written without the net" in notes_at(b)
    whole.send(b, absent, leaves)

    whole("revoke", a.store.writer, "--reason", "lost")
    whole("revoke", second.store.writer, "--reason", "lost")
    assert len(whole("status")["todo"]["without_advocate"]) == 1
    assert [d["writer"] for d in whole("deposits")["deposits"]] == [a.store.writer]
    found = tmp_path / "found.imsabak"
    whole("deposit", a.store.writer, "--out", found)
    restoring.restore(found, tmp_path / "new laptop", PASSPHRASE, quiet)
    new = vaults.unlock(tmp_path / "new laptop", PASSPHRASE)
    whole.enrol(new, "--second-of", a.store.writer)
    whole.bring(new)
    assert whole("status")["todo"]["without_advocate"] == []
    assert standing(new, covered).may_write and not standing(new, absent).may_write
    assert notes_at(new) >= {"of Bran", "by the cover"}
    new_meeting(new, covered, "on the new laptop")
    whole.send(new, covered)

    _managers_and_the_rest(whole, tmp_path, leaves, covered)
    assert whole("check")["problems"] == []


def _managers_and_the_rest(whole: Whole, tmp_path: Path, case: CaseId, other: CaseId) -> None:
    whole("read", case, "--as", "M. Anager", expect=3)
    made = whole("grant", case, "--to", "M. Anager", "--until", "tomorrow", "--reason", "Complaint")
    read = whole("read", case, "--as", "M. Anager")
    assert any("of Abeba" in entry["fields"].values() for entry in read["entries"])
    whole("read", case, "--as", "M. Anager", "--pdf", tmp_path / "case.pdf")
    assert (tmp_path / "case.pdf").read_bytes().startswith(b"%PDF")
    assert [g["grant"] for g in whole("grants")["grants"]] == [made["grant"]]
    whole("end-grant", made["grant"], "--reason", "Settled")
    assert whole("grants")["grants"] == [] and len(whole("grants", "--all")["grants"]) == 1
    whole("propose", other, "risk", "--value", "Proposed by the office", "--reason", "Heard of it")
    whole("set-status", other, "closing", "--reason", "Agreed")
    whole("hold", other, "--reason", "Litigation")
    whole("hold", other, "--lift", "--reason", "Settled")
    backups = tmp_path / "backups"
    backups.mkdir()
    made = whole("backup", "--to", backups)
    assert made["records"] and made["deposits"] >= 1


def test_commands_say_the_same_in_plain_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with between(tmp_path) as place:
        case = new_case(place.a, "Abeba")
        place.deliver(place.a, case)
        (code,) = (line.code for line in caseload(place.office))
        place.office.close()
        (tmp_path / "secret").write_text(PASSPHRASE)

        def plain(word: str, *rest: object, office: str = "office") -> str:
            fixed = ["--office", tmp_path / office, "--passphrase-file", tmp_path / "secret"]
            assert run([word, *(str(w) for w in (*rest, *fixed))]) == 0
            return capsys.readouterr().out

        try:
            said = plain("assign", code, "--to", "B. Advocate", "--reason", "Moved")
            assert "1 cases given to B. Advocate" in said
            assert f"{code} (open): B. Advocate" in plain("cases", "--of", "B. Advocate")
            assert "for B. Advocate: snapshot 1, 1 cases" in plain("send-out", "--out", place.out)
            assert plain("send-out", "--out", place.out) == "Nothing new for anybody.\n"
            assert "No deposits." in plain("deposits", "--verify")
            assert "may read until" in plain("grant", code, "--to", "M", "--until", "today", "--reason", "x")
            assert "read by the grant of M; noted" in plain("read", code, "--as", "M")
            said = plain("status")
            assert "Grant ends on" in said and "B. Advocate has not confirmed 1 bundles" in said
            _backup_and_move(tmp_path, plain, code, place.out)
        finally:
            place.office = office.open_office(tmp_path / "office", PASSPHRASE)


def _backup_and_move(base: Path, plain: Callable[..., str], code: str, out: Path) -> None:
    (base / "backups").mkdir()
    assert "written and checked" in plain("backup", "--to", base / "backups")
    (file,) = (base / "backups").glob("*.imsabackup")
    assert "is back with 1 cases" in plain("restore", file, office="again")
    assert f"{code} (open): B. Advocate" in plain("cases", office="again")
    plain("init", "--name", "Hafan", "--practice", office="other")
    theirs, ours = (_organisation(base, name) for name in ("other", "office"))
    said = plain("move-out", code, *theirs, "--out", out, "--basis", "vital_interests", "--reason", "Safety")
    assert "1 cases sealed for Hafan" in said
    moved = out / said.split(": ")[1].split(". ")[0].rstrip(".\n")
    assert "1 cases of Llais Advocacy taken in" in plain("move-in", moved, *ours, office="other")
    assert plain("move-in", moved, *ours, office="other") == "Already taken in, nothing changed.\n"
    assert f"{code} (open): an unknown vault" in plain("cases", office="other")


def _organisation(base: Path, name: str) -> tuple[object, ...]:
    file = base / name / "enrolment.json"
    words = fingerprint_words(read_enrolment(file.read_bytes()).root)
    return "--organisation", file, "--fingerprint", " ".join(words)
