"""Asking a node over HTTP: one session, one token, and refusals as sentences."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tonle import __version__

if TYPE_CHECKING:
    from requests import Response, Session

# Seconds to connect, and between two stretches of bytes.
TIMEOUT = (15, 60)
# A link that breaks is taken up again so often without a single new byte.
TRIES = 5
# A record's document lists its files; ten thousand of them take less.
LARGEST_ANSWER = 64 << 20


class ClientError(Exception):
    """Why something was not done, as a sentence."""


class CannotGet(ClientError):
    """Why something was not got."""


class CannotPut(ClientError):
    """Why something was not sent. code: the node's own word for it, where it gave one."""

    def __init__(self, sentence: str, code: str = "") -> None:
        super().__init__(sentence)
        self.code = code


class Broken(Exception):
    """A link broke, or the node is busy; another try may help."""


class Client:
    """Asks nodes. token: sent to whom it asks and, on a redirect, to no other."""

    def __init__(self, token: str = "") -> None:
        from requests import Session

        self._token = token
        self._session: Session = Session()
        self._session.headers.update(
            {"User-Agent": f"tonle/{__version__}", "Accept-Encoding": "identity"}
        )

        def sign(request: Any) -> Any:
            if token:
                request.headers["Authorization"] = f"Bearer {token}"
            return request

        # A function rather than a header: without one, a password from ~/.netrc is sent.
        self._session.auth = sign

    def twin(self, *, signed: bool = True) -> Client:
        """Another one for another thread: a session is not made for two."""
        return Client(self._token if signed else "")

    def ask(
        self,
        address: str,
        headers: dict[str, str],
        method: str = "GET",
        data: bytes | None = None,
    ) -> Response:
        """A response whose body was not read yet. Raises Broken where nobody answers."""
        from requests import RequestException

        try:
            return self._session.request(
                method,
                address,
                headers=headers,
                data=data,
                stream=True,
                timeout=TIMEOUT,
                # An answer about bytes that are sent comes from where they went.
                allow_redirects=method == "GET",
            )
        except RequestException as error:
            raise Broken(f"{host_of(address)} could not be reached: {reason(error)}") from None

    def json(
        self, address: str, method: str = "GET", body: Any = None, *, accept: str = ""
    ) -> tuple[int, Any]:
        """Status, and what the answer says in JSON; None where it is none. Raises Broken."""
        headers = {"Accept": accept or "application/json"}
        data = None
        if body is not None:
            data, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        with self.ask(address, headers, method, data) as response:
            text = read_whole(response, LARGEST_ANSWER + 1)
            if response.status_code in {429, 502, 503, 504}:
                raise Broken(f"the node answered {response.status_code}")
            try:
                return response.status_code, json.loads(text)
            except ValueError:
                return response.status_code, None


def read_whole(response: Response, most: int) -> bytes:
    """The bytes of a short answer, at most so many. Raises Broken."""
    from requests import RequestException
    from urllib3.exceptions import HTTPError

    try:
        body: bytes = response.raw.read(most)
    except (RequestException, HTTPError, OSError) as error:
        raise Broken(reason(error)) from None
    return body


def host_of(address: str) -> str:
    return urlsplit(address).netloc


def reason(error: Exception) -> str:
    """Its kind in words: addresses and passwords in an error's own text stay out."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(error).__name__).lower()
