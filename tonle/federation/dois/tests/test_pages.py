"""The steward's page, the command and the interface, as people and programs use them."""

from __future__ import annotations

import argparse
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from tests.constants import NOW
from tests.web_service import reply
from tonle.catalogue.tests.factories import make_record
from tonle.cli import main, registry
from tonle.federation.dois import commands
from tonle.federation.dois.errors import DoisOff
from tonle.federation.dois.models import Doi, DoiAccount
from tonle.federation.dois.tests.conftest import Round
from tonle.federation.dois.tests.server import DataCiteServer
from tonle.federation.dois.tests.test_registering import name_of, stated
from tonle.federation.harvest.tests.factories import Clock
from tonle.federation.harvest.tests.test_pages import headers, signed_in, text_of
from tonle.infra import clock as node_clock
from tonle.infra import jobs
from tonle.kernel.actors import Actor
from tonle.people.notices.models import Notice
from tonle.people.tests.factories import account, actor, holder

pytestmark = pytest.mark.django_db
PAGE = "/federation/dois"
OLD = NOW - timedelta(days=1)


@pytest.fixture
def rith(db: None) -> Actor:
    return actor(holder("rith", "steward"))


def test_a_steward_sees_how_dois_stand_and_acts(
    rith: Actor, node: Round, datacite: DataCiteServer, clock: Clock
) -> None:
    steward = signed_in(rith)
    refused, old = make_record(now=clock()), make_record(now=OLD)
    errors = [{"source": "creators", "title": "Missing <child> 100%."}]
    datacite.then(reply(422, {"errors": errors}))
    node()

    page = text_of(steward.get(PAGE))
    assert name_of(refused) in page
    assert '<p lang="en" dir="auto"><code>creators</code>: Missing &lt;child&gt; 100%.</p>' in page
    assert "Register 1 DOI" in page
    assert f'href="/records/{old.id}"' in page
    assert "TNLE.NODE" in page
    assert "river-and-lake" not in page
    assert "DOIs" in text_of(steward.get("/steward"))

    assert "DataCite knows the account" in text_of(steward.post(PAGE, {"do": "look"}, follow=True))
    for _time in range(2):
        sent = steward.post(PAGE, {"do": "retry", "record": refused.id}, follow=True)
        assert "tried again" in text_of(sent)
    assert "registered bit by bit" in text_of(steward.post(PAGE, {"do": "all"}, follow=True))
    # What has begun to wait its turn after the first batch is done by the clock.
    for minutes in range(3):
        jobs.run_all_due(node_clock.now() + timedelta(minutes=minutes))
    assert (stated(refused), stated(old)) == ([name_of(refused)], [name_of(old)])
    assert steward.post(PAGE, {"do": "dance"}).status_code == 404


def test_a_halt_is_said_in_words_and_ends_by_a_button(
    rith: Actor, node: Round, datacite: DataCiteServer, clock: Clock
) -> None:
    steward = signed_in(rith)
    datacite.prefixes = []
    make_record(now=clock())
    node()

    page = text_of(steward.get(PAGE))
    assert "Stopped" in page
    assert "may not register under the prefix 10.82433" in page
    answer = steward.post(PAGE, {"do": "look"})
    assert (answer.status_code, "It did not work" in text_of(answer)) == (422, True)
    steward.post(PAGE, {"do": "retry"})
    assert not DoiAccount.objects.get().halt


def test_who_may_not_know_finds_nothing(node: Round, settings: Settings, rith: Actor) -> None:
    for who in (actor(holder("dara", "curator")), actor(account("bopha"))):
        assert signed_in(who).get(PAGE).status_code == 404
        assert signed_in(who).post(PAGE, {"do": "all"}).status_code == 404
    assert Client().get(PAGE).status_code == 302

    settings.TONLE_DATACITE_ACCOUNT = ""
    page = text_of(signed_in(rith).get(PAGE))
    assert "This node has no account at DataCite" in page
    assert "Register" not in page.partition("<main")[2].replace("Registered", "")
    assert signed_in(rith).post(PAGE, {"do": "all"}).status_code == 422


def test_the_interface(rith: Actor, node: Round, datacite: DataCiteServer, clock: Clock) -> None:
    client = Client(headers=headers(rith, "dois"))
    old = make_record(now=OLD)
    assert client.get("/api/v1/dois").json()["missing"] == 1
    assert client.get(f"/api/v1/dois/{old.id}").status_code == 404

    for _time in range(2):
        answer = client.put(f"/api/v1/dois/{old.id}")
        assert (answer.status_code, answer.json()["due"]) == (202, True)
    jobs.run_all_due(node_clock.now())

    found = client.get(f"/api/v1/dois/{old.id}").json()
    assert (found["doi"], found["state"]) == (name_of(old), "findable")
    assert client.get("/api/v1/dois").json()["findable"] == 1
    assert Client().get("/api/v1/dois").status_code == 401
    assert Client(headers=headers(rith, "harvest")).get("/api/v1/dois").status_code == 403


def tonle_doi(*arguments: str) -> int:
    main.discover()
    command = {one.name: one for one in registry.commands()}[f"doi {arguments[0]}"]
    parser = argparse.ArgumentParser()
    command.configure(parser)
    return command.run(parser.parse_args(arguments[1:]))


def test_what_stands_against_dois_is_said_when_the_node_comes_up(
    node: Round, datacite: DataCiteServer, clock: Clock, settings: Settings
) -> None:
    assert commands._welcome(clock()) is None
    settings.TONLE_DOI_KINDS = ["dataset", "datasets"]
    assert "kinds that nobody has here: datasets" in str(commands._welcome(clock()))
    datacite.prefixes = []
    make_record(now=clock())
    node()
    assert "may not register under the prefix" in str(commands._welcome(clock()))
    settings.TONLE_DATACITE_ACCOUNT = ""
    assert commands._welcome(clock()) is None


def test_the_command(
    node: Round,
    datacite: DataCiteServer,
    clock: Clock,
    settings: Settings,
    capsys: pytest.CaptureFixture[str],
) -> None:
    old, theirs = make_record(now=OLD), make_record(pids=[{"scheme": "doi", "value": "10.5555/x"}])

    assert tonle_doi("register", "--all", "--dry-run") == 0
    named = capsys.readouterr().out
    assert f"{old.id}  Rice yields of Takeo" in named
    assert "1 records would get a DOI." in named
    assert theirs.id not in named
    assert tonle_doi("register", old.id, theirs.id) == 1
    said = capsys.readouterr()
    assert f"https://doi.org/{name_of(old)}" in said.out
    assert "It has a DOI already: 10.5555/x." in said.err
    assert stated(old) == [name_of(old)]

    datacite.then(reply(422, {"errors": [{"source": "url", "title": "is bad"}]}))
    late = make_record(now=OLD)
    assert tonle_doi("register", late.id) == 1
    assert "url: is bad" in capsys.readouterr().err
    assert tonle_doi("retry") == 0
    assert tonle_doi("register", "--all") == 0
    assert tonle_doi("status", "--ask") == 0
    said = capsys.readouterr()
    assert "1 are sent again" in said.out
    assert "1 resolve and can be found" in said.out
    assert tonle_doi("register") == 2
    settings.TONLE_DATACITE_ACCOUNT = ""
    with pytest.raises(DoisOff):
        tonle_doi("register", old.id)
    assert tonle_doi("status") == 0
    assert Doi.objects.count() == 2


def test_no_page_breaks_by_words_that_were_kept_before_they_were_cleaned(
    rith: Actor, node: Round, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    make_record(now=clock())
    node()
    # PostgreSQL keeps no half of a character; SQLite does.
    half = "\ud800" if connection.vendor == "sqlite" else "\x1b"
    odd = [{"where": f"a{half}", "message": f"b{half}c", "data": {}}]
    Doi.objects.update(reasons=odd, refused_sha256="x")

    assert "bc" in text_of(signed_in(rith).get(PAGE))
    assert tonle_doi("status") == 0
    assert ": bc" in capsys.readouterr().out


def test_a_shell_with_a_wrong_password_says_so_and_halts_nobody(
    node: Round,
    datacite: DataCiteServer,
    clock: Clock,
    settings: Settings,
    capsys: pytest.CaptureFixture[str],
) -> None:
    holder("rith", "steward")
    old, other = make_record(now=OLD), make_record(now=OLD)
    right = settings.TONLE_DATACITE_PASSWORD
    settings.TONLE_DATACITE_PASSWORD = "wrong"

    assert tonle_doi("register", old.id) == 1
    assert "does not know the account TNLE.NODE with this password" in capsys.readouterr().err
    assert tonle_doi("status") == 0
    assert "other options of DataCite than this shell has" in capsys.readouterr().out

    settings.TONLE_DATACITE_PASSWORD = right
    assert DoiAccount.objects.get().halt == {}
    assert Notice.objects.count() == 0
    clock.now = node_clock.now()
    node()
    assert stated(old) == [name_of(old)]
    # What the node's own options have met is said where they are used again.
    datacite.then(reply(429, "", Retry_After="600"))
    for _time in range(2):
        assert tonle_doi("register", other.id) == 1
    said = capsys.readouterr().err.splitlines()
    assert "did not answer as it should" in said[0]
    assert "It is asked again from" in said[1]
