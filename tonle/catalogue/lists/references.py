"""Results of a search as references, for those who keep them in a reference manager."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.conf import settings

from tonle.catalogue.crosswalks.writers import FORMATS
from tonle.catalogue.models import Record
from tonle.catalogue.places import place_of
from tonle.search.public import Found


def written(pages: Iterable[Sequence[Found]], name: str) -> Iterator[str]:
    """The reference of each result in a format of FORMATS. One query a page of results; what is
    no record, or cannot be written so, is left out."""
    for page in pages:
        for document in _documents([found.hit.id for found in page]):
            here = place_of(document, settings.TONLE_URL, files_open=False)
            if FORMATS[name].possible(document, here):
                yield FORMATS[name].write(document, here).rstrip("\n") + "\n\n"


def _documents(ids: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Documents in the order of the ids, which the search has just found to be public."""
    rows = Record.objects.filter(id__in=ids, state="published").values_list("id", "document__body")
    bodies = {name: body for name, body in rows if body is not None}
    for name in ids:
        if name in bodies:
            yield json.loads(bytes(bodies[name]))
