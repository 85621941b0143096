"""A small form of an invented organisation, as a file; shared by tests of own forms."""

from __future__ import annotations

import json

from imsa_desk.vocab import NotDiscussed

REASONS = "\n".join(f'  {{ value = "{one}", label = "{one}" }},' for one in NotDiscussed)


def own_form(
    version: int = 1, title: str = "House visit", form_id: str = "house-visit", more: str = ""
) -> bytes:
    """Write the form; `more` is added to its head."""
    return f"""id = "{form_id}"
version = {version}
title = {json.dumps(title, ensure_ascii=False)}
language = "en-GB"
{more}
[scales.not_discussed]
title = "Not discussed"
point = [
{REASONS}
]
[[section]]
id = "one"
title = "One"
[[section.question]]
id = "q1"
kind = "short_text"
text = "Who opened the door"
""".encode()
