"""The organisation's side of the tour, in a process of its own: the sides share files and nothing else."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from pathlib import Path

from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.reports import Period
from imsa_desk.errors import ImsaError
from imsa_desk.gui.tour.plan import Plan
from imsa_desk.services import office as verbs
from imsa_desk.services.office_cases import hand_over
from imsa_desk.services.office_vaults import today_of
from imsa_desk.services.outgoing import send_out
from imsa_desk.services.practice import ORGANISATION
from imsa_desk.services.publishing import publish
from imsa_desk.services.reports import keep, make_report, report_csv, report_print, report_xlsx
from imsa_desk.vocab import AssignmentWhy

NAME = ORGANISATION.removesuffix(" (practice)")
"""What a practice office is, its enrolment says already."""
TEXT = "First visit at home"
"""The title of a text that the office publishes."""
PUBLISHED = {
    "lists/referral_source.toml": (
        'id = "referral_source"\n[[entry]]\nid = "night_shelter"\nlabel = "Night shelter"\n'
    ),
    "templates/first_visit.toml": (
        f'title = "{TEXT}"\ntext = """\n'
        "Who opened, and who was in the next room:\n"
        "Whether the door could be left open:\n"
        "What the person wants to happen first:\n"
        '"""\n'
    ),
    "directory.csv": (
        "name,role,organisation,sector,phone,email,secure_channel,note,gone\n"
        "Ifor Penhaligon,immigration_solicitor,Quay Street Law,,01632 960 204,,,,\n"
    ),
}
_ERRORS = 4


def do(plan: Plan, words: Sequence[str]) -> int:
    """Do one thing at the office and print its outcome as JSON; the words are a verb and what it takes."""
    verb, *rest = words
    deeds = {
        "init": _init,
        "enrol": _enrol,
        "ingest": _ingest,
        "publish": _publish,
        "enrol_others": _enrol_others,
        "pass_on": _pass_on,
        "hand_over": _hand_over,
        "report": _report,
    }
    try:
        print(json.dumps(deeds[verb](plan, rest)))
    except ImsaError as error:
        print(json.dumps({"error": f"{error.code}: {error.message}"}))
        return _ERRORS
    return 0


def _init(plan: Plan, _: list[str]) -> dict[str, object]:
    """Make the office; its passphrase is kept beside it, as only a practice office may."""
    passphrase = f"practice-{secrets.token_hex(8)}"
    office, _code = verbs.init_office(plan.office, passphrase, NAME, practice=True)
    words = verbs.status(office).words
    office.close()
    (plan.office / "passphrase").write_text(f"{passphrase}\n", encoding="utf-8")
    return {"words": words}


def _enrol(plan: Plan, rest: list[str]) -> dict[str, object]:
    with verbs.opened_office(plan.office, _passphrase(plan)) as office:
        enrolled = verbs.enrol(office, plan.request.read_bytes(), rest[0])
        return {"name": enrolled.name, "words": enrolled.words, "writer": enrolled.writer}


def _ingest(plan: Plan, rest: list[str]) -> dict[str, object]:
    """Take a bundle in, write the receipt, and check the whole office afterwards."""
    with verbs.opened_office(plan.office, _passphrase(plan)) as office:
        receipt, bodies = _taken(office, plan.bundle, Path(rest[0]))
        problems = verbs.check(office).problems
        return {"receipt": receipt, "bodies": bodies, "problems": list(problems)}


def _taken(office: verbs.Office, bundle: Path, receipts: Path) -> tuple[str, int]:
    (outcome,) = verbs.ingest(office, [bundle], receipts)
    if outcome.error is not None:
        raise outcome.error
    return (outcome.done.receipt, outcome.done.bodies) if outcome.done is not None else ("", 0)


def _publish(plan: Plan, _: list[str]) -> dict[str, object]:
    """Publish a list entry, a text and somebody of the directory, and send them out to every Desk."""
    for name, text in PUBLISHED.items():
        file = plan.published / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    with verbs.opened_office(plan.office, _passphrase(plan)) as office:
        changes = publish(office, plan.published)
        return {"changes": len(changes), "files": _sent(office, plan)}


def _sent(office: verbs.Office, plan: Plan) -> list[str]:
    return [sent.file_name for sent in send_out(office, plan.exchange)]


def _enrol_others(plan: Plan, rest: list[str]) -> dict[str, object]:
    """Enrol a second laptop of the first advocate, and another advocate; send both what is theirs."""
    first, second_words, colleague_words = rest
    with verbs.opened_office(plan.office, _passphrase(plan)) as office:
        requests = [
            folder.with_name(f"{folder.name}.json") for folder in (plan.second_laptop, plan.colleague)
        ]
        verbs.enrol(office, requests[0].read_bytes(), second_words, second_of=first)
        verbs.enrol(office, requests[1].read_bytes(), colleague_words)
        return {"files": _sent(office, plan)}


def _pass_on(plan: Plan, rest: list[str]) -> dict[str, object]:
    """Take a bundle in and send out what there is for each Desk."""
    with verbs.opened_office(plan.office, _passphrase(plan)) as office:
        receipt, bodies = _taken(office, Path(rest[0]), plan.exchange)
        return {"receipt": receipt, "bodies": bodies, "files": _sent(office, plan)}


def _hand_over(plan: Plan, rest: list[str]) -> dict[str, object]:
    """Take the bundle in that asks for it, and hand the case over as it was asked."""
    bundle, case, giver, taker = rest
    with verbs.opened_office(plan.office, _passphrase(plan)) as office:
        _taken(office, Path(bundle), plan.exchange)
        handed = hand_over(office, [CaseId(case)], giver, taker, AssignmentWhy.LEAVING)
        return {"to": handed.to_name, "files": _sent(office, plan)}


def _report(plan: Plan, _: list[str]) -> dict[str, object]:
    """Count the cases of the present quarter and write the report in each of its three forms."""
    with verbs.opened_office(plan.office, _passphrase(plan)) as office:
        report = make_report(office, Period.quarter_of(today_of(office)))
        made = (report_print(office, report), report_xlsx(office, report), report_csv(report))
        for file, data in zip(plan.counted, made, strict=True):
            keep(file, data)
        return {"tables": len(report.tables), "problems": list(verbs.check(office).problems)}


def _passphrase(plan: Plan) -> str:
    return (plan.office / "passphrase").read_text(encoding="utf-8").splitlines()[0]
