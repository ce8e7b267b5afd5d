from __future__ import annotations

import pytest
from django.test import RequestFactory

from tonle.api.requests import idempotency_key


@pytest.mark.parametrize(
    ("header", "key"),
    [
        (None, None),
        ("", None),
        ('""', None),
        ("abc-1", "abc-1"),
        ('"abc-1"', "abc-1"),
        (r'"a\"b\\c"', r'a"b\c'),
    ],
)
def test_the_idempotency_key_may_stand_in_quotes(header: str | None, key: str | None) -> None:
    headers = {} if header is None else {"Idempotency-Key": header}
    assert idempotency_key(RequestFactory().post("/", headers=headers)) == key
