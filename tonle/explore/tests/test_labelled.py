"""Columns by their labels, and a photograph's smaller copy, on the pages of a record."""

from __future__ import annotations

import io
from html import unescape
from pathlib import Path

import pytest
from django.test import Client
from PIL import Image

from tests.constants import NOW
from tonle.catalogue import services
from tonle.catalogue.tests.conftest import home as home
from tonle.catalogue.tests.conftest import no_gates_from_above as no_gates_from_above
from tonle.catalogue.tests.factories import CURATOR, make_record
from tonle.explore.rules.tests.test_labels import DOCUMENT
from tonle.infra import jobs

pytestmark = [
    pytest.mark.django_db(databases=["default", "cache"]),
    pytest.mark.usefixtures("home"),
    pytest.mark.one_database,
]

ROWS = b"source,area,crops,other\n1,0.5,r m,x\n1,0.7,r,y\n2,1.5,m,z\n"


def test_readers_see_labels_in_their_language_and_take_a_smaller_copy(
    tmp_path: Path, client: Client
) -> None:
    out = io.BytesIO()
    Image.effect_noise((2000, 1000), 50).convert("RGB").save(out, "JPEG", quality=95)
    files = {"a.csv": ROWS, "field.jpg": out.getvalue()}
    record = make_record(files, folder=tmp_path, profile=DOCUMENT["profile"])
    jobs.run_all_due(NOW)

    def page(address: str) -> str:
        asked = client.get(f"/records/{record.id}{address}", headers={"Accept-Language": "km"})
        return unescape(asked.content.decode())

    look = page("/look/a.csv")
    assert "ទឹក" in look
    assert "អណ្ដូង" in look
    assert "Area (ha)" in look
    ask = page("/ask/a.csv?by=source&what=mean&of=area")
    assert '<option value="source" selected>ទឹក · source</option>' in ask
    assert "អណ្ដូង" in ask
    landing = page("")
    assert "ទឹក" in landing
    assert landing.partition("</head>")[2].count("By foot") == 1

    address = f"/records/{record.id}/look/field.jpg"
    whole = client.get(address).content.decode()
    copy = client.get(f"{address}?part=copy")
    assert "Smaller copy, 1600 × 800" in whole
    assert copy["Content-Disposition"] == 'attachment; filename="field-small.jpg"'
    assert len(copy.content) < len(out.getvalue())
    services.set_access(record_id=record.id, access={"level": "restricted"}, actor=CURATOR, now=NOW)
    assert client.get(f"{address}?part=copy").status_code == 403
