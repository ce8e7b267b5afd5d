"""Tools and data, each from the other's side, on pages."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from tonle.catalogue.tests.conftest import home as home
from tonle.catalogue.tests.conftest import no_gates_from_above as no_gates_from_above
from tonle.catalogue.tests.factories import make_record
from tonle.explore import tools
from tonle.search.public import catch_up

pytestmark = [
    pytest.mark.django_db(databases=["default", "cache"]),
    pytest.mark.usefixtures("home"),
    pytest.mark.one_database,
]

PROFILE = {
    "schema": "tonle-software/1",
    "packages": ["pkg:pypi/riceyield@1.0", "no package; rm -rf ~"],
    "repository": "https://github.com/example/riceyield",
    "requirements": ["GDAL <3.4>"],
    "reads": ["text/csv"],
    "try_at": ["https://apps.example/rice"],
}


def test_a_program_says_how_it_is_had_and_the_data_what_opens_them(
    tmp_path: Path, client: Client
) -> None:
    data = make_record({"yields.csv": b"a,b\n1,2\n"}, folder=tmp_path)
    wheel = {"riceyield-1.0-py3-none-any.whl": b"PK"}
    program = make_record(
        wheel, folder=tmp_path, kind="software", profile=PROFILE, titles={"en": "Rice yield"}
    )
    catch_up()

    page = client.get(f"/records/{program.id}").content.decode()
    opens = client.get(f"/records/{data.id}/opens").content.decode()
    landing = client.get(f"/records/{data.id}").content.decode()
    found = client.get("/search?kind=dataset&format=text%2Fcsv").content.decode()

    told = client.get(f"/api/v1/explore/{data.id}/opens").json()
    assert [(one["media_type"], one["tools"][0]["id"]) for one in told] == [
        ("text/csv", program.id)
    ]
    assert "LibreOffice" in [one["name"] for one in told[0]["programs"]]

    for line in (
        "python3 -m pip install riceyield==1.0",
        "py -m pip install riceyield==1.0",
        "git clone https://github.com/example/riceyield.git",
        "riceyield-1.0-py3-none-any.whl#sha256=",
        "GDAL &lt;3.4&gt;",
        "https://apps.example/rice",
        "/search?kind=dataset&amp;format=text%2Fcsv",
    ):
        assert line in page, line
    assert "pip install no" not in page
    assert f"/records/{data.id}/opens" in landing
    assert f"/records/{program.id}/opens" not in page
    assert "Rice yield" in opens
    assert "LibreOffice" in opens
    assert f"/records/{data.id}" in found
    assert f"/records/{program.id}" in client.get("/search?reads=text%2Fcsv").content.decode()


def test_the_list_of_programs_names_formats_that_are_known() -> None:
    from tonle.kernel.formats import ENDINGS

    assert tools.as_of() > "2026"
    names = [one.name for kind in ENDINGS for one in tools.programs_for(kind)]
    assert len(set(names)) > 15
    for one in tools.programs_for("text/csv"):
        assert one.url.startswith("https://")
        assert one.source.startswith("https://")
