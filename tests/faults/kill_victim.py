"""Run by `test_kill.py`: logs meetings and drafts for ever, and says each one aloud once it is saved."""

from __future__ import annotations

import sys
from pathlib import Path

from desk_kit import PASSPHRASE, meeting_draft

from imsa_desk.domain.drafts import Draft
from imsa_desk.domain.ids import new_id
from imsa_desk.services import caseload, drafts, meetings, vaults


def main(folder: Path) -> None:
    desk = vaults.unlock(folder, PASSPHRASE)
    case_id = caseload.caseload(desk)[0].id
    for n in range(1_000_000):
        meeting = meetings.log_meeting(desk, meeting_draft(case_id, f"Note {n} " + "and more " * (n % 50)))
        print(f"meeting {meeting}", flush=True)
        kept = Draft(new_id(), "meeting", case_id, f"draft-{n % 7}", f"{n}", "{}", "", desk.now())
        drafts.save_draft(desk, kept)
        print(f"draft {kept.subject} {n}", flush=True)
        if n % 5 == 0:
            vaults.keep_anchor(desk)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
