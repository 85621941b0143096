"""What around a vault its owner should know of when it is opened: the folder it is in, and the clock."""

from __future__ import annotations

from datetime import datetime, timedelta

from imsa_desk.services.desk import LOCAL
from imsa_desk.store.sync_folder import sync_service
from imsa_desk.store.vault import OpenVault

_BEHIND, _AHEAD = timedelta(hours=24), timedelta(days=366)


def warnings_of(vault: OpenVault, last_used: datetime, now: datetime) -> tuple[str, ...]:
    """Say in words what may do harm, though nothing is wrong yet; `last_used` is the anchor's time.

    A vault left alone for weeks looks like a clock that ran ahead, so only more than a year is told.
    """
    found = []
    service = sync_service(vault.folder)
    if service is not None and not vault.practice:
        found.append(
            f"This vault is in a folder that {service} copies. It may be copied in halves, and whoever sees "
            "that folder sees when you work. Nothing is lost so far: lock the vault, move its folder to a "
            "place that stays on this computer, and open it there."
        )
    if now < last_used - _BEHIND:
        found.append(
            f"This computer's clock says {_day(now)}, but this vault was used on {_day(last_used)}. Check "
            "the date and the time before you record anything. Your records keep their order all the same."
        )
    elif now > last_used + _AHEAD:
        found.append(
            f"This computer's clock says {_day(now)}, and this vault was last used on {_day(last_used)}, "
            "more than a year before. If that is not so, check the date and the time before you record "
            "anything."
        )
    return tuple(found)


def _day(moment: datetime) -> str:
    local = moment.astimezone(LOCAL)
    return f"{local.day} {local:%B %Y}"
