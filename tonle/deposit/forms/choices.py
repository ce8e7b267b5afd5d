"""What the fields of the form offer, in the reader's language and in an order that helps."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from tonle.catalogue.public import by_hand, serving
from tonle.deposit.forms.rules import describe, links, serves
from tonle.kernel import codes
from tonle.kernel.text import sort_key
from tonle.web.public import language_name, language_tag

Options = list[tuple[str, str]]

# Languages of the region first, then of the region's minorities, then what people publish in.
REGION = ("en", "km", "lo", "th", "vi", "my", "zh-Hans")
ELSEWHERE = ("fr", "ja", "ko", "de", "es", "pt", "ru", "id", "ms", "hi", "ta", "bn", "pi", "sa")


@lru_cache(maxsize=64)
def _languages(reader: str) -> tuple[tuple[str, str], ...]:
    own = {language_tag(code): name for code, name in settings.LANGUAGES}
    names = {tag: own.get(tag) or language_name(tag, reader) for tag in REGION}
    others = {code: codes.label("languages", code, reader) for code in (*_MINORITIES, *ELSEWHERE)}
    rest = sorted(others.items(), key=lambda pair: sort_key(pair[1], reader))
    return (*names.items(), *rest)


# The languages of the region that our own list adds to CLDR's, and some that CLDR has.
_MINORITIES = frozenset((
    "ahk", "bca", "bdq", "blk", "blt", "brb", "cja", "cjm", "cmo", "cnh", "eky", "hni", "hre",
    "ium", "jra", "kdt", "khb", "kht", "kjg", "krv", "ksw", "kxm", "lhu", "lis", "mnw", "mtq",
    "shn", "kac", "nod", "tts", "ii", "za", "hmn",
))  # fmt: skip


def languages(reader: str, held: str = "") -> Options:
    """Languages for a choice; the one that is held is among them, whatever it is."""
    found: Options = list(_languages(reader))
    if held and held not in dict(found) and held != "und":
        found.append((held, codes.label("languages", held, reader)))
    return found


def listed(name: str, reader: str) -> Options:
    """A code list in its own order."""
    return [(code, entry.label(reader)) for code, entry in codes.codes(name).items()]


def resource_types(kind: str, reader: str) -> Options:
    entry = by_hand.of(kind)
    own = entry.resource_types if entry else describe.RESOURCE_TYPES.get(kind)
    wanted = own or tuple(codes.codes("resource_types"))
    return [(code, codes.label("resource_types", code, reader)) for code in wanted]


def description_types(reader: str) -> Options:
    return [
        (code, codes.label("description_types", code, reader))
        for code in describe.DESCRIPTION_TYPES
    ]


def relation_types(reader: str) -> tuple[Options, Options]:
    """(what most people need, DataCite's other types), all in plain words.

    A type that a later edition of the list adds is there by its own name.
    """
    plain = [(code, _(words)) for code, words in links.PLAIN_RELATIONS.items()]
    rest = [
        (code, _(links.OTHER_RELATIONS[code]) if code in links.OTHER_RELATIONS else name)
        for code, name in listed("relation_types", reader)
        if code not in links.PLAIN_RELATIONS
    ]
    return plain, rest


def members(reader: str) -> Options:
    return [(code, entry.label(reader)) for code, entry in codes.members().items()]


def fields_of_science(reader: str) -> list[dict[str, Any]]:
    """The six fields of FORD, each with its parts."""
    entries = codes.codes("ford")
    return [
        {
            "code": code,
            "label": entry.label(reader),
            "parts": [(c, e.label(reader)) for c, e in entries.items() if e.parent == code],
        }
        for code, entry in entries.items()
        if entry.parent is None
    ]


def goals(reader: str) -> Options:
    return [(code, f"{code}. {entry.label(reader)}") for code, entry in codes.codes("sdg").items()]


def served(reader: str) -> dict[str, Options]:
    """Whom and what a work can serve: groups of people, places, what it is to bring about."""
    aims = [*serves.TRANSFORMATIONS, serves.POVERTY]
    return {
        "groups": listed("groups", reader),
        "places": members(reader),
        "transformations": [(aim, _(serving.word(f"aim:{aim}", reader))) for aim in aims],
    }


def date_types(kind: str, reader: str) -> Options:
    """The types of dates, what one asks of the kind first."""
    first = {
        "dataset": ("Collected", "Coverage", "Created"),
        "software": ("Created", "Updated", "Issued"),
        "publication": ("Issued", "Accepted", "Submitted"),
    }.get(kind, ())
    every = dict(listed("date_types", reader))
    return [(c, every[c]) for c in first] + [(c, t) for c, t in every.items() if c not in first]
