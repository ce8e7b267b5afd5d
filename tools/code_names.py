"""Names of codes in the languages of the interface: `tonle/kernel/codes/data/names/<tag>.json`.

English and Khmer stand in the lists themselves. `python -m tools.messages update` keeps one
file for each other language, with "" where a name is still wanted; `check` counts those.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from config.options import BASE_DIR
from tonle.kernel import codes

NAMES: Final = BASE_DIR / "tonle" / "kernel" / "codes" / "data" / "names"
# What CLDR does not know, and what has no proper name of its own, as a licence has.
TRANSLATED: Final = (
    "contributor_types",
    "date_types",
    "description_types",
    "ford",
    "name_types",
    "number_types",
    "relation_types",
    "resource_types",
    "title_types",
)


def _tag(language: str) -> str:
    head, _dash, script = language.partition("-")
    return f"{head}-{script.title()}" if script else head


def path(language: str) -> Path:
    return NAMES / f"{_tag(language)}.json"


def _told(language: str) -> dict[str, dict[str, str]]:
    """What the file of a language says; what is in the lists themselves for those without."""
    if path(language).exists():
        found: Any = json.loads(path(language).read_text(encoding="utf-8"))
        return {name: dict(found.get(name, {})) for name in TRANSLATED}
    return {
        name: {
            code: entry.names.get(_tag(language), "") for code, entry in codes.codes(name).items()
        }
        for name in TRANSLATED
    }


def update(language: str) -> None:
    """Bring the file up to date: every code, in the order of its list; English beside none."""
    if language in {"en", "km"}:
        return
    told = _told(language)
    wanted = {
        name: {code: told[name].get(code, "") for code in codes.codes(name)} for name in TRANSLATED
    }
    NAMES.mkdir(exist_ok=True)
    text = json.dumps(wanted, ensure_ascii=False, indent=1)
    path(language).write_text(f"{text}\n", encoding="utf-8")


def problems(language: str) -> list[str]:
    """What has no name in the language, one sentence each."""
    told = _told(language)
    return [
        f"{language}: no name of {code!r} ({entry.names['en']}) of the list {name}"
        for name in TRANSLATED
        for code, entry in codes.codes(name).items()
        if not told[name].get(code)
    ]
