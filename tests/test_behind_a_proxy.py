"""A node whose readers come by https, through a proxy that brings TLS."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from config.options import BASE_DIR

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
