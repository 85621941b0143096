"""Recognises folders that a service copies elsewhere; a live vault there would be copied in halves."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

_NAMES = (
    ("OneDrive", r"onedrive( - .+)?"),
    ("Dropbox", r"dropbox( \(.+\))?"),
    ("iCloud Drive", r"icloud ?drive|mobile documents|com~apple~clouddocs"),
    ("Google Drive", r"google ?drive|googledrive-.+|my drive"),
    ("Nextcloud", r"nextcloud\d?|owncloud"),
    ("a cloud service", r"cloudstorage"),
)
_MARKS = (
    ("Dropbox", (".dropbox", ".dropbox.cache")),
    ("Nextcloud", (".nextcloudsync.log", ".owncloudsync.log", ".sync_*.db", "._sync_*.db")),
    ("Google Drive", (".tmp.drivedownload", ".tmp.driveupload")),
)
_VARIABLES = ("OneDrive", "OneDriveCommercial", "OneDriveConsumer")


def sync_service(folder: Path, environment: Mapping[str, str] | None = None) -> str | None:
    """Name the service that copies this folder elsewhere, or `None`.

    Judged by the names and marks of the folder and its parents; it need not exist, and links are followed.
    """
    settings = os.environ if environment is None else environment
    place = folder.resolve()
    roots = [Path(settings[name]).resolve() for name in _VARIABLES if settings.get(name)]
    if any(place.is_relative_to(root) for root in roots):
        return "OneDrive"
    for level in (place, *place.parents):
        for service, pattern in _NAMES:
            if re.fullmatch(pattern, level.name, re.IGNORECASE):
                return service
        for service, marks in _MARKS:
            if any(_has(level, mark) for mark in marks):
                return service
    return None


def _has(folder: Path, mark: str) -> bool:
    try:
        return next(folder.glob(mark), None) is not None
    except OSError:
        return False
