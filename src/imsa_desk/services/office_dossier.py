"""The dossier of a case from what the office holds, for somebody who has a grant to read it."""

from __future__ import annotations

from imsa_desk.domain.dates import say_full
from imsa_desk.domain.grants import Grant
from imsa_desk.domain.handover import many
from imsa_desk.domain.ids import AdvocateId, CaseId
from imsa_desk.domain.office_cases import holder
from imsa_desk.domain.prints import PrintKind, PrintWish
from imsa_desk.paths import resources
from imsa_desk.printing.dossier import dossier_pdf
from imsa_desk.printing.fonts import load_fonts
from imsa_desk.services.desk import LOCAL, Actor
from imsa_desk.services.grants import read_case
from imsa_desk.services.office_caseload import givens_of, makers_of
from imsa_desk.services.office_opening import Office
from imsa_desk.services.office_vaults import today_of, vaults_of
from imsa_desk.services.prints.dossier import dossier_sheet, held_of, left_out, torn
from imsa_desk.services.reading import desk_of
from imsa_desk.services.reports import last_taken
from imsa_desk.store import waiting
from imsa_desk.vocab import AssignmentWhy


def office_dossier(
    office: Office,
    case: CaseId,
    as_name: str,
    *,
    show_name: bool = False,
    with_plan: bool = False,
    basis: str = "",
    reason: str = "",
) -> bytes:
    """Set the dossier of a case as a PDF for somebody whose grant opens it; the reading is noted first.

    Nothing above the grant's sensitivity stands in it. Raises E_NO_GRANT, E_NO_CASE and E_CONSENT
    as `read_case` does.
    """
    given = read_case(office, case, as_name, basis=basis, reason=reason).grant
    actor = Actor(AdvocateId(office.vault.vault_id), given.to_name, office.about.name)
    desk = desk_of(office.vault, office.records, actor)
    held = held_of(desk, case, given.most)
    wish = PrintWish(PrintKind.DOSSIER, case_id=case, show_name=show_name, with_plan=with_plan)
    with office.records.read() as session:
        late = waiting.undecided(session.connection(), case).get(case, 0)
    gaps = [*left_out(held), *torn(held)]
    if late:
        gaps.append(f"{many(late, 'change', 'changes')} came late; the new advocate has not decided yet.")
    sheet = dossier_sheet(held, wish, _origin(office, case, given), tuple(gaps))
    return dossier_pdf(sheet, load_fonts(resources() / "fonts"))


def _origin(office: Office, case: CaseId, given: Grant) -> tuple[str, ...]:
    """Say by whose grant it was opened, who has the case, and how far what is held goes."""
    with office.records.read() as session:
        maker, givens = makers_of(session, [case]).get(case, ""), givens_of(session, [case]).get(case, ())
    known, today = vaults_of(office), today_of(office)
    whose = holder(maker, givens, today)
    name = known[whose].name if whose in known else "Nobody who is enrolled"
    sent = last_taken(office)
    came = [
        f"from {known[w].name} on {say_full(sent[w].astimezone(LOCAL).date())}"
        for w in dict.fromkeys((maker, whose))
        if w in known and w in sent
    ]
    held = f" The last bundle came {', '.join(came)}." if came else ""
    said = [
        f"Read by the grant of {given.to_name} until {say_full(given.until)}, from what {office.about.name} "
        f"holds. {name} has the case.{held}"
    ]
    if any(one.why is AssignmentWhy.ABSENCE and one.stands_on(today) for one in givens):
        said.append("Handed over without the former advocate: whatever was not sent by then is not here.")
    return tuple(said)
