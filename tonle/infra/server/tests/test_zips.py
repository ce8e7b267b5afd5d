"""Zips laid out before they are read: every reader can open them, at any size, from anywhere."""

from __future__ import annotations

import io
import shutil
import struct
import subprocess
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from tonle.infra.server.files import Literal, OfFile, Part, PartsAnswer
from tonle.infra.server.zips import Member, layout

AT = datetime(2026, 1, 2, 3, 4, 6, tzinfo=UTC)


def member(name: str, data: bytes) -> Member:
    def crc32() -> Iterator[int | None]:
        yield None
        yield zlib.crc32(data)

    return Member(name, Literal(data), crc32)


def answer(parts: Sequence[Part], **headers: str) -> PartsAnswer:
    made = PartsAnswer(
        parts, content_type="application/zip", etag='"a"', last_modified=AT, filename="a.zip"
    )
    request = RequestFactory().get(
        "/", headers={k.replace("_", "-"): v for k, v in headers.items()}
    )
    made.narrow(request)
    return made


def whole(parts: Sequence[Part]) -> bytes:
    return b"".join(answer(parts))


names = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/\\"),
    min_size=1,
    max_size=40,
).filter(lambda name: name not in {".", ".."})
contents = st.dictionaries(names, st.binary(max_size=3_000), max_size=12)


@given(contents)
def test_python_reads_what_was_put_in(files: dict[str, bytes]) -> None:
    data = whole(layout([member(name, body) for name, body in files.items()], AT))

    with zipfile.ZipFile(io.BytesIO(data)) as found:
        assert found.testzip() is None
        assert {name: found.read(name) for name in found.namelist()} == files
        assert all(info.date_time == (2026, 1, 2, 3, 4, 6) for info in found.infolist())


@given(contents, st.integers(0, 4_000), st.integers(0, 4_000))
def test_any_stretch_is_the_same_as_of_the_whole(
    files: dict[str, bytes], start: int, length: int
) -> None:
    parts = layout([member(name, body) for name, body in files.items()], AT)
    data = whole(parts)

    part = answer(parts, Range=f"bytes={start}-{start + length}")

    if start >= len(data):
        assert (part.status_code, b"".join(part)) == (416, b"")
    else:
        assert part.status_code == 206
        body = b"".join(part)
        assert body == data[start : start + length + 1]
        assert part["Content-Length"] == str(len(body))


@pytest.mark.skipif(shutil.which("unzip") is None, reason="unzip is not installed")
def test_unzip_finds_no_fault() -> None:
    files = {"data/ទឹក.csv": b"a,b\n" * 5_000, "data/empty": b"", "deep/er/est.txt": b"x"}

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.zip"
        path.write_bytes(whole(layout([member(n, b) for n, b in files.items()], AT)))
        said = subprocess.run(
            [shutil.which("unzip") or "unzip", "-t", path], capture_output=True, check=False
        )

    assert said.returncode == 0, said.stdout + said.stderr
    assert b"No errors detected" in said.stdout


@dataclass
class Hole:
    """A part of so many bytes, all nought, that nobody reads."""

    size_bytes: int

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        raise AssertionError(f"read from {start} to {stop}")


@pytest.mark.parametrize("size", [2**32 - 2, 2**32 - 1, 2**32, 5 * 2**30])
def test_members_beyond_four_gigabytes_are_found(tmp_path: Path, size: int) -> None:
    """The file is written with holes, so that no test needs the bytes."""

    def crc32() -> Iterator[int]:
        yield 1

    parts = layout([Member("large", Hole(size), crc32), member("after", b"small")], AT)
    path = tmp_path / "large.zip"
    with path.open("wb") as file:
        for part in parts:
            if isinstance(part, Hole):
                file.seek(part.size_bytes, io.SEEK_CUR)
            else:
                file.writelines(part.read(0, part.size_bytes))

    with zipfile.ZipFile(path) as found:
        assert [info.file_size for info in found.infolist()] == [size, 5]
        assert found.read("after") == b"small"
        with found.open("large") as opened:
            assert opened.read(4) == b"\0\0\0\0"


def test_more_members_than_two_bytes_can_count() -> None:
    data = whole(layout([member(f"{n}", b"") for n in range(65_536)], AT))

    with zipfile.ZipFile(io.BytesIO(data)) as found:
        assert len(found.namelist()) == 65_536
    assert struct.pack("<I", 0x06064B50) in data


def test_a_skipped_member_is_not_summed() -> None:
    def never() -> Iterator[int]:
        raise AssertionError("summed")
        yield 0

    first = Member("first", Literal(b"a" * 100), never)
    parts = layout([first], AT)

    part = answer(parts, Range=f"bytes={parts[0].size_bytes}-{parts[0].size_bytes + 99}")

    assert b"".join(part) == b"a" * 100


def test_a_name_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="one name"):
        layout([member("a", b""), member("a", b"")], AT)


def test_a_file_that_became_shorter_breaks_the_answer(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"short")

    with pytest.raises(OSError, match="too early"):
        b"".join(OfFile(path, 9).read(0, 9))


@pytest.mark.parametrize(
    "moment", [datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)]
)
def test_a_time_no_zip_can_write_takes_the_nearest(moment: datetime) -> None:
    data = whole(layout([member("a", b"")], moment))

    with zipfile.ZipFile(io.BytesIO(data)) as found:
        assert found.infolist()[0].date_time[0] in {1980, 2107}
