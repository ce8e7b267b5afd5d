"""What leaves the node goes only where it may, and what comes back is bounded."""

from __future__ import annotations

import datetime
import gzip
import ipaddress
import logging
import random
import socket
import ssl
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from tests import web_service
from tests.web_service import Asked, WebService, reply
from tonle.infra import outbound
from tonle.infra.outbound import Limits, session, watch

LOOPBACK = "127.0.0.1"

v4 = st.ip_addresses(v=4)
v6 = st.ip_addresses(v=6)


@pytest.fixture
def service(settings: Settings) -> Any:
    settings.TONLE_OUTBOUND_PRIVATE = [f"{LOOPBACK}/32"]
    with WebService() as made:
        yield made


# --- the rule of addresses ---------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        *("0.0.0.1", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.254"),
        *("169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.168.1.1"),
        *("198.18.0.1", "203.0.113.7", "224.0.0.1", "239.255.255.250", "255.255.255.255"),
        *("::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1"),
        *("64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1", "100::1"),
        *("2001::1", "2001:db8::1", "2002:7f00:1::", "2002:808:808::", "3fff::1"),
        *("fc00::1", "fd12::1", "fe80::1", "fe80::1%1", "fec0::1", "ff02::1", "5f00::1"),
    ],
)
def test_addresses_of_somebodys_inside_are_refused(text: str) -> None:
    assert not outbound.is_allowed(ipaddress.ip_address(text))


@pytest.mark.parametrize(
    "text",
    [
        *("1.1.1.1", "100.63.255.255", "172.32.0.1", "203.0.112.1", "2606:4700::1111"),
        *("64:ff9b::101:101", "::ffff:8.8.8.8", "2400:cb00::1"),
    ],
)
def test_addresses_of_the_public_network_are_allowed(text: str) -> None:
    assert outbound.is_allowed(ipaddress.ip_address(text))


@given(v4)
def test_an_ipv4_address_is_judged_alike_in_ipv6_clothes(address: ipaddress.IPv4Address) -> None:
    mapped = ipaddress.IPv6Address(f"::ffff:{address}")
    translated = ipaddress.IPv6Address(f"64:ff9b::{address}")

    assert outbound.is_allowed(mapped) == outbound.is_allowed(address)
    assert outbound.is_allowed(translated) == outbound.is_allowed(address)


@given(st.one_of(v4, v6))
def test_what_python_knows_as_special_is_never_allowed(address: outbound.IPAddress) -> None:
    special = (
        address.is_private
        or address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_unspecified
        or (address.version == 4 and address.is_reserved)
    )
    # Mapped addresses are the address that they hold, which Python's releases see differently.
    inside = address.version == 6 and address.ipv4_mapped is not None
    if special and not inside:
        assert not outbound.is_allowed(address)


@given(st.one_of(v4, v6), st.integers(8, 32))
def test_a_network_that_the_steward_allows_is_allowed(
    address: outbound.IPAddress, prefix: int
) -> None:
    network = ipaddress.ip_network((int(address), prefix), strict=False)
    if network.version != address.version:
        network = ipaddress.ip_network((address, prefix), strict=False)
    if not (address.version == 6 and address.ipv4_mapped):
        assert outbound.is_allowed(address, (network,))


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/",
        "file:///etc/passwd",
        "http:///nowhere",
        "http://user:key@example.org/",
        "http://example.org:22/",
        "http://example.org:99999/",
        "http://example.org\\@127.0.0.1/",
        "http://exam ple.org/",
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:169.254.169.254]/",
        "//example.org/",
        "",
    ],
)
def test_what_is_no_address_of_the_web_is_refused_unasked(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: pytest.fail("was asked"))
    with pytest.raises(outbound.AddressRefused):
        outbound.send("GET", url)


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "0177.0.0.1", "localhost", "127.1"])
def test_other_spellings_of_loopback_are_found_out(
    host: str, service: WebService, settings: Settings
) -> None:
    settings.TONLE_OUTBOUND_PRIVATE = []
    with pytest.raises((outbound.AddressRefused, outbound.Unreachable)):
        outbound.send("GET", f"http://{host}:{service.port}/")
    assert service.asked == []


# --- a real server -----------------------------------------------------------------------


def answers_as(monkeypatch: pytest.MonkeyPatch, *rounds: list[str]) -> list[str]:
    """Let every name resolve to the next of these rounds; returns the names asked for."""
    asked: list[str] = []
    waiting = list(rounds)

    def fake(host: str, port: int, **_: object) -> list[Any]:
        asked.append(host)
        found = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found]

    monkeypatch.setattr(socket, "getaddrinfo", fake)
    return asked


def test_an_answer_comes_whole(service: WebService) -> None:
    service.answer(201, {"made": True})
    answer = outbound.send("POST", f"{service.url}/things?a=b", json={"name": "ទន្លេ"})

    assert (answer.status, answer.json()) == (201, {"made": True})
    (asked,) = service.asked
    assert (asked.method, asked.path, asked.json()) == ("POST", "/things?a=b", {"name": "ទន្លេ"})
    assert asked.headers["user-agent"].startswith("Tonle/")
    assert asked.headers["accept-encoding"] == "identity"


def test_a_name_is_resolved_once_and_connected_to_as_checked(
    service: WebService, monkeypatch: pytest.MonkeyPatch
) -> None:
    with WebService("127.0.0.2") as inside:
        asked = answers_as(monkeypatch, [LOOPBACK], ["127.0.0.2"])
        answer = outbound.send("GET", f"http://rebinding.example:{service.port}/x")

        assert answer.status == 200
        assert asked == ["rebinding.example"]
        assert service.asked[0].headers["host"] == f"rebinding.example:{service.port}"
        assert inside.asked == []


@pytest.mark.parametrize("found", [["127.0.0.2"], ["127.0.0.1", "10.0.0.1"], ["::1"]])
def test_a_name_that_leads_inside_is_not_asked(
    service: WebService, monkeypatch: pytest.MonkeyPatch, found: list[str]
) -> None:
    answers_as(monkeypatch, found)
    with pytest.raises(outbound.AddressRefused):
        outbound.send("GET", f"http://inside.example:{service.port}/")
    assert service.asked == []


def test_a_redirect_passes_the_same_door(service: WebService) -> None:
    with WebService("127.0.0.2") as inside:
        service.answer(302, Location=f"{inside.url}/secret")
        with pytest.raises(outbound.AddressRefused):
            outbound.send("GET", service.url)
        assert inside.asked == []


def test_a_redirect_is_followed_and_carries_no_key_elsewhere(service: WebService) -> None:
    with WebService() as other:
        service.answers(reply(302, Location="/second"), reply(307, Location=f"{other.url}/third"))
        other.answer(200, b"here")
        answer = outbound.send("GET", service.url, headers={"Authorization": "Bearer key"})

        assert (answer.body, answer.url) == (b"here", f"{other.url}/third")
        assert [a.headers.get("authorization") for a in service.asked] == ["Bearer key"] * 2
        assert "authorization" not in other.asked[0].headers


def test_a_post_is_not_carried_elsewhere(service: WebService) -> None:
    service.answer(307, Location="/elsewhere")
    assert outbound.send("POST", service.url, json={}).status == 307
    assert len(service.asked) == 1


def test_a_ring_of_redirects_ends(service: WebService) -> None:
    service.answer(302, Location="/again")
    with pytest.raises(outbound.TooManyRedirects):
        outbound.send("GET", service.url, limits=Limits(redirects=3))
    assert len(service.asked) == 4


@pytest.mark.parametrize("told", [True, False])
def test_an_answer_too_large_is_not_read(service: WebService, told: bool) -> None:
    def endless(handler: Any, ended: threading.Event) -> None:
        length = b"Content-Length: 100000000\r\n" if told else b""
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n" + length + b"\r\n")
        handler.close_connection = True
        while not ended.is_set():
            try:
                handler.wfile.write(b"x" * 65536)
            except OSError:
                return

    service.answers(web_service.Raw(endless))
    with pytest.raises(outbound.AnswerTooLarge):
        outbound.send("GET", service.url, limits=Limits(size_bytes=200_000))


@pytest.mark.parametrize("fault", [web_service.silent, web_service.drip, web_service.drip_headers])
def test_who_answers_without_end_is_left(service: WebService, fault: Any) -> None:
    service.answers(fault)
    with pytest.raises(outbound.TooSlow):
        outbound.send("GET", service.url, limits=Limits(seconds=0.5))


@pytest.mark.parametrize("fault", [web_service.cut, web_service.half])
def test_an_answer_that_breaks_off_is_none(service: WebService, fault: Any) -> None:
    service.answers(fault)
    with pytest.raises(outbound.Unreachable):
        outbound.send("GET", service.url)


def test_nobody_there_is_unreachable(service: WebService) -> None:
    with WebService() as gone:
        pass
    with pytest.raises(outbound.Unreachable):
        outbound.send("GET", gone.url)


def test_another_type_than_asked_for_is_refused(service: WebService) -> None:
    service.answer(200, b"<html>", Content_Type="text/html; charset=utf-8")
    with pytest.raises(outbound.AnswerUnexpected):
        outbound.send("GET", service.url, accept=("application/json",))
    service.answer(404, b"<html>", Content_Type="text/html")
    assert outbound.send("GET", service.url, accept=("application/json",)).status == 404


def test_an_answer_that_unfolds_is_refused(service: WebService) -> None:
    service.answer(200, b"\x1f\x8b", Content_Encoding="gzip")
    with pytest.raises(outbound.AnswerUnexpected):
        outbound.send("GET", service.url)


def test_a_closed_door_says_so_and_asks_nobody(service: WebService, settings: Settings) -> None:
    settings.TONLE_OUTBOUND = False
    with pytest.raises(outbound.OutboundClosed):
        outbound.send("GET", service.url)
    assert service.asked == []


@pytest.mark.parametrize(
    "fault", [web_service.cut, web_service.half, web_service.silent, reply(200, b"not json")]
)
def test_no_error_and_no_log_line_holds_what_the_address_holds(
    service: WebService, fault: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    service.answers(fault)
    url = f"{service.url}/bot123:SECRET/send?key=SECRET"
    with pytest.raises(outbound.OutboundError) as raised:
        outbound.send("GET", url, limits=Limits(seconds=0.5)).json()

    error: BaseException | None = raised.value
    assert "SECRET" not in str(error) + repr(error) + repr(raised.value.data)
    assert error is not None
    assert error.__cause__ is None or error.__suppress_context__
    assert "SECRET" not in caplog.text


def test_a_proxy_of_the_environment_is_used(
    service: WebService, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    # It resolves the name, and may itself stand inside.
    settings.TONLE_OUTBOUND_PRIVATE = []
    monkeypatch.setenv("http_proxy", service.url)
    monkeypatch.setattr(session, "resolve", lambda *_: pytest.fail("was resolved here"))
    service.answer(200, b"through")
    answer = outbound.send("GET", "http://far.example/thing")

    assert answer.body == b"through"
    assert service.asked[0].path == "http://far.example/thing"
    with pytest.raises(outbound.AddressRefused):
        outbound.send("GET", "http://10.0.0.1/")


def test_a_slow_proxy_is_left_too(service: WebService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", service.url)
    service.answers(web_service.drip)
    with pytest.raises(outbound.TooSlow):
        outbound.send("GET", "http://far.example/thing", limits=Limits(seconds=0.5))


# --- encryption --------------------------------------------------------------------------


def certificate(folder: Path, name: str) -> Path:
    """A certificate of this name, its own issuer, and its key, in one file."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    begin = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + datetime.timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


def test_the_certificate_must_be_the_names_although_the_address_was_checked(
    service: WebService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_for: list[str | None] = []
    chain = certificate(tmp_path, "commons.example")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    context.sni_callback = lambda _socket, name, _context: asked_for.append(name)
    service.encrypt(context)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(chain))
    answers_as(monkeypatch, [LOOPBACK])
    service.answer(200, b"safe")

    answer = outbound.send("GET", f"https://commons.example:{service.port}/")
    assert (answer.body, asked_for) == (b"safe", ["commons.example"])
    with pytest.raises(outbound.Unreachable):
        outbound.send("GET", f"https://another.example:{service.port}/")
    service.answer(302, Location=f"http://commons.example:{service.port}/plain")
    with pytest.raises(outbound.AddressRefused):
        outbound.send("GET", f"https://commons.example:{service.port}/")
    assert len(service.asked) == 2


def test_a_request_is_asked(service: WebService) -> None:
    """The small server of ours gives answers that depend on what it is asked."""

    def echo(asked: Asked) -> web_service.Reply:
        return reply(200, {"path": asked.path})

    service.answers(web_service.Made(echo))
    assert outbound.send("GET", f"{service.url}/a").json() == {"path": "/a"}


# --- compressed answers ------------------------------------------------------------------


@pytest.mark.parametrize("pieces", [1, 3])
@pytest.mark.parametrize("size_bytes", [0, 10, 65_536, 300_001])
def test_a_compressed_answer_comes_as_it_was(
    service: WebService, pieces: int, size_bytes: int
) -> None:
    whole = random.Random(size_bytes).randbytes(size_bytes // 3) * 3
    service.answer(200, gzip.compress(whole) * pieces, Content_Encoding="gzip")
    answer = outbound.send("GET", service.url, gzip=True)

    assert answer.body == whole * pieces
    assert service.asked[0].headers["accept-encoding"] == "gzip"


def test_who_does_not_compress_is_read_as_it_is(service: WebService) -> None:
    service.answer(200, b"plain")
    assert outbound.send("GET", service.url, gzip=True).body == b"plain"


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        (gzip.compress(b"\0" * 20_000_000), outbound.AnswerUnfolds),
        (gzip.compress(random.Random(1).randbytes(300_000)), outbound.AnswerTooLarge),
        (gzip.compress("ទន្លេ".encode() * 60_000), outbound.AnswerTooLarge),
        (gzip.compress(b"half of it" * 1000)[:-9], outbound.Unreachable),
        (b"no gzip at all", outbound.AnswerUnexpected),
        (gzip.compress(b"more") + b"and more", outbound.AnswerUnexpected),
    ],
)
def test_a_bomb_and_a_broken_one_are_refused(
    service: WebService, body: bytes, refused: type[outbound.OutboundError]
) -> None:
    service.answer(200, body, Content_Encoding="gzip")
    size = 100_000_000 if refused is outbound.AnswerUnfolds else 200_000
    with pytest.raises(refused):
        outbound.send("GET", service.url, gzip=True, limits=Limits(size_bytes=size))


def test_another_compression_than_asked_for_is_refused(service: WebService) -> None:
    service.answer(200, b"x", Content_Encoding="br")
    with pytest.raises(outbound.AnswerUnexpected):
        outbound.send("GET", service.url, gzip=True)


# --- one connection for many requests ------------------------------------------------------


def test_a_session_asks_many_things_over_one_connection(
    service: WebService, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = answers_as(monkeypatch, [LOOPBACK], ["10.0.0.1"])
    opened: list[str] = []
    really = watch.connect

    def open_and_tell(address: str, port: int, seconds: float) -> socket.socket:
        opened.append(address)
        return really(address, port, seconds)

    monkeypatch.setattr(session, "connect", open_and_tell)
    service.answer(200, b"x" * 100_000)
    with outbound.Session() as asking:
        for _ in range(5):
            assert len(asking.send("GET", f"http://many.example:{service.port}/").body) == 100_000

    assert (names, opened) == (["many.example"], [LOOPBACK])
    assert len(service.asked) == 5


def test_a_session_goes_on_after_the_other_end_has_closed(service: WebService) -> None:
    service.answers(reply(200, b"1"), web_service.cut, reply(200, b"2"))
    with outbound.Session() as asking:
        assert asking.send("GET", service.url).body == b"1"
        assert asking.send("GET", service.url).body == b"2"
    assert len(service.asked) == 3


def test_a_session_does_not_post_again(service: WebService) -> None:
    service.answers(reply(200, b"1"), web_service.cut, reply(200, b"2"))
    with outbound.Session() as asking:
        asking.send("GET", service.url)
        with pytest.raises(outbound.Unreachable):
            asking.send("POST", service.url, json={})


def test_a_kept_connection_is_watched_as_a_new_one(service: WebService) -> None:
    service.answers(reply(200, b"1"), web_service.drip, reply(200, b"2"))
    with outbound.Session() as asking:
        asking.send("GET", service.url)
        with pytest.raises(outbound.TooSlow):
            asking.send("GET", service.url, limits=Limits(seconds=0.5))
        assert asking.send("GET", service.url).body == b"2"


def test_an_answer_left_half_read_is_not_taken_for_the_next(service: WebService) -> None:
    service.answers(reply(200, b"a" * 1_000_000), reply(200, b"b"))
    with outbound.Session() as asking:
        with pytest.raises(outbound.AnswerTooLarge):
            asking.send("GET", service.url, limits=Limits(size_bytes=10))
        assert asking.send("GET", service.url).body == b"b"


def test_a_redirect_in_a_session_passes_the_same_door(service: WebService) -> None:
    with WebService("127.0.0.2") as inside, outbound.Session() as asking:
        asking.send("GET", service.url)
        service.answer(302, Location=f"{inside.url}/secret")
        with pytest.raises(outbound.AddressRefused):
            asking.send("GET", service.url)
        assert inside.asked == []


def test_a_kept_connection_is_watched_when_it_is_encrypted(
    service: WebService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain = certificate(tmp_path, "commons.example")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    service.encrypt(context)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(chain))
    answers_as(monkeypatch, [LOOPBACK])
    service.answers(reply(200, b"1"), web_service.drip)
    with outbound.Session() as asking:
        assert asking.send("GET", f"https://commons.example:{service.port}/").body == b"1"
        with pytest.raises(outbound.TooSlow):
            asking.send(
                "GET", f"https://commons.example:{service.port}/", limits=Limits(seconds=0.5)
            )
