"""The landing page: what people read on it, what machines do, and what it costs."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.constants import NOW
from tonle.catalogue import drafts, record_actions, services
from tonle.catalogue.kept import Pieces, pieces
from tonle.catalogue.lists.addresses import agent_url
from tonle.catalogue.models import Record
from tonle.catalogue.record_actions import RecordAction
from tonle.catalogue.selectors import document_of
from tonle.catalogue.tests.factories import CURATOR, make_record
from tonle.catalogue.wiring import names_are_for_tests
from tonle.infra.usage_models import UsageDay
from tonle.kernel.actors import SYSTEM, Actor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]

# Record with its document, effects, history, what points here, uses, what changed, what it came of.
QUERIES = 7


def revise(record: Record, title: str, day: int) -> None:
    """Correct the title, and nothing else."""
    at = NOW + timedelta(days=day)
    draft = drafts.create_successor(
        record_id=record.id, actor=CURATOR, now=at, replaces_files=False
    )
    body = {"kind": "dataset", "titles": {"en": title}, "access": {"level": "open"}}
    drafts.edit_draft(draft_id=draft.id, document=body, actor=CURATOR, now=at)
    services.publish(draft_id=draft.id, actor=CURATOR, now=at)


def test_a_page_costs_few_queries_however_long_the_history(
    client: Client, tmp_path: Path, django_assert_num_queries: Any
) -> None:
    record = make_record({"yields.csv": b"a,b\n1,2\n"}, folder=tmp_path)
    for day in (1, 2, 3):
        revise(record, f"Rice yields, corrected {day} times", day)

    with django_assert_num_queries(QUERIES):
        page = client.get(f"/records/{record.id}", headers={"host": "localhost"})

    text = page.content.decode()
    assert page.status_code == 200
    assert "Rice yields, corrected 3 times" in text
    assert "yields.csv" in text


def test_an_earlier_version_costs_no_more_than_finding_it(
    client: Client, tmp_path: Path, django_assert_num_queries: Any
) -> None:
    record = make_record({"yields.csv": b"a,b\n1,2\n"}, folder=tmp_path)
    at = NOW + timedelta(days=1)
    draft = drafts.create_successor(record_id=record.id, actor=CURATOR, now=at, replaces_files=True)
    drafts.remove_file(draft_id=draft.id, name="yields.csv", actor=CURATOR, now=at)
    services.publish(draft_id=draft.id, actor=CURATOR, now=at)

    with django_assert_num_queries(QUERIES):
        page = client.get(f"/records/{record.id}/v1", headers={"host": "localhost"})

    assert "yields.csv" in page.content.decode()


@pytest.mark.parametrize(
    ("source", "told"),
    [({}, False), ({"uri": "https://example.org/r/1"}, True), ({"citation": "A list."}, True)],
)
def test_where_a_description_comes_from_is_said_only_where_it_is_known(
    client: Client, tmp_path: Path, source: dict[str, str], told: bool
) -> None:
    source = {"format": "cff", "key": "file:CITATION.cff", **source}
    record = make_record({"yields.csv": b"a,b\n1,2\n"}, folder=tmp_path, source=source)

    page = client.get(f"/records/{record.id}", headers={"host": "localhost"})

    assert ("Where this description comes from" in page.content.decode()) is told


@pytest.mark.parametrize(
    ("said", "shown"),
    [("", "Dataset"), ("dataset", "Dataset"), ("Rainfall table", "Dataset: Rainfall table")],
)
def test_the_type_is_not_said_twice(client: Client, tmp_path: Path, said: str, shown: str) -> None:
    kind = {"general": "Dataset", **({"text": said} if said else {})}
    record = make_record({"a.csv": b"a\n"}, folder=tmp_path, resource_type=kind)

    page = client.get(f"/records/{record.id}", headers={"host": "localhost"}).content.decode()

    assert f"<dt>Type</dt><dd>{shown}</dd>" in page


def test_a_type_that_the_profile_says_in_the_reader_s_language_is_said_there_alone(
    client: Client,
) -> None:
    record = make_record(
        kind="agreement",
        resource_type={"general": "Text", "text": "plan of action"},
        profile={"schema": "tonle-agreement/1", "type": "plan_of_action"},
    )
    page = read(client, f"/records/{record.id}").text
    assert "<dt>Type</dt><dd>Text</dd>" in page
    assert "plan of action" not in page


# --- what people read --------------------------------------------------------------------------

SOKHA = {
    "name_type": "Personal",
    "name": "Chan, Sokha",
    "given_name": "Sokha",
    "family_name": "Chan",
    "names": {"km": "ចាន់ សុខា"},
    "identifiers": [{"scheme": "orcid", "value": "0000-0002-1825-0097"}],
    "affiliations": [{"name": "Royal University of Agriculture"}],
}
TAKEO = {
    "place": {"en": "Takeo", "km": "តាកែវ"},
    "box": {"west": "104.5", "east": "105.2", "south": "10.4", "north": "11.3"},
}


def read(client: Client, address: str, language: str = "en", **headers: str) -> Any:
    return client.get(
        address, headers={"host": "localhost", "accept-language": language, **headers}
    )


def words_of(page: Any) -> str:
    """The text of a page as it is read, without markup and without its head."""
    _, _, body = page.text.partition("<main")
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def test_a_reader_is_told_who_what_when_and_under_which_terms(
    client: Client, tmp_path: Path
) -> None:
    record = make_record(
        {"yields.csv": b"a,b\n1,2\n"},
        folder=tmp_path,
        creators=[SOKHA],
        geo_locations=[TAKEO],
        rights=[{"identifier": "CC-BY-NC-4.0"}],
        dates=[{"type": "Issued", "date": "2025-03-01"}],
    )
    text = words_of(read(client, f"/records/{record.id}"))
    for words in (
        "Rice yields of Takeo",
        "ចាន់ សុខា",
        "Royal University of Agriculture",
        "Published 1 March 2025",
        "Table (CSV)",
        "1 file, 8 B",
        "Anybody may download them.",
        "You may use it where nobody earns money with it",
        "You must name those who made it, and the licence",
        "You must not earn money with it",
        "Chan, S. (2026). Rice yields of Takeo [Data set].",
        "CHAN S. Rice yields of Takeo[DS/OL].",
        "Water and coasts from Natural Earth",
    ):
        assert words in text
    assert 'class="where"' in read(client, f"/records/{record.id}").text


def test_a_page_in_khmer_has_the_khmer_title_first_and_names_the_other(client: Client) -> None:
    record = make_record(creators=[SOKHA])
    page = read(client, f"/records/{record.id}", "km")
    assert '<html lang="km"' in page.text
    assert "<title>ទិន្នផលស្រូវខេត្តតាកែវ" in page.text
    assert "Rice yields of Takeo" in page.text
    assert "ទិន្នផលស្រូវខេត្តតាកែវ" in words_of(page)


def test_places_are_named_and_drawn_wherever_they_are_known(client: Client) -> None:
    record = make_record(
        geo_locations=[
            {"point": {"latitude": "48.8", "longitude": "2.3"}, "place": {"en": "Paris"}}
        ]
    )
    page = read(client, f"/records/{record.id}")
    assert "48.8°, 2.3°" in page.text
    assert '<circle class="mark"' in page.text
    # Another view is a link; one that is none is the view that fits.
    assert f'href="/records/{record.id}?map=' in page.text
    assert '<circle class="mark"' in read(client, f"/records/{record.id}?map=9.x").text
    assert '<circle class="mark"' not in read(client, f"/records/{record.id}?map=3.0.0").text
    unknown = make_record(geo_locations=[{"place": {"en": "Takeo"}}])
    assert 'class="where"' not in read(client, f"/records/{unknown.id}").text


def test_an_embargo_says_when_it_ends_and_links_no_file(client: Client, tmp_path: Path) -> None:
    record = make_record(
        {"yields.csv": b"1"},
        folder=tmp_path,
        access={"level": "embargoed", "embargo_until": "2999-06-01"},
    )
    page = read(client, f"/records/{record.id}")
    assert "They open by themselves on 1 June 2999." in page.text
    assert "/files/" not in page.text
    assert "/files/" not in page["Link"]


def test_history_says_what_changed(client: Client, tmp_path: Path) -> None:
    record = make_record({"a.csv": b"1", "b.csv": b"2"}, folder=tmp_path)
    revise(record, "Rice yields, corrected", 1)
    at = NOW + timedelta(days=2)
    draft = drafts.create_successor(record_id=record.id, actor=CURATOR, now=at, replaces_files=True)
    drafts.remove_file(draft_id=draft.id, name="a.csv", actor=CURATOR, now=at)
    services.publish(draft_id=draft.id, actor=CURATOR, now=at)

    text = words_of(read(client, f"/records/{record.id}"))

    assert "taken out: a.csv" in text
    assert re.search(r"Version 1\.1 .{0,40} described anew: .*Title", text)


def test_uses_are_shown_in_the_words_of_counter(client: Client) -> None:
    record = make_record()
    assert "COUNTER" not in read(client, f"/records/{record.id}").text
    for kind, total, unique in (("investigation", 1200, 900), ("request", 34, 30)):
        UsageDay.objects.create(
            day=NOW.date(), record=record.id, kind=kind, total=total, unique=unique
        )
    text = words_of(read(client, f"/records/{record.id}"))
    assert "Seen 1,234 times, in 930 visits" in text
    assert "Downloaded 34 times, in 30 visits" in text


def test_what_contexts_offer_stands_on_the_page(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = make_record()

    def ask(view: Any, actor: Actor, now: Any) -> RecordAction:
        return RecordAction("Ask about it", f"/records/{view.record.id}/ask", note="Two days.")

    monkeypatch.setattr(record_actions, "_OFFERS", {"test.ask": ask})
    page = read(client, f"/records/{record.id}")
    assert f'href="/records/{record.id}/ask"' in page.text
    assert "Ask about it" in page.text


# --- what machines read ------------------------------------------------------------------------


def test_head_and_headers_say_the_same_to_machines(client: Client, tmp_path: Path) -> None:
    record = make_record(
        {"yields.csv": b"1"},
        folder=tmp_path,
        creators=[SOKHA],
        rights=[{"identifier": "CC-BY-4.0"}],
        pids=[{"scheme": "doi", "value": "10.5555/rice"}],
    )
    page = read(client, f"/records/{record.id}")
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page.text, re.DOTALL)
    assert found
    data = json.loads(found[1])
    assert (data["@type"], data["name"]) == ("Dataset", "Rice yields of Takeo")
    assert data["distribution"]["contentUrl"].endswith(f"/records/{record.id}/files/yields.csv")
    assert '<meta name="DC.title" content="Rice yields of Takeo">' in page.text
    for link in (
        '<https://doi.org/10.5555/rice>; rel="cite-as"',
        '<https://orcid.org/0000-0002-1825-0097>; rel="author"',
        '<https://creativecommons.org/licenses/by/4.0/>; rel="license"',
        'rel="describedby"; type="application/vnd.datacite.datacite+json"',
        'rel="item"; type="text/csv"',
        '<https://schema.org/Dataset>; rel="type"',
    ):
        assert link in page["Link"]
    assert "Accept" in page["Vary"]


@pytest.mark.parametrize(
    ("asked", "sent", "beginning"),
    [
        ("datacite-json", "application/vnd.datacite.datacite+json", '{\n "id"'),
        ("schema-org", "application/ld+json", '{\n "@context"'),
        ("bibtex", "application/x-bibtex", "@dataset{"),
        ("ris", "application/x-research-info-systems", "TY  - DATA"),
        ("csl-json", "application/vnd.citationstyles.csl+json", '{\n "id"'),
        ("apa", "text/plain", "Sokha. (2026). Rice yields of Takeo [Data set]."),
        ("gbt7714", "text/plain", "Sokha. Rice yields of Takeo[DS/OL]."),
    ],
)
def test_a_record_comes_in_the_format_that_is_asked_for(
    client: Client, asked: str, sent: str, beginning: str
) -> None:
    record = make_record()
    by_query = read(client, f"/records/{record.id}?format={asked}")
    assert by_query["Content-Type"].split(";")[0] == sent
    assert by_query.text.startswith(beginning)
    if asked not in ("apa", "gbt7714"):
        by_header = read(client, f"/records/{record.id}", accept=sent)
        assert by_header.text == by_query.text
    hidden = read(client, f"/records/bcdfghjkmnpqrs0?format={asked}")
    assert hidden.status_code == 404


def test_a_format_that_does_not_exist_is_refused_with_those_that_do(client: Client) -> None:
    answer = read(client, f"/records/{make_record().id}?format=marc")
    assert answer.status_code == 422
    assert "datacite-json" in answer.text


def test_a_browser_gets_the_page(client: Client) -> None:
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"
    record = make_record()
    for accept in (browser, "*/*", ""):
        answer = read(client, f"/records/{record.id}", accept=accept)
        assert answer["Content-Type"].startswith("text/html")


def test_a_withdrawn_record_has_no_formats_but_what_its_page_says(client: Client) -> None:
    record = make_record(descriptions=[{"type": "Abstract", "text": {"en": "Names a witness."}}])
    services.withdraw(
        record_id=record.id, category="by_author", reason={"en": "x"}, actor=CURATOR, now=NOW
    )
    answer = read(client, f"/records/{record.id}?format=bibtex")
    assert answer.status_code == 410
    for said in (answer.json(), client.get(f"/api/v1/records/{record.id}").json()):
        assert said["tombstone"]["category"] == "by_author"
        assert "descriptions" not in said


def test_the_first_view_is_light(client: Client, tmp_path: Path) -> None:
    import gzip

    from django.contrib.staticfiles import finders

    record = make_record(
        {f"part-{n}.csv": b"%d" % n for n in range(12)},
        folder=tmp_path,
        creators=[SOKHA] * 5,
        geo_locations=[TAKEO],
        rights=[{"identifier": "CC-BY-4.0"}],
        descriptions=[{"type": "Abstract", "text": {"en": "Rice. " * 300}}],
    )
    page = read(client, f"/records/{record.id}").content
    style = Path(str(finders.find("web/tonle.css"))).read_bytes()
    # One round trip of a new connection is some 14 kB; a page with a map may have 25.
    assert len(gzip.compress(page)) + len(gzip.compress(style)) < 14_000


def test_pieces_of_a_page_are_kept_and_never_out_of_date(client: Client, tmp_path: Path) -> None:
    pieces.clear()
    record = make_record({"a.csv": b"1"}, folder=tmp_path)
    first = read(client, f"/records/{record.id}").text
    assert len(pieces) > 0
    assert read(client, f"/records/{record.id}").text == first

    revise(record, "Rice yields, corrected", 1)

    page = read(client, f"/records/{record.id}").text
    assert "Rice yields, corrected" in page
    assert "Version 1.1" in words_of(read(client, f"/records/{record.id}"))
    assert "ទិន្នផល" not in page
    khmer = read(client, f"/records/{record.id}", "km").text
    assert 'lang="km"' in khmer


def test_kept_pieces_stay_within_their_bound() -> None:
    few = Pieces(limit_bytes=3_000)
    for number in range(50):
        few.get(number, lambda: "x" * 500)
    assert few.size_bytes <= 3_000
    assert 0 < len(few) < 50
    assert few.get(49, lambda: "anew") == "x" * 500
    assert few.get(0, lambda: "anew") == "anew"


def test_a_licence_of_files_on_request_says_when_it_holds(client: Client) -> None:
    rights = [{"identifier": "CC-BY-4.0"}]
    closed = make_record(access={"level": "restricted"}, rights=rights)
    opened = make_record(rights=rights)
    sentence = "It holds for the files once somebody has been given them."

    assert sentence in client.get(f"/records/{closed.id}").text
    assert sentence not in client.get(f"/records/{opened.id}").text


@pytest.mark.parametrize(
    ("url", "number", "waits"),
    [("http://localhost:8000", "99999", 0), ("https://a.example", "99999", 1),
     ("https://a.example", "12345", 0)],
)  # fmt: skip
def test_a_steward_is_reminded_of_names_for_tests_once_others_read_them(
    settings: Any, url: str, number: str, waits: int
) -> None:
    settings.TONLE_PROXIES, settings.TONLE_URL, settings.TONLE_NAAN = 0, url, number
    assert names_are_for_tests(SYSTEM, NOW) == waits


def test_a_name_that_can_be_no_address_costs_no_page(client: Client) -> None:
    odd = {"scheme": "orcid", "value": "0000\n"}
    record = make_record(
        titles={"en": "Rice\nyields"},
        creators=[
            {"name_type": "Personal", "name": "Sok\r\nDara\x00", "identifiers": [odd]},
            {"name_type": "Organizational", "name": "Rice\u2028Institute"},
        ],
        descriptions=[{"type": "Abstract", "text": {"en": "One.\n\nTwo."}}],
    )
    document = document_of(record)
    assert document["titles"] == {"en": "Rice yields"}
    assert [one["name"] for one in document["creators"]] == ["Sok Dara", "Rice Institute"]
    assert document["descriptions"][0]["text"]["en"] == "One.\n\nTwo."

    page = client.get(f"/records/{record.id}", headers={"host": "localhost"})

    assert page.status_code == 200
    assert "Sok Dara" in page.content.decode()
    # What was stored before that was said.
    assert agent_url({"name_type": "Personal", "name": "A\nB"}) == ""
    assert agent_url({"name_type": "Organizational", "name": "A\nB"}) == ""
