"""What only one kind of deposit is asked: the profile of software and of publications."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from tonle.kernel.errors import N_
from tonle.kernel.fields import Reader, Writer, packed
from tonle.kernel.formats import format_named, short_name
from tonle.kernel.packages import package_from

Sort = Literal["line", "address", "words", "flag", "addresses", "packages", "formats"]


@dataclass(frozen=True)
class Asked:
    """One field of a profile. words, and what follows it: several, with commas between them.

    packages are kept as package URLs, formats as media types; both are shown as people write them.
    """

    name: str
    sort: Sort
    label: str
    hint: str = ""


FIELDS: Final[Mapping[str, tuple[Asked, ...]]] = {
    "software": (
        Asked("repository", "address", N_("Where its source code is developed"), "https://"),
        Asked("programming_languages", "words", N_("Written in"), N_("Such as: Python, R")),
        Asked("runs_on", "words", N_("Runs on"), N_("Such as: Linux, Android")),
        Asked("runtimes", "words", N_("Runs in"), N_("Such as: Python 3.11, R 4.5, Java 17")),
        Asked("requirements", "words", N_("Needs"), N_("Such as: GDAL 3.4, 8 GB of memory")),
        Asked(
            "packages",
            "packages",
            N_("Can be installed from"),
            N_("Registry and name. Such as: PyPI: attacut, CRAN: sf, conda-forge::gdal"),
        ),
        Asked("instructions", "address", N_("How it is installed: a page"), "https://"),
        Asked("try_at", "addresses", N_("Can be tried at: pages"), "https://"),
        Asked(
            "reads", "formats", N_("Reads files of"), N_("Endings. Such as: csv, xlsx, geojson, nc")
        ),
        Asked("writes", "formats", N_("Writes files of"), N_("Endings. Such as: csv, tif, png")),
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
        if field.sort in _SEVERAL:
            shown = _SHOWN.get(field.sort, str)
            out.put(f"profile-{field.name}", ", ".join(shown(one) for one in value or ()))
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
        text = reader.line(name, 2_000 if field.sort in _SEVERAL else 500)
        if field.sort == "address":
            _is_address(reader, name, text)
        if field.sort in _SEVERAL:
            words = [word.strip() for word in text.replace("，", ",").split(",") if word.strip()]
            read = [_read(reader, name, field.sort, word) for word in words]
            if read:
                made[field.name] = list(dict.fromkeys(read))
        elif text:
            made[field.name] = text
    return made if set(made) - {"schema"} else None


_SEVERAL: Final = frozenset({"words", "addresses", "packages", "formats"})


def _read(reader: Reader, name: str, sort: Sort, word: str) -> str:
    """One of several, as the document keeps it; what cannot be read as it was typed, and said."""
    if sort == "addresses":
        _is_address(reader, name, word)
    if sort == "packages":
        found = package_from(word)
        if found is not None:
            return found.purl
        reader.problem(
            name,
            N_("%(word)s names no package. Write registry and name, such as PyPI: attacut."),
            word=word[:80],
        )
    if sort == "formats":
        kind = format_named(word)
        if kind:
            return kind
        reader.problem(
            name,
            N_(
                "%(word)s is no file format known here. Write an ending, such as csv, or a media "
                "type."
            ),
            word=word[:80],
        )
    return word


def _is_address(reader: Reader, name: str, text: str) -> None:
    if text and not text.startswith(("https://", "http://")):
        reader.problem(name, N_("An address begins with https://."))


def _package(kept: str) -> str:
    found = package_from(kept)
    return found.in_words if found else kept


_SHOWN: Final[Mapping[str, Callable[[str], str]]] = {"packages": _package, "formats": short_name}
