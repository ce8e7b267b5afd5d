"""From a Django response to what is sent: which streams are compressed, and how."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator

import pytest
from django.http import StreamingHttpResponse

from tonle.infra.server.answers import Answer, Stream, from_response

TEXT = "text/xml; charset=utf-8"


def _stream(content_type: str = TEXT, **headers: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse((b"rice " * 1000 for _ in range(3)), content_type=content_type)
    for name, value in headers.items():
        response[name.replace("_", "-")] = value
    return response


def _sent(answer: Answer) -> tuple[dict[str, str], list[bytes]]:
    assert isinstance(answer.body, Stream)
    return dict(answer.headers), list(answer.body.chunks)


def test_a_stream_of_text_is_compressed_for_who_takes_it() -> None:
    headers, chunks = _sent(from_response(_stream(), accepted=("br", "gzip")))

    assert headers["content-encoding"] == "gzip"
    assert headers["vary"] == "Accept-Encoding"
    assert gzip.decompress(b"".join(chunks)) == b"rice " * 3000
    # One out for each in: a slow source is still seen to make progress.
    assert len(chunks) == 4


def test_who_takes_no_gzip_gets_the_text_and_caches_know_of_the_other() -> None:
    headers, chunks = _sent(from_response(_stream(), accepted=()))

    assert "content-encoding" not in headers
    assert headers["vary"] == "Accept-Encoding"
    assert b"".join(chunks) == b"rice " * 3000


@pytest.mark.parametrize(
    "response",
    [
        _stream("application/zip"),
        _stream(Content_Length="15000"),
        _stream(Accept_Ranges="bytes"),
        _stream(Content_Encoding="br"),
    ],
)
def test_what_is_no_text_or_has_a_known_length_goes_as_it_is(
    response: StreamingHttpResponse,
) -> None:
    _, chunks = _sent(from_response(response, accepted=("br", "gzip")))

    assert b"".join(chunks) == b"rice " * 3000


def test_a_stream_that_breaks_has_no_end_of_gzip() -> None:
    def breaking() -> Iterator[bytes]:
        yield b"rice " * 100_000
        raise RuntimeError("the source broke")

    answer = from_response(
        StreamingHttpResponse(breaking(), content_type=TEXT), accepted=("br", "gzip")
    )
    assert isinstance(answer.body, Stream)
    chunks, sent = answer.body.chunks, io.BytesIO()
    sent.write(next(chunks))
    with pytest.raises(RuntimeError, match="the source broke"):
        next(chunks)

    with pytest.raises(EOFError):
        gzip.decompress(sent.getvalue())
