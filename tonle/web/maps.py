"""Maps on pages: what of `kernel.maps` is drawn for this reader, and the links to move it.

Whoever keeps the layers of authorities lies above this band and registers them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tonle.infra import clock, days
from tonle.kernel.maps import views
from tonle.kernel.maps.drawing import Counted, Drawn, Mark, drawn
from tonle.kernel.maps.layers import Layer
from tonle.kernel.maps.views import View
from tonle.web import languages

_layers: list[Callable[[], Sequence[Layer]]] = []


def register_layers(shown: Callable[[], Sequence[Layer]]) -> None:
    """Say which layers of authorities this node shows, first drawn first. The last one said
    holds."""
    _layers[:] = [shown]


def shown_layers() -> Sequence[Layer]:
    return _layers[0]() if _layers else ()


def made_from() -> tuple[str, ...]:
    """What maps of today are made from beside the base map: other words when they change."""
    return (days.day_of(clock.now()).isoformat(), *(layer.key for layer in shown_layers()))


@dataclass(frozen=True)
class Move:
    """A link under a map."""

    label: str
    url: str


@dataclass(frozen=True)
class OnPage:
    """What the component `map` shows. alt: what it says to those who do not see it; moves: the
    links under it."""

    drawn: Drawn
    alt: str
    moves: Sequence[Move] = ()

    @property
    def has_lines(self) -> bool:
        """Whether an authority's lines are on it."""
        return bool(self.drawn.layers)


def on_page(
    view: View,
    alt: str,
    *,
    marks: Iterable[Mark] = (),
    counted: Sequence[Counted] = (),
    plain: bool = False,
    url_of: Callable[[View], str] | None = None,
) -> OnPage:
    """A map in the active language. url_of: where another view of the same is."""
    picture = drawn(
        view,
        language=languages.tag(get_language() or settings.LANGUAGE_CODE),
        day=days.day_of(clock.now()),
        marks=marks,
        counted=counted,
        layers=shown_layers(),
        plain=plain,
    )
    return OnPage(picture, alt, moves(view, url_of) if url_of else ())


def moves(view: View, url_of: Callable[[View], str]) -> list[Move]:
    """Closer, wider and to the sides, as far as there is anything."""
    wanted = (
        (_("Closer"), views.closer(view)),
        (_("Wider"), views.farther(view)),
        (_("To the north"), views.moved(view, 0, 1)),
        (_("To the south"), views.moved(view, 0, -1)),
        (_("To the west"), views.moved(view, -1, 0)),
        (_("To the east"), views.moved(view, 1, 0)),
    )
    return [Move(label, url_of(other)) for label, other in wanted if other is not None]
