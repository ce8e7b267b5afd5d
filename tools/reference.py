"""`python -m tools.reference`: writes docs/reference anew from the source."""

from __future__ import annotations

import os
from collections.abc import Callable

from config.options import BASE_DIR

FOLDER = BASE_DIR / "docs" / "reference"


def pages() -> dict[str, Callable[[], str]]:
    """File name to what makes it. Sets Django up and finds the commands."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from tonle.catalogue import reference as catalogue
    from tonle.cli import main, reference
    from tonle.kernel.codes.reference import page as code_lists

    main.discover()
    return {
        "code-lists.md": code_lists,
        "commands.md": reference.commands,
        "events.md": reference.events,
        "export-formats.md": catalogue.export_formats,
        "import-formats.md": catalogue.import_formats,
        "options.md": reference.options,
        "profiles.md": catalogue.profiles,
    }


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, make in pages().items():
        (FOLDER / name).write_text(make(), encoding="utf-8")
