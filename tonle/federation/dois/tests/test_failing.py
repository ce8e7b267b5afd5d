"""DataCite's failures as it documents them, deaths at any step, and two at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pytest_django import Settings

from tests.web_service import Made, cut, half, reply
from tonle.catalogue.models import Record
from tonle.catalogue.tests.factories import CURATOR, STEWARD, make_record
from tonle.catalogue.tests.test_races import at_once
from tonle.federation.dois import account, following, sending, services
from tonle.federation.dois.errors import WrongPassword, WrongPlace, WrongPrefix
from tonle.federation.dois.models import Doi, DoiAccount
from tonle.federation.dois.tests.conftest import Round, later
from tonle.federation.dois.tests.server import PREFIX, DataCiteServer
from tonle.federation.dois.tests.test_registering import name_of, revise, stated
from tonle.federation.harvest.tests.factories import Clock
from tonle.federation.harvest.tests.test_killed import Killed, killing
from tonle.infra import crash
from tonle.kernel.errors import NotPermitted
from tonle.people.notices.models import Notice
from tonle.people.tests.factories import holder

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
DAY = timedelta(days=1)


def test_a_wrong_password_stops_everything_and_is_told_once(
    node: Round, datacite: DataCiteServer, clock: Clock, settings: Settings
) -> None:
    holder("rith", "steward")
    settings.TONLE_DATACITE_PASSWORD = "wrong"
    records = [make_record(now=clock()) for _ in range(3)]

    for _time in range(3):
        node(DAY)

    assert len(datacite.asked) == 1
    row = DoiAccount.objects.get()
    assert row.halt["code"] == "datacite_wrong_password"
    assert "wrong" not in str(row.halt["data"])
    assert Notice.objects.filter(topic=account.HALTED_TOPIC).count() == 1
    assert [stated(record) for record in records] == [[], [], []]
    # Other options end the halt by themselves, and nothing was lost. What was said of it goes.
    assert Notice.objects.filter(topic=account.HALTED_TOPIC, read_at__isnull=True).exists()
    settings.TONLE_DATACITE_PASSWORD = "river-and-lake"
    node()
    assert not Notice.objects.filter(topic=account.HALTED_TOPIC, read_at__isnull=True).exists()
    assert [stated(record) for record in records] == [[name_of(record)] for record in records]


@pytest.mark.parametrize(
    ("fault", "error"),
    [("prefix", WrongPrefix), ("password", WrongPassword), ("place", WrongPlace)],
)
def test_the_account_itself_tells_what_is_wrong_with_it(
    fault: str,
    error: type[Exception],
    node: Round,
    datacite: DataCiteServer,
    clock: Clock,
    settings: Settings,
) -> None:
    services.look(actor=STEWARD, now=clock())
    if fault == "prefix":
        datacite.prefixes = ["10.5072"]
    elif fault == "password":
        settings.TONLE_DATACITE_PASSWORD = "wrong"
    else:
        settings.TONLE_DATACITE_URL += "/nowhere"

    with pytest.raises(error):
        services.look(actor=STEWARD, now=clock())
    with pytest.raises(NotPermitted):
        services.look(actor=CURATOR, now=clock())
    make_record(now=clock())
    node()

    assert DoiAccount.objects.get().halt["code"] == error.code  # type: ignore[attr-defined] # Ours.
    assert Doi.objects.get().due_at is not None


def test_one_doi_of_another_account_does_not_stop_the_others(
    node: Round, datacite: DataCiteServer, clock: Clock
) -> None:
    one, other = make_record(now=clock()), make_record(now=clock())
    datacite.foreign.add(name_of(one))

    for _time in range(3):
        node(DAY)

    row = Doi.objects.get(record=one.id)
    assert row.reasons[0]["message"] == "You are not authorized to access this resource."
    assert stated(one) == []
    assert stated(other) == [name_of(other)]
    assert len(datacite.put()) == 2


def test_refused_words_are_kept_and_sent_again_when_they_change(
    node: Round, datacite: DataCiteServer, clock: Clock
) -> None:
    record = make_record(now=clock())
    errors = [{"source": "creators", "uid": name_of(record), "title": "Missing child element(s)."}]
    datacite.then(reply(422, {"errors": errors}))

    for _time in range(3):
        node(DAY)

    row = Doi.objects.get()
    assert [(r["where"], r["message"]) for r in row.reasons] == [
        ("creators", "Missing child element(s).")
    ]
    assert len(datacite.put()) == 1
    assert stated(record) == []
    revise(record, later(clock), titles={"en": "Mended"})
    node()
    row.refresh_from_db()
    assert (row.standing, row.reasons, row.refused_sha256) == ("findable", [], "")
    assert stated(record) == [name_of(record)]
    # An update that is refused is in trouble no more once the words are as DataCite has them.
    datacite.then(reply(422, {"errors": errors}))
    for title, reasons in (("Worse", 1), ("Mended", 0)):
        revise(record, later(clock), titles={"en": title})
        node()
        row.refresh_from_db()
        assert (row.standing, len(row.reasons)) == ("findable", reasons)
    assert len(datacite.put()) == 3


def test_what_no_page_can_hold_is_left_out_of_what_datacite_says(
    node: Round, datacite: DataCiteServer, clock: Clock
) -> None:
    make_record(now=clock())
    odd = {"source": "a\nb", "title": "No\x00 \ud800name\x1b."}
    datacite.then(reply(422, {"errors": [odd, {"title": "\x00"}]}))

    node()

    assert Doi.objects.get().reasons == [{"where": "a b", "message": "No name.", "data": {}}]


def test_a_steward_has_refused_words_sent_again(
    node: Round, datacite: DataCiteServer, clock: Clock
) -> None:
    record = make_record(now=clock())
    datacite.then(reply(413, "<html>Too large</html>"))
    node()
    assert Doi.objects.get().reasons[0]["data"] == {"status": 413}

    with pytest.raises(NotPermitted):
        services.retry(actor=CURATOR, now=clock())
    assert services.retry(actor=STEWARD, now=clock()) == 1
    node()
    assert services.retry(actor=STEWARD, now=clock()) == 0

    assert stated(record) == [name_of(record)]


@pytest.mark.parametrize(
    ("headers", "seconds"), [({"Retry_After": "17"}, 17), ({}, 300)], ids=["told", "not told"]
)
def test_asked_for_patience_the_node_has_it(
    headers: dict[str, str],
    seconds: int,
    node: Round,
    datacite: DataCiteServer,
    clock: Clock,
) -> None:
    record = make_record(now=clock())
    datacite.then(reply(429, {"errors": [{"status": "429", "title": "Slow down."}]}, **headers))
    node()
    make_record(now=clock())

    node(timedelta(seconds=seconds - 1))
    assert len(datacite.put()) == 1
    node(timedelta(seconds=1))
    assert len(datacite.put()) > 1
    # The one that met it stands back a little longer.
    node(timedelta(minutes=1))
    assert stated(record) == [name_of(record)]
    assert Doi.objects.filter(reasons=[]).count() == 2


def test_an_answer_that_was_lost_mints_no_second_doi(
    node: Round, datacite: DataCiteServer, clock: Clock
) -> None:
    record = make_record(now=clock())
    datacite.then(Made(datacite.lost), cut, half, reply(200, "<html>Sign in</html>"))
    for _time in range(4):
        node(DAY)
        assert stated(record) == []
        assert Doi.objects.get().standing == ""
    assert Doi.objects.get().tries == DoiAccount.objects.get().failures == 4
    node(DAY)

    assert stated(record) == [name_of(record)]
    assert datacite.minted == 1
    assert DoiAccount.objects.get().failures == 0


def test_a_record_that_datacite_stumbles_over_does_not_hold_up_the_others(
    node: Round, datacite: DataCiteServer, clock: Clock
) -> None:
    bad, good = make_record(now=clock()), make_record(now=later(clock))

    def stumble(asked: object) -> object:
        path = getattr(asked, "path", "")
        return reply(500) if bad.id in path else datacite.right(asked)  # type: ignore[arg-type] # Asked.

    datacite.answers(Made(stumble))  # type: ignore[arg-type] # As above.
    for _time in range(3):
        node(timedelta(minutes=10))

    assert stated(good) == [name_of(good)]
    assert Doi.objects.get(record=bad.id).tries >= 2
    assert not DoiAccount.objects.get().halt


def test_a_doi_that_is_not_findable_is_not_stated(
    node: Round, datacite: DataCiteServer, clock: Clock
) -> None:
    record = make_record(now=clock())
    found = {"id": name_of(record), "attributes": {"doi": name_of(record), "state": "draft"}}
    datacite.then(reply(201, {"data": found}))
    node()

    assert stated(record) == []
    assert Doi.objects.get().reasons[0]["code"] == "datacite_kept_back"


def test_an_address_inside_is_not_asked(
    node: Round, datacite: DataCiteServer, clock: Clock, settings: Settings
) -> None:
    settings.TONLE_OUTBOUND_PRIVATE = []
    make_record(now=clock())
    node()

    assert datacite.asked == []
    assert DoiAccount.objects.get().halt["code"] == "datacite_not_reached"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("point", ["dois.answered", "dois.kept", "publish.authorised"])
def test_a_death_at_any_step_mints_no_second_doi(
    point: str,
    node: Round,
    datacite: DataCiteServer,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    record = make_record(now=clock())
    killing(monkeypatch, point, 1)
    with pytest.raises(Killed):
        node()
    monkeypatch.setattr(crash, "point", lambda _name: None)
    from tonle.catalogue.publication import recover

    recover()
    assert datacite.minted == 1

    node(sending.LEASE)

    assert stated(record) == [name_of(record)]
    assert datacite.minted == 1
    assert Record.objects.get().revision == 1
    assert Doi.objects.get().due_at is None


@pytest.mark.django_db(transaction=True)
def test_two_at_once_do_it_once(node: Round, datacite: DataCiteServer, clock: Clock) -> None:
    records = [make_record(now=clock()) for _ in range(3)]
    terms = account.demand_terms()

    def work() -> None:
        list(following.follow(terms, clock()))
        sending.send_due(terms, clock=clock, stop=lambda: False, questions=50)

    at_once(work, work)
    node()

    assert {name for record in records for name in stated(record)} == set(datacite.dois)
    assert len(datacite.put()) == datacite.minted == 3
    assert all(name.startswith(PREFIX) for name in datacite.dois)
