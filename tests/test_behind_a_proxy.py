"""A node whose readers come by https, through a proxy that brings TLS."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings

from config.options import BASE_DIR
from tonle.infra.server.middleware import ServerMiddleware
from tonle.infra.server.proxies import reader_address

PROBE = """
import django
django.setup()
from django.test import RequestFactory
request = RequestFactory().get("/", headers={"Host": "localhost", "X-Forwarded-Proto": "https"})
print(request.build_absolute_uri("/records/x"))
"""


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://commons.example.org", "https://localhost/records/x"),
        # Nobody was named who may say so, so a reader's own header says nothing.
        ("", "http://localhost/records/x"),
    ],
)
def test_the_proxy_says_how_readers_came(url: str, address: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROBE],
        check=True,
        capture_output=True,
        text=True,
        cwd=BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "TONLE_URL": url},
    )
    assert done.stdout.strip() == address


@pytest.mark.parametrize(
    ("forwarded", "proxies", "address"),
    [
        ("", 0, "127.0.0.1"),
        # Nobody of ours is in front: a reader's own header says nothing.
        ("203.0.113.9", 0, "127.0.0.1"),
        ("203.0.113.9", 1, "203.0.113.9"),
        # What stands further left was written by the reader.
        ("10.0.0.1, 203.0.113.9", 1, "203.0.113.9"),
        ("203.0.113.9, 198.51.100.2", 2, "203.0.113.9"),
        ("203.0.113.9", 2, "127.0.0.1"),
        ("2001:db8::7", 1, "2001:db8::7"),
        ("[2001:db8::7]", 1, "2001:db8::7"),
        ("not an address", 1, "127.0.0.1"),
    ],
)
def test_the_reader_is_who_our_own_proxies_saw(forwarded: str, proxies: int, address: str) -> None:
    assert reader_address("127.0.0.1", forwarded, proxies) == address


def test_views_meet_the_readers_address(rf: RequestFactory) -> None:
    met: list[str] = []

    def view(request: HttpRequest) -> HttpResponse:
        met.append(request.META["REMOTE_ADDR"])
        return HttpResponse()

    with override_settings(TONLE_PROXIES=1):
        ServerMiddleware(view)(rf.get("/", headers={"X-Forwarded-For": "203.0.113.9"}))

    assert met == ["203.0.113.9"]
