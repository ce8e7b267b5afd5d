"""What Granian hands to an RSGI application, as far as the adapter uses it.

Source: the RSGI specification 1.6 of Granian 2.8.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from typing import Protocol

HeaderList = list[tuple[str, str]]


class Headers(Protocol):
    def items(self) -> HeaderList: ...

    def get(self, key: str, default: str | None = None) -> str | None: ...

    def get_all(self, key: str) -> list[str]: ...


class Scope(Protocol):
    """One request's head. path is percent-decoded; query_string is as it was sent."""

    proto: str
    http_version: str
    client: str
    server: str
    scheme: str
    method: str
    path: str
    query_string: str
    authority: str | None
    headers: Headers


class Transport(Protocol):
    """One request's body and answer.

    `__anext__` gives an empty chunk at the end, and, which the specification
    leaves open, a second one where the client cut the connection. A file's range
    ends before `end`, as Python counts.
    `client_disconnect` ends only while no answer has been started.
    """

    def __aiter__(self) -> AsyncIterator[bytes]: ...

    def client_disconnect(self) -> Awaitable[None]: ...

    def response_empty(self, status: int, headers: HeaderList) -> None: ...

    def response_bytes(self, status: int, headers: HeaderList, body: bytes) -> None: ...

    def response_file(self, status: int, headers: HeaderList, file: str) -> None: ...

    def response_file_range(
        self, status: int, headers: HeaderList, file: str, start: int, end: int
    ) -> None: ...
