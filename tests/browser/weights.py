"""What each public page weighs on first view. `python -m tests.browser.weights [URL]` prints it.

Without an address it makes a node as `./run` does; with one it asks the node that answers there.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

from tests.browser.pages import fetch, public_pages

if TYPE_CHECKING:
    from tests.node import Node

# Bytes of HTML and CSS, compressed: one round trip, or two with a map (DESIGN §8).
FIRST_VIEW, WITH_MAP = 14_000, 25_000
MOST_SCRIPT = 15_000  # bytes, compressed; deferred, and nothing needs it.
MOST_REQUESTS = 3

_STYLE = re.compile(r'<link rel="stylesheet" href="([^"]+)"')
_SCRIPT = re.compile(r'<script src="([^"]+)"( defer)?')
_PICTURE = re.compile(r'<(?:img|input type="image"|iframe|video|audio)\b[^>]* src="([^"]+)"')


@dataclass(frozen=True)
class Weight:
    """Bytes, compressed by gzip, which every browser takes. requests: with scripts on."""

    name: str
    path: str
    language: str
    html: int
    style: int
    script: int
    requests: int
    has_map: bool
    deferred: bool

    @property
    def first_view(self) -> int:
        return self.html + self.style

    @property
    def limit(self) -> int:
        return WITH_MAP if self.has_map else FIRST_VIEW

    @property
    def is_light(self) -> bool:
        return (
            self.first_view <= self.limit
            and self.script <= MOST_SCRIPT
            and self.requests <= MOST_REQUESTS
            and self.deferred
        )


@cache
def _size(node: Node, address: str) -> int:
    return len(fetch(node, address).body)


def weigh(node: Node, name: str, path: str, language: str) -> Weight:
    """One page as it travels: itself, its stylesheets, its scripts, its pictures."""
    page = fetch(node, path, language)
    styles = _STYLE.findall(page.text)
    scripts = _SCRIPT.findall(page.text)
    pictures = [src for src in _PICTURE.findall(page.text) if not src.startswith("data:")]
    return Weight(
        name,
        path,
        language,
        html=len(page.body) + sum(_size(node, src) for src in pictures),
        style=sum(_size(node, one) for one in styles),
        script=sum(_size(node, src) for src, _defer in scripts),
        requests=1 + len(styles) + len(scripts) + len(pictures),
        has_map='<svg class="where' in page.text,
        deferred=all(defer for _src, defer in scripts),
    )


def table(weights: Iterable[Weight]) -> Iterator[str]:
    yield f"{'page':<40}{'':4}{'HTML':>8}{'CSS':>8}{'both':>8}{'limit':>8}{'script':>8}{'asks':>6}"
    for one in weights:
        yield (
            f"{one.name:<40}{one.language:<4}{one.html:>8,}{one.style:>8,}{one.first_view:>8,}"
            f"{one.limit:>8,}{one.script:>8,}{one.requests:>6}{'' if one.is_light else '  HEAVY'}"
        )


@dataclass(frozen=True)
class Elsewhere:
    """A node that somebody else started."""

    url: str


@contextmanager
def _node(address: str) -> Iterator[Node]:
    from tests.starter import starter_node

    if address:
        yield cast("Node", Elsewhere(address.rstrip("/")))
        return
    with tempfile.TemporaryDirectory() as data, starter_node(Path(data) / "var") as node:
        yield node


def main() -> int:
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    from django.conf import settings

    with _node(sys.argv[1] if len(sys.argv) > 1 else "") as node:
        heaviest = [
            max(
                (weigh(node, name, path, code) for code, _ in settings.LANGUAGES),
                key=lambda weight: weight.first_view,
            )
            for name, path in public_pages(node).items()
        ]
    heaviest.sort(key=lambda weight: -weight.first_view)
    print("Bytes, compressed by gzip; each page in the language in which it is heaviest.\n")
    print("\n".join(table(heaviest)))
    return 0 if all(weight.is_light for weight in heaviest) else 1


if __name__ == "__main__":
    sys.exit(main())
