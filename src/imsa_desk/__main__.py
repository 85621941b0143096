"""Start IMSA Desk: the window, or a command for scripts and support staff."""

from __future__ import annotations

import sys
from collections.abc import Sequence

# Nothing may be imported here that the first paint does not need: each branch imports its own.


def main(argv: Sequence[str] | None = None) -> int:
    """Run `imsa-desk` with these words (the process's own by default) and return the exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    first = words[0] if words else "open"
    if first == "open" or first.startswith("--worker"):
        from imsa_desk import app

        return app.main(words[1:] if first == "open" else words)
    if first == "--preview-child":  # the frozen program has no other way to start its limited child
        from imsa_desk.preview import child

        return child.main()
    if first == "tour":
        from imsa_desk.gui import tour

        return tour.main(words[1:])
    from imsa_desk.cli import main as commands

    return commands.main(words)


if __name__ == "__main__":
    sys.exit(main())
