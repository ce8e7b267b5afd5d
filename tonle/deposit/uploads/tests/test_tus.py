"""What a header may say, and how long it may be."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest

from tonle.deposit.uploads.rules import tus


def b64(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def test_an_announcement_names_its_file() -> None:
    field = f"filename {b64('ស្រូវ/ឆ្នាំ 2024.csv')},filetype {b64('text/csv; charset=utf-8')}"
    said = tus.announced(f"{field},sha256 {b64('AB' * 32)},mark {b64('1732')},draft {b64('d1')}")

    assert said == tus.Announced("ស្រូវ/ឆ្នាំ 2024.csv", "text/csv", "ab" * 32, "1732", "d1")
    assert tus.metadata(tus.encoded({"filename": "ក", "mark": ""})) == {"filename": "ក"}


@pytest.mark.parametrize(
    "field",
    [
        "",
        "filename",
        "filename !",
        "filename /w==",
        f"filename {b64('a')},filename {b64('b')}",
        f"file name {b64('a')}",
        f"filename {b64('a')},sha256 {b64('short')}",
        f"filename {b64('a')},mark {b64('m' * 201)}",
        f"filename {b64('a' * 9_000)}",
        ",".join(f"k{number} {b64('x')}" for number in range(17)),
        # Letters beyond ASCII are no base64; a NUL is refused by databases.
        "filename é",
        f"filename {b64('a')},filetype {b64('text/x' + chr(0))}",
        f"filename {b64('a')},mark {b64('1' + chr(10))}",
    ],
)
def test_an_announcement_that_cannot_be_read_is_refused(field: str) -> None:
    with pytest.raises(tus.Unreadable):
        tus.announced(field)


def test_what_a_sender_does_not_know_is_no_type() -> None:
    assert (
        tus.announced(f"filename {b64('a')},filetype {b64('application/octet-stream')}").media_type
        == ""
    )


@pytest.mark.parametrize("value", [None, "", "-1", "1.0", "1e3", "١", "1" * 19, " 1"])
def test_a_number_is_digits(value: str | None) -> None:
    with pytest.raises(tus.Unreadable):
        tus.number("Upload-Offset", value)


def test_checksums() -> None:
    assert tus.checksum(f"sha1 {b64(b'x' * 20)}") == ("sha1", b"x" * 20)
    with pytest.raises(tus.UnknownAlgorithm):
        tus.checksum(f"md5 {b64(b'x' * 16)}")
    for bad in (f"sha256 {b64(b'x' * 20)}", "sha1 ?", "sha1", "sha1 é", f"sha1 {'A' * 300}"):
        with pytest.raises(tus.Unreadable):
            tus.checksum(bad)


def test_an_expiry_is_a_date_of_http() -> None:
    at = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
    assert tus.expires(at) == "Sun, 22 Nov 2026 17:00:00 GMT"
