"""Settings: appearance, text size, when it locks; each takes effect at once."""

from __future__ import annotations

from imsa_desk import settings
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.choice import Choice, Option
from imsa_desk.gui.widgets.fields import Dot, Field
from imsa_desk.gui.widgets.heading import Heading, Title, label
from imsa_desk.gui.widgets.layout import row
from imsa_desk.gui.widgets.page import BasePage

_THEMES = (
    ("system", "As this computer"),
    ("light", "Light"),
    ("dark", "Dark"),
    ("contrast", "High contrast"),
)
_SENTENCE = "Kept on this computer, outside the vault. Changes take effect at once."
_SIZE_HELP = "Everything grows with it, up to twice the usual size."
_LOCK_HELP = "Without a key press or the mouse. Drafts are stored first. Ctrl+L locks at once, F12 covers."
_FORMS_HELP = "Kept in the vault: what comes with Desk, and your organisation’s own, taken in there."
_LASTS = "This lasts until Desk is closed: the disk refused it"
_SIZES = (100, 110, 125, 150, 175, 200)
_MINUTES = (1, 2, 3, 5, 10, 15)


class SettingsPage(BasePage):
    """What is kept outside the vault; nothing personal is among it."""

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self._now = settings.load(context.settings_file)
        self.themes = {key: Dot(words, on=key == self._now.theme) for key, words in _THEMES}
        self.text_size = Choice(
            "",
            [Option(str(n), f"{n} %") for n in _sizes(self._now.text_size)],
            str(self._now.text_size),
            tall=True,
            name="Text size",
        )
        self.minutes = Choice(
            "",
            [Option(str(n), _minutes(n)) for n in sorted({*_MINUTES, self._now.lock_after_minutes})],
            str(self._now.lock_after_minutes),
            tall=True,
            name="Lock after",
        )
        self._build()
        self._connect()

    def _build(self) -> None:
        content = self.content
        content.addWidget(Title("Settings", _SENTENCE))
        content.addSpacing(8)
        content.addWidget(Heading("How it looks"))
        content.addLayout(row(*self.themes.values(), None, space=24))
        content.addSpacing(8)
        content.addWidget(
            Field(
                "Text size",
                self.text_size,
                help=_SIZE_HELP,
                stretch=False,
            )
        )
        content.addSpacing(16)
        content.addWidget(Heading("Locking"))
        content.addWidget(
            Field(
                "Lock after",
                self.minutes,
                help=_LOCK_HELP,
                stretch=False,
            )
        )
        if self._context.vault is not None:
            self._build_forms()
        content.addStretch(1)

    def _build_forms(self) -> None:
        """Lead on to the forms; they are in the vault, so only where one is open."""
        self.forms = Button("Forms…", "plain", icon="document")
        self.forms.clicked.connect(lambda: self._context.open("forms"))
        self.content.addSpacing(16)
        self.content.addWidget(Heading("Forms for reviews"))
        self.content.addWidget(label(_FORMS_HELP, "muted", wrap=True, measure=72))
        self.content.addLayout(row(self.forms, None))

    def _connect(self) -> None:
        for key, dot in self.themes.items():
            dot.toggled.connect(lambda on, chosen=key: self._keep(theme=chosen) if on else None)
        self.text_size.chosen.connect(lambda chosen: self._keep(text_size=int(chosen)))
        self.minutes.chosen.connect(lambda chosen: self._keep(lock_after_minutes=int(chosen)))

    def _keep(self, **changed: str | int) -> None:
        file = self._context.settings_file
        self._now = settings.load(file)._replace(**changed)  # type: ignore[arg-type]
        kept = settings.save(self._now, file)
        self._context.window.look_again()
        self._context.toast(
            "Settings kept" if kept else "This lasts until Desk is closed: the disk refused it"
        )


def _sizes(now: int) -> list[int]:
    return sorted({*_SIZES, now})


def _minutes(count: int) -> str:
    return "1 minute" if count == 1 else f"{count} minutes"
