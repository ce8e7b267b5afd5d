"""Depositing, curating and asking for access by program."""

from __future__ import annotations

import io
import json
import os
import socket
import threading
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.constants import NOW
from tests.shared import shared
from tonle.catalogue import drafts
from tonle.catalogue.models import DraftFile
from tonle.catalogue.tests.factories import description
from tonle.deposit.checks.tests import samples
from tonle.deposit.interface.tests.conftest import (
    Program,
    digest_field,
    in_background,
    program,
)
from tonle.kernel.actors import Actor

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

RIGHTS = [{"identifier": "CC-BY-4.0"}]
SMALL_BYTES = 5_000
DOCUMENT = {key: value for key, value in description(rights=RIGHTS).items() if key != "kind"}


def begun(who: Program, **fields: Any) -> dict[str, Any]:
    made = who("POST", "/deposits", {"kind": "dataset", "document": {**DOCUMENT, **fields}})
    assert made.status_code == 201, made.content
    found: dict[str, Any] = made.json()
    return found


def handed_in(who: Program, data: bytes = b"a,b\n1,2\n") -> dict[str, Any]:
    draft = begun(who)
    assert who("PUT", f"/deposits/{draft['id']}/files/data.csv", raw=data).status_code == 201
    in_background()
    done = who("POST", f"/deposits/{draft['id']}/hand-in")
    assert done.status_code == 200, done.content
    found: dict[str, Any] = done.json()
    return found


# Whose a draft is --------------------------------------------------------------------------


def everything(base: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Every door to a draft, to read it and to change it."""
    return [
        ("GET", base, {}),
        ("GET", f"{base}/files", {}),
        ("GET", f"{base}/files/data.csv", {}),
        ("GET", f"{base}/findings", {}),
        ("PUT", f"{base}/document", {"body": {**DOCUMENT, "sizes": ["1"]}, "If_Match": "*"}),
        ("POST", f"{base}/metadata", {"raw": b"cff-version: 1.2.0\ntitle: X\n"}),
        ("PUT", f"{base}/files/data.csv", {"raw": b"another's"}),
        ("PATCH", f"{base}/files", {"body": {"name": "data.csv", "to": "b.csv"}}),
        ("PUT", f"{base}/files", {"body": {"names": ["data.csv"]}}),
        ("POST", f"{base}/restrict", {}),
        ("POST", f"{base}/hand-in", {}),
        ("DELETE", f"{base}/files/data.csv", {}),
        ("DELETE", base, {}),
    ]


def test_nobody_but_its_writers_finds_what_was_never_handed_in(
    sokha: Program, bopha: Program, dara: Program
) -> None:
    made = begun(sokha)
    base = f"/deposits/{made['id']}"
    sokha("PUT", f"{base}/files/data.csv", raw=b"Sokha's")

    for who in (bopha, dara):
        for method, path, sent in everything(base):
            rest = {key: value for key, value in sent.items() if key != "body"}
            answer = who(method, path, sent.get("body"), **rest)
            assert answer.status_code == 404, (method, path, answer.content)
    now = sokha("GET", base).json()
    assert (now["document"], now["state"]) == (made["document"], "preparing")
    assert b"".join(sokha("GET", f"{base}/files/data.csv")) == b"Sokha's"
    page = Client()
    page.force_login(dara.account)
    assert page.get(f"/deposit/{made['id']}/findings").status_code == 404


def test_a_curators_token_for_deposits_is_no_curators(sokha: Program, dara: Program) -> None:
    depositing = program(dara.account, "deposit")
    made = handed_in(sokha)
    base = f"/deposits/{made['id']}"

    for method, path, sent in everything(base):
        rest = {key: value for key, value in sent.items() if key != "body"}
        answer = depositing(method, path, sent.get("body"), **rest)
        assert answer.status_code == 404, (method, path)
    assert dara("GET", base).status_code == 200
    assert b"".join(dara("GET", f"{base}/files/data.csv")) == b"a,b\n1,2\n"


def test_a_draft_that_is_no_deposit_is_not_changed_by_this_door(sokha: Program) -> None:
    draft = drafts.create_draft(
        new=drafts.NewDraft(description()), actor=Actor(sokha.account.pk), now=NOW
    )

    for method, path, sent in everything(f"/deposits/{draft.id}"):
        rest = {key: value for key, value in sent.items() if key != "body"}
        assert sokha(method, path, sent.get("body"), **rest).status_code == 404, (method, path)
    draft.refresh_from_db()
    assert (draft.state, draft.edit_seq, draft.files_seq) == ("open", 0, 0)


def test_a_community_that_takes_nothing_is_refused_in_the_document(sokha: Program) -> None:
    named = {**DOCUMENT, "communities": ["nothing-at-all"]}
    begun_with = sokha("POST", "/deposits", {"kind": "dataset", "document": named})
    assert (begun_with.status_code, begun_with.json()["code"]) == (409, "refused")
    made = begun(sokha)
    saved = sokha("PUT", f"/deposits/{made['id']}/document", named, If_Match="*")
    assert saved.status_code == 409
    assert "communities" not in sokha("GET", f"/deposits/{made['id']}").json()["document"]


@pytest.mark.parametrize(
    "strange", [{"rights": ["CC-BY"]}, {"rights": 3}, {"access": "open"}, {"communities": "rice"}]
)
def test_what_is_no_description_is_refused_and_no_accident(
    sokha: Program, strange: dict[str, Any]
) -> None:
    document = {**DOCUMENT, **strange}
    answer = sokha("POST", "/deposits", {"kind": "dataset", "document": document})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


# The way of the files --------------------------------------------------------------------


@pytest.mark.one_database
def test_every_shared_file_goes_in_and_comes_back_byte_for_byte(
    sokha: Program, dara: Program, request: pytest.FixtureRequest
) -> None:
    """Deposited through the API, accepted through it, downloaded. Usually the smaller files:
    the others take long to be read for traces of people."""
    folder = shared("data/records/files")
    whole = request.config.getoption("--deep")
    paths = [p for p in sorted(folder.iterdir()) if whole or p.stat().st_size < SMALL_BYTES]
    assert len(paths) > 8
    draft = begun(sokha)
    for path in paths:
        data = path.read_bytes()
        sent = sokha(
            "PUT", f"/deposits/{draft['id']}/files/{path.name}", raw=data,
            Content_Digest=digest_field(data), Repr_Digest=digest_field(data, "sha-512"),
        )  # fmt: skip
        assert sent.status_code == 201, sent.content
        assert sent.json()["size_bytes"] == len(data)
    in_background()
    assert sokha("POST", f"/deposits/{draft['id']}/hand-in").json()["state"] == "submitted"
    assert dara("POST", f"/review/{draft['id']}/claim").json()["state"] == "in_review"
    accepted = dara("POST", f"/review/{draft['id']}/accept", {"note": "Thank you."})
    assert accepted.json()["state"] == "published", accepted.content

    public = Client()
    listed = {
        row["name"]: row for row in public.get(f"/api/v1/records/{draft['record_id']}/files").json()
    }
    assert sorted(listed) == [path.name for path in paths]
    for path in paths:
        data = path.read_bytes()
        answer = public.get(f"/records/{draft['record_id']}/files/{path.name}")
        assert b"".join(answer) == data
        assert answer["Repr-Digest"].startswith(digest_field(data)[:20])
        assert listed[path.name]["size_bytes"] == len(data)


def test_a_file_with_another_digest_is_not_kept(sokha: Program, home: Path) -> None:
    draft = begun(sokha)
    address = f"/deposits/{draft['id']}/files/data.csv"
    wrong = sokha("PUT", address, raw=b"a,b\n", Content_Digest=digest_field(b"other"))
    assert (wrong.status_code, wrong.json()["code"]) == (400, "digest_differs")
    unread = sokha("PUT", address, raw=b"a,b\n", Repr_Digest="md5=:abc:")
    assert (unread.status_code, unread.json()["code"]) == (400, "unknown_digest")
    assert DraftFile.objects.count() == 0
    assert list((home / "drafts" / "incoming").glob("*")) == []
    right = sokha(
        "PUT",
        address,
        raw=b"a,b\n",
        Content_Digest="unknown=:YQ==:, " + digest_field(b"a,b\n"),
    )
    assert right.status_code == 201


@pytest.mark.django_db(transaction=True)
def test_sending_a_file_again_replaces_it_once_it_is_whole(sokha: Program, home: Path) -> None:
    draft = begun(sokha)
    address = f"/deposits/{draft['id']}/files/folder/data 1.csv"
    for data in (b"first", b"second"):
        assert sokha("PUT", address, raw=data).status_code == 201
    answer = sokha("GET", address)
    assert b"".join(answer) == b"second"
    assert answer["Cache-Control"] == "private, no-store"
    assert len(list((home / "drafts").glob("*/*"))) == 1
    assert sokha("DELETE", address).status_code == 204
    assert sokha("GET", address).status_code == 404


def test_files_are_renamed_and_put_in_order(sokha: Program) -> None:
    draft = begun(sokha)
    base = f"/deposits/{draft['id']}/files"
    for name in ("b.csv", "a.csv"):
        sokha("PUT", f"{base}/{name}", raw=name.encode())
    renamed = sokha("PATCH", base, {"name": "a.csv", "to": "README.md"})
    assert renamed.json()["name"] == "README.md"
    ordered = sokha("PUT", base, {"names": ["README.md", "b.csv"]})
    assert [row["name"] for row in ordered.json()] == ["README.md", "b.csv"]
    missing = sokha("PUT", base, {"names": ["b.csv"]})
    assert missing.status_code == 422


def test_a_name_that_is_none_is_refused_before_the_body(sokha: Program) -> None:
    draft = begun(sokha)
    for name in ("..%2Fx", "a/../b", "x%00y"):
        answer = sokha("PUT", f"/deposits/{draft['id']}/files/{name}", raw=b"1")
        assert answer.status_code in {400, 404, 422}, name
    packed = sokha("PUT", f"/deposits/{draft['id']}/files/a", raw=b"1", Content_Encoding="gzip")
    assert packed.status_code == 415


def test_the_server_knows_where_bodies_are_files() -> None:
    from tonle.infra.server.bridge import takes_upload

    assert takes_upload("/api/v1/deposits/bcdfghjkmnpqrst/files/folder/a.csv")
    assert not takes_upload("/api/v1/deposits/bcdfghjkmnpqrst/files")
    assert not takes_upload("/api/v1/deposits/bcdfghjkmnpqrst/document")


# Words -----------------------------------------------------------------------------------


def test_a_document_is_replaced_from_the_state_it_began_from(sokha: Program) -> None:
    draft = begun(sokha)
    address = f"/deposits/{draft['id']}"
    etag = sokha("GET", address)["ETag"]
    document = {**draft["document"], "titles": {"en": "Rice yields of Takeo, corrected"}}
    assert sokha("PUT", f"{address}/document", document).status_code == 428
    saved = sokha("PUT", f"{address}/document", document, If_Match=etag)
    assert saved.json()["document"]["titles"] == document["titles"]
    assert saved["ETag"] != etag

    other = {**draft["document"], "languages": ["km"]}
    joined = sokha("PUT", f"{address}/document", other, If_Match=etag).json()["document"]
    assert (joined["titles"], joined["languages"]) == (document["titles"], ["km"])

    clash = {**draft["document"], "titles": {"en": "Something else altogether"}}
    refused = sokha("PUT", f"{address}/document", clash, If_Match=etag)
    assert (refused.status_code, refused.json()["code"]) == (409, "edit_conflict")
    forced = sokha("PUT", f"{address}/document", clash, If_Match="*")
    assert forced.json()["document"]["titles"] == clash["titles"]


def test_metadata_of_another_format_fills_a_draft(sokha: Program) -> None:
    draft = begun(sokha)
    bibtex = b"@article{x, title={Floods of the Tonle Sap}, author={Chan, Sophea}, year={2020}}"
    done = sokha(
        "POST", f"/deposits/{draft['id']}/metadata?filename=x.bib", raw=bibtex,
        content_type="text/plain",
    )  # fmt: skip
    assert done.status_code == 200, done.content
    found = done.json()
    assert found["format"] == "BibTeX"
    assert "Floods of the Tonle Sap" in found["deposit"]["document"]["titles"].values()
    assert found["deposit"]["document"]["access"] == {"level": "open"}
    # The draft is of a dataset still, and what the file is does not say otherwise.
    assert found["deposit"]["document"]["kind"] == "dataset"
    assert found["deposit"]["document"].get("resource_type", {}).get("general") != "JournalArticle"
    nothing = sokha("POST", f"/deposits/{draft['id']}/metadata", raw=b"\x00\x01")
    assert (nothing.status_code, nothing.json()["code"]) == (422, "not_metadata")


def test_who_may_have_the_files_is_never_looser_than_what_was_sent(sokha: Program) -> None:
    draft = begun(sokha)
    address = f"/deposits/{draft['id']}"
    for access, missing in (
        ({"level": "restricted"}, "no_conditions"),
        ({"level": "embargoed"}, "no_embargo_end"),
    ):
        done = sokha("PUT", f"{address}/document", {**DOCUMENT, "access": access}, If_Match="*")
        assert done.status_code == 200, done.content
        assert done.json()["document"]["access"] == access
        refused = sokha("POST", f"{address}/hand-in")
        assert missing in {one["code"] for one in refused.json()["reasons"]}

    silent = {key: value for key, value in DOCUMENT.items() if key != "access"}
    done = sokha("PUT", f"{address}/document", silent, If_Match="*").json()
    assert done["document"]["access"] == {"level": "embargoed"}


def test_imported_metadata_closes_files_and_never_opens_them(sokha: Program) -> None:
    draft = begun(sokha)
    for level, after in (("restricted", "restricted"), ("embargoed", "restricted")):
        body = {
            "schema": "tonle-record/1", "kind": "dataset", "titles": {"en": "Patients"},
            "access": {"level": level, "embargo_until": "2099-01-01"},
        }  # fmt: skip
        done = sokha(
            "POST", f"/deposits/{draft['id']}/metadata", raw=json.dumps(body).encode(),
            content_type="application/json",
        )  # fmt: skip
        assert done.status_code == 200, done.content
        assert done.json()["deposit"]["document"]["access"]["level"] == after


# The way of a deposit --------------------------------------------------------------------


def test_the_same_key_begins_one_deposit(sokha: Program) -> None:
    body = {"kind": "dataset", "document": DOCUMENT}
    one = sokha("POST", "/deposits", body, Idempotency_Key="once").json()
    other = sokha("POST", "/deposits", body, Idempotency_Key="once").json()
    assert one["id"] == other["id"]
    reused = sokha("POST", "/deposits", {"kind": "software"}, Idempotency_Key="once")
    assert (reused.status_code, reused.json()["code"]) == (422, "idempotency_key_reused")


def test_handing_in_says_everything_that_is_missing(sokha: Program) -> None:
    made = sokha("POST", "/deposits", {"kind": "dataset"}).json()
    refused = sokha("POST", f"/deposits/{made['id']}/hand-in")
    assert refused.status_code == 409
    codes = {reason["code"] for reason in refused.json()["reasons"]}
    assert codes >= {"no_title", "no_creators", "no_licence", "no_files"}


def test_changes_are_asked_made_and_accepted(sokha: Program, dara: Program) -> None:
    draft = handed_in(sokha)
    assert [row["id"] for row in dara("GET", "/review").json()["items"]] == [draft["id"]]
    dara("POST", f"/review/{draft['id']}/claim")
    asked = dara("POST", f"/review/{draft['id']}/ask-changes", {"fields": {"files": "A README?"}})
    assert asked.json()["state"] == "changes_asked"
    seen = sokha("GET", f"/deposits/{draft['id']}").json()
    assert seen["asked"] == {"files": ["A README?"]}
    sokha("PUT", f"/deposits/{draft['id']}/files/README.md", raw=b"Column a is a.")
    in_background()
    sokha("POST", f"/deposits/{draft['id']}/comments", {"text": "Here it is."})
    assert sokha("POST", f"/deposits/{draft['id']}/hand-in").json()["state"] == "submitted"
    dara("POST", f"/review/{draft['id']}/claim")
    assert dara("POST", f"/review/{draft['id']}/accept", {}).json()["state"] == "published"

    following = sokha("POST", "/deposits/next", {"record_id": draft["record_id"]})
    assert following.status_code == 201
    assert following.json()["brings"] == "version"
    assert [row["is_new"] for row in following.json()["files"]] == [False, False]


def test_a_curator_declines_and_the_depositor_appeals(sokha: Program, dara: Program) -> None:
    draft = handed_in(sokha)
    dara("POST", f"/review/{draft['id']}/claim")
    no_reason = dara("POST", f"/review/{draft['id']}/decline", {"reason": "x", "text": "y"})
    assert no_reason.status_code == 422
    from tonle.deposit.curation import DECLINE_REASONS

    reason = next(iter(DECLINE_REASONS))
    done = dara("POST", f"/review/{draft['id']}/decline", {"reason": reason, "text": "Not here."})
    assert done.json()["state"] == "declined"
    appealed = sokha("POST", f"/deposits/{draft['id']}/appeal", {"text": "But it is."})
    assert appealed.json()["state"] == "appealed"


def test_findings_are_told_and_decided(sokha: Program) -> None:
    header, rows, _ = samples.PEOPLE["VNM"]
    draft = begun(sokha)
    data = samples.csv_text(header, rows).encode()
    sokha("PUT", f"/deposits/{draft['id']}/files/people.csv", raw=data)
    waiting = sokha("POST", f"/deposits/{draft['id']}/hand-in").json()
    assert "findings_undecided" in {reason["code"] for reason in waiting["reasons"]}
    in_background()
    told = sokha("GET", f"/deposits/{draft['id']}/findings").json()
    assert (told["waiting"], told["open"]) == (0, len(told["files"][0]["found"]))
    assert rows[0][1] not in json.dumps(told, ensure_ascii=False)
    for one in told["files"][0]["found"]:
        kept = sokha(
            "POST", f"/deposits/{draft['id']}/findings/{one['id']}/keep", {"reason": "Invented."}
        )
        assert kept.status_code == 200
    assert kept.json()["open"] == 0
    assert sokha("POST", f"/deposits/{draft['id']}/hand-in").json()["state"] == "submitted"


def test_access_is_asked_granted_and_ended(sokha: Program, bopha: Program, dara: Program) -> None:
    draft = begun(sokha, access={"level": "restricted", "note": {"en": "For studies."}})
    sokha("PUT", f"/deposits/{draft['id']}/files/data.csv", raw=b"a\n1\n")
    in_background()
    sokha("POST", f"/deposits/{draft['id']}/hand-in")
    dara("POST", f"/review/{draft['id']}/claim")
    dara("POST", f"/review/{draft['id']}/accept", {})
    record = draft["record_id"]
    terms = bopha("GET", f"/access-requests/terms?record_id={record}").json()
    assert terms["text"].startswith("For studies.")
    asked = bopha(
        "POST", "/access-requests",
        {
            "record_id": record, "purpose": "Malaria", "affiliation": "IPC",
            "terms_sha256": terms["sha256"],
        },
    )  # fmt: skip
    assert asked.status_code == 201, asked.content
    request = asked.json()["id"]
    file = f"/api/v1/records/{record}/files"
    assert bopha("GET", f"/access-requests/{request}").json()["state"] == "asked"
    assert bopha("GET", f"/access-requests/{request}").json()["mail"] == ""
    mine = sokha("GET", "/access-requests?as=decider").json()["items"]
    assert [(row["id"], row["purpose"]) for row in mine] == [(request, "Malaria")]
    # A curator's token for deposits opens nothing of another's.
    narrow = program(dara.account, "deposit")
    assert narrow("GET", "/access-requests?as=decider").json()["items"] == []
    assert narrow("GET", f"/access-requests/{request}").status_code == 404
    for path, body in (
        (f"/access-requests/{request}/grant", {"days": 5}),
        ("/deposits/next", {"record_id": record}),
    ):
        assert narrow("POST", path, body).status_code in {403, 404}, path
    assert narrow("GET", f"/records/{record}/files/data.csv").status_code in {403, 404}
    assert bopha("POST", f"/access-requests/{request}/grant", {"days": 5}).status_code == 403
    assert (
        sokha("POST", f"/access-requests/{request}/grant", {"days": 5}).json()["state"] == "granted"
    )
    ended = sokha("POST", f"/access-requests/{request}/end", {"reason": "Over."})
    assert (ended.json()["state"], ended.json()["reason"]) == ("ended", "Over.")
    assert bopha("GET", "/access-requests").json()["items"][0]["reason"] == "Over."
    assert Client().get(file).status_code == 200


# Who may ---------------------------------------------------------------------------------


def test_lists_go_on_by_cursor(sokha: Program, bopha: Program) -> None:
    made = [begun(sokha)["id"] for _ in range(3)]
    begun(bopha)
    first = sokha("GET", "/deposits?limit=2").json()
    second = sokha("GET", f"/deposits?limit=2&cursor={first['next']}").json()
    found = [row["id"] for row in first["items"] + second["items"]]
    assert (sorted(found), second["next"]) == (sorted(made), None)


def test_hidden_and_absent_answer_alike_at_every_address(sokha: Program, bopha: Program) -> None:
    draft = begun(sokha)
    sokha("PUT", f"/deposits/{draft['id']}/files/a.csv", raw=b"1")
    for method, path, body in (
        ("GET", "", None),
        ("DELETE", "", None),
        ("GET", "/files", None),
        ("GET", "/files/a.csv", None),
        ("PUT", "/files/a.csv", b"2"),
        ("DELETE", "/files/a.csv", None),
        ("GET", "/findings", None),
        ("POST", "/hand-in", None),
        ("POST", "/restrict", None),
    ):
        hidden = bopha(method, f"/deposits/{draft['id']}{path}", raw=body or b"")
        absent = bopha(method, f"/deposits/bcdfghjkmnpqrst{path}", raw=body or b"")
        assert (hidden.status_code, hidden.content) == (404, absent.content), (method, path)
    assert DraftFile.objects.get().size_bytes == 1


def test_a_token_does_only_what_its_scopes_say(sokha: Program, dara: Program) -> None:
    narrow = sokha("GET", "/review")
    assert (narrow.status_code, narrow.json()["code"]) == (403, "token_too_narrow")
    assert Client().get("/api/v1/deposits").status_code == 401
    draft = begun(sokha)
    assert dara("POST", f"/review/{draft['id']}/claim").status_code in {403, 404, 409}


def test_the_document_describes_every_operation_with_examples() -> None:
    from openapi_spec_validator import validate

    found = Client().get("/api/v1/openapi.json").json()
    validate(found)
    own = {
        (path, method): operation
        for path, operations in found["paths"].items()
        if path.startswith(("/api/v1/deposits", "/api/v1/review", "/api/v1/access-requests"))
        for method, operation in operations.items()
    }
    assert len(own) > 40
    for place, operation in own.items():
        assert operation["summary"], place
        assert operation["description"], place
        assert operation["security"], place
    body = own["/api/v1/deposits/{draft_id}/files/{name}", "put"]["requestBody"]
    assert body["content"]["*/*"]["schema"]["format"] == "binary"


# On a real server ------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.deep
def test_a_large_file_takes_no_memory_and_comes_back_whole(tmp_path: Path) -> None:
    """300 MB through a real node, by a program that never holds it either."""
    import hashlib
    import http.client
    from urllib.parse import urlsplit

    from tests.node import Node

    node = Node(tmp_path / "node")
    node.tonle("init")
    node.tonle("user", "add", "sokha@example.org", "--role", "curator")
    token = node.tonle(
        "user",
        "token",
        "sokha@example.org",
        "--new",
        "t",
        "--scope",
        "deposit",
        "--scope",
        "curate",
    ).strip()
    node.start()
    try:
        host = urlsplit(node.url)
        auth = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

        def ask(method: str, path: str, body: Any = None, **headers: str) -> tuple[int, bytes]:
            line = http.client.HTTPConnection(host.hostname or "", host.port, timeout=120)
            line.request(method, f"/api/v1{path}", body=body, headers={**auth, **headers})
            answer = line.getresponse()
            return answer.status, answer.read()

        status, made = ask(
            "POST", "/deposits", json.dumps({"kind": "dataset", "document": DOCUMENT})
        )
        assert status == 201, made
        draft = json.loads(made)
        piece, count = os.urandom(1 << 20), 300
        digest = hashlib.sha256()
        for _ in range(count):
            digest.update(piece)
        before = _peak_memory(node)
        stream = io.BufferedReader(_Repeated(piece, count))
        status, sent = ask(
            "PUT", f"/deposits/{draft['id']}/files/big.bin", stream,
            **{"Content-Length": str(len(piece) * count), "Content-Type": "application/zip"},
        )  # fmt: skip
        assert status == 201, sent
        assert json.loads(sent)["sha256"] == digest.hexdigest()
        assert _peak_memory(node) - before < 100 << 20

        # A body that breaks off leaves nothing, and the next one finds its place free.
        line = socket.create_connection((host.hostname or "", host.port or 0), 30)
        head = (
            f"PUT /api/v1/deposits/{draft['id']}/files/cut.bin HTTP/1.1\r\nHost: {host.netloc}\r\n"
        )
        head += f"Authorization: {auth['Authorization']}\r\nContent-Length: 1000\r\n\r\nten bytes."
        line.sendall(head.encode())
        line.close()
        status, sent = ask("PUT", f"/deposits/{draft['id']}/files/small.bin", b"whole")
        assert status == 201, sent
        _, listed = ask("GET", f"/deposits/{draft['id']}/files")
        assert [row["name"] for row in json.loads(listed)] == ["big.bin", "small.bin"]
        left = [path.stat().st_size for path in (node.data / "drafts").glob("*/*")]
        assert sorted(size for size in left if size != 10) == [5, len(piece) * count]
    finally:
        node.stop()


class _Repeated(io.RawIOBase):
    """One piece, so many times over."""

    def __init__(self, piece: bytes, count: int) -> None:
        self._left, self._piece, self._place = count * len(piece), piece, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        size = min(len(buffer), self._left, len(self._piece) - self._place)
        buffer[:size] = self._piece[self._place : self._place + size]
        self._left -= size
        self._place = (self._place + size) % len(self._piece)
        return size


def _peak_memory(node: Any) -> int:
    """The largest resident memory of the node's processes so far, in bytes."""
    group = os.getpgid(node._process.pid)
    peaks = [0]
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                if os.getpgid(int(folder.name)) == group:
                    lines = (folder / "status").read_text().splitlines()
                    peaks += [
                        int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM")
                    ]
            except OSError:
                continue
    return max(peaks)


@pytest.mark.django_db(transaction=True)
def test_two_who_send_one_file_at_once_leave_one_whole_file(sokha: Program, home: Path) -> None:
    draft = begun(sokha)
    address = f"/deposits/{draft['id']}/files/data.bin"
    bodies = [bytes([n]) * 200_000 for n in (1, 2)]
    answers: list[int] = []

    def send(body: bytes) -> None:
        from django.db import connections

        try:
            answers.append(sokha("PUT", address, raw=body).status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send, args=(body,)) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [201, 201]
    assert b"".join(sokha("GET", address)) in bodies
    assert len([p for p in (home / "drafts").glob("*/*") if p.is_file()]) == 1
