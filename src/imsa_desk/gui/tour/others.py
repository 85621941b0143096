"""Other Desks of the tour, in processes of their own: the advocate's second laptop, and a colleague's."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from imsa_desk import paths
from imsa_desk.domain.cases import CaseDraft
from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.prints import PrintKind, PrintWish
from imsa_desk.errors import Broken, ImsaError
from imsa_desk.gui.folders import practice_passphrase_file, read_passphrase
from imsa_desk.gui.tour.plan import Plan
from imsa_desk.services import exchange, vaults
from imsa_desk.services.cases import case, change_case
from imsa_desk.services.desk import Desk
from imsa_desk.services.practice import ADVOCATE
from imsa_desk.services.printing import print_pdf, record_print
from imsa_desk.services.taking_in import take_in_folder

COLLEAGUE = "B. Practice"
"""Invented."""
_ERRORS = 4


def do(plan: Plan, words: Sequence[str]) -> int:
    """Do one thing on other laptops and print its outcome as JSON."""
    verb, *rest = words
    deeds = {"join": _join, "change": _change, "take_over": _take_over}
    try:
        print(json.dumps(deeds[verb](plan, rest)))
    except ImsaError as error:
        print(json.dumps({"error": f"{error.code}: {error.message}"}))
        return _ERRORS
    return 0


def _join(plan: Plan, rest: list[str]) -> dict[str, object]:
    """Make both vaults and join; the joining requests lie beside them, as the passphrases do."""
    file = (plan.office / "enrolment.json").read_bytes()
    told: dict[str, object] = {}
    vaults_wanted = ((plan.second_laptop, ADVOCATE, rest[0]), (plan.colleague, COLLEAGUE, ""))
    for folder, name, second_of in vaults_wanted:
        passphrase = f"practice-{secrets.token_hex(8)}"
        desk, _ = vaults.create(folder, passphrase, advocate_name=name, practice=True)
        kept = practice_passphrase_file(folder)
        kept.write_text(f"{passphrase}\n", encoding="utf-8")
        paths.tighten(kept)
        joined = exchange.join(desk, file, " ".join(exchange.read_offer(desk, file).words))
        request = folder.with_name(f"{folder.name}.json")
        request.write_bytes(exchange.request_file(desk, second_of=second_of or None))
        told[folder.name] = {"words": " ".join(joined.own_words), "writer": desk.store.writer}
        vaults.lock(desk)
    return told


def _opened(folder: Path) -> Desk:
    return vaults.unlock(folder, read_passphrase(practice_passphrase_file(folder)))


def _taken_in(folder: Path, plan: Plan) -> Desk:
    """Take in what lies in the shared folder, and open the vault anew, as who it is now."""
    desk = _opened(folder)
    for outcome in take_in_folder(desk, plan.exchange):
        if outcome.taken is None:
            raise Broken(f"{outcome.file_name}: {outcome.words}", code=outcome.code or "E_TOUR")
    vaults.lock(desk)
    return _opened(folder)


def _change(plan: Plan, rest: list[str]) -> dict[str, object]:
    """On the second laptop: write down anew what matters to the person, and send the case."""
    case_id, matters = CaseId(rest[0]), rest[1]
    desk = _taken_in(plan.second_laptop, plan)
    change_case(desk, case_id, replace(_draft_of(desk, case_id), what_matters=matters))
    sent = exchange.export(desk, [case_id], plan.exchange)
    vaults.lock(desk)
    return {"file": sent.file_name}


def _draft_of(desk: Desk, case_id: CaseId) -> CaseDraft:
    found = case(desk, case_id)
    return CaseDraft(
        nation=found.nation,
        tier=found.tier,
        status=found.status,
        opened_on=found.opened_on.isoformat(),
        nrm_status=found.nrm_status,
        nrm_status_on=found.nrm_status_on.isoformat() if found.nrm_status_on else "",
        immigration_status=found.immigration_status,
        referral_source=found.referral_source,
        local_authority=found.local_authority,
        police_force=found.police_force,
        exploitation=found.exploitation,
    )


def _take_over(plan: Plan, rest: list[str]) -> dict[str, object]:
    """On the colleague's laptop: take the case in, write in it, and print its dossier."""
    case_id = CaseId(rest[0])
    desk = _taken_in(plan.colleague, plan)
    wish = PrintWish(PrintKind.DOSSIER, case_id=case_id, show_name=True)
    plan.dossier.write_bytes(print_pdf(desk, wish))
    paths.tighten(plan.dossier)
    record_print(desk, wish, saved=True)
    change_case(desk, case_id, replace(_draft_of(desk, case_id), what_matters=rest[1]))
    found = case(desk, case_id)
    vaults.lock(desk)
    return {"code": found.code}
