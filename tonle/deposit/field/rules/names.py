"""Names for files that a telephone calls all alike. Pure."""

from __future__ import annotations

from collections.abc import Sequence


def one_each(names: Sequence[str]) -> list[str]:
    """The names, each once: a second `image.jpg` becomes `image-2.jpg`."""
    taken: set[str] = set()
    made = []
    for name in names:
        stem, dot, ending = name.rpartition(".") if "." in name else (name, "", "")
        found, number = name, 1
        while found in taken:
            number += 1
            found = f"{stem}-{number}{dot}{ending}"
        taken.add(found)
        made.append(found)
    return made
