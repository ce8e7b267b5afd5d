"""What only one kind of deposit is asked: the profile of software and of publications."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from tonle.deposit.forms.rules.values import Reader, Writer, packed
from tonle.kernel.errors import N_

Sort = Literal["line", "address", "words", "flag"]


@dataclass(frozen=True)
class Asked:
    """One field of a profile. words: several, with commas between them."""

    name: str
    sort: Sort
    label: str
    hint: str = ""


FIELDS: Final[Mapping[str, tuple[Asked, ...]]] = {
    "software": (
        Asked("repository", "address", N_("Where its source code is developed"), "https://"),
        Asked("programming_languages", "words", N_("Written in"), N_("Such as: Python, R")),
        Asked("runs_on", "words", N_("Runs on"), N_("Such as: Linux, Android")),
    ),
    "publication": (
        Asked("peer_reviewed", "flag", N_("It was reviewed by peers")),
        Asked("pages", "line", N_("Pages"), N_("A number, or first and last: 12-34")),
        Asked("degree", "line", N_("For a thesis: the degree it was written for")),
        Asked("place", "line", N_("Place of publication")),
    ),
}


def write_profile(document: Mapping[str, Any], out: Writer) -> None:
    asked = FIELDS.get(document.get("kind", ""), ())
    profile = document.get("profile", {"schema": f"tonle-{document.get('kind', '')}/1"})
    if not asked:
        return
    for field in asked:
        value = profile.get(field.name)
        if field.sort == "words":
            out.put(f"profile-{field.name}", ", ".join(value or ()))
        elif field.sort == "flag":
            out.put(f"profile-{field.name}", "yes" if value else "")
        else:
            out.put(f"profile-{field.name}", value or "")
    known = {field.name for field in asked}
    for name, text in packed({k: v for k, v in profile.items() if k not in known}):
        out.put(f"profile-{name}", text)


def read_profile(reader: Reader) -> Any:
    """The profile of the kind that its schema names; nothing where nothing is said."""
    made = reader.rest("profile-rest")
    kind = str(made.get("schema", "")).removeprefix("tonle-").partition("/")[0]
    for field in FIELDS.get(kind, ()):
        name = f"profile-{field.name}"
        if field.sort == "flag":
            if reader.raw(name):
                made[field.name] = True
            continue
        text = reader.line(name, 500)
        if field.sort == "address" and text and not text.startswith(("https://", "http://")):
            reader.problem(name, N_("An address begins with https://."))
        if field.sort == "words":
            words = [word.strip() for word in text.replace("，", ",").split(",") if word.strip()]
            if words:
                made[field.name] = list(dict.fromkeys(words))
        elif text:
            made[field.name] = text
    return made if set(made) - {"schema"} else None
