"""Rows of Today that need nothing but their values."""

from __future__ import annotations

from datetime import date

from imsa_desk.domain.actions import Action
from imsa_desk.domain.dates import say_day
from imsa_desk.domain.retention import Retention
from imsa_desk.domain.timeline import Due, Lack
from imsa_desk.domain.today import Named
from imsa_desk.gui.models import say
from imsa_desk.gui.widgets.rows import Row
from imsa_desk.vocab import Kind

_LACK_ICONS = {"safe_contact": "text", "consent": "consent", "assessment": "check-circle"}
_LACK_VERBS = {"safe_contact": "Ask", "consent": "Record", "assessment": "Start"}


def due_row(due: Due, today: date) -> Row:
    """Say what is due, with the days that are left."""
    left = (due.on - today).days
    # A plan is the person's own: that its day has come is said, and hurries nobody.
    role = "" if due.kind is Kind.SAFETY_PLAN else say.due_role(due.on, today)
    since = "day ago" if left == -1 else "days ago"
    gone = since if due.kind is Kind.SAFETY_PLAN else "overdue"
    unit = gone if left < 0 else "today" if left == 0 else "day" if left == 1 else "days"
    return Row(
        due.id,
        due.what,
        who=due.known_as,
        script=due.known_as_script,
        when=str(abs(left)),
        unit=unit,
        why=f"{say_day(due.on, today)} · {due.why}" if due.why else say_day(due.on, today),
        verb="Chase" if due.kind is Kind.CONTACT else "Open",
        tone="alert" if role == "alert" else "caution" if role == "caution" else "",
    )


def promise_row(action: Action, named: Named, today: date) -> Row:
    """Say what somebody promised, and how long it has been silent."""
    since = action.due_on or action.agreed_on or today
    gone = max(0, (today - since).days)
    promised = f"promised for {say_day(action.due_on, today)}" if action.due_on else "no day was named"
    return Row(
        action.id,
        action.text,
        who=named.known_as,
        script=named.script,
        when=str(gone),
        unit="silent",
        why=f"{action.owner_name} · {promised}",
        verb="Chase",
        tone="caution" if gone >= say.SOON_DAYS * 2 else "",
    )


def retained_row(stands: Retention, today: date) -> Row:
    """Say which closed case waits for a decision."""
    why = f"closed on {say_day(stands.closed_on, today)}"
    return Row(stands.case_id, stands.code, who=stands.known_as, icon="clock", why=why, verb="Decide")


def lack_row(n: int, lack: Lack) -> Row:
    """Say what a record lacks, with the verb that mends it."""
    why = f"{lack.known_as} · {lack.why}"
    return Row(
        str(n),
        lack.what,
        icon=_LACK_ICONS.get(lack.fix, "info"),
        why=why,
        verb=_LACK_VERBS.get(lack.fix, "Add"),
    )
