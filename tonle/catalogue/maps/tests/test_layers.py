"""A steward brings a layer, shows it on every map, and takes it away."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tonle.catalogue.maps import selectors, services
from tonle.catalogue.models import MapLayer
from tonle.kernel.actors import NODE
from tonle.kernel.errors import NotPermitted
from tonle.people.tests.factories import account, actor, holder

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LINE = {"type": "LineString", "coordinates": [[100, 15], [102, 16], [104, 15]]}
GOOD = json.dumps(
    {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": LINE}]}
).encode()
FORM = {"authority": "Ministry of Maps", "approval": "GS(2026)1", "dated": "2026-01-05"}

pytestmark = pytest.mark.django_db


def test_a_steward_adds_shows_hides_and_removes_a_layer(client: Client) -> None:
    client.force_login(holder("rith", "steward", NODE))
    for data in (b"{}", GOOD, GOOD):
        page = client.post(
            "/maps/layers", {**FORM, "file": SimpleUploadedFile("a.geojson", data)}, follow=True
        )
        if data == b"{}":
            assert page.status_code == 422
            assert "no GeoJSON with features" in page.content.decode()
    # The same file under the same approval, sent twice, is one layer.
    row = MapLayer.objects.get()
    assert "Ministry of Maps" in page.content.decode()
    assert selectors.shown_layers() == ()

    client.post("/maps/layers", {"do": "show", "layer": row.id})
    for address in ("/maps/layers", "/"):
        text = client.get(address).content.decode()
        assert "Over it: the layer of Ministry of Maps, approval GS(2026)1," in text
        assert 'class="theirs"' in text
        assert "No boundary of any country is drawn" not in text
    client.post("/maps/layers", {"do": "hide", "layer": row.id})
    assert 'class="theirs"' not in client.get("/").content.decode()
    client.post("/maps/layers", {"do": "remove", "layer": row.id})
    assert not MapLayer.objects.exists()
    assert client.post("/maps/layers", {"do": "show", "layer": row.id}).status_code == 404


def test_only_a_steward_keeps_layers(client: Client) -> None:
    sokha = account("sokha")
    with pytest.raises(NotPermitted):
        services.add_layer(
            data=GOOD, authority="A", approval="1", dated=date(2026, 1, 1), source="",
            actor=actor(sokha), now=NOW,
        )  # fmt: skip
    client.force_login(sokha)
    assert client.get("/maps/layers").status_code == 404
    assert client.post("/maps/layers", {"do": "show", "layer": "x"}).status_code == 404
