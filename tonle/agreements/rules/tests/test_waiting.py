"""What a party is waited for."""

from __future__ import annotations

import pytest

from tonle.agreements.rules.waiting import awaited


@pytest.mark.parametrize(
    ("state", "consent", "done", "deed"),
    [
        ("draft", "signature", (), "agree"),
        ("draft", "signature", ("agree",), ""),
        ("agreed", "signature", ("agree",), "sign"),
        ("partly_signed", "signature", ("agree", "sign"), ""),
        ("partly_signed", "ratification", ("sign",), "ratify"),
        ("signed", "ratification", ("sign", "ratify"), ""),
        ("in_force", "ratification", ("sign",), "ratify"),
        ("in_force", "signature", (), ""),
        ("abandoned", "ratification", ("sign",), ""),
    ],
)
def test_a_party_is_waited_for_as_the_text_stands(
    state: str, consent: str, done: tuple[str, ...], deed: str
) -> None:
    assert awaited(state, consent, done) == deed
