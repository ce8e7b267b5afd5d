"""Proposing a word, deciding about it, and what the pages then say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext, ngettext

from tests.constants import NOW
from tonle.desk.models import Wording
from tonle.desk.wording import permissions, sayings, services
from tonle.infra import wordings
from tonle.kernel.actors import ANONYMOUS, Actor
from tonle.kernel.errors import Invalid, NotFound, NotPermitted, Refused
from tonle.people.models import Account
from tonle.people.notices.models import Notice
from tonle.people.tests.factories import account, actor, holder

pytestmark = pytest.mark.django_db

BETTER = "រកមើល"


@pytest.fixture(autouse=True)
def _the_catalogue_comes_back() -> Iterator[None]:
    yield
    wordings.apply({})


@pytest.fixture
def sokha() -> Actor:
    return actor(account("sokha"))


@pytest.fixture
def rith() -> Actor:
    return actor(holder("rith", "steward"))


def said(message: str, context: str = "") -> str:
    return sayings.digest(context, message)


def propose(who: Actor, text: str = BETTER, message: str = "Search", key: str = "") -> Wording:
    return services.propose(
        language="km", saying=said(message), text=text, comment="ស្តាប់ទៅល្អជាង", actor=who, now=NOW,
        key=key or None,
    )  # fmt: skip


def in_khmer(message: str) -> str:
    with translation.override("km"):
        return gettext(message)


def told(who: Actor) -> list[str]:
    return list(Notice.objects.filter(account_id=who.id).values_list("topic", flat=True))


def test_what_is_accepted_is_said_at_once_and_can_be_taken_out_again(
    sokha: Actor, rith: Actor
) -> None:
    before = in_khmer("Search")
    made = propose(sokha)
    assert (made.before, told(rith)) == (before, ["desk.wording_proposed"])
    assert in_khmer("Search") == before

    services.accept(wording_id=made.id, answer="អរគុណ", actor=rith, now=NOW)
    services.refresh()  # In a test nothing is committed.
    assert in_khmer("Search") == BETTER
    assert in_khmer("Languages") != "Languages"  # The rest of the catalogue is there as before.
    assert told(sokha) == ["desk.wording_accepted"]
    with translation.override("en"):
        assert gettext("Search") == "Search"

    newer = propose(sokha, "ស្វែងរកទិន្នន័យ")
    services.accept(wording_id=newer.id, actor=rith, now=NOW + timedelta(hours=1))
    made.refresh_from_db()
    assert made.state == "replaced"
    services.stamp()
    assert in_khmer("Search") == "ស្វែងរកទិន្នន័យ"

    services.decline(wording_id=newer.id, answer="ច្រឡំ", actor=rith, now=NOW + timedelta(hours=2))
    services.stamp()
    assert in_khmer("Search") == before
    services.reopen(wording_id=newer.id, actor=rith, now=NOW + timedelta(hours=3))
    assert Wording.objects.get(id=newer.id).state == "proposed"


def test_a_wording_of_a_number_serves_every_number(sokha: Actor, rith: Actor) -> None:
    one, many = "%(count)s file was added.", "%(count)s files were added."
    made = propose(sokha, "បានបន្ថែម %(count)s ឯកសារ។", one)
    services.accept(wording_id=made.id, actor=rith, now=NOW)
    services.refresh()
    with translation.override("km"):
        assert {ngettext(one, many, n) for n in (0, 1, 7)} == {"បានបន្ថែម %(count)s ឯកសារ។"}


def test_a_correction_that_would_break_pages_is_left_out_and_told(
    sokha: Actor, rith: Actor
) -> None:
    before = in_khmer("%(what)s: %(value)s")
    made = propose(sokha, "%(what)s – %(value)s", "%(what)s: %(value)s")
    one = Wording.objects.filter(id=made.id)
    one.update(proposed="%(what)s %(value)s 100%")  # As an older node took it.
    with pytest.raises(Invalid):
        services.accept(wording_id=made.id, actor=rith, now=NOW)
    one.update(proposed=made.proposed)
    services.accept(wording_id=made.id, actor=rith, now=NOW)
    one.update(proposed="%(what)s %(value)s 100%")
    services.refresh()
    assert in_khmer("%(what)s: %(value)s") == before
    steward = Client(HTTP_HOST="localhost")
    steward.force_login(Account.objects.get(pk=rith.id))
    assert "The pages leave this out" in steward.get(f"/desk/words/{made.id}").text
    assert "100%" not in steward.get("/languages/km/corrections.po").text


def test_who_may_not_decide_does_not(sokha: Actor, rith: Actor) -> None:
    bopha = actor(account("bopha"))
    made = propose(sokha)
    for who, refused in ((sokha, NotPermitted), (bopha, NotFound), (ANONYMOUS, NotFound)):
        with pytest.raises(refused):
            services.accept(wording_id=made.id, actor=who, now=NOW)
    with pytest.raises(NotPermitted):
        services.take_back(wording_id=made.id, actor=rith, now=NOW)
    for who in (sokha, rith, bopha, ANONYMOUS):
        seen = Wording.objects.filter(permissions.visible_to(who), id=made.id).exists()
        assert seen is permissions.may_read(who, made)
    services.take_back(wording_id=made.id, actor=sokha, now=NOW)
    with pytest.raises(Refused):
        services.accept(wording_id=made.id, actor=rith, now=NOW)
    with pytest.raises(Invalid):
        services.decline(wording_id=propose(sokha).id, answer=" ", actor=rith, now=NOW)


def test_a_proposal_is_kept_once_and_only_if_it_can_be_said(
    sokha: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert propose(sokha, key="k1").id == propose(sokha, key="k1").id
    for text in ("", "<b>រក</b>", "%(n)s"):
        with pytest.raises(Invalid):
            propose(sokha, text)
    with pytest.raises(Refused):
        propose(sokha, in_khmer("Search"))
    with pytest.raises(NotFound):
        propose(sokha, message="Nobody says this")
    monkeypatch.setattr(services, "MOST_OF_STRANGERS", 1)
    assert propose(ANONYMOUS).proposed_by == ""
    with pytest.raises(Refused):
        propose(ANONYMOUS, "ផ្សេង")
    # Whose account is erased is forgotten, and the words stay.
    services.erase(sokha.id, sokha, NOW)
    assert set(Wording.objects.values_list("proposed_by", "comment")) >= {("", "")}
    assert not Wording.objects.exclude(proposed_by="").exists()


def test_a_reader_finds_a_word_and_a_steward_lets_the_pages_say_it(
    sokha: Actor, rith: Actor
) -> None:
    stranger = Client(HTTP_HOST="localhost")
    assert 'href="/languages/km/words"' in stranger.get("/languages").text
    found = stranger.get("/languages/km/words", {"q": "Search"}).text
    assert f"?say={said('Search')}" in found
    assert stranger.get("/languages/en/words").status_code == 404
    assert stranger.get("/desk/words").status_code == 302

    address = f"/languages/km/words?say={said('Search')}"
    wrong = stranger.post(address, {"text": "<i>"})
    assert (wrong.status_code, Wording.objects.count()) == (422, 0)
    sent = {"text": BETTER, "comment": "I am Sok, 012 345 678"}
    assert stranger.post(address, sent).status_code == 302

    steward = Client(HTTP_HOST="localhost")
    steward.force_login(Account.objects.get(pk=rith.id))
    assert BETTER in steward.get("/desk/words").text
    made = Wording.objects.get()
    steward.post(f"/desk/words/{made.id}", {"do": "accept"})
    services.refresh()
    page = stranger.get("/search", headers={"Accept-Language": "km"}).text
    assert BETTER in page
    assert stranger.get("/languages/km/words").status_code == 200
    po = stranger.get("/languages/km/corrections.po").text
    assert f'msgid "Search"\nmsgstr "{BETTER}"' in po
    assert "Sok" in steward.get(f"/desk/words/{made.id}").text
    assert "Sok" not in po  # Said to the stewards, not to everybody.
    reader = Client(HTTP_HOST="localhost")
    reader.force_login(Account.objects.get(pk=sokha.id))
    assert reader.get("/desk/words").status_code == 200
    assert (
        reader.post(f"/desk/words/{made.id}", {"do": "decline", "answer": "x"}).status_code == 403
    )
