"""Finds the way to the server that an address names."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from imsa_courier.credentials import Credentials
from imsa_courier.remote import Remote
from imsa_courier.settings import Settings
from imsa_courier.sftp import Sftp
from imsa_courier.webdav import WebDav

for _library in ("asyncssh", "httpx", "httpcore", "fsspec", "sshfs"):
    # What the libraries would log may name a user; the courier's own lines say what happened.
    logging.getLogger(_library).addHandler(logging.NullHandler())


@contextmanager
def connected(settings: Settings, credentials: Credentials) -> Iterator[Remote]:
    """Connect for one round."""
    address = settings.address
    remote: Remote
    if address.scheme == "sftp":
        remote = Sftp(address, credentials, settings.known_hosts, settings.host_keys)
    else:
        remote = WebDav(address, credentials, settings.ca_file)
    try:
        yield remote
    finally:
        remote.close()
