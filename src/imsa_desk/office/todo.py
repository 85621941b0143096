"""What `status` says about decisions that wait and terms that end, in words and as data."""

from __future__ import annotations

from collections.abc import Iterator

from imsa_desk.domain.office_cases import Overview


def todo_lines(todo: Overview) -> Iterator[str]:
    """Say what waits, one line each; nothing where nothing does."""
    if todo.asked:
        yield f"Hand-overs asked for: {todo.asked} cases. See “cases”."
    if todo.late:
        yield f"Late changes wait for the new advocates: {todo.late}"
    if todo.nobody:
        yield f"The advocate's key was withdrawn, hand over: {', '.join(todo.nobody)}"
    for gone in todo.moved:
        yield (
            f"{gone.code} is at {gone.name} since {gone.since:%d/%m/%Y}: {gone.waiting} changes written here "
            "since wait. Tell the advocate, and the other organisation what it must know."
        )
    if todo.withdrawn:
        yield f"Consent to share with the organisation was withdrawn: {', '.join(todo.withdrawn)}"
    for one in todo.covers:
        yield f"Ends on {one.until:%d/%m/%Y}: {one.code} with {one.name}"
    for one in todo.grants:
        yield f"Grant ends on {one.until:%d/%m/%Y}: {one.name}, {one.code}"
    for late in todo.not_fetched:
        yield f"{late.name} has not confirmed {late.bundles} bundles since {late.since:%d/%m/%Y}"


def todo_data(todo: Overview) -> dict[str, object]:
    """Give the same as JSON."""
    return {
        "handovers_asked": todo.asked,
        "late_changes": todo.late,
        "without_advocate": list(todo.nobody),
        "moved": [[one.code, one.name, one.since.isoformat(), one.waiting] for one in todo.moved],
        "consent_withdrawn": list(todo.withdrawn),
        "covers_ending": [[one.code, one.name, one.until.isoformat()] for one in todo.covers],
        "grants_ending": [[one.code, one.name, one.until.isoformat()] for one in todo.grants],
        "not_confirmed": [
            {"writer": one.writer, "name": one.name, "bundles": one.bundles, "since": one.since.isoformat()}
            for one in todo.not_fetched
        ],
    }
