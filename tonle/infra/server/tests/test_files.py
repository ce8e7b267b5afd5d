"""File answers under Django's test client: the same bytes and states as over the wire."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import RequestFactory

from tonle.infra.server.files import FileAnswer

BODY = bytes(range(100))
SHA256 = hashlib.sha256(BODY).hexdigest()
MODIFIED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
DATE = "Fri, 02 Jan 2026 03:04:05 GMT"
ETAG = f'"{SHA256}"'


def ask(tmp_path: Path, method: str = "GET", **headers: str) -> FileAnswer:
    path = tmp_path / "file.csv"
    path.write_bytes(BODY)
    request = RequestFactory().generic(
        method, "/", headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    answer = FileAnswer(path, sha256=SHA256, last_modified=MODIFIED)
    answer.narrow(request)
    return answer


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"If_None_Match": ETAG}, 304),
        ({"If_None_Match": f"W/{ETAG}"}, 304),
        ({"If_None_Match": f'"a", {ETAG}'}, 304),
        ({"If_None_Match": "*"}, 304),
        ({"If_None_Match": '"other"'}, 200),
        ({"If_Modified_Since": DATE}, 304),
        ({"If_Modified_Since": "Thu, 01 Jan 2026 00:00:00 GMT"}, 200),
        ({"If_Modified_Since": "nonsense"}, 200),
        # An entity tag outweighs a date.
        ({"If_None_Match": '"other"', "If_Modified_Since": DATE}, 200),
        ({"If_Match": ETAG}, 200),
        ({"If_Match": f"W/{ETAG}"}, 412),
        ({"If_Match": "*"}, 200),
        ({"If_Match": '"other"'}, 412),
        ({"If_Unmodified_Since": DATE}, 200),
        ({"If_Unmodified_Since": "Thu, 01 Jan 2026 00:00:00 GMT"}, 412),
        ({"Range": "bytes=0-9"}, 206),
        ({"Range": "bytes=0-9", "If_Range": ETAG}, 206),
        ({"Range": "bytes=0-9", "If_Range": DATE}, 206),
        ({"Range": "bytes=0-9", "If_Range": '"other"'}, 200),
        ({"Range": "bytes=0-9", "If_Range": f"W/{ETAG}"}, 200),
        ({"Range": "bytes=100-"}, 416),
        ({"Range": "bytes=-0"}, 416),
        # Several ranges, other units and nonsense send the whole file.
        ({"Range": "bytes=0-1,5-6"}, 200),
        ({"Range": "lines=0-1"}, 200),
        ({"Range": "bytes=9-1"}, 200),
        ({"Range": "bytes=-"}, 200),
        ({"Range": "bytes=a-b"}, 200),
        ({"Range": f"bytes={'9' * 5000}-"}, 200),
        ({"Range": f"bytes=0-{'9' * 5000}"}, 200),
    ],
)
def test_preconditions_and_ranges(tmp_path: Path, headers: dict[str, str], status: int) -> None:
    answer = ask(tmp_path, **headers)

    assert answer.status_code == status
    body = answer.getvalue()
    assert body == {200: BODY, 206: BODY[:10]}.get(status, b"")
    if status in {200, 206}:
        assert answer["Content-Length"] == str(len(body))
    assert ("Content-Digest" in answer) == (status == 200)


@pytest.mark.parametrize(
    ("wish", "sent"),
    [
        ("sha-256=1, sha-512=10", "sha-512"),
        ("sha-512=1, sha-256=10", "sha-256"),
        ("sha-256", "sha-256"),
        # What nobody has cannot be given; what there is may still help.
        ("md5=10", "sha-256, sha-512"),
        ("nonsense", "sha-256, sha-512"),
        ("sha-256=0, sha-512=0", ""),
    ],
)
def test_a_client_gets_the_digest_it_likes_best(tmp_path: Path, wish: str, sent: str) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(BODY)
    answer = FileAnswer(path, sha256=SHA256, sha512=hashlib.sha512(BODY).hexdigest())
    answer.narrow(
        RequestFactory().get("/", headers={"Want-Repr-Digest": wish, "Want-Content-Digest": wish})
    )

    for field in ("Repr-Digest", "Content-Digest"):
        digests = [part.split("=")[0] for part in answer.get(field, "").split(", ") if part]
        assert ", ".join(digests) == sent


def test_a_cache_asks_again_each_time(tmp_path: Path) -> None:
    """What was open may be restricted by now."""
    assert ask(tmp_path)["Cache-Control"] == "no-cache"


def test_a_range_is_only_for_get(tmp_path: Path) -> None:
    assert ask(tmp_path, "HEAD", Range="bytes=0-9").status_code == 200


def test_a_condition_that_fails_on_a_change_is_412(tmp_path: Path) -> None:
    assert ask(tmp_path, "PUT", If_None_Match=ETAG).status_code == 412


def test_an_empty_file_has_no_range(tmp_path: Path) -> None:
    path = tmp_path / "empty"
    path.touch()
    answer = FileAnswer(path)
    answer.narrow(RequestFactory().get("/", headers={"Range": "bytes=0-"}))

    assert (answer.status_code, answer["Content-Range"]) == (416, "bytes */0")


def test_a_file_that_is_not_there_is_said_before_the_answer(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        FileAnswer(tmp_path / "missing")
