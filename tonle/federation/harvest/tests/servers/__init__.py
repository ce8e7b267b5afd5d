"""Small servers of ours that answer as each API documents, failures included.

    with CkanServer(packages(250)) as portal:
        portal.then(reply(503, Retry_After="7"))   # the next answer, once
        client = open_client("ckan", portal.url)

What they hold can be changed while they are asked: `before` is called before each answer.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

from tests.web_service import Asked, Made, Raw, Reply, WebService, reply

__all__ = ["Foreign", "parameters", "path_of", "reply"]


class Foreign(WebService):
    """A server whose answers are made by `route`.

    before: called with the number of the question, from 1, before it is answered.
    compress: answer compressed to who accepts it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.before: Callable[[int], None] = lambda _number: None
        self.compress = False
        self.then()

    def route(self, asked: Asked) -> Reply:
        raise NotImplementedError

    def then(self, *faults: Reply | Raw) -> None:
        """Answer with these, in order, and rightly again afterwards."""
        self.answers(*faults, Made(self._made))

    def _made(self, asked: Asked) -> Reply:
        self.before(len(self.asked))
        made = self.route(asked)
        if self.compress and "gzip" in asked.headers.get("accept-encoding", ""):
            packed = gzip.compress(made.body)
            return Reply(made.status, packed, {**made.headers, "Content-Encoding": "gzip"})
        return made


def parameters(asked: Asked) -> dict[str, str]:
    """The parameters of a question; of one given twice the last counts."""
    return dict(parse_qsl(urlsplit(asked.path).query, keep_blank_values=True))


def path_of(asked: Asked) -> str:
    return urlsplit(asked.path).path
