"""Verbs about actions: who agreed to do what by when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.domain.actions import Action, ActionDraft
from imsa_desk.domain.ids import ActionId, CaseId, ProfessionalId
from imsa_desk.errors import Refused
from imsa_desk.services.cases import case_row
from imsa_desk.services.desk import Desk
from imsa_desk.services.typed import Typed
from imsa_desk.store.records import ActionRow, CaseRoleRow, PersonRow, ProfessionalRow
from imsa_desk.vocab import (
    OPEN_ACTION_STATES,
    ActionState,
    CaseRoleKind,
    Kind,
    OwnerKind,
    Sensitivity,
    Theme,
)

OPEN = [state.value for state in OPEN_ACTION_STATES]


def read_actions(typed: Typed, drafts: Iterable[ActionDraft]) -> list[ActionRow]:
    """Check what was typed about actions; give rows that still lack their case and source."""
    rows = []
    for n, draft in enumerate(drafts):
        if not (draft.text.strip() or draft.due_on.strip()):
            continue
        field = f"actions.{n}"
        text = typed.line(f"{field}.text", draft.text, needed="Say what was agreed.")
        owner = typed.word(f"{field}.owner", OwnerKind, draft.owner, "Choose who will do it.")
        due = typed.day(f"{field}.due_on", draft.due_on, "the day it is due", ahead=True)
        if owner is OwnerKind.PROFESSIONAL and not draft.professional_id:
            typed.wrong(f"{field}.professional_id", "Choose the professional who promised this.")
        if draft.theme:
            typed.word(f"{field}.theme", Theme, draft.theme, "Choose a theme.")
        if owner is None:
            continue
        rows.append(
            ActionRow(
                text=text,
                owner=owner,
                state=ActionState.AGREED,
                due_on=due,
                agreed_on=typed.today,
                professional_id=draft.professional_id or None,
                theme=draft.theme,
            )
        )
    return rows


def not_there_yet(session: Session, source_id: str, rows: Iterable[ActionRow]) -> list[ActionRow]:
    """Leave out rows that say what a standing action of this source already says, word for word."""
    standing = session.scalars(
        select(ActionRow).where(ActionRow.source_id == source_id, ActionRow.deleted_at.is_(None))
    )
    known = {_told(row) for row in standing}
    return [row for row in rows if _told(row) not in known]


def _told(row: ActionRow) -> tuple[object, ...]:
    return row.text, str(row.owner), row.professional_id, row.due_on, row.theme


def attach(
    rows: Iterable[ActionRow], case_id: str, source: Kind, source_id: str, sensitivity: str
) -> list[ActionRow]:
    """Give action rows their case and the record they follow from."""
    found = list(rows)
    for row in found:
        row.case_id, row.source_kind, row.source_id = case_id, source.value, source_id
        row.sensitivity = sensitivity
    return found


def add_action(
    desk: Desk, case_id: CaseId, draft: ActionDraft, source_kind: Kind | None = None, source_id: str = ""
) -> ActionId:
    """Add one action to a case."""
    typed = Typed(desk.today())
    rows = read_actions(typed, [draft])
    if not rows and not typed.problems:
        typed.wrong("text", "Say what was agreed.")
    typed.stop_if_wrong()
    row = rows[0]
    row.case_id, row.source_kind, row.source_id = case_id, source_kind.value if source_kind else "", source_id
    with desk.store.begin("add_action") as session:
        case_row(session, case_id)
        session.add(row)
    return ActionId(row.id)


def set_action_state(desk: Desk, action_id: ActionId, state: ActionState) -> None:
    """Say how an action stands; done ones keep the day."""
    with desk.store.begin("set_action_state") as session:
        row = session.get(ActionRow, action_id)
        if row is None or row.deleted_at is not None:
            raise Refused("This action is not in this vault.")
        row.state = state
        row.done_on = desk.today() if state is ActionState.DONE else None


def actions_of(desk: Desk, case_id: CaseId, *, only_open: bool = False) -> tuple[Action, ...]:
    """Give the actions of a case, the soonest due first."""
    with desk.store.read() as session:
        query = select(ActionRow).where(ActionRow.case_id == case_id, ActionRow.deleted_at.is_(None))
        if only_open:
            query = query.where(ActionRow.state.in_(OPEN))
        rows = session.scalars(query.order_by(ActionRow.due_on.is_(None), ActionRow.due_on)).all()
        return action_values(session, desk, rows)


def actions_from(session: Session, desk: Desk, sources: Sequence[str]) -> dict[str, tuple[Action, ...]]:
    """Give the actions that follow from records, by the record's id."""
    rows = session.scalars(
        select(ActionRow).where(ActionRow.source_id.in_(sources), ActionRow.deleted_at.is_(None))
    ).all()
    values = action_values(session, desk, rows)
    found: dict[str, list[Action]] = {s: [] for s in sources}
    for value in values:
        found[value.source_id].append(value)
    return {s: tuple(own) for s, own in found.items()}


def action_values(session: Session, desk: Desk, rows: Sequence[ActionRow]) -> tuple[Action, ...]:
    """Turn action rows into values with the owner's name as people say it."""
    survivors = _survivor_names(session, {r.case_id for r in rows if r.owner == OwnerKind.SURVIVOR})
    ids = {r.professional_id for r in rows if r.professional_id}
    professionals = dict(
        session.execute(
            select(ProfessionalRow.id, ProfessionalRow.name).where(ProfessionalRow.id.in_(ids))
        ).all()
    )

    def owner_name(row: ActionRow) -> str:
        if row.owner == OwnerKind.SURVIVOR:
            return survivors.get(row.case_id, "The person")
        if row.owner == OwnerKind.PROFESSIONAL:
            return professionals.get(row.professional_id or "", "A professional")
        return "You"

    return tuple(_value(r, owner_name(r)) for r in rows)


def _survivor_names(session: Session, cases: set[str | None]) -> dict[str | None, str]:
    query = (
        select(CaseRoleRow.case_id, PersonRow.known_as)
        .join(PersonRow, PersonRow.id == CaseRoleRow.person_id)
        .where(CaseRoleRow.role == CaseRoleKind.SURVIVOR, CaseRoleRow.case_id.in_(cases))
    )
    return dict(session.execute(query).all())


def _value(row: ActionRow, owner_name: str) -> Action:
    return Action(
        id=ActionId(row.id),
        case_id=CaseId(row.case_id or ""),
        text=row.text,
        owner=OwnerKind(row.owner),
        owner_name=owner_name,
        state=ActionState(row.state),
        due_on=row.due_on,
        professional_id=ProfessionalId(row.professional_id) if row.professional_id else None,
        theme=Theme(row.theme) if row.theme else None,
        agreed_on=row.agreed_on,
        done_on=row.done_on,
        source_kind=Kind(row.source_kind) if row.source_kind else None,
        source_id=row.source_id,
        sensitivity=Sensitivity(row.sensitivity),
    )


def promises(desk: Desk) -> tuple[Action, ...]:
    """Give what professionals promised and have not done by the day they said, longest silent first."""
    with desk.store.read() as session:
        rows = session.scalars(
            select(ActionRow)
            .where(
                ActionRow.owner == OwnerKind.PROFESSIONAL,
                ActionRow.state.in_(OPEN),
                ActionRow.deleted_at.is_(None),
                ActionRow.due_on < desk.today(),
            )
            .order_by(ActionRow.due_on)
        ).all()
        return action_values(session, desk, rows)
