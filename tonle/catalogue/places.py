"""Where a record stands: the addresses that its exports name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from tonle.catalogue.crosswalks.writers.here import Here
from tonle.catalogue.kinds import kind
from tonle.catalogue.rules import elsewhere
from tonle.infra import days
from tonle.kernel import identifiers
from tonle.kernel.identifiers import TEST_NAAN, Ark


def place_of(document: Mapping[str, Any], base_url: str, *, files_open: bool) -> Here:
    """What the writers of other formats need to know of a record's place.

    base_url: of this node, without the slash at its end. files_open: whether anybody may have
    the files now. Asks nobody.
    """
    record_id = document["id"]
    base = base_url + _page("*")
    url = base.replace("*", record_id)
    number = settings.TONLE_NAAN
    return Here(
        url=url,
        pid_url=_citable(document) or url,
        ark="" if number == TEST_NAAN else str(Ark(number, record_id)),
        file_url=lambda name: f"{url}/files/{quote(name)}",
        record_url=lambda record: base.replace("*", record),
        files_open=files_open,
        kind_label=_kind_label(document["kind"]),
        node_name=settings.TONLE_NODE_NAME,
        node_url=f"{base_url}/",
        zone=days.zone(),
    )


def _citable(document: Mapping[str, Any]) -> str:
    """The address to cite: where its name resolves, else its home elsewhere; "" for neither."""
    for pid in document.get("pids", ()):
        resolved = identifiers.resolver_url(pid["scheme"], pid["value"])
        if resolved:
            return resolved
    home = elsewhere.home(document)
    return home.url if home else ""


@cache
def _page(record_id: str) -> str:
    return reverse("catalogue:record", args=[record_id])


@cache
def _kind_label(name: str) -> str:
    with translation.override("en"):
        return gettext(kind(name).label)
