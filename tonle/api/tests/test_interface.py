from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import resolve
from ninja.openapi.schema import OpenAPISchema
from openapi_spec_validator import validate

from tests.constants import NOW
from tonle.api import registry
from tonle.kernel.actors import Actor

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("tonle.api.tests.endpoints"),
]


@pytest.fixture(autouse=True)
def tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {
        "wide": Actor("sokha", token_scopes=frozenset({"boats:read"})),
        "narrow": Actor("dara", token_scopes=frozenset()),
    }

    def authenticate(token: str, now: datetime) -> Actor | None:
        return known.get(token)

    monkeypatch.setattr(registry, "_authenticator", authenticate)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def problem(response: Any, status: int, code: str) -> dict[str, Any]:
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    found: dict[str, Any] = json.loads(response.content)
    assert found["status"] == status
    assert found["code"] == code
    assert found["detail"]
    return found


def test_anybody_may_call_without_a_token(client: Client) -> None:
    assert client.get("/api/v1/calling").json() == {"actor": ""}


def test_a_token_speaks_for_its_holder(client: Client) -> None:
    assert client.get("/api/v1/calling", headers=bearer("wide")).json() == {"actor": "sokha"}


@pytest.mark.parametrize("header", ["Bearer unknown", "Bearer", "Basic d2lkZTo=", "x" * 9000])
def test_a_wrong_token_is_never_taken_for_none(client: Client, header: str) -> None:
    response = client.get("/api/v1/calling", headers={"Authorization": header})
    problem(response, 401, "token_not_accepted")
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_a_private_endpoint_asks_for_a_token_and_its_scope(client: Client) -> None:
    problem(client.get("/api/v1/private"), 401, "no_token")
    found = problem(
        client.get("/api/v1/private", headers=bearer("narrow")), 403, "token_too_narrow"
    )
    assert "boats:read" in found["detail"]
    assert client.get("/api/v1/private", headers=bearer("wide")).status_code == 200


def test_a_refusal_lists_every_reason(client: Client) -> None:
    found = problem(client.get("/api/v1/refused"), 409, "refused")
    assert [reason["code"] for reason in found["reasons"]] == ["no_wind", "low_water"]


def test_invalid_input_says_where_by_json_pointer(client: Client) -> None:
    response = client.post(
        "/api/v1/boats", {"name": "Krama", "seats": "many"}, content_type="application/json"
    )
    found = problem(response, 422, "invalid")
    assert [p["pointer"] for p in found["problems"]] == ["/seats"]


@pytest.mark.parametrize("limit", ["0", "101", "many"])
def test_a_page_has_bounds(client: Client, limit: str) -> None:
    found = problem(client.get("/api/v1/windows", {"limit": limit}), 422, "invalid")
    assert [p["pointer"] for p in found["problems"]] == ["limit"]


def test_a_body_that_is_no_json_is_explained(client: Client) -> None:
    problem(client.post("/api/v1/boats", "{", content_type="application/json"), 400, "bad_request")


def test_hidden_and_absent_are_answered_alike(client: Client) -> None:
    hidden, absent = client.get("/api/v1/hidden"), client.get("/api/v1/nowhere/at/all")
    problem(hidden, 404, "not_found")
    assert hidden.content == absent.content
    # Every answer has a number of its own, by which its log line is found.
    assert {k: v for k, v in hidden.items() if k != "X-Request-ID"} == {
        k: v for k, v in absent.items() if k != "X-Request-ID"
    }


def test_the_root_of_the_interface_answers_a_problem(client: Client) -> None:
    problem(client.get("/api/v1/"), 404, "not_found")


def test_a_wrong_method_is_told_the_right_ones(client: Client) -> None:
    response = client.delete("/api/v1/boats")
    found = problem(response, 405, "method_not_allowed")
    assert response["Allow"] == "POST"
    assert "DELETE" in found["detail"]


def test_an_unforeseen_error_tells_nothing_of_the_inside(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    response = client.get("/api/v1/broken")
    problem(response, 500, "server_error")
    assert b"inner workings" not in response.content
    assert "inner workings" in caplog.text


def test_head_is_get_without_a_body(client: Client) -> None:
    head, get = client.head("/api/v1/calling"), client.get("/api/v1/calling")
    assert (head.status_code, head.content) == (200, b"")
    assert head["Content-Length"] == str(len(get.content))


def test_other_sites_may_read_but_lend_no_cookie(client: Client) -> None:
    response = client.options(
        "/api/v1/boats",
        headers={"Origin": "https://example.org", "Access-Control-Request-Method": "POST"},
    )
    assert response.status_code == 204
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response


def test_too_many_requests_are_told_when_to_come_again(
    client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.TONLE_API_LIMIT = 2
    # One instant for all: a window that ends in between would begin counting anew.
    monkeypatch.setattr("tonle.infra.clock.now", lambda: NOW)
    answers = [client.get("/api/v1/calling").status_code for _ in range(3)]
    assert answers == [200, 200, 429]
    response = client.get("/api/v1/calling")
    problem(response, 429, "too_many_requests")
    assert 1 <= int(response["Retry-After"]) <= 60
    assert client.get("/api/v1/calling", REMOTE_ADDR="192.0.2.7").status_code == 200


def test_the_openapi_document_is_valid_and_names_problems_tokens_and_keys(client: Client) -> None:
    document = client.get("/api/v1/openapi.json").json()
    validate(document)
    paths = document["paths"]
    assert paths["/api/v1/calling"]["get"]["security"] == [{}, {"Token": []}]
    assert paths["/api/v1/private"]["get"]["security"] == [{"Token": []}]
    assert (
        "application/problem+json"
        in paths["/api/v1/boats"]["post"]["responses"]["default"]["content"]
    )
    # Asked for again, it says so once still: what ninja made of it is kept for the next reader.
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    assert [one["name"] for one in paths["/api/v1/boats"]["post"]["parameters"]] == [
        "Idempotency-Key"
    ]
    assert "Idempotency-Key" not in str(paths["/api/v1/calling"])


@pytest.mark.urls("config.urls")
def test_the_node_s_own_openapi_document_is_valid_and_no_schema_hides_another(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two contexts may call a class alike; in the document the one would be told as the other."""
    add = OpenAPISchema.add_schema_definitions
    hidden: set[str] = set()

    def compare(self: OpenAPISchema, definitions: dict[str, Any]) -> None:
        hidden.update(
            name for name, one in definitions.items() if self.schemas.get(name, one) != one
        )
        add(self, definitions)

    monkeypatch.setattr(OpenAPISchema, "add_schema_definitions", compare)
    document = client.get("/api/v1/openapi.json").json()
    validate(document)
    assert hidden == set()
    replace = document["paths"]["/api/v1/deposits/{draft_id}/document"]["put"]
    assert {"draft_id", "If-Match"} == {one["name"] for one in replace["parameters"]}
    # Of an address outside of /api/v1 the document is written by hand: each must lead somewhere.
    sample = {"version": "2", "name": "a/b.csv", "arriving": "0123456789bcdfg" + "0" * 40}
    elsewhere = [path for path in document["paths"] if not path.startswith("/api/v1/")]
    assert {"/records/{record_id}/zip", "/uploads/{arriving}"} <= set(elsewhere)
    for path in elsewhere:
        named = re.findall(r"{(\w+)}", path)
        found = resolve(path.format(**{one: sample.get(one, "0123456789bcdfg") for one in named}))
        assert set(named) == set(found.kwargs), path


def test_no_address_and_no_body_brings_a_nul_to_the_database(client: Client) -> None:
    problem(client.get("/api/v1/calling?kind=%00"), 400, "no_nul")
    problem(client.get("/api/v1/boats/%00"), 400, "no_nul")
    body = '{"name": "Kra\\u0000ma", "seats": 2}'
    sent = client.post("/api/v1/boats", body, content_type="application/json")
    assert sent.json() == {"name": "Krama", "seats": 2}
