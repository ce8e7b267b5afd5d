"""Why a record is gone, in the reader's words."""

from __future__ import annotations

import pytest

from tonle.catalogue import reasons


def test_what_a_rule_says_is_translated_and_what_a_person_wrote_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reasons, "_WORDS", {})
    reasons.register_reason("gone", "It is gone.")
    reasons.register_reason("gone", "It is gone.")
    with pytest.raises(ValueError, match="two sentences"):
        reasons.register_reason("gone", "It went.")

    assert reasons.reason_in_words({"category": "gone", "reason": {"en": "It is gone."}})
    assert reasons.reason_in_words({"category": "gone", "reason": {"km": "…"}}) == ""
    assert reasons.reason_in_words({"category": "by_author", "reason": {"en": "x"}}) == ""
