"""The steps of a kind: those of every deposit, and one for what its own context asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

from tonle.catalogue.public import by_hand
from tonle.deposit.forms.filled import Filled
from tonle.deposit.forms.rules.steps import STEPS, Part, Step, Write

PARTICULARS: Final = "particulars"


@lru_cache(maxsize=64)
def steps_of(kind: str) -> Mapping[str, Step]:
    """By name, in order. What a context asks comes after what is asked of all."""
    entry = by_hand.of(kind)
    if entry is None:
        return STEPS
    own = Step(PARTICULARS, entry.label, entry.title, tuple(map(_part, entry.parts)))
    names = list(STEPS)
    order = [*names[:1], PARTICULARS, *names[1:]]
    return {name: STEPS.get(name, own) for name in order}


def after(kind: str, name: str) -> str:
    """The step that follows; the last one follows itself."""
    names = list(steps_of(kind))
    return names[min(names.index(name) + 1, len(names) - 1)]


def before(kind: str, name: str) -> str | None:
    """The step before; None for the first."""
    names = list(steps_of(kind))
    at = names.index(name)
    return names[at - 1] if at else None


def step_with(kind: str, key: str) -> str:
    """The step on which a part of the document is changed; its own name where that is none."""
    for page in steps_of(kind).values():
        if any(part.key == key for part in page.parts):
            # One step asks for a part of the profile, the other for all of it.
            return PARTICULARS if key == "profile" and by_hand.of(kind) else page.name
    return key


def sections(kind: str, form: Filled, reader: str, *, later: bool) -> list[dict[str, Any]]:
    """What the step of a kind asks, ready to be shown.

    reader: a BCP 47 tag. later: whether a version was published before.
    """
    entry = by_hand.of(kind)
    return [
        {"section": section, "fields": [_shown(field, form, reader) for field in section.fields]}
        for section in (entry.sections if entry else ())
        if later or not section.later or form.rows(section.group)
    ]


def _shown(field: by_hand.Field, form: Filled, reader: str) -> dict[str, Any]:
    options = field.options(reader, form.many(field.name)) if field.options else ()
    return {"field": field, "options": options}


def _part(part: by_hand.Part) -> Part:
    return Part(f"profile/{part.key}", part.groups, _writing(part.write), part.read)


def _writing(write: by_hand.Write) -> Write:
    fill: Callable[..., None] = write
    return lambda document, out: fill(document.get("profile", {}), out)
