"""A text that parties sign: one digest for the same words, and nothing that contradicts itself."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.agreements.rules import texts
from tonle.agreements.rules.binding import Survival, Text
from tonle.kernel.errors import Invalid


def document(**changed: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "schema": texts.SCHEMA,
        "agreement": "0123456789bcdfg",
        "version": 1,
        "type": "memorandum",
        "title": {"en": "Memorandum"},
        "parties": [{"id": "kh", "name": {"en": "One"}}, {"id": "cn", "name": {"en": "Other"}}],
        "texts": {
            "km": {"authentic": True, "articles": [{"text": "ក"}, {"text": "ខ"}]},
            "en": {"authentic": False, "articles": [{"heading": "A", "text": "a"}, {"text": "b"}]},
        },
        "key_areas": [{"id": "energy", "name": {"en": "Energy"}}],
        "terms": {"consent": "signature", "needed": 2, "calendar": "Asia/Phnom_Penh"},
    }
    return {**made, **changed}


def terms(**changed: Any) -> dict[str, Any]:
    return document(terms={**document()["terms"], **changed})


def test_a_whole_text_has_no_problem_and_one_digest() -> None:
    assert texts.problems(document()) == []
    turned = dict(reversed(list(document().items())))
    assert texts.digest(turned) == texts.digest(document())
    assert texts.digest(document(version=2)) != texts.digest(document())


def test_the_same_words_typed_on_two_keyboards_have_one_digest() -> None:
    composed, apart = document(title={"vi": "Việt"}), document(title={"vi": "Vie\u0323\u0302t"})

    assert texts.digest(texts.settled(composed)) == texts.digest(texts.settled(apart))


AUTHENTIC = {"authentic": True, "articles": [{"text": "a"}]}


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        (document(parties=document()["parties"][:1]), "/parties"),
        (document(parties=document()["parties"] * 2), "/parties"),
        (document(texts={}), "/texts"),
        (document(texts={"en": {**AUTHENTIC, "authentic": False}}), "/texts"),
        (document(texts={"km": document()["texts"]["km"], "en": AUTHENTIC}), "/texts"),
        (document(key_areas=document()["key_areas"] * 2), "/key_areas"),
        (document(under={"agreement": "0123456789bcdfg"}), "/under"),
        (document(surprise=1), ""),
        (terms(needed=3), "/terms/needed"),
        (terms(depositary="la"), "/terms/depositary"),
        (terms(calendar="Phnom Penh"), "/terms/calendar"),
        (terms(calendar="../../etc/passwd"), "/terms/calendar"),
        (terms(not_before="2026-01-01", until="2026-01-01"), "/terms/until"),
        (terms(until="2026-02-30"), "/terms/until"),
        (terms(renews_months=12), "/terms/renews_months"),
        (terms(months=3, notice_months=6), "/terms/notice_months"),
        (terms(survivals=[{"article": 3}]), "/terms/survivals"),
    ],
)
def test_what_contradicts_itself_is_told(changed: dict[str, Any], where: str) -> None:
    assert where in {place for place, _ in texts.problems(changed)}
    with pytest.raises(Invalid):
        texts.check(changed)


def test_days_follow_from_the_terms() -> None:
    said = terms(
        after_days=30, months=36, renews_months=12, notice_months=6, survivals=[{"article": 2}]
    )

    assert texts.terms(said) == Text(
        version=1,
        needed=2,
        after_days=30,
        months=36,
        renews=12,
        notice=6,
        survivals=(Survival("2"),),
    )


def test_it_reads_as_a_text() -> None:
    assert texts.plain(document(), "en") == "Memorandum\n\n1. A\na\n\n2.\nb\n"
    assert texts.party_name(document(), "cn", "km") == "Other"


anything = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 2**60) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.sampled_from(sorted(document())), anything)
def test_whatever_is_given_is_told_and_never_breaks(field: str, value: Any) -> None:
    for place, sentence in texts.problems(document(**{field: value})):
        assert place == "" or place.startswith("/")
        assert sentence
