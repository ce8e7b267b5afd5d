"""What an answer means: every status that DataCite documents, and anything else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.datacite import contradiction
from tonle.federation.dois.rules.answers import (
    LONGEST_WAIT_SECONDS,
    Said,
    judge,
    patience_seconds,
    prefixes_of,
    put_off_seconds,
    reasons_of,
)

NAME = "10.82433/x"
JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["data", "attributes", "doi", "state", "errors", "title", "id", "source"]
            ),
            inner,
        )
    ),
    max_leaves=12,
)


def answer(state: str = "findable", doi: str = "10.82433/X") -> bytes:
    found = {"id": NAME, "type": "dois", "attributes": {"doi": doi, "state": state}}
    return json.dumps({"data": found}).encode()


@pytest.mark.parametrize(
    ("status", "body", "meaning"),
    [
        (200, answer(), "accepted"),
        (201, answer("draft"), "accepted"),
        # Another name, a sign-in page, nothing at all: not DataCite's answer to this question.
        (200, answer(doi="10.82433/y"), "later"),
        (200, b"<html>Sign in</html>", "later"),
        (204, b"", "later"),
        (302, b"", "place"),
        (400, b"", "refused"),
        (401, b"", "account"),
        (403, b"", "place"),
        (404, b"", "place"),
        (405, b"", "place"),
        (409, b"", "refused"),
        (413, b"", "refused"),
        (415, b"", "refused"),
        (422, b"", "refused"),
        (408, b"", "later"),
        (429, b"", "later"),
        (500, b"", "later"),
        (502, b"", "later"),
        (503, b"", "later"),
        (504, b"", "later"),
    ],
)
def test_a_status_and_its_meaning(status: int, body: bytes, meaning: str) -> None:
    assert judge(status, {}, body, NAME).meaning == meaning


def test_reasons_are_kept_in_datacites_words() -> None:
    errors = [
        {"source": "creators", "uid": NAME, "title": "Missing child element(s)."},
        {"status": "400", "detail": "Bad\n  request"},
        {"title": {"responseCode": 301}},
        "odd",
    ]

    assert reasons_of(json.dumps({"errors": errors}).encode()) == (
        Said("creators", "Missing child element(s)."),
        Said("", "Bad request"),
        Said("", '{"responseCode": 301}'),
    )
    assert reasons_of(json.dumps({"errors": {"title": "One."}}).encode()) == (Said("", "One."),)
    assert len(reasons_of(json.dumps({"errors": errors * 99}).encode())) == 20


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (429, {"retry-after": "17"}, 17),
        (503, {"retry-after": "17"}, 17),
        (429, {}, 300),
        (503, {}, None),
        (503, {"retry-after": "soon"}, None),
        (429, {"retry-after": "99999999999"}, LONGEST_WAIT_SECONDS),
        (
            503,
            {
                "retry-after": "Sun, 22 Nov 2026 02:31:00 GMT",
                "date": "Sun, 22 Nov 2026 02:30:00 GMT",
            },
            60,
        ),
    ],
)
def test_how_long_datacite_wants_to_be_left_alone(
    status: int, headers: dict[str, str], seconds: float | None
) -> None:
    assert judge(status, headers, b"", NAME).wait_seconds == seconds


def test_waits_grow_and_end() -> None:
    assert [patience_seconds(n) for n in (0, 1, 2, 3, 99)] == [30, 30, 60, 120, 3600]
    assert [put_off_seconds(n) for n in (1, 2, 99)] == [60, 120, 21600]


@given(st.integers(100, 599), JSONS | st.binary())
def test_nothing_that_is_answered_is_too_much(status: int, said: Any) -> None:
    body = said if isinstance(said, bytes) else json.dumps(said).encode()

    verdict = judge(status, {"retry-after": str(said)[:40]}, body, NAME)
    prefixes_of(body)

    assert (verdict.meaning == "accepted") == bool(verdict.state)
    assert all(len(one.text) <= 500 and len(one.where) <= 500 for one in verdict.reasons)


# --- options that contradict ------------------------------------------------------------------

FINE: dict[str, Any] = {
    "url": "https://api.datacite.org", "account": "A.B", "password": "x", "prefix": "10.12345",
    "kinds": ["dataset"], "node_url": "https://node.example",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, ""),
        ({"account": "", "password": "", "prefix": "", "node_url": ""}, ""),
        ({"account": ""}, "no TONLE_DATACITE_ACCOUNT"),
        ({"password": ""}, "no TONLE_DATACITE_PASSWORD"),
        ({"prefix": ""}, "no TONLE_DOI_PREFIX"),
        ({"prefix": "12345"}, "not '12345'"),
        ({"prefix": "10.12345/x"}, "not '10.12345/x'"),
        ({"kinds": []}, "names no kind"),
        ({"url": "http://api.datacite.org"}, "must begin with https://"),
        ({"node_url": ""}, "Set it to the address"),
        ({"node_url": "http://localhost:8000"}, "Set it to the address"),
        ({"url": "http://127.0.0.1:9", "node_url": "http://localhost:8000"}, ""),
    ],
)
def test_options_that_contradict_are_said(changed: dict[str, Any], said: str) -> None:
    found = contradiction(**{**FINE, **changed})

    assert said in found
    assert bool(said) == bool(found)
