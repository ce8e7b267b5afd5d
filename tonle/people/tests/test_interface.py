"""People over REST: by Sokha, Dara the curator, Rith the steward, and tokens of every width."""

from __future__ import annotations

import ast
import inspect
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from tonle.infra import clock
from tonle.kernel.actors import NODE, SYSTEM, Scope
from tonle.people import services
from tonle.people.interface import accounts, directory, own, roles
from tonle.people.models import Account, Community, Invitation, Organisation, RoleGrant
from tonle.people.notices import addresses, stewarding
from tonle.people.notices import services as telling
from tonle.people.notices.topics import Topic, register_topic
from tonle.people.tests.factories import account, holder

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

ALL = ("profile", "roles", "directory", "accounts")
API = "/api/v1"


class Caller:
    """A program of somebody's, with a token of these scopes."""

    def __init__(self, who: Account, *scopes: str) -> None:
        label = f"for {'-'.join(scopes)}"
        _row, secret = services.create_token(
            account_id=who.pk, label=label, scopes=scopes, actor=SYSTEM, now=clock.now()
        )
        self.who, self.headers = who, {"Authorization": f"Bearer {secret}"}

    def __call__(self, method: str, path: str, body: Any = None, key: str = "") -> Any:
        extra = {"Idempotency-Key": key} if key else {}
        more = {} if body is None else {"data": body, "content_type": "application/json"}
        way = getattr(Client(HTTP_HOST="localhost"), method)
        return way(f"{API}{path}", headers={**self.headers, **extra}, **more)

    def get(self, path: str) -> Any:
        found = self("get", path)
        assert found.status_code == 200, found.content
        return found.json()


@pytest.fixture
def sokha() -> Account:
    return account("sokha", now=clock.now())


@pytest.fixture
def rith() -> Account:
    return holder("rith", "steward", now=clock.now())


@pytest.fixture
def dara() -> Account:
    return holder("dara", "curator", now=clock.now())


def founded(slug: str = "rivers") -> Community:
    told = {"slug": slug, "names": {"en": slug.title()}}
    return services.add_community(description=told, actor=SYSTEM, now=clock.now())


def held(who: Account, role: str, scope: Scope = NODE) -> bool:
    rows = RoleGrant.objects.filter(
        account=who, role=role, scope_kind=scope.kind, scope_id=scope.id, ended_at__isnull=True
    )
    return bool(rows.exists())


# --- oneself -----------------------------------------------------------------------------


def test_a_program_reads_and_changes_a_profile_with_names_per_script(sokha: Account) -> None:
    program = Caller(sokha, "profile")
    assert program.get("/me")["names"] == []
    body = {
        "names": [
            {"whole": "ចាន់ សុខា", "language": "km", "others": {"und-Latn": "Chan Sokha"}},
            {"whole": "Sokha Chan", "language": "en"},
        ],
        "affiliations": [{"name": "Royal University"}],
        "language": "km",
    }
    changed = program("put", "/me", body)
    assert changed.status_code == 200, changed.content
    found = program.get("/me")
    assert [name["whole"] for name in found["names"]] == ["ចាន់ សុខា", "Sokha Chan"]
    assert found["names"][0]["order"] == "family_first"
    assert found["language"] == "km"
    assert program("get", "/me")["Cache-Control"] == "no-store"
    # What comes out may go in again, as it is.
    same = {name: found[name] for name in body}
    assert program("put", "/me", same).json()["names"] == found["names"]

    none = program("put", "/me", {**body, "names": []})
    assert (none.status_code, none.json()["code"]) == (422, "invalid")
    tongue = program("put", "/me", {**body, "language": "tlh"})
    assert [one["pointer"] for one in tongue.json()["problems"]] == ["language"]


def test_notices_are_read_page_by_page_and_marked(sokha: Account, rith: Account) -> None:
    register_topic(Topic("test.interface", "A test", "A test waits."))
    now = clock.now()
    for number in range(3):
        telling.notify(
            account_id=sokha.pk, topic="test.interface", link=f"/x/{number}",
            now=now + timedelta(seconds=number),
        )  # fmt: skip
    program, other = Caller(sokha, "profile"), Caller(rith, "profile")
    first = program.get("/me/notices?limit=2")
    second = program.get(f"/me/notices?limit=2&cursor={first['next']}")
    ids = [one["id"] for one in first["items"] + second["items"]]
    assert (len(set(ids)), second["next"]) == (3, None)
    assert other.get("/me/notices")["items"] == []
    assert other("post", f"/me/notices/{ids[0]}/read").status_code == 404
    assert program("post", f"/me/notices/{ids[0]}/read").json()["url"].endswith("/x/2")
    assert len(program.get("/me/notices?unread=true")["items"]) == 2
    assert program("post", "/me/notices/read").json() == {"count": 2}
    assert program("post", "/me/notices/read").json() == {"count": 0}


def test_how_one_is_told_is_chosen_whole(sokha: Account) -> None:
    program = Caller(sokha, "profile")
    assert program.get("/me/telling")["rhythm"] == "daily"
    body = {"channels": ["telegram"], "rhythm": "weekly", "hour": 6, "weekday": 2}
    assert program("put", "/me/telling", body).json()["rhythm"] == "weekly"
    assert program.get("/me/telling")["channels"] == ["telegram"]
    assert program("put", "/me/telling", {**body, "channels": ["pigeon"]}).status_code == 422
    assert program("put", "/me/telling", {**body, "rhytm": "daily"}).status_code == 422


# --- roles -------------------------------------------------------------------------------


def test_a_steward_gives_a_role_and_takes_it_back(rith: Account, sokha: Account) -> None:
    program, community = Caller(rith, "roles"), founded()
    scope, place = Scope("community", community.id), f"community:{community.id}"
    address = f"/roles/{place}/curator/{sokha.pk}"
    for _twice in range(2):
        given = program("put", address, {"note": "Knows fish."})
        assert given.status_code == 200, given.content
    assert given.json()["scope_names"] == {"en": "Rivers"}
    assert RoleGrant.objects.filter(account=sokha).count() == 1
    shown = program.get(f"/roles/{place}")["items"]
    assert [(one["account"], one["role"]) for one in shown] == [(sokha.pk, "curator")]
    for _twice in range(2):
        assert program("delete", address).status_code == 204
    assert not held(sokha, "curator", scope)
    assert program.get(f"/roles/{place}")["items"] == []
    assert len(program.get(f"/roles/{place}?ended=true")["items"]) == 1
    assert program("put", f"/roles/{place}/officer-of-nothing/{sokha.pk}", {}).status_code == 422
    assert program("put", f"/roles/{place}/curator/nobody", {}).status_code == 404
    assert program("put", f"/roles/community:none/curator/{sokha.pk}", {}).status_code == 404


def test_roles_are_listed_by_cursor_however_many(rith: Account) -> None:
    community = founded()
    scope, program = Scope("community", community.id), Caller(rith, "roles")
    for number in range(5):
        holder(f"member-{number}", "member", scope, now=clock.now())
    seen: list[str] = []
    following = f"/roles/community:{community.id}?limit=2"
    while following:
        answer = program("get", following)
        seen += [one["email"] for one in answer.json()["items"]]
        link = answer.headers.get("Link", "")
        following = link.partition(">")[0].partition(API)[2]
    assert sorted(seen) == [f"member-{number}@example.org" for number in range(5)]
    other = program("get", f"/roles/node?cursor={'x' * 20}")
    assert (other.status_code, other.json()["code"]) == (400, "bad_cursor")


def test_no_token_makes_a_steward_or_ends_one(rith: Account, sokha: Account) -> None:
    chan = holder("chan", "steward", now=clock.now())
    program = Caller(rith, *ALL)
    assert program("put", f"/roles/node/steward/{sokha.pk}", {}).status_code == 403
    assert program("delete", f"/roles/node/steward/{chan.pk}").status_code == 403
    invited = program("post", "/invitations", {"email": "x@example.org", "role": "steward"})
    assert invited.status_code == 403
    assert not held(sokha, "steward")
    assert held(chan, "steward")
    assert not Invitation.objects.exists()


def test_the_last_steward_is_not_suspended_by_a_program_either(rith: Account) -> None:
    chan = holder("chan", "steward", now=clock.now())
    program, other = Caller(rith, "accounts"), Caller(chan, "accounts")
    assert program("post", f"/accounts/{chan.pk}/suspend", {"reason": "gone"}).status_code == 200
    # Whose account is closed has no token any more.
    assert other("get", "/accounts").status_code == 401
    assert program("post", f"/accounts/{rith.pk}/suspend", {"reason": "me"}).status_code == 403


def test_somebody_without_a_role_finds_nothing_to_give(sokha: Account, rith: Account) -> None:
    program = Caller(sokha, *ALL)
    assert program.get("/roles") == {"everywhere": False, "scopes": []}
    absent = program("get", "/roles/community:none")
    assert absent.status_code == 404
    assert program("get", "/roles/node").content == absent.content
    assert program("put", f"/roles/node/curator/{sokha.pk}", {}).status_code == 404
    assert (
        program("post", "/invitations", {"email": "x@example.org", "role": "curator"}).status_code
        == 404
    )
    assert program("get", f"/accounts/{rith.pk}").status_code == 404
    assert [one["id"] for one in program.get("/accounts")["items"]] == [sokha.pk]
    body = {"slug": "mine", "names": {"en": "Mine"}}
    assert program("post", "/communities", body).status_code == 403
    assert program("post", "/organisations", {"names": {"en": "Mine"}}).status_code == 403
    assert program("post", f"/accounts/{rith.pk}/suspend", {"reason": "x"}).status_code == 403


def test_a_curator_vouches_alone_and_gives_no_other_role(dara: Account, sokha: Account) -> None:
    program = Caller(dara, "roles")
    made = program("put", f"/vouching/node/{sokha.pk}", {"note": "Met her."})
    assert (made.status_code, made.json()["role"]) == (200, "contributor")
    assert program("put", f"/roles/node/curator/{sokha.pk}", {}).status_code == 403
    assert program("delete", f"/vouching/node/{sokha.pk}").status_code == 204
    assert not held(sokha, "contributor")


def test_a_manager_vouches_once_the_organisation_is_verified(rith: Account, sokha: Account) -> None:
    made = services.add_organisation(
        description={"names": {"en": "Rice"}}, actor=SYSTEM, now=clock.now()
    )
    scope, place = Scope("organisation", made.id), f"organisation:{made.id}"
    manager = Caller(holder("nary", "manager", scope, now=clock.now()), "roles")
    assert manager("put", f"/vouching/{place}/{sokha.pk}", {}).status_code == 403
    seen = {"evidence": "Letter 214/26, seen.", "checked_on": str(clock.now().date())}
    keeper = Caller(rith, "roles", "directory")
    assert manager("post", f"/organisations/{made.id}/verify", seen).status_code == 403
    assert keeper("post", f"/organisations/{made.id}/verify", seen).json()["verified_at"]
    assert manager("put", f"/vouching/{place}/{sokha.pk}", {}).status_code == 200
    told = keeper.get(f"/organisations/{made.id}/verifications")["items"]
    assert [one["evidence"] for one in told] == ["Letter 214/26, seen."]
    for _twice in range(2):
        ended = keeper("post", f"/organisations/{made.id}/unverify", {"reason": "Closed."})
        assert ended.json()["verified_at"] is None
    assert not held(sokha, "contributor", scope)


def test_an_invitation_with_one_key_is_one_letter(
    rith: Account, django_capture_on_commit_callbacks: Any
) -> None:
    program = Caller(rith, "roles")
    body = {"email": "Bopha@example.org", "role": "curator", "note": "Welcome."}
    with django_capture_on_commit_callbacks(execute=True):
        first = program("post", "/invitations", body, key="one")
        again = program("post", "/invitations", body, key="one")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["link"].rsplit("/", 1)[0].endswith("/invitations")
    assert (again.json()["id"], again.json()["link"]) == (first.json()["id"], "")
    assert [letter.to for letter in mail.outbox] == [["bopha@example.org"]]
    without = program("post", "/invitations", body)
    assert [one["code"] for one in without.json()["reasons"]] == ["invited_already"]
    listed = program.get("/invitations")["items"]
    assert [one["email"] for one in listed] == ["bopha@example.org"]
    assert "link" not in listed[0]
    for _twice in range(2):
        assert program("delete", f"/invitations/{first.json()['id']}").status_code == 204
    assert program.get("/invitations")["items"] == []
    assert (
        Caller(account("chan", now=clock.now()), "roles")(
            "delete", f"/invitations/{first.json()['id']}"
        ).status_code
        == 404
    )


# --- communities and organisations -------------------------------------------------------


def test_a_community_is_founded_changed_closed_and_read_by_everybody(
    rith: Account, sokha: Account
) -> None:
    program = Caller(rith, "directory")
    body = {"slug": "rivers", "names": {"en": "Rivers", "km": "ទន្លេ"}}
    first, again = (program("post", "/communities", body, key="k") for _ in range(2))
    assert (first.status_code, again.json()) == (201, first.json())
    id = first.json()["id"]
    taken = program("post", "/communities", body)
    assert (taken.status_code, taken.json()["code"]) == (409, "slug_taken")
    everybody = Client(HTTP_HOST="localhost")
    assert everybody.get(f"{API}/communities/rivers").json()["id"] == id
    changed = program("put", f"/communities/{id}", {**body, "names": {"en": "Great rivers"}})
    assert changed.json()["names"] == {"en": "Great rivers"}
    curator = Caller(
        holder("vanna", "curator", Scope("community", id), now=clock.now()), "directory"
    )
    assert curator("put", f"/communities/{id}", body).status_code == 200
    assert curator("put", f"/communities/{id}", {**body, "slug": "fish"}).status_code == 403
    assert curator("post", f"/communities/{id}/close").status_code == 403
    assert Caller(sokha, "directory")("put", f"/communities/{id}", body).status_code == 403
    for _twice in range(2):
        assert program("post", f"/communities/{id}/close").json()["open"] is False
    assert everybody.get(f"{API}/communities").json()["items"] == []
    assert len(everybody.get(f"{API}/communities?closed=true").json()["items"]) == 1
    assert program("post", f"/communities/{id}/reopen").json()["open"] is True
    assert everybody.get(f"{API}/communities/none").status_code == 404


def test_an_organisation_is_added_once_and_changed(dara: Account) -> None:
    program = Caller(dara, "directory")
    body = {
        "names": {"en": "Ministry of Water"}, "member": "KHM", "types": ["government"],
        "identifiers": [{"scheme": "ror", "value": "https://ror.org/05dxps055"}],
    }  # fmt: skip
    first, again = (program("post", "/organisations", body, key="k") for _ in range(2))
    assert (first.status_code, again.json()) == (201, first.json())
    same = program("post", "/organisations", body)
    assert (same.status_code, same.json()["code"]) == (409, "organisation_exists")
    assert Organisation.objects.count() == 1
    id = first.json()["id"]
    found = program.get(f"/organisations/{id}")
    assert found["identifiers"][0]["scheme"] == "ror"
    sent = {name: found[name] for name in found if name not in {"id", "verified_at", "updated_at"}}
    changed = program("put", f"/organisations/{id}", {**sent, "acronym": "MOW"})
    assert changed.json()["acronym"] == "MOW"
    assert program.get("/organisations?member=KHM")["items"][0]["id"] == id
    assert program.get("/organisations?member=LAO")["items"] == []
    assert program.get("/organisations?verified=true")["items"] == []
    assert program("put", f"/organisations/{id}", {"names": {}}).status_code == 422


# --- accounts ----------------------------------------------------------------------------


def test_a_wave_is_suspended_whole_appealed_and_answered(rith: Account, sokha: Account) -> None:
    program, now = Caller(rith, "accounts"), clock.now()
    other = Caller(holder("chan", "steward", now=now), "accounts")
    spam = [account(f"spam-{number}", now=now).pk for number in range(3)]
    none = program("post", "/accounts/suspend", {"accounts": [*spam, "nobody"], "reason": "x"})
    assert none.status_code == 404
    assert Account.objects.filter(pk__in=spam, is_active=True).count() == 3
    wave = program("post", "/accounts/suspend", {"accounts": spam, "reason": "A wave."})
    assert len(wave.json()["suspensions"]) == 3
    again = program("post", f"/accounts/{spam[0]}/suspend", {"reason": "Twice."})
    assert again.json()["reason"] == "A wave."
    assert program.get(f"/accounts/{spam[0]}")["suspended"] is True
    link = services.appeal_link(Account.objects.get(pk=spam[0]))
    services.appeal(signed=str(link).rsplit("/", 1)[1], text="It was my cousin.", now=clock.now())
    [waiting] = other.get("/appeals")["items"]
    assert waiting["appeal"] == "It was my cousin."
    answer = {"lift": True, "answer": "You were right."}
    address = f"/appeals/{waiting['id']}/answer"
    # Who suspended does not decide, while there is another steward.
    assert program("post", address, answer).status_code == 403
    assert other("post", address, {**answer, "answer": " "}).status_code == 422
    assert other("post", address, answer).json()["lifted_at"]
    assert other("post", address, answer).status_code == 409
    for _twice in range(2):
        assert program("post", f"/accounts/{spam[1]}/restore", {}).status_code == 204
    assert Account.objects.get(pk=spam[1]).is_active
    told = program.get(f"/accounts/{spam[1]}/suspensions")["items"]
    assert [one["reason"] for one in told] == ["A wave."]
    assert program.get("/accounts?q=spam-2")["items"][0]["active"] is False
    assert Caller(sokha, "accounts").get(f"/accounts/{spam[1]}/suspensions")["items"] == []


# --- every door --------------------------------------------------------------------------


def needs_of() -> dict[str, str]:
    """The first word of an address, and the scope that a token needs there."""
    return {
        "me": "profile",
        **dict.fromkeys(("roles", "vouching", "invitations"), "roles"),
        **dict.fromkeys(("communities", "organisations"), "directory"),
        **dict.fromkeys(("accounts", "appeals"), "accounts"),
    }


def operations() -> dict[tuple[str, str], dict[str, Any]]:
    found = Client(HTTP_HOST="localhost").get(f"{API}/openapi.json").json()
    mine = needs_of()
    return {
        (path, method): operation
        for path, ways in found["paths"].items()
        if path.startswith("/api/") and path.split("/")[3] in mine
        for method, operation in ways.items()
    }


def test_each_operation_asks_for_its_scope_and_no_other_will_do(rith: Account) -> None:
    """A steward, who may do all of it: by nobody's token, and by all scopes but the right one."""
    everything = [*ALL, "read", "curate", "deposit"]
    tokens = {name: Caller(rith, *(one for one in everything if one != name)) for name in ALL}
    public = set()
    needs = {**needs_of(), "verify": "roles", "unverify": "roles"}
    for path, method in operations():
        way = getattr(Client(HTTP_HOST="localhost"), method)
        address = path.replace("{scope}", "node").replace("{", "").replace("}", "")
        anonymous = (
            way(address, data="{}", content_type="application/json")
            if method != "get"
            else way(address)
        )
        if anonymous.status_code != 401:
            public.add((path, method))
            continue
        parts = path.split("/")
        # Verifying is under organisations; what is mine stays mine, my roles as well.
        last = parts[-1] if parts[3] == "organisations" else ""
        scope = needs.get(last, needs[parts[3]])
        answer = tokens[scope](method, address.removeprefix(API), {} if method != "get" else None)
        assert (answer.status_code, answer.json()["code"]) == (403, "token_too_narrow"), path
    assert public == {
        (f"{API}/{name}{one}", "get")
        for name, one in (
            ("communities", ""), ("communities", "/{community_id}"),
            ("organisations", ""), ("organisations", "/{organisation_id}"),
        )
    }  # fmt: skip


def test_every_operation_is_described_with_examples() -> None:
    found = Client(HTTP_HOST="localhost").get(f"{API}/openapi.json").json()
    schemas = found["components"]["schemas"]

    def exemplified(schema: dict[str, Any]) -> bool:
        name = schema.get("$ref", "").rsplit("/", 1)[-1]
        told = schemas.get(name, schema)
        pages = told.get("properties", {}).get("items", {}).get("items")
        return bool(told.get("examples")) or bool(pages and exemplified(pages))

    for place, operation in operations().items():
        assert operation["summary"], place
        assert operation["description"], place
        bodies = [operation["requestBody"]] if "requestBody" in operation else []
        bodies += [one for code, one in operation["responses"].items() if code in {"200", "201"}]
        for body in bodies:
            for content in body.get("content", {}).values():
                assert exemplified(content["schema"]), place


# What of people has no operation, and why.
NOT_BY_TOKEN = {
    **dict.fromkeys(
        (
            "accept_invitation", "suspension_behind", "may_appeal", "appeal", "appeal_link",
            "open_invitation",
        ),
        "A link in a letter, or behind a sign-in: for the person at the page.",
    ),
    **dict.fromkeys(
        (
            "create_account", "set_account_active", "erase_account", "create_token",
            "revoke_token", "link_orcid", "unlink_orcid", "ask_sms_code", "confirm_sms_code",
            "show_code", "remove_address", "wake_address",
        ),
        "Account security, and where messages go: pages and the node's own console.",
    ),
    **dict.fromkeys(
        (
            "first_signin_link", "issue_signin_link", "signin_address", "signin_link_is_open",
            "spend_signin_link", "steward_can_sign_in", "add_demonstration",
            "demonstration_accounts", "remove_demonstration",
        ),
        "At the machine of the node alone.",
    ),
    **dict.fromkeys(("add_robot", "remove_robot", "send_test"), "A robot's address is a secret."),
    **dict.fromkeys(
        (
            "register_eraser", "notify", "notify_holders", "end_notices", "take_code",
            "note_on_page", "stop_letters", "take_line_events", "read_telegram", "read_quota",
        ),
        "What other parts of the program call, or the services of others.",
    ),
    "add_person": "No page offers it: curators name people in records.",
}  # fmt: skip


def test_every_service_of_people_has_an_operation_or_a_reason() -> None:
    offered = {name for name in services.__all__ if name.islower()}
    for module in (telling, addresses, stewarding):
        offered |= {
            name
            for name, one in vars(module).items()
            if inspect.isfunction(one)
            and one.__module__ == module.__name__
            and not name.startswith("_")
            and {"now", "actor"} & set(inspect.signature(one).parameters)
        }
    called = {
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for module in (own, roles, directory, accounts)
        for node in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(node, ast.Call)
    }
    reads = {"overview", "own_account", "due", "bot_name"}
    assert offered - called - set(NOT_BY_TOKEN) == reads
    # A reason for what has an operation, or is gone, would mislead.
    assert not set(NOT_BY_TOKEN) & called
    assert set(NOT_BY_TOKEN) <= offered
