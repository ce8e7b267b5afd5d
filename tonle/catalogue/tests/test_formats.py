"""Records in the format that is asked for, by address or by header."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from lxml import etree

from tonle.catalogue.crosswalks.writers import FORMATS
from tonle.catalogue.models import Record
from tonle.catalogue.rules.citation import STYLES
from tonle.catalogue.tests.factories import make_record

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return make_record({"yields.csv": b"a,b\n"}, folder=tmp_path)


def ask(client: Client, record: Record, query: str = "", **headers: str) -> Any:
    address = f"/records/{record.id}{query}"
    return client.get(address, headers={"host": "localhost", **headers})


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_by_address_and_by_each_of_its_types(
    client: Client, tmp_path: Path, name: str
) -> None:
    kind = "software" if name in ("cff", "codemeta") else "dataset"
    record = make_record({"yields.csv": b"a,b\n"}, folder=tmp_path, kind=kind)
    written = FORMATS[name]
    by_address = ask(client, record, f"?format={name}")
    assert by_address.status_code == 200
    assert by_address["Content-Type"].startswith(written.media_type)
    for media_type in written.media_types:
        by_header = ask(client, record, accept=media_type)
        assert by_header.text == by_address.text
        place = f"http://localhost/records/{record.id}?format={name}"
        assert by_header["Content-Location"] == place
        assert "Accept" in by_header["Vary"]
    if written.media_type.endswith("xml"):
        assert by_address.text.startswith('<?xml version="1.0" encoding="UTF-8"?>')
        etree.fromstring(by_address.content)
    elif written.media_type.endswith("json"):
        assert json.loads(by_address.content)
        assert "charset" not in by_address["Content-Type"]


def test_quality_decides(client: Client, record: Record) -> None:
    found = ask(client, record, accept="application/ld+json;q=0.5, application/x-bibtex;q=0.9")
    assert found["Content-Type"].startswith("application/x-bibtex")
    crate = 'application/ld+json;profile="https://w3id.org/ro/crate/1.2"'
    assert "ro/crate" in ask(client, record, accept=crate)["Content-Type"]
    plain = ask(client, record, accept="application/ld+json")
    assert plain.json()["@context"] == "https://schema.org"


@pytest.mark.parametrize("accept", ["image/png", "text/html;q=0", "application/marc"])
def test_who_takes_nothing_that_there_is_is_told_what_there_is(
    client: Client, record: Record, accept: str
) -> None:
    answer = ask(client, record, accept=accept)
    assert answer.status_code == 406
    assert f"application/x-bibtex http://localhost/records/{record.id}?format=bibtex" in answer.text
    assert 'rel="describedby"' in answer["Link"]


def test_hidden_and_absent_answer_alike_whatever_is_asked(client: Client) -> None:
    for headers in ({"accept": "image/png"}, {"accept": "application/x-bibtex"}, {}):
        answer = client.get("/records/bcdfghjkmnpqrs0", headers={"host": "localhost", **headers})
        assert answer.status_code == 404


def test_a_format_that_is_not_for_this_record_is_refused_with_those_that_are(
    client: Client, record: Record, tmp_path: Path
) -> None:
    answer = ask(client, record, "?format=cff")
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert "croissant" in answer.text
    page = ask(client, record, "?format=cff", accept="text/html,*/*;q=0.8")
    assert (page.status_code, page["Content-Type"]) == (422, "text/html; charset=utf-8")
    closed = make_record({"a.csv": b"1"}, folder=tmp_path, access={"level": "restricted"})
    assert ask(client, closed, "?format=croissant").status_code == 422
    by_header = ask(
        client, closed, accept='application/ld+json;profile="http://mlcommons.org/croissant/1.1"'
    )
    assert by_header.status_code == 406


@pytest.mark.parametrize("style", STYLES)
def test_every_style_by_address_and_as_registration_agencies_ask(
    client: Client, record: Record, style: str
) -> None:
    by_address = ask(client, record, f"?format={style}&lang=en")
    assert by_address["Content-Type"] == "text/plain; charset=utf-8"
    for name in (style, *STYLES[style].also):
        by_header = ask(client, record, accept=f"text/x-bibliography; style={name}; locale=en-US")
        assert by_header.text == by_address.text


def test_a_citation_comes_in_the_language_that_is_asked_for(client: Client) -> None:
    record = make_record(titles={"en": "Rice", "th": "ข้าว", "km": "ស្រូវ"})
    assert "ข้าว [ชุดข้อมูล]" in ask(client, record, "?format=apa&lang=th").text
    thai = ask(client, record, accept="text/x-bibliography; style=apa; locale=th-TH")
    assert "ข้าว [ชุดข้อมูล]" in thai.text
    assert thai["Content-Language"] == "th-TH"
    assert "ស្រូវ [សំណុំទិន្នន័យ]" in ask(client, record, "?format=apa&lang=km").text
    assert "Rice [Data set]" in ask(client, record, "?format=apa&lang=en").text


def test_what_reference_managers_open_is_saved_under_a_name(client: Client) -> None:
    record = make_record(kind="software")
    for name, saved in (("bibtex", f"{record.id}.bib"), ("cff", "CITATION.cff")):
        answer = ask(client, record, f"?format={name}")
        assert f'filename="{saved}"' in answer["Content-Disposition"]


def test_the_page_lists_what_there_is_by_what_it_is_for(client: Client, record: Record) -> None:
    text = ask(client, record, **{"accept-language": "en"}).text
    for group, names in (
        ("Its description", ("DataCite JSON", "schema.org JSON-LD")),
        ("Description and files", ("RO-Crate", "Croissant")),
    ):
        _, _, rest = text.partition(f"<dt>{group}</dt>")
        listed, _, _ = rest.partition("</dd>")
        for name in names:
            assert f">{name}</a>" in listed, (group, name)
    # Reference managers need no unfolding.
    in_sight, _, _ = text.partition("For programs")
    assert all(f">{name}</a>" in in_sight for name in ("BibTeX", "RIS", "CSL-JSON"))
    assert "CITATION.cff" not in text
