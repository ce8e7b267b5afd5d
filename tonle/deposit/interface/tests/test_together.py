"""Links, who writes along, earlier states, withdrawals, duplicates and many at once, by program."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.constants import NOW
from tonle.catalogue.tests.factories import description
from tonle.deposit.access.machine import ACCESS_REQUEST
from tonle.deposit.curation.machine import SUBMISSION, WITHDRAWAL
from tonle.deposit.interface.tests.conftest import Program, in_background
from tonle.desk.machine import QUESTION
from tonle.kernel.actors import SYSTEM
from tonle.kernel.lifecycle import Machine
from tonle.people.services import create_token

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

RIGHTS = [{"identifier": "CC-BY-4.0"}]
DOCUMENT = {key: value for key, value in description(rights=RIGHTS).items() if key != "kind"}


def begun(who: Program, **fields: Any) -> dict[str, Any]:
    made = who("POST", "/deposits", {"kind": "dataset", "document": {**DOCUMENT, **fields}})
    assert made.status_code == 201, made.content
    found: dict[str, Any] = made.json()
    return found


def handed_in(who: Program, **fields: Any) -> dict[str, Any]:
    draft = begun(who, **fields)
    assert who("PUT", f"/deposits/{draft['id']}/files/a.csv", raw=b"a\n1\n").status_code == 201
    in_background()
    done = who("POST", f"/deposits/{draft['id']}/hand-in")
    assert done.status_code == 200, done.content
    return draft


# A deposit with others -------------------------------------------------------------------


def test_a_link_is_made_read_and_revoked(sokha: Program, bopha: Program) -> None:
    draft = begun(sokha)
    address = f"/deposits/{draft['id']}/links"
    made = sokha("POST", address, {"days": 10, "label": "Reviewer"})
    assert made.status_code == 201, made.content
    url = made.json()["url"]
    page = Client().get(url[url.index("/deposit/") :])
    assert page.status_code == 200
    [listed] = sokha("GET", address).json()
    assert (listed["label"], listed["url"]) == ("Reviewer", "")

    for refused in (
        bopha("GET", address), bopha("POST", address, {"days": 1}),
        bopha("DELETE", f"{address}/{listed['id']}"),
    ):  # fmt: skip
        assert refused.status_code == 404
    assert sokha("POST", address, {"days": 400}).status_code == 422
    for _ in range(2):
        assert sokha("DELETE", f"{address}/{listed['id']}").status_code == 204
    assert sokha("GET", address).json() == []
    assert Client().get(url[url.index("/deposit/") :]).status_code == 404


def test_a_colleague_is_let_in_and_out(sokha: Program, bopha: Program) -> None:
    draft = begun(sokha)
    address = f"/deposits/{draft['id']}/editors"
    # Whether an address has an account is told to nobody.
    for mail in ("nobody@example.org", bopha.account.email):
        assert sokha("POST", address, {"mail": mail}).status_code == 202
    assert [one["id"] for one in sokha("GET", address).json()] == [bopha.account.pk]
    assert bopha("GET", f"/deposits/{draft['id']}").status_code == 200
    # Who writes along lets nobody else in.
    assert bopha("POST", address, {"mail": "chan@example.org"}).status_code in {202, 403}
    assert [one["id"] for one in sokha("GET", address).json()] == [bopha.account.pk]
    for _ in range(2):
        assert sokha("DELETE", f"{address}/{bopha.account.pk}").status_code == 204
    assert bopha("GET", f"/deposits/{draft['id']}").status_code == 404


def test_an_earlier_state_is_put_back(sokha: Program, bopha: Program) -> None:
    draft = begun(sokha)
    address = f"/deposits/{draft['id']}"
    before = sokha("GET", address).json()["document"]["titles"]
    changed = {**DOCUMENT, "titles": {"en": "Something else"}}
    assert sokha("PUT", f"{address}/document", changed, If_Match="*").status_code == 200
    edits = sokha("GET", f"{address}/edits").json()
    earlier = next(one for one in edits if one["document"]["titles"] == before)
    assert bopha("POST", f"{address}/edits/{earlier['id']}/restore").status_code == 404

    done = sokha("POST", f"{address}/edits/{earlier['id']}/restore")
    assert done.json()["document"]["titles"] == before
    assert sokha("POST", f"{address}/edits/nothing/restore").status_code == 404


# Taking back what is public --------------------------------------------------------------


def test_an_owner_asks_and_a_curator_decides(sokha: Program, bopha: Program, dara: Program) -> None:
    record = _published(sokha, dara)
    body = {"record_id": record, "category": "error", "text": "Wrong units."}
    made = sokha("POST", "/withdrawals", body)
    assert made.status_code == 201, made.content
    again = sokha("POST", "/withdrawals", body)
    assert again.json()["id"] == made.json()["id"]
    assert bopha("POST", "/withdrawals", body).status_code == 403
    address = f"/withdrawals/{made.json()['id']}"
    assert bopha("GET", address).status_code == 404
    assert [one["text"] for one in sokha("GET", "/withdrawals").json()["items"]] == ["Wrong units."]
    assert sokha("GET", "/withdrawals?as=decider").json()["items"] == []
    assert len(dara("GET", "/withdrawals?as=decider").json()["items"]) == 1

    decision = {"grant": True, "text": "Wrong units; withdrawn by its author."}
    assert sokha("POST", f"{address}/decide", decision).status_code == 403
    for _ in range(2):
        done = dara("POST", f"{address}/decide", decision)
        assert (done.status_code, done.json()["state"]) == (200, "granted"), done.content
    assert Client().get(f"/records/{record}").status_code == 410
    assert sokha("POST", f"{address}/take-back").status_code == 409


def _published(who: Program, curator: Program, **fields: Any) -> str:
    draft = handed_in(who, **fields)
    assert curator("POST", f"/review/{draft['id']}/claim").status_code == 200
    done = curator("POST", f"/review/{draft['id']}/accept", {"note": ""})
    assert done.json()["state"] == "published", done.content
    return str(draft["record_id"])


def test_a_curators_token_that_may_only_deposit_takes_nothing_back(
    sokha: Program, dara: Program
) -> None:
    record = _published(sokha, dara)
    asked = sokha("POST", "/withdrawals", {"record_id": record, "category": "error", "text": "x"})
    _, token = create_token(
        account_id=dara.account.pk, label="deposit", scopes=["deposit"], actor=SYSTEM, now=NOW
    )
    less = Program(dara.account, token)
    decision = {"grant": True, "text": "x"}
    assert less("POST", f"/withdrawals/{asked.json()['id']}/decide", decision).status_code == 404
    assert less("GET", "/withdrawals?as=decider").json()["items"] == []
    body = {"category": "error", "text": "Wrong."}
    assert less("POST", f"/review/records/{record}/withdraw", body).status_code == 403
    assert Client().get(f"/records/{record}").status_code == 200


def test_a_curator_withdraws_shows_again_and_merges(sokha: Program, dara: Program) -> None:
    stays, twice = _published(sokha, dara), _published(sokha, dara, titles={"en": "The same"})
    place = f"/review/records/{twice}"
    for _ in range(2):
        done = dara("POST", f"{place}/withdraw", {"category": "error", "text": "Wrong."})
        assert (done.status_code, done.json()["state"]) == (200, "withdrawn"), done.content
    assert dara("POST", f"{place}/withdraw", {"category": "?", "text": "x"}).status_code == 422
    assert dara("POST", f"{place}/reinstate").json()["state"] == "published"
    merged = dara("POST", f"{place}/merge", {"into": stays, "text": "The same survey."})
    assert (merged.status_code, merged.json()["id"]) == (200, stays), merged.content
    led = Client().get(f"/api/v1/records/{twice}")
    assert led.status_code in {301, 302, 307, 308, 410}
    for step in ("withdraw", "reinstate", "merge"):
        assert sokha("POST", f"{place}/{step}", {}).status_code in {401, 403}


# Many at once ----------------------------------------------------------------------------


def test_newcomers_deposits_are_declined_at_once_and_all_of_it_undone(
    sokha: Program, bopha: Program, dara: Program
) -> None:
    drafts = [handed_in(who, titles={"en": "Buy watches now"}) for who in (sokha, bopha)]
    groups = dara("GET", "/review/newcomers/groups").json()
    ids = sorted(id for group in groups for id in group["draft_ids"])
    assert ids == sorted(draft["id"] for draft in drafts)
    body = {"draft_ids": ids, "reason": "spam", "text": "This is advertising."}
    assert sokha("POST", "/review/newcomers/clearings", body).status_code in {401, 403}
    # Accounts are not closed by a token that may only curate.
    more = {**body, "close_accounts": True}
    assert dara("POST", "/review/newcomers/clearings", more).status_code == 403
    made = dara("POST", "/review/newcomers/clearings", body, Idempotency_Key="once")
    assert made.status_code == 202, made.content
    same = dara("POST", "/review/newcomers/clearings", body, Idempotency_Key="once")
    assert same.json()["id"] == made.json()["id"]
    in_background()
    states = [sokha("GET", f"/deposits/{drafts[0]['id']}").json()["state"]]
    assert states == ["declined"]
    [listed] = dara("GET", "/review/newcomers/clearings").json()["items"]
    assert (listed["size"], listed["left"]) == (2, 0)

    undone = dara("POST", f"/review/newcomers/clearings/{listed['id']}/undo")
    assert undone.json()["undone_at"]
    in_background()
    assert sokha("GET", f"/deposits/{drafts[0]['id']}").json()["state"] == "submitted"


# Nothing is left out ---------------------------------------------------------------------

# Steps whose operation has another name: its body says which way, or it is another verb of HTTP.
NAMED = {
    SUBMISSION.name: {
        "publish_alone": "publish", "uphold": "decide-appeal", "overturn": "decide-appeal",
        "discard": "{draft_id}",
    },
    WITHDRAWAL.name: {"grant": "decide", "refuse": "decide"},
    ACCESS_REQUEST.name: {"give_back": "take-back"},
    QUESTION.name: {
        "answer": "remarks", "send_to_contact": "questions", "send_to_desk": "questions",
        "pass_on_to_steward": "pass-on",
    },
}  # fmt: skip
PLACES = {
    SUBMISSION.name: ("/api/v1/deposits", "/api/v1/review"),
    WITHDRAWAL.name: ("/api/v1/withdrawals",),
    ACCESS_REQUEST.name: ("/api/v1/access-requests",),
    QUESTION.name: ("/api/v1/questions",),
}


@pytest.mark.parametrize(
    "machine", [SUBMISSION, WITHDRAWAL, ACCESS_REQUEST, QUESTION], ids=lambda one: one.name
)
def test_every_step_that_people_take_has_an_operation(machine: Machine) -> None:
    paths = Client().get("/api/v1/openapi.json").json()["paths"]
    writes = {
        path.rstrip("/").rsplit("/", 1)[-1]
        for path, verbs in paths.items()
        if path.startswith(PLACES[machine.name]) and {"post", "put", "delete"} & verbs.keys()
    }
    # What nobody is named for the node does by itself.
    steps = {one.event for one in machine.transitions if set(one.who) - {"the node"}}
    names = NAMED[machine.name]
    assert {
        step for step in steps if names.get(step, step.replace("_", "-")) not in writes
    } == set()
