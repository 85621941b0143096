"""Whatever is lost on the way and however often the organisation goes back: in the end it holds all."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from exchange_kit import PASSPHRASE, Meeting, meet_again, new_case, new_meeting
from hypothesis import given, settings
from hypothesis import strategies as st
from office_verbs_kit import notes_at

from imsa_desk.domain.exchange import HoldState
from imsa_desk.errors import Refused
from imsa_desk.services import exchange, office
from imsa_desk.services.holding import BODIES
from imsa_desk.services.office_backup import backup_office, restore_office
from imsa_desk.services.office_receipts import write_receipts
from imsa_desk.services.runs import Runs
from imsa_desk.store import local
from imsa_desk.store.digest import case_digests

_STEPS = st.tuples(
    st.sampled_from(["send", "send", "send", "backup", "back", "hear", "again"]),
    st.integers(0, 2),
    st.sampled_from(["", "lost", "silent"]),
)
"""What happens; of a sending, of which case, and whether its file or its receipt is lost."""


class _World:
    """A Desk with three cases, an office, and the newest backup of it."""

    def __init__(self, folder: Path, met: Meeting) -> None:
        self.folder, self.met, self.restored, self.written = folder, met, 0, set[str]()
        self.cases = [new_case(met.desk, name) for name in ("Abeba", "Bran", "Ceri")]
        (folder / "backups").mkdir()
        self.file = backup_office(met.office, folder / "backups").vault

    def step(self, what: str, which: int, fate: str) -> None:
        if what == "send":
            self.send(which, fate)
        elif what == "backup":
            self.file = backup_office(self.met.office, self.folder / "backups").vault
        elif what == "back":
            self.back()
        elif what == "hear":
            self.hear()
        else:
            self.again()

    def back(self) -> None:
        self.restored += 1
        later = timedelta(hours=self.restored)  # nobody restores an office twice within a minute
        self.met.office.close()
        self.met.office = restore_office(
            self.folder / f"again-{self.restored}",
            self.file,
            PASSPHRASE,
            now=lambda: datetime.now(UTC) + later,
        )

    def send(self, which: int, fate: str) -> None:
        case, words = self.cases[which], f"meeting {len(self.written)}"
        new_meeting(self.met.desk, case, words)
        self.written.add(words)
        try:
            sent = exchange.export(self.met.desk, [case], self.met.out)
        except Refused as refused:
            assert refused.code == "E_LESS"
            return
        self.take(sent.files, fate)

    def take(self, files: tuple[str, ...], fate: str = "") -> None:
        for name in files if fate != "lost" else ():
            (outcome,) = self.met.ingest(self.met.out / name)
            if outcome.done is not None and fate != "silent":
                assert exchange.take_in(self.met.desk, Path(outcome.done.receipt)).differs == ()

    def hear(self) -> None:
        for path in write_receipts(self.met.office, self.met.receipts):
            assert exchange.take_in(self.met.desk, Path(path)).differs == ()

    def again(self) -> None:
        self.take(exchange.send_again(self.met.desk, self.met.out).files)


@settings(max_examples=5, deadline=None)
@given(st.lists(_STEPS, min_size=3, max_size=9))
def test_the_organisation_holds_everything_in_the_end(steps: list[tuple[str, int, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder, meet_again(Path(folder)) as met:
        made = _World(Path(folder), met)
        for step in steps:
            made.step(*step)
        made.hear()
        made.again()
        sent = exchange.export(met.desk, made.cases, met.out)
        made.take(sent.files)
        state = exchange.held(met.desk)
        assert state.less == "" and state.not_held == 0 and state.sent_not_confirmed == 0
        assert {state.cases[case].state for case in made.cases} == {HoldState.HELD}
        assert notes_at(met.office) == made.written and office.check(met.office).problems == ()
        with met.desk.store.read() as here, met.office.records.read() as there:
            held = Runs(local.get(here, BODIES))
            ours = case_digests(here.connection(), made.cases, met.desk.store.writer, held)
            assert ours == case_digests(there.connection(), made.cases, met.desk.store.writer)
