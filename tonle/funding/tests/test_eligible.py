"""Am I eligible?: what is asked, what is answered, and that nothing of it stays anywhere."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from tonle.catalogue.tests.conftest import home as home
from tonle.catalogue.tests.factories import make_record
from tonle.funding.models import Applicant
from tonle.funding.tests.calls import CAMBODIA, make_call
from tonle.infra import clock
from tonle.infra.models import AuditEntry, IdempotencyRecord
from tonle.people.tests.factories import account

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("home"),
    pytest.mark.one_database,
]

DAY = timedelta(days=1)
PAGE = "/funding/eligible"
API = "/api/v1/opportunities/eligible"
YOUNG = {
    "id": "young",
    "test": "age_at_most",
    "by_sex": {"female": 40, "male": 35},
    "on": "2026-12-31",
    "text": {"en": "Young scientists only."},
}


@pytest.fixture
def now() -> datetime:
    return clock.now()


def ask(**answers: Any) -> str:
    answer = Client().post(PAGE, answers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_visitor_sees_which_calls_admit_them_and_which_rule_bars(now: datetime) -> None:
    make_call("Mine", closes_at=now + 30 * DAY, eligibility=[CAMBODIA])
    make_call("Theirs", closes_at=now + 30 * DAY, eligibility=[{**CAMBODIA, "values": ["LAO"]}])
    make_call("Unsaid", closes_at=now + 30 * DAY)
    make_call("Over", closes_at=now - DAY, eligibility=[CAMBODIA])
    make_call("Later", opens_at=now + DAY, closes_at=now + 30 * DAY, eligibility=[CAMBODIA])

    page = ask(country="KHM")

    admitted, rest = page.split("Calls that you may perhaps apply for")
    perhaps, barred = rest.split("Calls that a rule bars you from")
    assert "Mine" in admitted
    assert "The applicant’s organisation is in one of these: Cambodia." in admitted
    assert "Unsaid" in perhaps
    assert "Theirs" in barred
    assert "The applicant’s organisation is in one of these: Lao PDR." in barred
    assert "It bars you" in barred
    assert "Over" not in page
    assert "Later" not in page


def test_only_what_a_rule_needs_is_asked(now: datetime) -> None:
    make_call(closes_at=now + 30 * DAY, eligibility=[CAMBODIA])

    page = Client().get(PAGE).content.decode()

    assert "Where is your organisation?" in page
    for unasked in ("career", "nationality", "partners", "born", "sex", "province"):
        assert unasked not in page.split("<form", 2)[-1]


def test_age_and_sex_are_asked_second_and_only_of_whom_nothing_else_bars(now: datetime) -> None:
    make_call("Young", closes_at=now + 30 * DAY, eligibility=[CAMBODIA, YOUNG])

    assert "born" not in Client().get(PAGE).content.decode()
    assert "When were you born?" not in ask(country="LAO")
    second = ask(country="KHM")
    assert "When were you born?" in second
    assert "Your sex" in second
    assert '<input type="hidden" name="country" value="KHM">' in second
    assert "Young scientists only." in second
    # A year in which no limit falls is enough, and then nothing more is asked.
    admitted = ask(country="KHM", born="1995")
    assert "You may apply" in admitted
    assert "Your sex" not in admitted
    assert "Your sex" in ask(country="KHM", born="1988")
    assert "You may apply" in ask(country="KHM", born="1988", sex="female")
    barred = ask(country="KHM", born="1988", sex="male")
    assert "women 40, men 35" in barred
    assert "It bars you" in barred


def test_a_province_can_be_chosen_where_a_rule_names_one(now: datetime) -> None:
    make_call(closes_at=now + 30 * DAY, eligibility=[{**CAMBODIA, "values": ["CN-53"]}])

    assert "Yunnan" in Client().get(PAGE).content.decode()
    assert "You may apply" in ask(country="CHN", region="CN-YN")
    assert "It bars you" in ask(country="CHN", region="elsewhere")


def test_several_countries_are_chosen_one_a_list(now: datetime) -> None:
    rule = {"id": "three", "test": "countries_at_least", "number": 3}
    make_call(closes_at=now + 30 * DAY, eligibility=[rule])

    assert Client().get(PAGE).content.decode().count('name="countries"') == 5
    assert "You may apply" in ask(country="KHM", countries=["LAO", "", "FRA"])
    assert "It bars you" in ask(country="KHM", countries=["LAO", "KHM"])


def test_what_cannot_be_read_is_said_above_and_beside(now: datetime) -> None:
    make_call(closes_at=now + 30 * DAY, eligibility=[YOUNG])

    answer = Client().post(PAGE, {"country": "KHM", "born": "long ago"})
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "Please mend this first" in page
    assert page.count("Write a year, a month or a day") == 2
    assert 'value="long ago"' in page
    answer = Client().post(PAGE, {"country": "nowhere"})
    assert answer.status_code == 422
    assert "When were you born?" not in answer.content.decode()


def test_nothing_of_the_answers_stays_anywhere(
    now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    make_call(closes_at=now + 30 * DAY, eligibility=[CAMBODIA, YOUNG])
    client = Client()
    before = AuditEntry.objects.count()

    answers = [
        client.get(PAGE),
        client.post(PAGE, {"country": "KHM", "born": "1988"}),
        client.post(PAGE, {"born": "x"}),
        client.post(API, {"country": "KHM"}, content_type="application/json"),
    ]

    for answer in answers:
        assert "no-store" in answer["Cache-Control"]
        assert not answer.cookies
    assert dict(client.session) == {}
    assert AuditEntry.objects.count() == before
    assert Applicant.objects.count() == IdempotencyRecord.objects.count() == 0
    assert "1988" not in caplog.text
    # What stands in an address is not taken: addresses are logged.
    assert 'value="KHM" selected' not in client.get(f"{PAGE}?country=KHM").content.decode()


def test_one_call_is_asked_about_even_while_it_is_announced(now: datetime) -> None:
    later = make_call("Later", opens_at=now + DAY, closes_at=now + 9 * DAY, eligibility=[CAMBODIA])
    other = make_call("Other", closes_at=now + 9 * DAY, eligibility=[CAMBODIA])
    address = f"{PAGE}/{later.id}"

    assert address in Client().get(f"/records/{later.id}").content.decode()
    assert "Later" in Client().get(address).content.decode()
    page = Client().post(address, {"country": "KHM"}).content.decode()
    assert "You may apply" in page
    assert "Other" not in page
    assert Client().get(f"{PAGE}/{make_record().id}").status_code == 404
    assert Client().get(f"{PAGE}/nosuchrecord000").status_code == 404
    without = make_call()
    assert f"{PAGE}/{without.id}" not in Client().get(f"/records/{without.id}").content.decode()
    assert other.id


def test_a_node_without_open_calls_says_so() -> None:
    assert "No call is open now" in Client().get(PAGE).content.decode()
    assert "No call is open now" in ask(country="KHM")


def test_who_keeps_answers_finds_them_filled_in(now: datetime) -> None:
    make_call(closes_at=now + 30 * DAY, eligibility=[CAMBODIA, YOUNG])
    made = account("sokha")
    Applicant.objects.create(account=made.pk, answers={"country": "KHM"}, saved_at=now)
    client = Client()
    client.force_login(made, backend="django.contrib.auth.backends.ModelBackend")

    assert 'value="KHM" selected' in client.get(PAGE).content.decode()
    assert 'value="KHM" selected' not in Client().get(PAGE).content.decode()


def test_the_same_over_rest(now: datetime) -> None:
    call = make_call("Young", closes_at=now + 30 * DAY, eligibility=[CAMBODIA, YOUNG])
    client = Client()

    def post(body: dict[str, Any]) -> Any:
        return client.post(API, body, content_type="application/json")

    answer = post({"country": "KHM"}).json()
    (one,) = answer["calls"]
    assert (one["id"], one["status"], one["standing"]) == (call.id, "open", "perhaps")
    assert [rule["outcome"] for rule in one["rules"]] == ["met", "unanswered"]
    assert answer["needed"] == ["born", "sex"]
    assert one["rules"][1]["text"] == {"en": "Young scientists only."}
    (one,) = post({"country": "KHM", "born": "1995-05"}).json()["calls"]
    assert one["standing"] == "admitted"
    assert post({"country": "LAO"}).json()["needed"] == []
    assert post({"country": "Atlantis"}).status_code == 422
    assert post({"born": "long ago"}).status_code == 422
    assert post({"zodiac": "rat"}).status_code == 422
