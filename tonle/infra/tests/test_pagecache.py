"""The page cache alone: bounds, stamps, keys."""

from __future__ import annotations

import pytest
from django.conf import settings

from tonle.infra.pagecache import Key, Page, PageCache, Stamps, canonical_query, key_of


def key(path: str = "/") -> Key:
    return Key("http", "localhost", path, "", "en", "", "")


def page(body: bytes = b"x", expires_at: float | None = None) -> Page:
    return Page([], body, 'W/"e"', expires_at)


def test_a_page_lives_as_long_as_its_stamp() -> None:
    cache = PageCache(1_000_000)
    assert cache.get(key(), (1,), 0) is None
    cache.put(key(), (1,), page())

    assert cache.get(key(), (1,), 0) is not None
    assert cache.get(key(), None, 0) is None
    assert cache.get(key(), (2,), 0) is None
    assert cache.get(key(), (1,), 0) is None
    assert cache.size_bytes == 0


def test_a_page_begun_under_an_older_stamp_is_not_kept() -> None:
    cache = PageCache(1_000_000)
    cache.get(key(), (2,), 0)

    cache.put(key(), (1,), page())

    assert len(cache) == 0


def test_a_page_never_outlives_its_instant() -> None:
    cache = PageCache(1_000_000)
    cache.get(key(), (1,), 0)
    cache.put(key(), (1,), page(expires_at=100))

    assert cache.get(key(), (1,), 99.9) is not None
    assert cache.get(key(), (1,), 100) is None
    assert cache.size_bytes == 0


def test_the_least_recently_asked_for_goes_first() -> None:
    size = page(b"x" * 1000).size_bytes
    cache = PageCache(size * 10)
    cache.get(key(), (1,), 0)
    for number in range(10):
        cache.put(key(f"/{number}"), (1,), page(b"x" * 1000))
    assert cache.get(key("/0"), (1,), 0) is not None

    cache.put(key("/new"), (1,), page(b"x" * 1000))

    assert cache.get(key("/0"), (1,), 0) is not None
    assert cache.get(key("/1"), (1,), 0) is None
    assert cache.size_bytes <= cache.limit_bytes


def test_one_huge_page_does_not_push_out_all_others() -> None:
    cache = PageCache(100_000)
    cache.get(key(), (1,), 0)

    cache.put(key(), (1,), page(b"x" * 50_000))

    assert len(cache) == 0


@pytest.mark.parametrize(
    ("query", "canonical"),
    [
        ("", ""),
        ("b=1&a=2", "a=2&b=1"),
        ("a=2&b=1", "a=2&b=1"),
        ("kind=x&kind=a", "kind=x&kind=a"),
        ("q=%e1%9e%91", "q=%E1%9E%91"),
        ("q=a+b", "q=a+b"),
        ("q=a%20b", "q=a+b"),
        ("q=", "q="),
    ],
)
def test_the_same_question_has_one_spelling(query: str, canonical: str) -> None:
    assert canonical_query(query) == canonical


@pytest.mark.parametrize(
    ("cookie", "authorization", "kept"),
    [
        ("", None, True),
        ("theme=dark", None, True),
        (f"{settings.SESSION_COOKIE_NAME}=abc", None, False),
        (f"a=b;\t{settings.SESSION_COOKIE_NAME}\t=abc", None, False),
        ("messages=abc", None, False),
        ("th\u00e8me=dark", None, False),
        ("", "Bearer abc", False),
        ("", "", False),
    ],
)
def test_only_readers_without_an_account_share_pages(
    cookie: str, authorization: str | None, kept: bool
) -> None:
    found = key_of(
        scheme="http",
        host="LOCALHOST",
        path="/",
        query="",
        cookie=cookie,
        authorization=authorization,
        accept="",
        accept_language="en",
        coding="",
    )

    assert (found is not None) == kept


def test_a_stamp_that_cannot_be_read_vouches_for_nothing() -> None:
    stamps = Stamps()
    stamps.refresh()
    # Nobody registered: nobody can say that nothing changed.
    assert stamps.current() is None

    broken = [False]

    def read() -> tuple[int, ...]:
        if broken[0]:
            raise OSError("gone")
        return (7, 1)

    stamps.register(read)
    stamps.refresh()
    assert stamps.current() == (7, 1)
    broken[0] = True
    stamps.refresh()
    assert stamps.current() is None
