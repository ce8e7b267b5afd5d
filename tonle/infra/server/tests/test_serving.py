"""What `tonle serve` looks at first, and the small parsers of the adapter."""

from __future__ import annotations

import pytest

from tonle.infra.server import gates, serving
from tonle.infra.server.access import network, without_secrets
from tonle.infra.server.answers import codings, is_text
from tonle.infra.server.bodies import BadFraming, declared_length
from tonle.kernel.errors import Refusal, Refused


@pytest.mark.parametrize(
    ("host", "public"),
    [
        ("127.0.0.1", False),
        ("127.9.9.9", False),
        ("::1", False),
        ("localhost", False),
        ("0.0.0.0", True),  # noqa: S104  # Nothing listens here; it is what is asked about.
        ("::", True),
        ("192.0.2.1", True),
        ("node.example.org", True),
    ],
)
def test_which_addresses_others_can_reach(host: str, public: bool) -> None:
    assert serving.is_public(host) == public


def test_a_public_address_is_refused_with_every_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gates, "_always", [])
    monkeypatch.setattr(gates, "_in_public", [])
    gates.register_public_gate(lambda: Refusal("demo", "Demonstration accounts exist."))
    gates.register_public_gate(lambda: None)
    gates.register_public_gate(lambda: Refusal("key", "There is no key."))

    with pytest.raises(Refused) as refused:
        serving.serve(host="192.0.2.1", port=1)

    assert [refusal.code for refusal in refused.value.refusals] == ["demo", "key"]


@pytest.mark.parametrize(
    ("length", "encoding", "expected"),
    [([], None, 0), (["0"], None, 0), (["12"], None, 12), ([], "chunked", None)],
)
def test_one_declared_length(length: list[str], encoding: str | None, expected: int | None) -> None:
    assert declared_length(length, encoding) == expected


@pytest.mark.parametrize(
    ("length", "encoding"),
    [
        (["1"], "chunked"),
        (["1", "2"], None),
        (["1", "1"], None),
        (["-1"], None),
        (["+1"], None),
        (["1_0"], None),
        (["១"], None),
        ([""], None),
        ([], "gzip, chunked"),
    ],
)
def test_ambiguous_lengths_are_refused(length: list[str], encoding: str | None) -> None:
    with pytest.raises(BadFraming):
        declared_length(length, encoding)


@pytest.mark.parametrize(
    ("field", "accepted"),
    [
        (None, ()),
        ("", ()),
        ("gzip", ("gzip",)),
        ("x-gzip", ("gzip",)),
        ("br, GZIP;q=0.5", ("br", "gzip")),
        ("gzip, deflate, BR, zstd", ("br", "gzip")),
        ("gzip;q=0", ()),
        ("gzip; q=0.000, br", ("br",)),
        ("*, br;q=0", ("gzip",)),
        # Brotli only to who names it: a star is what simple clients send.
        ("*", ("gzip",)),
        ("identity", ()),
    ],
)
def test_accept_encoding(field: str | None, accepted: tuple[str, ...]) -> None:
    assert codings(field) == accepted


@pytest.mark.parametrize(
    ("content_type", "text"),
    [
        ("text/html; charset=utf-8", True),
        ("application/problem+json", True),
        ("application/ld+json", True),
        ("image/svg+xml", True),
        ("application/zip", False),
        ("image/png", False),
        (None, False),
    ],
)
def test_what_is_worth_compressing(content_type: str | None, text: bool) -> None:
    assert is_text(content_type) == text


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/records/0123456789bcdfg", "/records/0123456789bcdfg"),
        ("/accounts/confirm-email/MQ:1vHx7a:abcdefghijklm/", "/accounts/confirm-email/*/"),
        ("/signin/abcdefghijklmnopqrstuvwxyz", "/signin/*"),
        (
            "/records/x/files/a-very-long-file-name-indeed.csv",
            "/records/x/files/a-very-long-file-name-indeed.csv",
        ),
    ],
)
def test_secrets_in_paths_are_not_logged(path: str, logged: str) -> None:
    assert without_secrets(path) == logged


@pytest.mark.parametrize(
    ("address", "logged"),
    [("203.0.113.7", "203.0.113.0/24"), ("2001:db8:1:2::3", "2001:db8:1::/48"), ("", "")],
)
def test_an_address_is_logged_without_its_reader(address: str, logged: str) -> None:
    assert network(address) == logged
