"""Whom and what it serves: groups, places, what it is to bring about."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from tonle.kernel import codes
from tonle.kernel.fields import Reader, Writer, packed

TRANSFORMATIONS: Final = ("green", "digital")
POVERTY: Final = "poverty"


def write_serves(document: Mapping[str, Any], out: Writer) -> None:
    """What the page cannot tick, such as a province or a key area, travels along unseen."""
    block = dict(document.get("serves", {}))
    rest: dict[str, Any] = {}
    for name, known in _LISTS.items():
        held = block.pop(name, [])
        out.put_many(f"serves-{name}", [code for code in held if code in known()])
        if others := [code for code in held if code not in known()]:
            rest[name] = others
    if block.get("poverty_reduction") is True:
        block.pop("poverty_reduction")
        out.put_many("serves-transformations", [*_ticked(document), POVERTY])
    for name, text in packed({**block, **rest}):
        out.put(f"serves-{name}", text)


def read_serves(reader: Reader) -> Any:
    made = reader.rest("serves-rest")
    for name, known in _LISTS.items():
        held = made.get(name)
        ticked = [code for code in reader.many(f"serves-{name}") if code in known()]
        if found := [*ticked, *(held if isinstance(held, list) else [])]:
            made[name] = found
    if POVERTY in reader.many("serves-transformations"):
        made["poverty_reduction"] = True
    return made


def _ticked(document: Mapping[str, Any]) -> list[str]:
    held = document["serves"].get("transformations", [])
    return [code for code in held if code in TRANSFORMATIONS]


_LISTS: Final[Mapping[str, Callable[[], Collection[str]]]] = {
    "groups": lambda: codes.codes("groups"),
    "places": codes.members,
    "transformations": lambda: dict.fromkeys(TRANSFORMATIONS),
}
