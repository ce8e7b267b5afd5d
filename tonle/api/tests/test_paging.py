from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from tests.constants import NOW
from tonle.api.errors import BadCursor
from tonle.api.models import Window
from tonle.api.paging import decode_cursor, encode_cursor, page_of_sorted, scope_of
from tonle.infra.stores import CACHE_ALIAS

VALUES = st.lists(st.none() | st.text(max_size=40) | st.integers(-(2**63), 2**63), max_size=4)


@given(VALUES)
def test_a_cursor_gives_back_what_was_put_in(values: list[Any]) -> None:
    cursor = encode_cursor("scope", values)
    assert re.fullmatch(r"[A-Za-z0-9_-]+", cursor)
    assert list(decode_cursor("scope", cursor)) == values


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda b: b.decode("latin-1")))
def test_anything_else_is_refused_as_a_cursor(text: str) -> None:
    with pytest.raises(BadCursor):
        decode_cursor("scope", text)


def test_a_cursor_belongs_to_one_list_and_its_filters() -> None:
    water = scope_of("records", {"q": "water", "kind": None})
    assert water == scope_of("records", {"kind": None, "q": "water"})
    cursor = encode_cursor(water, ["a", 1])
    with pytest.raises(BadCursor):
        decode_cursor(scope_of("records", {"q": "rice", "kind": None}), cursor)


@given(st.sets(st.tuples(st.integers(0, 3), st.text(max_size=3))), st.integers(1, 4), st.data())
def test_pages_of_a_sorted_list_hold_each_item_once_whatever_comes_and_goes(
    found: set[tuple[int, str]], limit: int, data: st.DataObject
) -> None:
    items, seen = set(found), list[tuple[int, str]]()
    cursor, stayed = None, set(found)
    while True:
        page, cursor = page_of_sorted(
            sorted(items), lambda one: one, scope="list", cursor=cursor, limit=limit
        )
        seen += page
        if cursor is None:
            break
        if items:
            # Also the very item that the cursor names may be gone.
            gone = data.draw(st.sampled_from(sorted(items)))
            items.discard(gone)
            stayed.discard(gone)
    assert len(seen) == len(set(seen))
    assert stayed <= set(seen)
    assert seen == sorted(seen)


def test_a_sorted_list_refuses_a_cursor_of_another_sort() -> None:
    cursor = encode_cursor("x", ["a"])
    with pytest.raises(BadCursor):
        page_of_sorted([(1, "a")], lambda one: one, scope="x", cursor=cursor, limit=1)


@pytest.mark.parametrize("version", [0, 2, "1", None])
def test_a_cursor_of_another_version_is_refused(version: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("tonle.api.paging.VERSION", version)
    cursor = encode_cursor("scope", ["a"])
    monkeypatch.undo()
    with pytest.raises(BadCursor):
        decode_cursor("scope", cursor)


@pytest.mark.django_db
@pytest.mark.urls("tonle.api.tests.endpoints")
def test_pages_hold_each_item_once_while_others_come_in(client: Client) -> None:
    # Far ahead: the limiter now and then removes windows that have ended.
    ends_at = NOW.replace(year=9000)

    def window(name: str, hits: int) -> Window:
        return Window(key=f"test-{name}", hits=hits, ends_at=ends_at)

    windows = Window.objects.using(CACHE_ALIAS)
    windows.bulk_create(window(f"{n:02}", n // 3) for n in range(11))
    seen: list[str] = []
    address = "/api/v1/windows?limit=4"
    for page in range(10):
        response = client.get(address)
        seen += [item["key"] for item in response.json()["items"]]
        # In front of where the reader is, and so none of its business.
        windows.bulk_create([window(f"new-{page}", 99)])
        link = re.fullmatch(r'<(.+)>; rel="next"', response.headers.get("Link", ""))
        assert (link is None) == (response.json()["next"] is None)
        if link is None:
            break
        address = link[1]
    order = sorted(range(11), key=lambda n: (-(n // 3), n))
    assert seen == [f"test-{n:02}" for n in order]


@pytest.mark.django_db
@pytest.mark.urls("tonle.api.tests.endpoints")
def test_a_cursor_with_values_that_do_not_fit_is_refused(client: Client) -> None:
    wrong: list[list[str | int | None]] = [["many", "key"], [1], [1, "a", "b"]]
    for values in wrong:
        cursor = encode_cursor(scope_of("windows", {}), values)
        response = client.get("/api/v1/windows", {"cursor": cursor})
        assert response.status_code == 400
        assert response.json()["code"] == "bad_cursor"
