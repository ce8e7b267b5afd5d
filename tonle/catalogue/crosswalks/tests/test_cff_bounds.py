"""A citation file costs no more than it can say."""

from __future__ import annotations

import pytest
import yaml

from tonle.catalogue.crosswalks import cff

HEAD = b"cff-version: 1.2.0\ntitle: X\nauthors:\n"


def read(data: bytes) -> str:
    return str(cff.parse(data, "CITATION.cff"))


@pytest.mark.parametrize(
    "data",
    [
        HEAD + b"".join(b"- name: A%d\n" % n for n in range(40_000)),
        b"cff-version: 1.2.0\na: " + b"[" * 100_000,
        b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
    ],
    ids=["40,000 authors", "depth", "aliases"],
)
def test_what_costs_too_much_is_refused_before_anything_is_built(
    data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build(_self: object) -> None:
        pytest.fail("It was built.")

    monkeypatch.setattr(cff._PlainLoader, "get_single_data", build)

    assert "not valid YAML" in read(data)


def test_a_thousand_authors_are_read() -> None:
    data = HEAD + b"".join(
        b"- family-names: F%d\n  given-names: G\n  affiliation: U\n" % n for n in range(1_000)
    )

    assert "F999" in read(data)


def test_plain_words_stay_as_they_are_written() -> None:
    found = cff._load(b"version: 1.10\ndate-released: 2020-01-01\na: No\n")

    assert found == {"version": "1.10", "date-released": "2020-01-01", "a": "No"}
    assert issubclass(cff._PlainLoader, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
