"""Starts `imsa-office`."""

from __future__ import annotations

import sys

from imsa_desk.office.commands import run


def main() -> int:
    """Run one command of `imsa-office` and return its exit status."""
    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
