"""A restricted file asked of the node's own server: pieces, page cache, conditions, log.

`test_restricted_never_leaves` asks every address through Django's client, which has none of these.
"""

from __future__ import annotations

import http.client
import io
import json
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.accounts import PASSWORD
from tests.node import Node
from tonle.kernel import identifiers

pytestmark = [pytest.mark.services, pytest.mark.one_database, pytest.mark.deep]

MARKER = "Preksvaychrum"
DATA = f"village,wells\n{MARKER},3\n".encode()
OPEN = {"level": "open"}
CLOSED = {"level": "restricted", "note": {"en": "For research on wells."}}
RIGHTS = [{"identifier": "CC-BY-4.0"}]
# Of an answer, what tells nothing of what was asked for.
OF_THE_MOMENT = {"date", "expires", "x-request-id", "content-length"}


class Reader:
    """Somebody who asks one node over a socket, with a token or without."""

    def __init__(self, node: Node, name: str = "", *scopes: str, role: str = "") -> None:
        self.node, self.headers = node, {"Accept-Language": "en"}
        if not name:
            return
        address = f"{name}@example.org"
        given = ["--role", role] if role else []
        node.run("user", "add", address, "--password-stdin", *given, given=PASSWORD)
        asked = [part for scope in scopes for part in ("--scope", scope)]
        said = node.run("user", "token", address, "--new", "test", *asked)
        self.headers["Authorization"] = f"Bearer {said.split()[-1]}"

    def __call__(
        self, path: str, method: str = "GET", body: bytes | None = None, /, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        line = http.client.HTTPConnection("localhost", self.node.port, timeout=30)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        line.request(method, path, body, {**self.headers, **sent})
        answer = line.getresponse()
        got = answer.read()
        line.close()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, got

    def api(self, method: str, path: str, said: Any = None, **headers: str) -> Any:
        raw = said if isinstance(said, bytes) or said is None else json.dumps(said).encode()
        kind = "text/csv" if isinstance(said, bytes) else "application/json"
        status, _, body = self(f"/api/v1{path}", method, raw, Content_Type=kind, **headers)
        assert status < 300, (method, path, status, body)
        return json.loads(body or b"null")


def accepted(sokha: Reader, dara: Reader, draft: dict[str, Any]) -> None:
    """Handed in, once its files have been read for traces of people, and published."""
    for _ in range(120):
        status, _, body = sokha(f"/api/v1/deposits/{draft['id']}/hand-in", "POST")
        if status == 200:
            break
        time.sleep(0.25)
    assert status == 200, body
    dara.api("POST", f"/review/{draft['id']}/claim")
    done = dara.api("POST", f"/review/{draft['id']}/accept", {"note": ""})
    assert done["state"] == "published"


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Reader]]:
    node = Node(tmp_path_factory.mktemp("node") / "var")
    node.tonle("init", "--quiet")
    node.start()
    yield {
        "sokha": Reader(node, "sokha", "deposit", "read"),
        "dara": Reader(node, "dara", "deposit", "curate", "read", role="curator"),
        "outsider": Reader(node, "bopha", "deposit", "read"),
        "anonymous": Reader(node),
    }
    node.stop()


def published(people: dict[str, Reader], access: dict[str, Any]) -> str:
    """The id of a record with one file."""
    sokha = people["sokha"]
    document = {
        "titles": {"en": "Wells of a village"},
        "creators": [{"name_type": "Personal", "name": "Sokha"}],
        "descriptions": [{"type": "Abstract", "text": {"en": "Counted from house to house."}}],
        "rights": RIGHTS,
        "access": access,
    }
    draft = sokha.api("POST", "/deposits", {"kind": "dataset", "document": document})
    sokha.api("PUT", f"/deposits/{draft['id']}/files/wells.csv", DATA)
    accepted(sokha, people["dara"], draft)
    return str(draft["record_id"])


def doors(record: str) -> list[str]:
    """Of those that take a token."""
    page, rest = f"/records/{record}", f"/api/v1/explore/{record}"
    return [
        *(f"{page}{version}/files/wells.csv" for version in ("", "/v1")),
        f"{page}/zip",
        f"{rest}/preview?file=wells.csv",
        f"{rest}/rows?file=wells.csv",
    ]


def pages(record: str) -> list[str]:
    return [f"/records/{record}/look/wells.csv{part}" for part in ("", "?part=copy")]


def given(ask: Reader, record: str) -> dict[str, tuple[int, dict[str, str], bytes]]:
    """What comes out of each door, once the file has been looked into."""
    found = {}
    for door in doors(record):
        for _ in range(120):
            found[door] = ask(door)
            if found[door][0] == 200:
                break
            assert found[door][0] in {202, 503}, found[door]
            time.sleep(0.25)
    return found


def holds(body: bytes) -> bool:
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as bag:
            return any(MARKER.encode() in bag.read(name) for name in bag.namelist())
    return MARKER.encode() in body


def test_pieces_and_conditions_give_nothing_of_it(people: dict[str, Reader]) -> None:
    record = published(people, CLOSED)
    file = f"/records/{record}/files/wells.csv"
    status, headers, body = people["sokha"](file)
    assert (status, body) == (200, DATA)
    assert "private" in headers["cache-control"]
    etag = headers["etag"]
    # The owner takes it all, so that all of it is made, and twice, so that what is kept is kept.
    for _ in range(2):
        own = given(people["sokha"], record)
    assert [door for door in own if not holds(own[door][2])] == []

    for name in ("outsider", "anonymous"):
        ask = people[name]
        for door in (*own, *pages(record)):
            for asked in (
                {},
                {"Range": "bytes=0-9"},
                {"Range": "bytes=0-3,8-"},
                {"If_None_Match": etag},
                {"If_None_Match": own[door][1].get("etag", "*") if door in own else "*"},
                {"Range": "bytes=0-", "If_Range": etag},
                {"Accept_Encoding": "gzip, br"},
            ):
                for method in ("GET", "HEAD"):
                    status, headers, body = ask(door, method, **asked)
                    # Neither a piece, nor word that it is what the reader has already.
                    assert status in {302, 401, 403, 404}, (name, door, asked, status)
                    assert headers.get("etag") != etag
                    assert "content-range" not in headers
                    assert not holds(body)
    log = b"".join(one.read_bytes() for one in people["sokha"].node.data.rglob("logs/*"))
    assert record.encode() in log
    assert MARKER.encode() not in log


def test_what_was_open_is_closed_at_once_for_who_had_it(people: dict[str, Reader]) -> None:
    record = published(people, OPEN)
    everybody = people["anonymous"]
    for _ in range(3):
        kept = given(everybody, record) | {page: everybody(page) for page in pages(record)[:1]}
    assert [door for door in kept if not holds(kept[door][2])] == []

    draft = people["sokha"].api("POST", "/deposits/next", {"record_id": record, "files": "same"})
    document = {**draft["document"], "access": CLOSED}
    people["sokha"].api("PUT", f"/deposits/{draft['id']}/document", document, If_Match="*")
    accepted(people["sokha"], people["dara"], draft)

    for name in ("anonymous", "outsider"):
        for door in kept:
            for asked in ({}, {"If_None_Match": kept[door][1].get("etag", "*")}):
                status, _, body = people[name](door, **asked)
                assert status in {302, 401, 403, 404}, (door, status)
                assert not holds(body)
    assert people["sokha"](f"/records/{record}/files/wells.csv")[2] == DATA


def test_hidden_and_absent_are_the_same_bytes(people: dict[str, Reader], tmp_path: Path) -> None:
    """A record that is not published yet, by its id and by its ARK, and a draft of another."""
    begun = people["sokha"].api("POST", "/deposits", {"kind": "dataset"})
    record, draft = begun["record_id"], begun["id"]
    absent = {record: identifiers.mint(), draft: identifiers.mint()}
    for hidden, places in (
        (record, ("/records/{}", "/records/{}/v1", "/records/{}/zip", "/ark:/99999/{}",
                  "/api/v1/records/{}", "/api/v1/records/{}/files", "/records/{}/look/a.csv",
                  "/api/v1/access-requests/terms?record_id={}",
                  "/api/v1/questions/public?record={}", "/verify/{}")),
        (draft, ("/deposit/{}", "/deposit/{}/describe", "/api/v1/deposits/{}",
                 "/api/v1/deposits/{}/files", "/deposit/review/{}")),
    ):  # fmt: skip
        for place in places:
            for name in ("outsider", "anonymous"):
                there, nowhere = (
                    _told(people[name](place.format(one)), one) for one in (hidden, absent[hidden])
                )
                assert there == nowhere, (name, place)
    for body in ({"record_id": record, "files": "same"},):
        there, nowhere = (
            _told(
                people["outsider"](
                    "/api/v1/deposits/next", "POST",
                    json.dumps({**body, "record_id": one}).encode(),
                    Content_Type="application/json",
                ),
                one,
            )
            for one in (record, absent[record])
        )  # fmt: skip
        assert there == nowhere


def _told(answer: tuple[int, dict[str, str], bytes], id: str) -> tuple[Any, ...]:
    """What an answer says, the id and what every answer has of its own left out."""
    status, headers, body = answer
    said = {k: v.replace(id, "ID") for k, v in headers.items() if k not in OF_THE_MOMENT}
    request = headers["x-request-id"].encode()
    return status, said, body.replace(id.encode(), b"ID").replace(request, b"REQUEST")
