"""FAIR Signposting, requirement by requirement, read by an independent client over HTTP.

Source: signposting.org/FAIR (2 October 2023), levels 1 and 2; RFC 9264.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tonle.catalogue.crosswalks.writers import FORMATS, head
from tonle.catalogue.kinds import kinds
from tonle.catalogue.models import Record
from tonle.catalogue.tests.factories import make_record

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("home")]

SOKHA = {
    "name_type": "Personal",
    "name": "Chan, Sokha",
    "given_name": "Sokha",
    "family_name": "Chan",
    "identifiers": [
        {"scheme": "scopus", "value": "7004212771"},
        {"scheme": "orcid", "value": "0000-0002-1825-0097"},
    ],
}
COMMISSION = {
    "name_type": "Organizational",
    "name": "Mekong River Commission",
    "identifiers": [{"scheme": "ror", "value": "03ggezs29"}],
}


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return make_record(
        {"yields 2024.csv": b"a,b\n", "ខេត្ត.png": b"png"},
        folder=tmp_path,
        creators=[SOKHA, COMMISSION, {"name_type": "Personal", "name": "Thida"}],
        rights=[{"identifier": "CC-BY-4.0"}, {"identifier": "MIT"}],
        pids=[{"scheme": "doi", "value": "10.5555/rice"}],
    )


def targets(links: Any) -> set[str]:
    return {str(link.target) for link in links}


def by_http(url: str) -> Any:
    from signposting import find_signposting_http

    with warnings.catch_warnings():
        # The client warns of what breaks the profile: of two licences, of a second cite-as.
        warnings.simplefilter("error")
        return find_signposting_http(url)


def by_linkset(url: str, media_type: str) -> Any:
    from signposting import find_signposting_linkset

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return find_signposting_linkset(url, media_type)


def test_level_1_of_the_landing_page(live_server: Any, record: Record) -> None:
    url = f"{live_server.url}/records/{record.id}"
    found = by_http(url)

    # cite-as: exactly one, the persistent identifier.
    assert str(found.citeAs.target) == "https://doi.org/10.5555/rice"
    # type: AboutPage, and one more that says what the object is.
    assert targets(found.types) == {"https://schema.org/AboutPage", "https://schema.org/Dataset"}
    # author: persistent identifiers of those that have one; ORCID before others.
    assert targets(found.authors) == {
        "https://orcid.org/0000-0002-1825-0097",
        "https://ror.org/03ggezs29",
    }
    # license: at most one.
    assert str(found.license.target) == "https://creativecommons.org/licenses/by/4.0/"
    # describedby: at least one, each with its type; profile where it has one.
    assert {link.type for link in found.describedBy} >= {
        "application/json",
        "application/vnd.datacite.datacite+json",
        "application/ld+json",
    }
    assert any(link.profiles for link in found.describedBy)
    # item: every content resource, with its type.
    assert {(str(link.target), str(link.type)) for link in found.items} == {
        (f"{url}/files/yields%202024.csv", "text/csv"),
        (f"{url}/files/%E1%9E%81%E1%9F%81%E1%9E%8F%E1%9F%92%E1%9E%8F.png", "image/png"),
    }
    # linkset (level 2): with its type, once for each form.
    assert {str(link.type) for link in found.linksets} == {
        "application/linkset",
        "application/linkset+json",
    }


def test_level_1_of_content_and_metadata(live_server: Any, record: Record) -> None:
    url = f"{live_server.url}/records/{record.id}"
    page = by_http(url)
    for item in page.items:
        found = by_http(str(item.target))
        # collection: exactly one, the landing page, with its type.
        assert (str(found.collection.target), str(found.collection.type)) == (url, "text/html")
        assert len(found.types) == 1
        assert targets(found.linksets) == targets(page.linksets)
    for link in page.describedBy:
        found = by_http(str(link.target))
        # describes: exactly one, the landing page, with its type.
        (described,) = found.describes
        assert (str(described.target), str(described.type)) == (url, "text/html")


@pytest.mark.parametrize("media_type", ["application/linkset", "application/linkset+json"])
def test_level_2_says_all_of_level_1_for_every_resource(
    live_server: Any, record: Record, media_type: str
) -> None:
    url = f"{live_server.url}/records/{record.id}"
    page = by_http(url)
    (place,) = (link.target for link in page.linksets if str(link.type) == media_type)
    whole = by_linkset(str(place), media_type)

    of_page = whole.for_context(url)
    assert str(of_page.citeAs.target) == str(page.citeAs.target)
    for name in ("authors", "types", "describedBy", "items"):
        assert targets(getattr(of_page, name)) == targets(getattr(page, name)), name
    for item in page.items:
        assert str(whole.for_context(str(item.target)).collection.target) == url
    for link in page.describedBy:
        assert targets(whole.for_context(str(link.target)).describes) == {url}
    # Also by negotiation at the page's own address.
    assert targets(by_linkset(url, media_type).for_context(url).items) == targets(page.items)


@pytest.mark.deep
def test_every_kind_of_record_says_the_same_in_its_header_and_in_its_link_set(
    live_server: Any, tmp_path: Path
) -> None:
    made = {
        kind.name: make_record(
            {f"{kind.name}.csv": b"a,b\n"},
            folder=tmp_path,
            kind=kind.name,
            creators=[SOKHA, COMMISSION],
            rights=[{"identifier": "CC-BY-4.0"}],
        )
        for kind in kinds()
    }
    assert len(made) > 15

    for name, record in made.items():
        url = f"{live_server.url}/records/{record.id}"
        page = by_http(url)
        # This node mints no identifier, so it is cited by its address.
        assert str(page.citeAs.target) == url, name
        assert (len(page.types), len(page.authors), len(page.items)) == (2, 2, 1), name
        assert page.license is not None, name
        of_page = by_linkset(f"{url}?format=linkset-json", "application/linkset+json").for_context(
            url
        )
        for rel in ("authors", "types", "describedBy", "items"):
            assert targets(getattr(of_page, rel)) == targets(getattr(page, rel)), (name, rel)
        (item,) = page.items
        assert str(by_http(str(item.target)).collection.target) == url, name


def test_what_headers_cannot_hold_the_link_set_has(client: Client, tmp_path: Path) -> None:
    record = make_record({f"{n:02}{'x' * 90}.csv": b"%d" % n for n in range(40)}, folder=tmp_path)
    page = client.get(f"/records/{record.id}", headers={"host": "localhost"})
    field = page["Link"]
    assert len(field) <= head.LONGEST
    assert 'rel="item"' not in field
    assert field.count('rel="linkset"') == 2
    assert 'rel="cite-as"' in field
    answer = client.get(f"/records/{record.id}?format=linkset", headers={"host": "localhost"})
    assert answer.text.count('rel="item"') == 40


def test_every_format_is_in_the_header_of_a_record_with_everything(
    client: Client, record: Record
) -> None:
    field = client.get(f"/records/{record.id}", headers={"host": "localhost"})["Link"]
    assert len(field) <= head.LONGEST
    document = record.document
    assert document is not None
    for name, one in FORMATS.items():
        assert (f"?format={name}>" in field) == one.applies({"kind": "dataset", "files": [1]})


@pytest.mark.parametrize(
    "access", [{"level": "restricted"}, {"level": "embargoed", "embargo_until": "2999-01-01"}]
)
def test_closed_files_are_in_no_link(
    client: Client, tmp_path: Path, access: dict[str, str]
) -> None:
    record = make_record({"secret.csv": b"1"}, folder=tmp_path, access=access)
    for query in ("", "?format=linkset", "?format=linkset-json", "?format=ro-crate"):
        answer = client.get(f"/records/{record.id}{query}", headers={"host": "localhost"})
        assert "/files/" not in answer["Link"]
        if query:
            assert "/files/" not in answer.text


def test_an_earlier_version_links_its_own_files(client: Client, tmp_path: Path) -> None:
    from datetime import timedelta

    from tests.constants import NOW
    from tonle.catalogue import drafts, services
    from tonle.catalogue.tests.factories import CURATOR

    record = make_record({"a.csv": b"1"}, folder=tmp_path)
    at = NOW + timedelta(days=1)
    draft = drafts.create_successor(record_id=record.id, actor=CURATOR, now=at, replaces_files=True)
    drafts.remove_file(draft_id=draft.id, name="a.csv", actor=CURATOR, now=at)
    services.publish(draft_id=draft.id, actor=CURATOR, now=at)
    old = f"http://localhost/records/{record.id}/v1"

    page = client.get(f"/records/{record.id}/v1", headers={"host": "localhost"})
    assert f'<{old}/files/a.csv>; rel="item"' in page["Link"]
    assert f'<{old}?format=linkset>; rel="linkset"' in page["Link"]
    file = client.get(f"/records/{record.id}/v1/files/a.csv", headers={"host": "localhost"})
    assert f'<{old}>; rel="collection"' in file["Link"]
