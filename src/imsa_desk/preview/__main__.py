"""Run the preview child: `python -m imsa_desk.preview`, only ever started by the program itself."""

from __future__ import annotations

import sys

from imsa_desk.preview.child import main

sys.exit(main())
