"""Canonical JSON, held to RFC 8785 written out a second time."""

from __future__ import annotations

import enum
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.kernel import canonical
from tonle.kernel.errors import Invalid, TooLarge

keys = st.text(alphabet=st.characters(max_codepoint=127), max_size=8)
texts = st.text(max_size=30)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-canonical.MAX_INTEGER, canonical.MAX_INTEGER) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=20,
)


def rfc8785(value: Any) -> str:
    """The rules of RFC 8785, section 3.2, in the plainest form."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        short = {8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\"}
        return '"' + "".join(
            short.get(ord(c)) or (f"\\u{ord(c):04x}" if ord(c) < 32 else c) for c in value
        ) + '"'  # fmt: skip
    if isinstance(value, list):
        return "[" + ",".join(map(rfc8785, value)) + "]"
    units = sorted(value, key=lambda key: key.encode("utf-16-be"))
    return "{" + ",".join(f"{rfc8785(key)}:{rfc8785(value[key])}" for key in units) + "}"


@given(values)
def test_the_bytes_are_those_of_rfc_8785(value: Any) -> None:
    assert canonical.dumps(value) == rfc8785(value).encode()


@given(values)
def test_reading_and_writing_again_changes_nothing(value: Any) -> None:
    written = canonical.dumps(value)

    assert canonical.loads(written) == value
    assert canonical.dumps(canonical.loads(written)) == written


@given(st.dictionaries(keys, values), st.integers())
def test_the_order_of_keys_never_matters(value: Any, seed: int) -> None:
    shuffled = list(value.items())
    random.Random(seed).shuffle(shuffled)

    assert canonical.digest(dict(shuffled)) == canonical.digest(value)


def test_the_digest_is_sha256_of_the_bytes() -> None:
    # printf '{}' | sha256sum
    expected = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    assert canonical.digest({}) == expected


class Colour(enum.IntEnum):
    RED = 1


class Text(str):
    pass


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ({"a": [1, 1.5]}, "/a/1"),
        (float("nan"), ""),
        ({"ទឹក": 1}, ""),
        ({1: "a"}, ""),
        ({"a": {"b": 2**53}}, "/a/b"),
        (-(2**53), ""),
        pytest.param(10**5000, "", id="huge"),
        ((1, 2), ""),
        ({"a": b"bytes"}, "/a"),
        (Colour.RED, ""),
        ([Text("a")], "/0"),
        ("\ud800", ""),
        ({"a": ["\udfff"]}, ""),
    ],
)
def test_what_json_readers_disagree_on_is_refused_with_its_place(value: Any, where: str) -> None:
    with pytest.raises(Invalid) as caught:
        canonical.dumps(value)

    assert caught.value.problems[0][0] == where


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b'{"a":1,"a":2}', "twice"),
        (b'{"a":1.5}', "decimals"),
        (b'{"a":1e3}', "decimals"),
        (b"NaN", "decimals"),
        (b"-Infinity", "decimals"),
        (b"9007199254740992", "too large a number"),
        pytest.param(b"1" * 100_000, "too large a number", id="long"),
        (b'"\\ud800"', "surrogate"),
        ('"\ud800"', "surrogate"),
        (b"\xff", "not UTF-8"),
        (b"\xef\xbb\xbf{}", "not JSON"),
        (b"{", "not JSON"),
        (b"", "not JSON"),
        (b"{} {}", "not JSON"),
        (b'"\n"', "not JSON"),
        (b"[" * 100 + b"]" * 100, "levels"),
        pytest.param(b"[" * 100_000, "levels", id="deep list"),
        pytest.param(b'{"a":' * 100_000, "levels", id="deep object"),
    ],
)
def test_bad_json_is_refused_with_a_sentence(text: bytes | str, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        canonical.loads(text)


def test_json_beyond_its_bound_is_refused_before_it_is_read() -> None:
    with pytest.raises(TooLarge):
        canonical.loads(b'"' + b"x" * 100 + b'"', max_size=50)


def test_a_surrogate_pair_in_escapes_is_one_character() -> None:
    assert canonical.loads(b'"\\ud83d\\ude00"') == "😀"


def test_sixty_four_levels_are_kept_and_one_more_is_not() -> None:
    value: list[Any] = []
    for _ in range(canonical.MAX_DEPTH - 1):
        value = [value]

    assert canonical.loads(canonical.dumps(value)) == value
    with pytest.raises(Invalid, match="levels"):
        canonical.dumps([value])
