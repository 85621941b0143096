"""What the commands of the exchange say: for people as text, for scripts as values; never case content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from imsa_desk.console import Exit, Result
from imsa_desk.domain.exchange import HeldState, HoldState, Leaving, LeavingCase, Sent
from imsa_desk.domain.handover import FileOutcome
from imsa_desk.domain.ids import CaseId
from imsa_desk.vocab import ShareScope

_STATES = {
    HoldState.HELD: "held",
    HoldState.SENT: "sent, not confirmed",
    HoldState.NOT_SENT: "not sent",
    HoldState.DIFFERS: "differs from what the organisation holds: send it again from the beginning",
}


def sent_of(organisation: str, sent: Sent, out: Path) -> Result:
    """Say what was sent and where it is."""
    files = [str(out / name) for name in sent.files]
    also = f" A sealed backup of {sent.deposit} bytes goes along." if sent.deposit else ""
    left = len(sent.without_consent)
    left_out = f" {left} cases stayed: their consent is missing (--basis and --reason)." if left else ""
    return Result.done(
        f"Sealed for {organisation}: {', '.join(files)}\n"
        f"{sent.changes} changes of {len(sent.cases)} cases; {sent.withheld} stay here.{also} "
        f"Sent, not confirmed.{left_out}",
        file=str(out / sent.file_name),
        files=files,
        number=sent.number,
        cases=list(sent.cases),
        changes=sent.changes,
        withheld=sent.withheld,
        documents=sent.documents,
        size=sent.size,
        deposit=sent.deposit,
        without_consent=list(sent.without_consent),
    )


def preview_of(plan: Leaving) -> Result:
    """Say what would leave, case by case."""
    parts = "" if plan.parts == 1 else f" in {plan.parts} files"
    lines = [
        f"To {plan.organisation}: {plan.changes} changes, {plan.documents} documents, "
        f"about {plan.size} bytes{parts}. {plan.withheld} changes leave without their content."
    ]
    lines += [_case_line(case) for case in plan.cases]
    if plan.first:
        lines.append(f"First, whatever is chosen: {sum(one.changes for one in plan.first)} changes.")
    lines.append(f"Numbers of {plan.counted} cases, without names or codes.")
    return Result.done(
        "\n".join(lines),
        "PREVIEW",
        cases=[_case_value(case) for case in plan.cases],
        first=[{"case": one.case_id, "kind": one.kind.value, "changes": one.changes} for one in plan.first],
        changes=plan.changes,
        withheld=plan.withheld,
        documents=plan.documents,
        document_bytes=plan.document_bytes,
        size=plan.size,
        parts=plan.parts,
        counted=plan.counted,
        needs_reason=plan.needs_reason,
    )


def _case_line(case: LeavingCase) -> str:
    if case.scope is ShareScope.STATISTICS:
        return f"{case.code}: numbers only. No name, no code and no words leave, so no consent is needed."
    scope = "" if case.scope is ShareScope.FULL else " (coordination only)"
    return (
        f"{case.code}{scope}: {case.changes} changes, {case.documents} documents, {case.stays} entries stay. "
        f"{case.consent.line}"
    )


def _case_value(case: LeavingCase) -> dict[str, object]:
    return {
        "code": case.code,
        "scope": case.scope.value,
        "changes": case.changes,
        "documents": case.documents,
        "document_bytes": case.document_bytes,
        "kinds": {one.kind.value: {"entries": one.entries, "changes": one.changes} for one in case.kinds},
        "stays": case.stays,
        "staying": [
            {"kind": one.kind.value, "why": one.why.value, "entries": one.entries} for one in case.staying
        ],
        "restricted": [
            {"kind": r.kind.value, "id": r.id, "level": r.sensitivity.value} for r in case.restricted
        ],
        "consent": case.consent.all_allowed,
        "needs_reason": case.needs_reason,
    }


def taken_of(outcomes: Sequence[FileOutcome], state: HeldState) -> Result:
    """Say what became of the files of a folder; one that was refused decides the status."""
    lines, files = [], []
    for one in outcomes:
        words = one.words if one.taken is None else " ".join(one.taken.words)
        lines.append(f"{one.file_name}: {words} {one.cure}".strip())
        files.append({"file": one.file_name, "code": one.code or "DONE", "words": words, "cure": one.cure})
    refused = next((one.code for one in outcomes if one.code), "")
    text = "\n".join(lines) or "Nothing new for this vault is in that folder."
    text = f"{text}\n{state.not_held} changes are not held yet."
    code = refused or ("DONE" if outcomes else "ALREADY")
    status = Exit.REFUSED if refused else Exit.DONE
    return Result(not refused, code, text, {"files": files, "not_held": state.not_held}, status)


def state_of(state: HeldState, codes: Mapping[CaseId, str]) -> Result:
    """Say what the organisation holds of each case."""
    if not state.joined:
        return Result.done("This vault belongs to no organisation yet. Nothing leaves it.", "NOT_JOINED")
    lines = [words for words in (state.behind, state.less) if words]
    lines.append(f"{state.not_held} changes are not held; {state.sent_not_confirmed} bundles not confirmed.")
    cases = []
    for case, found in state.cases.items():
        code = codes.get(case, "an erased case")
        since = f" since {found.since:%Y-%m-%d}" if found.since else ""
        waits = f", {found.waiting} wait for a decision there" if found.waiting else ""
        lines.append(
            f"{code} ({found.scope.value}): {_STATES[found.state]}; {found.held} held{since}, "
            f"{found.not_held} not held, {found.kept_back} kept back{waits}"
        )
        cases.append(
            {
                "code": code,
                "case": case,
                "state": found.state.value,
                "scope": found.scope.value,
                "held": found.held,
                "not_held": found.not_held,
                "kept_back": found.kept_back,
                "waiting": found.waiting,
                "since": found.since.isoformat() if found.since else "",
            }
        )
    return Result.done(
        "\n".join(lines),
        cases=cases,
        not_held=state.not_held,
        sent_not_confirmed=state.sent_not_confirmed,
        behind=bool(state.behind),
        less=bool(state.less),
        deposited_at=state.deposited_at.isoformat() if state.deposited_at else "",
        bundles=[
            {
                "number": one.number,
                "file": one.file_name,
                "at": one.at.isoformat(),
                "confirmed": one.confirmed_at.isoformat() if one.confirmed_at else "",
                "refused": one.refused,
                "replaced": one.replaced,
            }
            for one in state.sent
        ],
    )
