"""The pages of stewards, managers and keepers of communities."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from tonle.infra import clock
from tonle.kernel.actors import SYSTEM, Scope
from tonle.people import selectors, services
from tonle.people.actors import actor_for_account, asleep
from tonle.people.models import Account, Community, Organisation, RoleGrant
from tonle.people.tasks import StewardTask, register_steward_task
from tonle.people.tests.factories import account, holder

pytestmark = pytest.mark.django_db

EARLIER = datetime(2026, 1, 2, tzinfo=UTC)


def browser_of(someone: Account) -> Client:
    browser = Client(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE="en")
    browser.force_login(someone)
    return browser


@pytest.fixture
def rith() -> Client:
    return browser_of(holder("rith", "steward", now=EARLIER))


@pytest.fixture
def institute() -> Organisation:
    return services.add_organisation(
        description={"names": {"en": "Institute of Rivers", "lo": "ສະຖາບັນ"}},
        actor=SYSTEM,
        now=EARLIER,
    )


@pytest.fixture
def rivers() -> Community:
    return services.add_community(
        description={"slug": "rivers", "names": {"en": "Rivers"}}, actor=SYSTEM, now=EARLIER
    )


PAGES = (
    "/steward",
    "/steward/accounts",
    "/steward/appeals",
    "/people/roles",
    "/people/roles/node",
    "/people/organisations",
    "/people/communities",
    "/people/communities/new",
)


@pytest.mark.parametrize("page", PAGES)
def test_the_desk_is_there_for_stewards_and_hidden_from_others(
    rith: Client, page: str, language: str
) -> None:
    answer = rith.get(page, headers={"Accept-Language": language})
    assert answer.status_code == 200
    assert 'class="river"' in answer.text
    assert "no-store" in answer.headers["Cache-Control"]
    stranger = browser_of(account("bopha", now=EARLIER))
    hidden, absent = stranger.get(page), stranger.get("/people/roles/organisation:absent")
    assert hidden.status_code == absent.status_code == 404
    assert Client(HTTP_HOST="localhost").get(page).status_code == 302


def test_what_waits_comes_first(rith: Client, institute: Organisation) -> None:
    holder("chan", "manager", Scope("organisation", institute.id), now=EARLIER)
    register_steward_task(
        StewardTask("test.waits", "Robots", "people:accounts", "Why", lambda _a, _n: 3)
    )
    try:
        text = rith.get("/steward").text
    finally:
        from tonle.people import tasks

        del tasks._TASKS["test.waits"]
    waiting, others = text.split("What you can do")
    assert "Robots" in waiting
    assert "Organisations" in waiting
    assert "Protect your own account" in waiting
    assert "Communities" in others


def test_accounts_are_found_and_read_page_by_page(rith: Client) -> None:
    for number in range(60):
        account(f"person{number:02}", now=EARLIER)
    first = rith.get("/steward/accounts")
    assert "person00@" in first.text
    assert "person55@" not in first.text
    (after,) = [p for p in first.text.split('"') if p.startswith("?q=&amp;after=")]
    second = rith.get("/steward/accounts" + after.replace("&amp;", "&"))
    assert "person55@" in second.text
    assert "person00@" not in second.text
    found = rith.get("/steward/accounts?q=person07").text
    assert "person07@" in found
    assert "person08@" not in found


def test_a_steward_vouches_suspends_and_restores_on_one_page(rith: Client) -> None:
    sokha = account("sokha", now=EARLIER)
    page = f"/steward/accounts/{sokha.pk}"
    assert rith.post(page, {"action": "vouch"}).status_code == 302
    assert RoleGrant.objects.filter(account=sokha, role="contributor").exists()
    rith.post(page, {"action": "revoke", "role": "contributor", "scope": "node"})
    assert rith.post(page, {"action": "suspend", "reason": ""}).status_code == 422
    assert rith.post(page, {"action": "suspend", "reason": "Spam."}).status_code == 302
    sokha.refresh_from_db()
    assert not sokha.is_active
    assert "Spam." in rith.get(page).text
    rith.post(page, {"action": "restore"})
    sokha.refresh_from_db()
    assert sokha.is_active
    assert rith.get("/steward/accounts/nobody").status_code == 404
    assert rith.post(page, {"action": "fly"}).status_code == 404


def test_a_manager_keeps_an_organisation_and_a_steward_verifies_it(
    rith: Client, institute: Organisation
) -> None:
    manager = browser_of(
        holder("chan", "manager", Scope("organisation", institute.id), now=EARLIER)
    )
    page = f"/people/organisations/{institute.id}"
    assert "Verify it" not in manager.get(page).text
    told = {"action": "describe", "names_en": "Institute of the Rivers", "acronym": "IoR"}
    assert manager.post(page, {**told, "website": "ftp://x"}).status_code == 422
    assert manager.post(page, told).status_code == 302
    institute.refresh_from_db()
    # The Lao name was emptied in the form, the English one changed.
    assert institute.names == {"en": "Institute of the Rivers"}
    verify = {"action": "verify", "evidence": "Letter 12", "checked_on": "2026-01-02"}
    assert manager.post(page, verify).status_code == 403
    assert rith.post(page, {**verify, "evidence": ""}).status_code == 422
    assert rith.post(page, verify).status_code == 302
    institute.refresh_from_db()
    assert institute.verified_at is not None
    assert rith.post(page, {"action": "unverify", "reason": "Closed."}).status_code == 302
    stranger = browser_of(account("bopha", now=EARLIER))
    assert stranger.get(page).status_code == 404


def test_a_manager_gives_roles_in_their_own_organisation_only(institute: Organisation) -> None:
    scope = Scope("organisation", institute.id)
    chan = holder("chan", "manager", scope, now=EARLIER)
    nary = holder("nary", "member", scope, now=EARLIER)
    manager = browser_of(chan)
    page = f"/people/roles/organisation:{institute.id}"
    assert "nary@example.org" in manager.get(page).text
    manager.post(page, {"action": "revoke", "account": nary.pk, "role": "member"})
    assert RoleGrant.objects.get(account=nary).ended_at is not None
    assert "History" in manager.get(page).text
    assert manager.get("/people/roles/node").status_code == 404
    assert manager.get("/people/roles").status_code == 200


def test_a_community_is_made_changed_closed_and_opened(rith: Client) -> None:
    new = {
        "slug": "lakes",
        "names_en": "Lakes",
        "names_km": "បឹង",
        "accent": "paddy",
        "hand_in": "members",
    }
    assert rith.post("/people/communities/new", {**new, "slug": "A b"}).status_code == 422
    made = rith.post("/people/communities/new", new)
    lakes = selectors.community("lakes")
    assert lakes is not None
    assert made.headers["Location"] == f"/people/roles/community:{lakes.id}"
    assert (lakes.names["km"], lakes.accent, lakes.hand_in) == ("បឹង", "paddy", "members")
    assert not lakes.review_required
    assert rith.post("/people/communities/new", new).status_code == 422

    page = f"/people/communities/{lakes.id}"
    rith.post(page, {**new, "action": "keep", "names_en": "All lakes", "review_required": "on"})
    lakes.refresh_from_db()
    assert (lakes.names["en"], lakes.review_required) == ("All lakes", True)
    rith.post(page, {"action": "close"})
    assert selectors.communities() == []
    rith.post(page, {"action": "reopen"})
    assert [c.slug for c in selectors.communities()] == ["lakes"]


def test_its_curator_changes_a_community_and_cannot_close_it(rivers: Community) -> None:
    curator = browser_of(holder("vanna", "curator", Scope("community", rivers.id), now=EARLIER))
    page = f"/people/communities/{rivers.id}"
    assert "Close the community" not in curator.get(page).text
    assert curator.post(page, {"action": "close"}).status_code == 403
    assert browser_of(account("bopha", now=EARLIER)).get(page).status_code == 404


def test_a_role_sleeps_until_a_second_factor_is_there(settings: object) -> None:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    settings.TONLE_REQUIRE_SECOND_FACTOR = ["steward"]  # type: ignore[attr-defined]  # pytest's
    made = holder("rith", "steward", now=EARLIER)
    browser = browser_of(made)
    assert browser.get("/steward").status_code == 404
    assert "Your roles are asleep" in browser.get("/me").text
    assert {r.name for r in asleep(made, frozenset())} == set()
    TOTP.activate(made, generate_totp_secret())
    assert actor_for_account(made, datetime.now(UTC)).has("steward")
    assert browser.get("/steward").status_code == 200


def test_organisations_stand_by_name_as_the_reader_orders_them() -> None:
    for names in ({"en": "Water", "km": "កក"}, {"en": "Ångström"}, {"en": "Rice", "km": "ខខ"}):
        services.add_organisation(description={"names": names}, actor=SYSTEM, now=EARLIER)

    def listed(language: str, **asked: Any) -> list[str]:
        found, after = selectors.find_organisations(language=language, limit=2, **asked)
        if after:
            more, end = selectors.find_organisations(language=language, limit=2, after=after)
            assert end == ""
            found += more
        return [one.names["en"] for one in found]

    assert listed("en") == ["Ångström", "Rice", "Water"]
    # Khmer before Latin, for who reads Khmer.
    assert listed("km") == ["Water", "Rice", "Ångström"]
    assert listed("en", query="ខខ") == ["Rice"]


def test_long_lists_of_roles_are_leafed_through_each_by_itself(
    rith: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tonle.people.views.common.PAGE", 2)
    for number in range(3):
        now = clock.now() - timedelta(minutes=3 - number)
        holder(f"held-{number}", "curator", now=now)
        gone = holder(f"gone-{number}", "curator", now=now)
        services.revoke_role(account_id=gone.pk, role="curator", actor=SYSTEM, now=now)
        services.invite(email=f"sent-{number}@x.org", role="curator", actor=SYSTEM, now=now)

    page, seen = "/people/roles/node", ""
    for name in ("now", "history", "invited"):
        seen = rith.get(page).content.decode()
        assert seen.count('rel="next"') >= 1
        onwards = re.search(rf'href="(\?[^"]*\b{name}=[^"]*#{name})"', seen)
        assert onwards is not None, name
        # It leafs on from where the other lists are.
        page = f"/people/roles/node{html.unescape(onwards[1])}"
    seen = rith.get(page).content.decode()
    for found in ("gone-0@", "sent-0@"):
        assert found in seen
    for left in ("gone-2@", "sent-2@", "held-0@"):
        assert left not in seen
    assert rith.get("/people/roles/node?now=elsewhere").status_code == 400


def test_long_lists_of_communities_and_organisations_are_leafed_through(
    rith: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tonle.people.views.common.PAGE", 2)
    # By its globals: the package has the function by the name of its module.
    monkeypatch.setitem(selectors.accounts.__globals__, "_AT_ONCE", 2)
    for number in range(3):
        services.add_community(
            description={"slug": f"lake-{number}", "names": {"en": f"Lake {number}"}},
            actor=SYSTEM, now=EARLIER,
        )  # fmt: skip
        made = services.add_organisation(
            description={"names": {"en": f"Rice {number}"}}, actor=SYSTEM, now=EARLIER
        )
        holder(f"chan-{number}", "manager", Scope("organisation", made.id), now=EARLIER)
    for page, names in (("/people/communities", "Lake"), ("/people/organisations", "Rice")):
        seen: set[str] = set()
        address = page
        while address:
            shown = html.unescape(rith.get(address).content.decode())
            listed = shown.partition('id="waiting"')[2].partition("<h2>")[0] or shown
            found = set(re.findall(rf"{names} \d", listed))
            assert not seen & found
            seen |= found
            more = re.search(r'rel="next" href="([^"]+)"', listed)
            address = f"{page}{more[1]}" if more else ""
        assert len(seen) == 3, page
    everybody = [one.email for one in selectors.accounts(actor=SYSTEM, now=EARLIER)]
    assert everybody == sorted(set(everybody))
    assert len(everybody) == Account.objects.count() == 4
