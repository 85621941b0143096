"""Values that stay in this vault: signing keys, trusted keys, exchange state, identity. Never journalled."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from imsa_desk.domain.canonical import canonical, parse_canonical
from imsa_desk.store.tables import local_value


def put_bytes(session: Session, name: str, value: bytes) -> None:
    """Keep a value under a name, in place of the one before."""
    session.execute(delete(local_value).where(local_value.c.name == name))
    session.execute(local_value.insert().values(name=name, value=value))


def get_bytes(session: Session, name: str) -> bytes | None:
    """Give the value under a name."""
    found = session.execute(
        select(local_value.c.value).where(local_value.c.name == name)
    ).scalar_one_or_none()
    return None if found is None else bytes(found)


def put(session: Session, name: str, value: Any) -> None:
    """Keep a JSON value under a name."""
    put_bytes(session, name, canonical(value))


def get(session: Session, name: str) -> Any:
    """Give the JSON value under a name; None where there is none."""
    found = get_bytes(session, name)
    return None if found is None else parse_canonical(found)


def under(session: Session, prefix: str) -> dict[str, Any]:
    """Give all JSON values whose name begins with a prefix, by the rest of their name."""
    query = select(local_value).where(local_value.c.name.startswith(prefix, autoescape=True))
    return {
        row.name.removeprefix(prefix): parse_canonical(bytes(row.value)) for row in session.execute(query)
    }


def drop(session: Session, name: str) -> None:
    """Forget the value under a name."""
    session.execute(delete(local_value).where(local_value.c.name == name))
