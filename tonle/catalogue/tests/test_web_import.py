"""A DOI, a person, a repository or a page is asked for what it says of itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings

from tests import web_service
from tests.constants import NOW
from tests.web_service import Asked, Made, Reply, WebService
from tonle.catalogue.crosswalks import NotMetadata
from tonle.catalogue.importing import Item, import_addresses
from tonle.catalogue.importing.web import NotNow, Web, is_address, metadata_at
from tonle.catalogue.models import Record
from tonle.catalogue.selectors import document_of
from tonle.infra.i18n import say
from tonle.infra.outbound import AddressRefused, AnswerTooLarge, Limits, OutboundError, TooSlow
from tonle.kernel.actors import SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]

DOI = "10.5555/rain.1"
CITED = {"type": "dataset", "title": "Rain", "author": [{"family": "Chan", "given": "S."}],
         "issued": {"date-parts": [[2020]]}, "DOI": DOI}  # fmt: skip
DATACITE = {"doi": DOI, "titles": [{"title": "Rain"}], "creators": [{"name": "Chan, S."}],
            "publisher": "RUPP", "publicationYear": 2020,
            "types": {"resourceTypeGeneral": "Dataset"}}  # fmt: skip
CFF = "cff-version: 1.2.0\nmessage: x\ntitle: Tool\nauthors:\n  - name: Lab\n"
CSL = "application/vnd.citationstyles.csl+json"


@pytest.fixture
def service(settings: Settings) -> Iterator[WebService]:
    settings.TONLE_OUTBOUND_PRIVATE = ["127.0.0.1/32"]
    with WebService() as made:
        yield made


class Pauses(list[float]):
    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def web(service: WebService, pause: Pauses | None = None) -> Web:
    base = service.url.rstrip("/")
    return Web(
        doi=f"{base}/doi/",
        orcid=f"{base}/orcid/",
        github_raw=f"{base}/raw/",
        gitlab=("127.0.0.1",),
        zenodo=("localhost",),
        pause=Pauses() if pause is None else pause,
    )


def site(pages: dict[str, Any], *, kind: str = "application/json") -> Made:
    """Answers by path; a tuple is (status, body, type)."""

    def make(asked: Asked) -> Reply:
        found = pages.get(f"{asked.path} {asked.headers.get('accept')}", pages.get(asked.path))
        if found is None:
            return Reply(404)
        status, body, media_type = found if isinstance(found, tuple) else (200, found, kind)
        data = (
            body
            if isinstance(body, bytes)
            else (body.encode() if isinstance(body, str) else json.dumps(body).encode())
        )
        return Reply(status, data, {"Content-Type": media_type})

    return Made(make)


def ask(
    service: WebService, *addresses: str, pause: Pauses | None = None, **how: Any
) -> list[Item]:
    return list(
        import_addresses(addresses, actor=SYSTEM, clock=lambda: NOW, web=web(service, pause), **how)
    )


def why(item: Item) -> str:
    return " ".join(say(reason) for reason in item.reasons)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("10.5281/zenodo.1", True), ("doi:10.5281/zenodo.1", True), ("https://x.org/a", True),
        ("0000-0002-1825-0097", True), ("https://orcid.org/0000-0002-1825-0097", True),
        ("0000-0002-1825-0098", False), ("folder", False), ("a/b.csv", False), ("10.csv", False),
    ],
)  # fmt: skip
def test_what_names_something_on_the_web(text: str, wanted: bool) -> None:
    assert is_address(text) is wanted


@pytest.mark.parametrize("address", [DOI, f"doi:{DOI}", f"https://doi.org/{DOI}"])
def test_a_doi_is_asked_for_its_richest_form(service: WebService, address: str) -> None:
    kind = "application/vnd.datacite.datacite+json"
    service.answers(site({f"/doi/{DOI}": (200, DATACITE, kind)}))
    (item,) = ask(service, address)
    assert (item.outcome, item.key, item.format) == ("added", f"doi:{DOI}", "datacite-json")
    (again,) = ask(service, address)
    assert again.outcome == "unchanged"


def test_an_agency_that_knows_citations_alone_is_asked_for_those(service: WebService) -> None:
    service.answers(site({f"/doi/{DOI} {CSL}": (200, CITED, CSL)}))
    (item,) = ask(service, DOI)
    assert (item.outcome, item.format) == ("added", "csl-json")
    assert [asked.headers["accept"] for asked in service.asked][-1] == CSL
    assert len(service.asked) == 3


def test_an_agency_that_sends_a_page_instead_is_no_answer(service: WebService) -> None:
    service.answers(site({f"/doi/{DOI}": (200, "<html>Sign in</html>", "text/html")}))
    (item,) = ask(service, DOI)
    assert item.outcome == "refused"
    assert "something else than was asked for" in why(item)


def test_the_works_of_a_person_come_by_their_dois(service: WebService) -> None:
    def group(doi: str, title: str, relation: str = "self") -> dict[str, Any]:
        ids = [{"external-id-type": "doi", "external-id-value": doi,
                "external-id-relationship": relation}] if doi else []  # fmt: skip
        return {"external-ids": {"external-id": ids},
                "work-summary": [{"title": {"title": {"value": title}}}]}  # fmt: skip

    works = {"group": [group(DOI, "Rain"), group("", "A talk"), group("10.5555/gone", "Gone"),
                       group("10.5555/book", "A chapter", "part-of")]}  # fmt: skip
    service.answers(
        site({"/orcid/0000-0002-1825-0097/works": works, f"/doi/{DOI} {CSL}": (200, CITED, CSL)})
    )
    items = ask(service, "https://orcid.org/0000-0002-1825-0097", dry_run=True)
    # What can be taken in comes in batches, after what cannot.
    assert sorted(item.outcome for item in items) == ["added", "empty", "empty", "refused"]
    assert "A talk has no DOI" in " ".join(why(item) for item in items)
    assert not Record.objects.exists()
    assert {item.outcome for item in ask(service, "0000-0002-1825-0097")} == {
        "added", "empty", "refused",
    }  # fmt: skip


def test_a_repository_is_asked_for_its_citation_file(service: WebService) -> None:
    service.answers(site({"/raw/rupp/tool/HEAD/CITATION.cff": CFF}, kind="text/plain"))
    (item,) = ask(service, "https://github.com/rupp/tool/tree/main/docs")
    assert (item.outcome, item.format) == ("added", "cff")
    assert document_of(Record.objects.get())["source"]["uri"].startswith("https://github.com/rupp")
    codemeta = {
        "@context": "https://doi.org/10.5063/schema/codemeta-2.0",
        "@type": "SoftwareSourceCode",
        "name": "Lab tool",
        "author": [{"@type": "Organization", "name": "Lab"}],
    }
    service.answers(site({"/group/sub/tool/-/raw/HEAD/codemeta.json": codemeta}))
    (item,) = ask(service, f"{service.url.rstrip('/')}/group/sub/tool")
    assert (item.outcome, item.format) == ("added", "codemeta")
    service.answers(site({}))
    (item,) = ask(service, "https://github.com/rupp/bare")
    assert "has none of these files" in why(item)


def test_a_record_of_zenodo_is_asked_for_in_datacite(service: WebService) -> None:
    kind = "application/vnd.datacite.datacite+json"
    service.answers(site({"/api/records/77": (200, DATACITE, kind)}))
    base = service.url.replace("127.0.0.1", "localhost").rstrip("/")
    (item,) = ask(service, f"{base}/records/77")
    assert (item.outcome, item.key) == ("added", f"doi:{DOI}")


def test_a_page_says_its_doi_or_carries_schema_org(service: WebService) -> None:
    found = Web(doi=f"{service.url.rstrip('/')}/doi/", pause=Pauses())
    linked = {"@context": "https://schema.org", "@type": "Dataset", "name": "Silt",
              "creator": {"@type": "Person", "name": "Sok"}}  # fmt: skip
    pages = {
        "/named": f'<html><meta name="citation_doi" content="{DOI}"></html>',
        "/linked": f'<html><script type="application/ld+json">{json.dumps(linked)}</script></html>',
        "/silent": "<!DOCTYPE html><html><p>Nothing.</p></html>",
        "/file.bib": "@misc{a, title={Mud}, author={Sok}}",
        f"/doi/{DOI} {CSL}": (200, CITED, CSL),
    }
    service.answers(site(pages, kind="text/html"))
    base = service.url.rstrip("/")
    titles = []
    for path in ("/named", "/linked", "/file.bib"):
        (read,) = metadata_at(base + path, found)
        titles.append(read.document["titles"]["und"])
    assert titles == ["Rain", "Silt", "Mud"]
    with pytest.raises(NotMetadata, match="says nothing of itself"):
        metadata_at(f"{base}/silent", found)


# --- failures --------------------------------------------------------------------------------


def test_what_is_not_there_says_so(service: WebService) -> None:
    service.answer(404)
    (item,) = ask(service, DOI)
    assert item.outcome == "refused"
    assert "knows nothing under that name" in why(item)


@pytest.mark.parametrize("address", ["http://[x", "https://zenodo.org:99999/records/1"])
def test_what_only_begins_like_an_address_is_refused(service: WebService, address: str) -> None:
    (item,) = ask(service, address)
    assert item.outcome == "refused"
    assert "public network" in why(item)


def test_a_form_takes_a_work_and_no_person(service: WebService) -> None:
    with pytest.raises(NotMetadata) as refused:
        metadata_at("https://orcid.org/0000-0002-1825-0097", web(service))
    assert "names a person" in say(refused.value)


def test_a_service_that_asks_for_patience_gets_it_once(service: WebService) -> None:
    pauses = Pauses()
    busy = Reply(429, b"", {"Retry-After": "7"})
    service.answers(busy)
    (item,) = ask(service, DOI, pause=pauses)
    assert pauses == [7.0]
    assert "Try again later" in why(item)
    service.asked.clear()
    far = Reply(429, b"", {"Retry-After": "86400"})
    service.answers(far)
    with pytest.raises(NotNow) as caught:
        metadata_at(DOI, web(service, pauses))
    assert pauses == [7.0]
    assert caught.value.seconds == 86400
    assert len(service.asked) == 1


def test_a_service_that_is_broken_is_not_asked_again_at_once(service: WebService) -> None:
    service.answer(500)
    (item,) = ask(service, DOI)
    assert "Try again later" in why(item)
    assert len(service.asked) == 1


def test_what_is_slow_too_large_or_turns_inward_is_refused(
    service: WebService, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "tonle.catalogue.importing.web._LIMITS", Limits(seconds=0.5, size_bytes=1000, redirects=2)
    )
    found = web(service)
    service.answers(web_service.silent)
    with pytest.raises(TooSlow):
        metadata_at(DOI, found)
    service.answers(Made(lambda _: Reply(200, b"x" * 2000, {"Content-Type": CSL})))
    with pytest.raises(OutboundError) as caught:
        metadata_at(f"{service.url.rstrip('/')}/large", Web())
    assert isinstance(caught.value, AnswerTooLarge)
    service.answers(Made(lambda _: Reply(302, b"", {"Location": "http://169.254.169.254/meta"})))
    with pytest.raises(AddressRefused):
        metadata_at(f"{service.url.rstrip('/')}/inward", Web())
    settings.TONLE_OUTBOUND_PRIVATE = []
    with pytest.raises(AddressRefused):
        metadata_at(DOI, found)


def test_a_node_without_a_link_says_so(service: WebService, settings: Settings) -> None:
    settings.TONLE_OUTBOUND = False
    (item,) = ask(service, DOI)
    assert "set to ask nothing of other machines" in why(item)
    assert service.asked == []


def test_metadata_that_is_a_bomb_is_refused_like_a_file(service: WebService) -> None:
    bomb = (
        '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
        '<crossref_result xmlns="http://www.crossref.org/qrschema/3.0">&b;</crossref_result>'
    )
    kind = "application/vnd.crossref.unixsd+xml"
    service.answers(site({f"/doi/{DOI} {kind}": (200, bomb, kind)}))
    (item,) = ask(service, DOI)
    assert item.outcome == "refused"
    assert "document type" in why(item)
