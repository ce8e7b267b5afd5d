"""A record's DOI from its publication to its tombstone, at a DataCite of ours."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from lxml import etree

from tests.constants import NOW
from tests.shared import shared
from tests.web_service import reply
from tonle.catalogue import drafts, merging, services
from tonle.catalogue.crosswalks import datacite_json as reader
from tonle.catalogue.crosswalks.tests.test_datacite_out import oracle
from tonle.catalogue.crosswalks.tests.test_writers import HERE
from tonle.catalogue.crosswalks.writers import datacite_xml as writer
from tonle.catalogue.errors import PidTaken
from tonle.catalogue.models import Record, Revision
from tonle.catalogue.selectors import document_of
from tonle.catalogue.tests.factories import CURATOR, STEWARD, make_record
from tonle.federation.dois import account
from tonle.federation.dois import services as dois
from tonle.federation.dois.errors import NoDoi
from tonle.federation.dois.models import Doi, DoiAccount
from tonle.federation.dois.tests.conftest import Round, later
from tonle.federation.dois.tests.server import PASSWORD, PREFIX, DataCiteServer
from tonle.federation.harvest.tests.factories import Clock
from tonle.infra import jobs
from tonle.kernel.errors import NotFound, NotPermitted

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def name_of(record: Record) -> str:
    return f"{PREFIX}/{record.id}"


def newest(record: Record) -> dict[str, Any]:
    return document_of(Record.objects.select_related("document").get(key=record.key))


def stated(record: Record) -> list[str]:
    return [pid["value"] for pid in newest(record).get("pids", ()) if pid["scheme"] == "doi"]


def there(datacite: DataCiteServer, record: Record) -> dict[str, Any]:
    """How the DOI stands at DataCite: its attributes, and its state."""
    found = datacite.dois[name_of(record)]
    return {**found["attributes"], "state": found["state"]}


def revise(record: Record, now: Any, **fields: Any) -> None:
    draft = drafts.create_successor(
        record_id=record.id, actor=CURATOR, now=now, replaces_files=False
    )
    words = {**newest(record), **fields}
    kept = {key: value for key, value in words.items() if value is not None}
    drafts.edit_draft(draft_id=draft.id, document=kept, actor=CURATOR, now=now)
    services.publish(draft_id=draft.id, actor=CURATOR, now=now)


def test_what_is_published_gets_its_doi_and_states_it(
    node: Round, datacite: DataCiteServer, clock: Clock, client: Client
) -> None:
    record = make_record(
        descriptions=[{"type": "Abstract", "text": {"km": "ទិន្នផលស្រូវ", "en": "Yields."}}],
        geo_locations=[{"point": {"latitude": "10.99", "longitude": "104.78"}}],
        now=clock(),
    )
    assert stated(record) == []

    node()

    assert there(datacite, record)["state"] == "findable"
    assert there(datacite, record)["url"] == f"https://node.example/records/{record.id}"
    assert stated(record) == [name_of(record)]
    page = client.get(f"/records/{record.id}")
    assert f"https://doi.org/{name_of(record)}" in page.content.decode()
    assert Revision.objects.filter(version__record=record).count() == 2
    # That the record states it now, and whatever else is as it was, is no news to DataCite.
    for _time in range(2):
        node(timedelta(minutes=5))
    assert len(datacite.put()) == 1
    assert Doi.objects.get().due_at is None


def test_what_is_sent_is_valid_by_the_schema(
    node: Round, datacite: DataCiteServer, clock: Clock
) -> None:
    record = make_record(
        geo_locations=[{"point": {"latitude": "10.99", "longitude": "104.78"}}],
        pids=[{"scheme": "handle", "value": "20.500/x"}],
        now=clock(),
    )
    node()

    told = json.loads(datacite.put()[0].body)["data"]["attributes"]
    del told["event"]
    sent = {key: value for key, value in told.items() if value not in ([], None)}
    sent["publicationYear"] = str(sent["publicationYear"])
    assert list(oracle().iter_errors(sent)) == []
    # And by the standard's own schema, read back and written as XML.
    (read,) = reader.parse(json.dumps({**told, "identifiers": []}).encode(), "sent.json").documents
    assert read.document is not None, read.refusal
    assert read.document["titles"] == newest(record)["titles"]
    whole = {**newest(record), **read.document, "pids": newest(record)["pids"]}
    schema = etree.XMLSchema(etree.parse(shared("schemas/datacite/kernel-4.7/metadata.xsd")))
    schema.assertValid(etree.fromstring(writer.write(whole, HERE)))


def test_changes_follow_and_what_was_lost_is_lost_there(
    node: Round, datacite: DataCiteServer, clock: Clock
) -> None:
    record = make_record(
        subjects=[{"text": {"en": "rice"}}], languages=["km"], now=clock()
    )  # fmt: skip
    node()
    assert there(datacite, record)["subjects"]

    revise(record, later(clock), titles={"en": "Rice yields, corrected"}, subjects=None)
    node()

    assert there(datacite, record)["titles"][0]["title"] == "Rice yields, corrected"
    assert there(datacite, record)["subjects"] == []
    assert [date["dateType"] for date in there(datacite, record)["dates"]] == ["Updated"]
    assert len(datacite.put()) == 2


def test_a_withdrawn_record_resolves_and_is_hidden_and_comes_back(
    node: Round, datacite: DataCiteServer, clock: Clock
) -> None:
    record = make_record(now=clock())
    node()
    services.withdraw(
        record_id=record.id, category="by_author", reason={"en": "Wrong."},
        actor=CURATOR, now=later(clock),
    )  # fmt: skip
    node()
    gone = there(datacite, record)
    assert gone["state"] == "registered"
    assert gone["dates"][0] == {
        "date": "2026-11-22", "dateType": "Withdrawn", "dateInformation": "Wrong."
    }  # fmt: skip
    assert Doi.objects.get().standing == "registered"

    services.reinstate(record_id=record.id, actor=CURATOR, now=later(clock))
    node()
    assert there(datacite, record)["state"] == "findable"
    assert "Withdrawn" not in json.dumps(there(datacite, record)["dates"])

    services.purge(
        record_id=record.id, category="law", reason={"en": "Order."},
        actor=STEWARD, now=later(clock), metadata=True,
    )  # fmt: skip
    node()
    assert there(datacite, record)["state"] == "registered"
    assert "Sokha" not in json.dumps(there(datacite, record))
    assert "Rice yields" not in json.dumps(there(datacite, record))
    assert len(datacite.put()) == 4


def test_what_was_withdrawn_before_it_was_sent_is_never_named(
    node: Round, datacite: DataCiteServer, clock: Clock
) -> None:
    record = make_record(now=clock())
    services.withdraw(
        record_id=record.id, category="by_author", reason={"en": "Wrong."},
        actor=CURATOR, now=later(clock),
    )  # fmt: skip
    node()

    assert datacite.put() == []
    assert not Doi.objects.exists()


def test_a_duplicate_leads_to_the_record_that_remains(
    node: Round, datacite: DataCiteServer, clock: Clock
) -> None:
    one, other = make_record(now=clock()), make_record(now=clock())
    node()
    merging.merge(
        record_id=one.id, into=other.id, reason={"en": "Twice."}, actor=CURATOR,
        now=later(clock), both_dois=True,
    )  # fmt: skip
    node()

    assert there(datacite, one)["state"] == "registered"
    assert there(datacite, one)["url"] == f"https://node.example/records/{other.id}"
    assert there(datacite, one)["relatedIdentifiers"][-1] == {
        "relatedIdentifier": name_of(other),
        "relatedIdentifierType": "DOI",
        "relationType": "IsIdenticalTo",
    }
    assert there(datacite, other)["state"] == "findable"
    assert stated(other) == [name_of(other), name_of(one)]


def test_a_record_that_inherits_a_doi_is_known_by_it_and_gets_no_second(
    node: Round, datacite: DataCiteServer, clock: Clock
) -> None:
    nameless = make_record(
        now=NOW - timedelta(days=9), source={"format": "bibtex"}, publication_year=2019
    )
    one = make_record(now=clock())
    node()
    merging.merge(
        record_id=one.id, into=nameless.id, reason={"en": "Twice."}, actor=CURATOR,
        now=later(clock),
    )  # fmt: skip
    node()
    assert there(datacite, one)["state"] == "findable"
    assert there(datacite, one)["url"] == f"https://node.example/records/{nameless.id}"

    revise(nameless, later(clock), titles={"en": "What remains"})
    node()

    assert there(datacite, one)["titles"][0]["title"] == "What remains"
    assert set(datacite.dois) == {name_of(one)}
    with pytest.raises(NoDoi, match="a DOI already"):
        dois.register(record_id=nameless.id, actor=STEWARD, now=clock())


def test_a_version_that_forgets_the_doi_states_it_again(
    node: Round, datacite: DataCiteServer, clock: Clock
) -> None:
    record = make_record(now=clock())
    node()

    revise(record, later(clock), pids=None)
    assert stated(record) == []
    node()

    assert stated(record) == [name_of(record)]
    assert len(datacite.put()) == 1


def test_what_was_here_before_waits_for_a_steward(
    node: Round, datacite: DataCiteServer, clock: Clock
) -> None:
    before = make_record(now=NOW - timedelta(days=1))
    imported = make_record(now=clock(), source={"format": "bibtex"}, publication_year=2019)
    theirs = make_record(now=clock(), pids=[{"scheme": "doi", "value": "10.5555/theirs"}])
    project = make_record(now=clock(), kind="project")
    elsewhere = make_record(
        now=clock(), source={"format": "x", "home_url": "https://home.example/1"}
    )
    node()
    assert datacite.put() == []

    dois.register(record_id=before.id, actor=STEWARD, now=clock())
    for record, why in ((theirs, "10.5555/theirs"), (project, "kind"), (elsewhere, "elsewhere")):
        with pytest.raises(NoDoi, match=why):
            dois.register(record_id=record.id, actor=STEWARD, now=clock())
    with pytest.raises(NotPermitted):
        dois.register(record_id=before.id, actor=CURATOR, now=clock())
    with pytest.raises(NotFound):
        dois.register(record_id="0" * 15, actor=STEWARD, now=clock())
    node()
    assert set(datacite.dois) == {name_of(before)}

    dois.register_all(actor=STEWARD, now=clock())
    dois.register_all(actor=STEWARD, now=clock())
    jobs.run_all_due(clock())
    node()
    assert set(datacite.dois) == {name_of(before), name_of(imported)}
    assert len(datacite.put()) == datacite.minted == 2


def test_people_come_before_the_many(node: Round, datacite: DataCiteServer, clock: Clock) -> None:
    old = [make_record(now=NOW - timedelta(days=1)) for _ in range(2)]
    dois.register_all(actor=STEWARD, now=clock())
    jobs.run_all_due(clock.now - timedelta(days=2))
    list(dois.wish_for_all(0, clock()))
    new = make_record(now=later(clock))
    node()

    order = [asked.path.rpartition("/")[2] for asked in datacite.put()]
    assert order == [new.id, *(record.id for record in old)]


def test_a_rebuilt_node_knows_its_dois_again(
    node: Round, datacite: DataCiteServer, clock: Clock
) -> None:
    record = make_record(now=clock())
    node()
    # As after `tonle rebuild`: the files brought the record back, and nothing else.
    Doi.objects.all().delete()
    DoiAccount.objects.all().delete()
    node(timedelta(days=1))

    assert Doi.objects.get().standing == "findable"
    assert datacite.minted == 1
    assert len(datacite.put()) == 2
    # A restored one begins another stretch of the log, and follows it from its beginning.
    DoiAccount.objects.update(lineage="of/before")
    node(timedelta(days=1))
    assert (datacite.minted, len(datacite.put())) == (1, 3)
    assert stated(record) == [name_of(record)]


def test_a_node_that_moves_takes_its_dois_along(
    node: Round, datacite: DataCiteServer, clock: Clock, settings: Any
) -> None:
    record = make_record(now=clock())
    node()
    settings.TONLE_URL = "https://moved.example"
    settings.TONLE_DATACITE_PASSWORD += " "
    datacite.then(reply(401))
    node()
    settings.TONLE_DATACITE_PASSWORD = PASSWORD
    for _time in range(2):
        node(timedelta(days=1))

    assert there(datacite, record)["url"] == f"https://moved.example/records/{record.id}"
    assert len(datacite.put()) == 3


def test_a_node_without_an_account_does_nothing(
    node: Round, datacite: DataCiteServer, clock: Clock, settings: Any
) -> None:
    settings.TONLE_DATACITE_ACCOUNT = ""
    make_record(now=clock())
    jobs.enqueue("federation.follow_dois", {}, run_at=clock())
    jobs.enqueue("federation.send_dois", {}, run_at=clock())
    jobs.enqueue("federation.register_dois", {}, run_at=clock())
    jobs.run_all_due(clock())

    assert account.terms() is None
    assert not Doi.objects.exists()
    assert datacite.asked == []


def test_the_clock_brings_it_about(node: Round, datacite: DataCiteServer, clock: Clock) -> None:
    record = make_record(now=clock())
    for _time in range(3):
        jobs.enqueue("federation.follow_dois", {}, run_at=clock(), unique_key="cron:follow")
        jobs.run_all_due(later(clock))

    assert stated(record) == [name_of(record)]
    assert len(datacite.put()) == 1


def test_nobody_else_takes_the_doi_that_a_record_is_to_have(
    node: Round, datacite: DataCiteServer, clock: Clock
) -> None:
    record = make_record(now=clock())

    with pytest.raises(PidTaken):
        make_record(now=clock(), pids=[{"scheme": "doi", "value": name_of(record)}])
    node()

    assert stated(record) == [name_of(record)]
    assert Doi.objects.get().reasons == []
