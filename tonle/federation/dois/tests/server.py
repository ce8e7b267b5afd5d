"""A small DataCite: it answers as the REST API documents, failures included.

Source: DataCite REST API guide and reference, read 2026-11: PUT /dois/{id} makes or updates;
what an update does not mention stays; events move a DOI between its states; JSON:API errors.
"""

from __future__ import annotations

import json
from base64 import b64decode
from typing import Any
from urllib.parse import unquote

from tests.web_service import Asked, Made, Raw, Reply, WebService, reply

ACCOUNT, PASSWORD, PREFIX = "TNLE.NODE", "river-and-lake", "10.82433"
REQUIRED = ("creators", "titles", "publisher", "publicationYear", "types", "url")
EVENTS = {"publish": "findable", "register": "registered"}


class DataCiteServer(WebService):
    """dois: name to {"state", "attributes"}. foreign: names that other accounts hold."""

    def __init__(self) -> None:
        super().__init__()
        self.dois: dict[str, dict[str, Any]] = {}
        self.foreign: set[str] = set()
        self.prefixes = [PREFIX]
        self.minted = 0
        self.then()

    def then(self, *faults: Reply | Raw | Made) -> None:
        """Answer with these, in order, and rightly again afterwards."""
        self.answers(*faults, Made(self.right))

    def put(self) -> list[Asked]:
        return [asked for asked in self.asked if asked.method == "PUT"]

    def right(self, asked: Asked) -> Reply:
        """What DataCite does with a question."""
        scheme, _, pair = asked.headers.get("authorization", "").partition(" ")
        if scheme != "Basic" or b64decode(pair).decode() != f"{ACCOUNT}:{PASSWORD}":
            return _errors(401, {"status": "401", "title": "Bad credentials."})
        path = unquote(asked.path)
        if asked.method == "GET" and path == f"/repositories/{ACCOUNT.lower()}":
            return self._repository()
        if asked.method == "PUT" and path.startswith("/dois/"):
            return self._upsert(path.removeprefix("/dois/").lower(), asked)
        title = "The resource you are looking for doesn't exist."
        return _errors(404, {"status": "404", "title": title})

    def lost(self, asked: Asked) -> Reply:
        """Do as one is told, and then fail to say so."""
        self.right(asked)
        return reply(502, "<html>Bad Gateway</html>", Content_Type="text/html")

    def _repository(self) -> Reply:
        held = [{"id": prefix, "type": "prefixes"} for prefix in self.prefixes]
        found = {"id": ACCOUNT.lower(), "type": "repositories",
                 "relationships": {"prefixes": {"data": held}}}  # fmt: skip
        return reply(200, {"data": found})

    def _upsert(self, name: str, asked: Asked) -> Reply:
        if asked.headers.get("content-type") != "application/vnd.api+json":
            return _errors(415, {"status": "415", "title": "The content type is not recognized."})
        if name.partition("/")[0] not in self.prefixes or name in self.foreign:
            title = "You are not authorized to access this resource."
            return _errors(403, {"status": "403", "title": title})
        told: dict[str, Any] = dict(asked.json()["data"]["attributes"])
        event = told.pop("event", "")
        is_new = name not in self.dois
        known = self.dois.get(name, {"state": "draft", "attributes": {}})
        attributes = known["attributes"] | told
        state = known["state"]
        if event in EVENTS:
            state = state if (event, state) == ("register", "findable") else EVENTS[event]
        elif event == "hide" and state == "findable":
            state = "registered"
        missing = [key for key in REQUIRED if not attributes.get(key)]
        if state != "draft" and missing:
            return _errors(
                422, *({"source": key, "uid": name, "title": "Can't be blank"} for key in missing)
            )
        self.minted += is_new
        self.dois[name] = {"state": state, "attributes": attributes}
        resource = {"id": name, "type": "dois",
                    "attributes": {**attributes, "doi": name, "state": state}}  # fmt: skip
        return reply(201 if is_new else 200, {"data": resource})


def _errors(status: int, *errors: dict[str, str]) -> Reply:
    return Reply(
        status,
        json.dumps({"errors": errors}).encode(),
        {"Content-Type": "application/json; charset=utf-8"},
    )
