"""The protocol, requirement by requirement; each test names its section of the specification.

Every answer is held against the published schemas as it comes (`harvester.told`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, override_settings
from lxml import etree

from tests.constants import NOW
from tests.shared import shared
from tonle.catalogue import drafts, services
from tonle.catalogue.models import Effect, Record
from tonle.catalogue.public import FORMATS, kinds, newest_position
from tonle.catalogue.tests.factories import CURATOR, STEWARD, make_draft, make_record
from tonle.federation.oai import formats
from tonle.federation.oai.records import provenance
from tonle.federation.oai.tests.harvester import (
    NS,
    Harvester,
    base_url,
    hold_against_schemas,
    name_of,
)
from tonle.infra import clock
from tonle.kernel import canonical
from tonle.people.models import Community

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + timedelta(days=1)
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """Views ask for the time; here it is an hour after all that was published."""
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(hours=1))


def withdraw(record: Record, now: Any = LATER) -> None:
    services.withdraw(
        record_id=record.id, category="error", reason={"en": "Wrong."}, actor=CURATOR, now=now
    )


def revise(record: Record, now: Any = LATER, **fields: Any) -> None:
    draft = drafts.create_successor(
        record_id=record.id, actor=CURATOR, now=now, replaces_files=False
    )
    document = {**canonical.loads(bytes(draft.body)), **fields}
    drafts.edit_draft(draft_id=draft.id, document=document, actor=CURATOR, now=now)
    services.publish(draft_id=draft.id, actor=CURATOR, now=now)


def test_every_answer_is_held_against_the_schema(ask: Harvester) -> None:
    shared("schemas/oai/OAI-PMH.xsd")
    broken = etree.fromstring(b'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"/>')

    with pytest.raises(etree.DocumentInvalid):
        hold_against_schemas(broken)


# --- 2.4 and 2.5: items, identifiers, records ----------------------------------------------


def test_2_4_an_identifier_is_made_of_the_host_and_the_records_one_name(ask: Harvester) -> None:
    record = make_record()

    told = ask(verb="ListIdentifiers", metadataPrefix="oai_dc")

    assert told.text("oai:identifier") == f"oai:localhost:{record.id}"


@override_settings(TONLE_URL="https://commons.example.org:8443")
def test_2_4_an_identifier_stays_whatever_name_the_node_is_asked_by(ask: Harvester) -> None:
    record = make_record()

    told = ask(verb="GetRecord", identifier=f"oai:commons.example.org:{record.id}",
               metadataPrefix="oai_dc")  # fmt: skip

    assert told.states == {record.id: "shown"}
    assert told.text("oai:request") == "https://commons.example.org:8443/oai"


def test_2_5_a_record_has_header_and_metadata_in_the_format_asked_for(ask: Harvester) -> None:
    record = make_record(members=["KHM"])

    for prefix, path in (
        ("oai_dc", "oai_dc:dc"),
        ("datacite", "datacite:resource"),
        ("oai_datacite", "envelope:oai_datacite/envelope:payload/datacite:resource"),
    ):
        told = ask(verb="GetRecord", identifier=name_of(record.id), metadataPrefix=prefix)
        assert len(told.all(f"oai:metadata/{path}")) == 1, prefix
        assert told.text("oai:datestamp") == "2026-11-22T02:30:00Z"
        assert set(told.texts("oai:setSpec")) == {
            "kind:dataset", "access:open", "member:KHM", "openaire_data",
        }  # fmt: skip


def test_2_5_a_record_comes_in_the_words_of_its_format_alone(ask: Harvester) -> None:
    # What a file for people has beside them, a harvester can neither use nor afford.
    make_record(members=["KHM"])

    told = ask(verb="ListRecords", metadataPrefix="datacite")

    assert told.root.xpath("//processing-instruction()") == []


def test_2_5_every_kind_of_record_is_valid_in_every_format(ask: Harvester) -> None:
    made = {make_record(kind=kind.name).id for kind in kinds()}

    for prefix in formats.PREFIXES:
        assert set(ask.states(metadataPrefix=prefix)) == made


def test_2_5_the_envelope_names_the_schema_version_and_the_centre(ask: Harvester) -> None:
    make_record()

    told = ask(verb="ListRecords", metadataPrefix="oai_datacite")

    assert told.text("envelope:schemaVersion") == "4.7"
    assert told.text("envelope:datacentreSymbol") == "localhost"


def test_2_5_1_a_withdrawn_record_is_deleted_with_the_time_of_its_withdrawal(
    ask: Harvester,
) -> None:
    record = make_record()
    withdraw(record)

    for told in (
        ask(verb="GetRecord", identifier=name_of(record.id), metadataPrefix="oai_dc"),
        ask(verb="ListRecords", metadataPrefix="datacite"),
        ask(verb="ListIdentifiers", metadataPrefix="oai_dc", set="kind:dataset"),
    ):
        assert told.states == {record.id: "deleted"}
        assert told.text("oai:datestamp") == "2026-11-23T02:30:00Z"
        assert not told.all("oai:metadata")
        assert "kind:dataset" in told.texts("oai:setSpec")


def test_2_5_1_a_purged_record_stays_known_as_deleted(ask: Harvester) -> None:
    record = make_record()
    services.purge(
        record_id=record.id, category="legal", reason={"en": "By law."}, actor=STEWARD, now=LATER
    )

    assert ask.states() == {record.id: "deleted"}


def test_2_5_1_a_record_that_a_decision_hides_is_deleted_and_tells_nothing(
    ask: Harvester,
) -> None:
    record = make_record()
    Effect.objects.create(record=record, action="read_metadata", rule="nobody")

    told = ask(verb="ListRecords", metadataPrefix="oai_dc")

    assert told.states == {record.id: "deleted"}
    assert b"Takeo" not in etree.tostring(told.root)


def test_2_5_1_a_record_that_is_shown_again_is_no_longer_deleted(ask: Harvester) -> None:
    record = make_record()
    withdraw(record)
    services.reinstate(record_id=record.id, actor=CURATOR, now=LATER)

    assert ask.states() == {record.id: "shown"}


def test_2_5_what_was_never_published_is_not_there(ask: Harvester) -> None:
    draft = make_draft()

    told = ask(verb="GetRecord", identifier=name_of(draft.record.id), metadataPrefix="oai_dc")
    absent = ask(verb="GetRecord", identifier=name_of("0" * 15), metadataPrefix="oai_dc")

    assert told.errors == absent.errors == ["idDoesNotExist"]
    assert told.text("oai:error") == absent.text("oai:error")
    assert ask(verb="ListRecords", metadataPrefix="oai_dc").errors == ["noRecordsMatch"]


def test_2_5_access_shows_in_the_rights_alone(ask: Harvester) -> None:
    record = make_record(access={"level": "restricted"})

    told = ask(verb="GetRecord", identifier=name_of(record.id), metadataPrefix="oai_dc")

    assert told.states == {record.id: "shown"}
    assert any("estricted" in text for text in told.texts("dc:rights"))
    assert "access:restricted" in told.texts("oai:setSpec")


def test_2_5_what_was_harvested_says_from_where(ask: Harvester) -> None:
    source = {
        "protocol": "oai-pmh",
        "base_url": "https://repo.example.org/oai?a=1&b=2",
        "prefix": "oai_dc",
        "identifier": "oai:repo.example.org:7",
        "datestamp": "2020-01-01",
        "harvested_at": "2026-11-01T00:00:00Z",
    }

    told = etree.fromstring(f'<x xmlns="{NS["oai"]}">{provenance(source)}</x>'.encode())
    origin = told.find(".//provenance:originDescription", NS)
    assert origin is not None

    assert dict(origin.items()) == {"harvestDate": "2026-11-01T00:00:00Z", "altered": "true"}
    assert [child.text for child in origin] == [
        source["base_url"], source["identifier"], source["datestamp"], NS["oai_dc"],
    ]  # fmt: skip
    assert provenance({}) == ""
    assert provenance({**source, "protocol": "ckan"}) == ""
    assert provenance({**source, "prefix": "unheard-of"}) == ""


def test_no_character_that_xml_cannot_hold_leaves(ask: Harvester) -> None:
    make_record(creators=[{"name_type": "Personal", "name": "Sok \uffff& <ha>"}])

    for prefix in formats.PREFIXES:
        # Parsing it is the test.
        assert len(ask(verb="ListRecords", metadataPrefix=prefix).all("oai:record")) == 1


# --- 2.6: sets ----------------------------------------------------------------------------


def test_2_6_sets_choose_by_kind_member_community_and_access(ask: Harvester) -> None:
    rice = make_record(members=["KHM", "LAO"], communities=["mekong"])
    water = make_record(kind="software", access={"level": "metadata_only"})

    chosen = {
        "": [rice.id, water.id],
        "kind": [rice.id, water.id],
        "kind:dataset": [rice.id],
        "kind:software": [water.id],
        "openaire_data": [rice.id],
        "member": [rice.id],
        "member:LAO": [rice.id],
        "community": [rice.id],
        "community:mekong": [rice.id],
        "access": [rice.id, water.id],
        "access:metadata_only": [water.id],
    }
    for spec, expected in chosen.items():
        assert list(ask.states(**({"set": spec} if spec else {}))) == expected, spec


@pytest.mark.parametrize("spec", ["kind:unicorn", "member:QQQ", "colour:red", "kind:dataset:rice"])
def test_2_6_a_set_with_nothing_in_it_or_unknown(ask: Harvester, spec: str) -> None:
    make_record()

    assert ask(verb="ListRecords", metadataPrefix="oai_dc", set=spec).errors == ["noRecordsMatch"]


def test_2_6_sets_of_a_header_lead_back_to_the_record(ask: Harvester) -> None:
    record = make_record(members=["CHN-YN"], communities=["mekong"])

    specs = ask(verb="ListIdentifiers", metadataPrefix="oai_dc").texts("oai:setSpec")

    assert len(specs) == 5
    for spec in specs:
        assert list(ask.states(set=spec)) == [record.id]


def test_4_6_all_sets_are_listed_with_names_and_communities_say_what_they_are(
    ask: Harvester,
) -> None:
    Community.objects.create(
        id="0123456789bcdfg",
        slug="fish",
        names={"en": "Fish & water", "km": "ត្រី"},
        descriptions={"en": "Of the great lake."},
        created_at=NOW,
        updated_at=NOW,
    )

    told = ask(verb="ListSets")

    named = dict(zip(told.texts("oai:setSpec"), told.texts("oai:setName"), strict=True))
    assert named["kind:funding_opportunity"]
    assert named["member:CHN-YN"]
    assert named["community:0123456789bcdfg"] == "Fish & water"
    assert len(named) == len(told.all("oai:set"))
    assert told.texts("dc:description") == ["Of the great lake."]
    assert told.token is None


def test_4_6_the_list_of_sets_gives_no_tokens_and_takes_none(ask: Harvester) -> None:
    assert ask(verb="ListSets", resumptionToken="x").errors == ["badResumptionToken"]


# --- 2.7 and 3.3: selective harvesting -------------------------------------------------------


def test_2_7_1_bounds_are_inclusive_by_day_and_by_second(ask: Harvester) -> None:
    first, second = make_record(now=NOW), make_record(now=LATER)
    day, next_day = "2026-11-22", "2026-11-23"
    at, next_at = "2026-11-22T02:30:00Z", "2026-11-23T02:30:00Z"

    for bounds, expected in (
        ({"from_": day}, [first.id, second.id]),
        ({"from_": next_day}, [second.id]),
        ({"until": day}, [first.id]),
        ({"from_": day, "until": day}, [first.id]),
        ({"from_": at, "until": at}, [first.id]),
        ({"from_": next_at}, [second.id]),
        ({"from_": "2026-11-22T02:30:01Z"}, [second.id]),
        ({"until": "2026-11-23T02:29:59Z"}, [first.id]),
        ({"from_": at, "until": next_at}, [first.id, second.id]),
    ):
        assert list(ask.states(**bounds)) == expected, bounds


def test_2_7_1_fractions_of_a_second_belong_to_their_second(ask: Harvester) -> None:
    record = make_record(now=NOW + timedelta(microseconds=700_000))

    assert list(ask.states(from_="2026-11-22T02:30:00Z", until="2026-11-22T02:30:00Z")) == [
        record.id
    ]


def test_2_7_1_nothing_before_the_beginning_and_nothing_after_the_end(ask: Harvester) -> None:
    make_record()

    for bounds in ({"until": "1999-12-31"}, {"from_": "2099-01-01"}):
        told = ask(verb="ListRecords", metadataPrefix="oai_dc", **bounds)
        assert told.errors == ["noRecordsMatch"]


def test_2_7_1_what_was_changed_has_the_time_of_its_change(ask: Harvester) -> None:
    record = make_record()
    revise(record, titles={"en": "Rice yields, corrected"})

    assert ask(verb="ListIdentifiers", metadataPrefix="oai_dc", until="2026-11-22").errors == [
        "noRecordsMatch"
    ]
    assert list(ask.states(from_="2026-11-23")) == [record.id]


# --- 3.1 and 3.2: requests and answers --------------------------------------------------------


def test_3_1_1_post_asks_the_same_as_get(ask: Harvester) -> None:
    record = make_record()
    given = {"verb": "GetRecord", "identifier": name_of(record.id), "metadataPrefix": "oai_dc"}

    assert etree.tostring(ask(**given).root) == etree.tostring(ask.by_post(**given).root)


def test_3_1_1_a_form_of_another_kind_asks_nothing(client: Client, home: object) -> None:
    response = client.post("/oai", {"verb": "Identify"})  # multipart/form-data

    assert b"badVerb" in b"".join(response)


def test_3_1_1_an_argument_in_address_and_form_is_repeated(client: Client, home: object) -> None:
    response = client.post(
        "/oai?verb=Identify", "verb=Identify", content_type="application/x-www-form-urlencoded"
    )

    assert b"badVerb" in b"".join(response)


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_3_1_no_other_method_is_answered(client: Client, home: object, method: str) -> None:
    assert getattr(client, method)("/oai").status_code == 405


def test_3_1_2_2_who_asks_too_often_is_told_how_long_to_wait(client: Client, home: object) -> None:
    with override_settings(TONLE_OAI_LIMIT=2):
        codes = [client.get("/oai?verb=Identify").status_code for _ in range(3)]
        response = client.get("/oai?verb=Identify")

    assert codes == [200, 200, 503]
    assert 0 < int(response["Retry-After"]) <= 60


def test_3_1_3_gzip_is_announced(ask: Harvester) -> None:
    assert ask(verb="Identify").texts("oai:compression") == ["gzip"]


def test_3_2_the_date_of_an_answer_misses_nothing_as_the_next_from(ask: Harvester) -> None:
    make_record(now=NOW)
    first = ask(verb="ListRecords", metadataPrefix="oai_dc")
    # It had begun before that answer, and has only now come to its end.
    late = make_record(now=NOW + timedelta(minutes=20))

    after = first.text("oai:responseDate")

    assert after == "2026-11-22T02:30:00Z"
    assert late.id in ask.states(from_=after)


def test_3_2_the_answer_says_when_it_was_made_and_repeats_the_question(ask: Harvester) -> None:
    told = ask(verb="ListRecords", metadataPrefix="oai_dc", set="kind:x", from_="2026-01-01")

    # Six hours ago: up to when nothing can be entered any more.
    assert told.text("oai:responseDate") == "2026-11-21T21:30:00Z"
    (request,) = told.all("oai:request")
    assert request.text == base_url()
    assert dict(request.attrib) == {
        "verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "kind:x", "from": "2026-01-01",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        ({}, ["badVerb"]),
        ({"verb": "Nonsense"}, ["badVerb"]),
        ({"verb": ["Identify", "Identify"]}, ["badVerb"]),
        ({"verb": "Identify", "x": "1"}, ["badArgument"]),
        ({"verb": "ListRecords", "x": "1"}, ["badArgument", "badArgument"]),
        ({"verb": "GetRecord"}, ["badArgument", "badArgument"]),
    ],
)
def test_3_2_bad_verbs_and_arguments_are_not_repeated(
    ask: Harvester, given: dict[str, Any], codes: list[str]
) -> None:
    told = ask(**given)

    assert told.errors == codes
    assert dict(told.all("oai:request")[0].attrib) == {}


def test_3_6_more_arguments_than_anybody_reads_are_illegal_arguments(
    client: Client, home: object
) -> None:
    many = "&".join(f"a{number}=1" for number in range(3_000))
    for answer in (
        client.get(f"/oai?verb=Identify&{many}"),
        client.get(f"/oai?{many}&verb=Identify", headers={"Accept": "text/html"}),
        client.post("/oai", f"verb=Identify&{many}", content_type=FORM),
    ):
        assert answer.status_code == 200
        told = etree.fromstring(answer.getvalue())
        codes = {found.get("code") for found in told.iter("{*}error")}
        assert codes <= {"badArgument", "badVerb"}
        assert codes


def test_3_4_an_unsupported_prefix(ask: Harvester) -> None:
    make_record()

    for verb in ("ListRecords", "ListIdentifiers"):
        assert ask(verb=verb, metadataPrefix="marc21").errors == ["cannotDisseminateFormat"]


def test_3_6_several_faults_are_told_together(ask: Harvester) -> None:
    told = ask(verb="GetRecord", identifier="oai:elsewhere.example:1", metadataPrefix="marc21")

    assert told.errors == ["idDoesNotExist", "cannotDisseminateFormat"]


@pytest.mark.parametrize(
    "identifier",
    ["", "x", "oai:localhost:", "oai:localhost:nothing", "oai:elsewhere:{}", "OAI:localhost:{}",
     "oai:localhost:{}/v1", "<&>", "\x00", "oai:localhost:%00"],
)  # fmt: skip
def test_3_6_identifiers_that_are_illegal_or_unknown(ask: Harvester, identifier: str) -> None:
    asked = identifier.replace("{}", make_record().id)

    told = ask(verb="GetRecord", identifier=asked, metadataPrefix="oai_dc")

    assert told.errors == ["idDoesNotExist"]


def test_3_6_a_format_that_does_not_fit_one_record(
    ask: Harvester, monkeypatch: pytest.MonkeyPatch
) -> None:
    rice, tool = make_record(), make_record(kind="software")
    fits = replace(FORMATS["datacite-xml"], applies=lambda document: document["kind"] == "dataset")
    monkeypatch.setattr(formats, "FORMATS", {**FORMATS, "datacite-xml": fits})

    told = ask(verb="GetRecord", identifier=name_of(tool.id), metadataPrefix="datacite")
    assert told.errors == ["cannotDisseminateFormat"]
    assert list(ask.states(metadataPrefix="datacite")) == [rice.id]
    listed = ask(verb="ListMetadataFormats", identifier=name_of(tool.id))
    assert "datacite" not in listed.texts("oai:metadataPrefix")
    withdraw(tool)
    assert ask.states(metadataPrefix="datacite") == {rice.id: "shown", tool.id: "deleted"}


def test_3_6_a_record_that_comes_in_no_format(
    ask: Harvester, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = make_record()
    none = {name: replace(one, applies=lambda _: False) for name, one in FORMATS.items()}
    monkeypatch.setattr(formats, "FORMATS", none)

    told = ask(verb="ListMetadataFormats", identifier=name_of(record.id))
    assert told.errors == ["noMetadataFormats"]
    # What the repository has is another question.
    assert "oai_dc" in ask(verb="ListMetadataFormats").texts("oai:metadataPrefix")


# --- 3.5: lists --------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["ListRecords", "ListIdentifiers"])
def test_3_5_a_list_comes_in_pages_and_says_where_it_stands(ask: Harvester, verb: str) -> None:
    records = [make_record() for _ in range(5)]

    with override_settings(TONLE_OAI_PAGE=2):
        pages = list(ask.pages(verb))

    assert [list(page.states) for page in pages] == [
        [records[0].id, records[1].id], [records[2].id, records[3].id], [records[4].id],
    ]  # fmt: skip
    tokens = [page.all("oai:resumptionToken")[0] for page in pages]
    assert [dict(token.attrib) for token in tokens] == [
        {"completeListSize": "5", "cursor": cursor} for cursor in ("0", "2", "4")
    ]
    assert [bool(token.text) for token in tokens] == [True, True, False]


def test_3_5_a_list_that_comes_whole_has_no_token(ask: Harvester) -> None:
    make_record(), make_record()

    with override_settings(TONLE_OAI_PAGE=2):
        assert [page.token for page in ask.pages()] == [None]


def test_3_5_a_token_may_be_used_again_and_after_the_node_has_restarted(ask: Harvester) -> None:
    for _ in range(3):
        make_record()

    with override_settings(TONLE_OAI_PAGE=1):
        first = ask(verb="ListRecords", metadataPrefix="oai_dc")
        assert first.token
        answers = [
            etree.tostring(ask(verb="ListRecords", resumptionToken=first.token).root)
            for _ in range(2)
        ]

    assert answers[0] == answers[1]


def test_3_5_what_changes_during_a_list_comes_again_and_what_goes_is_told(
    ask: Harvester,
) -> None:
    one, two, three = (make_record() for _ in range(3))

    with override_settings(TONLE_OAI_PAGE=1):
        pages = ask.pages()
        assert list(next(pages).states) == [one.id]
        revise(one)
        withdraw(two)
        new = make_record(now=LATER)
        rest = [page.states for page in pages]

    assert rest == [
        {three.id: "shown"}, {one.id: "shown"}, {two.id: "deleted"}, {new.id: "shown"},
    ]  # fmt: skip


def test_3_5_a_list_whose_rest_has_left_it_still_ends_well(ask: Harvester) -> None:
    one, two = make_record(), make_record()

    with override_settings(TONLE_OAI_PAGE=1):
        pages = ask.pages(until="2026-11-22")
        next(pages)
        revise(two)
        (last,) = pages

    # No list may be empty, and an error would spoil a harvest that is whole.
    assert list(last.states) == [one.id]
    assert last.token == ""


def test_3_5_filters_hold_on_every_page(ask: Harvester) -> None:
    for number in range(6):
        make_record(kind="software" if number % 2 else "dataset")

    with override_settings(TONLE_OAI_PAGE=1):
        pages = list(ask.pages(set="kind:software", from_="2026-11-22", until="2026-11-22"))

    assert len(pages) == 3
    assert all("kind:software" in page.texts("oai:setSpec") for page in pages)


def test_3_5_a_token_that_somebody_wrote_leads_out_of_no_list(ask: Harvester) -> None:
    record = make_record()
    two = make_record(kind="software")
    with override_settings(TONLE_OAI_PAGE=1):
        real = ask(verb="ListRecords", metadataPrefix="oai_dc").token
    assert real
    parts = real.split(",")
    after = str(newest_position())

    for spec, until in (("kind:dataset", ""), ("", "1999-01-01"), ("member:VNM", "")):
        forged = ",".join([*parts[:2], after, *parts[3:5], spec, until, parts[7]])
        assert ask(verb="ListRecords", resumptionToken=forged).errors == ["noRecordsMatch"]
    # Behind the last of its own list there is nothing new, which is no error.
    sound = ",".join([*parts[:2], after, *parts[3:5], "kind:software", "", parts[7]])
    assert list(ask(verb="ListRecords", resumptionToken=sound).states) == [two.id]
    assert record.id != two.id


@pytest.mark.parametrize(
    "token", ["", "x", "1,oai_dc,999999,1,1,,,{}", "1,marc21,0,0,1,,,{}", "1,oai_dc,0,0,1,a b,,{}"]
)
def test_3_5_a_token_that_was_never_given(ask: Harvester, token: str) -> None:
    make_record(), make_record()
    with override_settings(TONLE_OAI_PAGE=1):
        real = ask(verb="ListRecords", metadataPrefix="oai_dc").token
    assert real
    forged = token.replace("{}", real.rpartition(",")[2])

    told = ask(verb="ListRecords", resumptionToken=forged)

    assert told.errors == ["badResumptionToken"]


def test_3_5_a_token_of_the_log_before_a_restore_begins_the_list_again(ask: Harvester) -> None:
    one, two = make_record(), make_record()
    with override_settings(TONLE_OAI_PAGE=1):
        real = ask(verb="ListRecords", metadataPrefix="oai_dc").token
    assert real

    told = ask(verb="ListRecords", resumptionToken=f"{real[:-8]}00000000")

    assert list(told.states) == [one.id, two.id]


@pytest.mark.parametrize(("option", "expected"), [(0, 1), (1, 1), (1000, 4), (9000, 4)])
def test_3_5_a_page_has_from_one_to_a_thousand_records(
    ask: Harvester, option: int, expected: int
) -> None:
    for _ in range(4):
        make_record()

    with override_settings(TONLE_OAI_PAGE=option):
        told = ask(verb="ListIdentifiers", metadataPrefix="oai_dc")

    assert len(told.states) == expected


# --- 4: verbs ------------------------------------------------------------------------------------


def test_4_1_get_record_can_be_asked_whether_it_has_changed(client: Client, home: object) -> None:
    record = make_record()
    address = f"/oai?verb=GetRecord&metadataPrefix=oai_dc&identifier={name_of(record.id)}"

    response = client.get(address)
    last = response["Last-Modified"]
    assert client.get(address, headers={"If-Modified-Since": last}).status_code == 304
    withdraw(record)
    assert client.get(address, headers={"If-Modified-Since": last}).status_code == 200


def test_4_1_a_second_that_is_not_over_has_no_last_date(client: Client, home: object) -> None:
    record = make_record(now=clock.now() + timedelta(seconds=5))
    address = f"/oai?verb=GetRecord&metadataPrefix=oai_dc&identifier={name_of(record.id)}"

    assert "Last-Modified" not in client.get(address)


def test_4_2_identify(ask: Harvester) -> None:
    make_record()

    told = ask(verb="Identify")

    assert told.text("oai:baseURL") == base_url()
    assert told.text("oai:protocolVersion") == "2.0"
    assert told.text("oai:deletedRecord") == "persistent"
    assert told.text("oai:granularity") == "YYYY-MM-DDThh:mm:ssZ"
    assert told.text("oai:earliestDatestamp") == "2026-11-22T02:30:00Z"
    assert "@" in told.text("oai:adminEmail")
    assert not told.all("id:oai-identifier"), "localhost is no domain"


@override_settings(TONLE_URL="https://commons.example.org", TONLE_ADMIN_EMAIL="chan@example.org")
def test_4_2_identify_says_how_identifiers_are_made_and_whom_to_write_to(ask: Harvester) -> None:
    told = ask(verb="Identify")

    assert told.text("id:repositoryIdentifier") == "commons.example.org"
    assert told.text("id:sampleIdentifier").startswith("oai:commons.example.org:")
    assert told.text("oai:adminEmail") == "chan@example.org"


def test_4_2_earliest_datestamp_is_a_lower_bound_of_all(ask: Harvester) -> None:
    record = make_record()
    make_record(now=LATER)
    withdraw(record)

    earliest = ask(verb="Identify").text("oai:earliestDatestamp")
    stamps = ask(verb="ListIdentifiers", metadataPrefix="oai_dc").texts("oai:datestamp")

    assert all(earliest <= stamp for stamp in stamps)


def test_4_4_formats_of_the_repository_and_of_one_record(ask: Harvester) -> None:
    record = make_record()

    told = ask(verb="ListMetadataFormats")
    assert told.texts("oai:metadataPrefix") == ["oai_dc", "oai_datacite", "datacite"]
    assert NS["oai_dc"] in told.texts("oai:metadataNamespace")
    told = ask(verb="ListMetadataFormats", identifier=name_of(record.id))
    assert "oai_dc" in told.texts("oai:metadataPrefix")
    assert ask(verb="ListMetadataFormats", identifier="oai:a.b:c").errors == ["idDoesNotExist"]


# --- people ------------------------------------------------------------------------------------


def test_a_person_who_comes_by_is_told_what_this_is(client: Client, home: object) -> None:
    response = client.get("/oai", headers={"Accept": "text/html,*/*;q=0.8"})

    assert response["Content-Type"].startswith("text/html")
    assert base_url().encode() in response.content
    assert b"verb=Identify" in response.content
    # The switch of languages adds `ui`, of which the protocol knows nothing.
    switched = client.get("/oai?ui=km", headers={"Accept": "text/html,*/*;q=0.8"})
    assert switched["Content-Language"] == "km"
    for query in ("ui=km", "ui=km&verb=Identify"):
        told = client.get(f"/oai?{query}").getvalue()
        assert (b'code="badVerb"' in told) == ("verb" not in query)
        assert (b'code="badArgument"' in told) == ("verb" in query)


def test_a_harvester_that_asks_nothing_is_told_in_xml(client: Client, home: object) -> None:
    response = client.get("/oai", headers={"Accept": "*/*"})

    assert response["Content-Type"] == "text/xml; charset=utf-8"
