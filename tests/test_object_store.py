"""A served node whose files stand in a real object store: sent, published, fetched, refused."""

from __future__ import annotations

import hashlib
import json
import os
import re
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.node import Node
from tests.objectstore import SECRET

pytestmark = pytest.mark.s3

SIZE = 11 * 1024 * 1024 + 17


def call(url: str, data: bytes | None = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
    method = headers.pop("Method", "GET" if data is None else "POST")
    request = urllib.request.Request(url, data, headers, method=method)  # noqa: S310 # Our own.
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310 # As above.
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read()


def test_what_is_sent_is_kept_in_the_store_and_given_out_by_the_node(
    s3_node: Node, tmp_path: Path
) -> None:
    survey = os.urandom(SIZE)
    crate = tmp_path / "crate"
    crate.mkdir()
    (crate / "survey.bin").write_bytes(survey)
    (crate / "ro-crate-metadata.json").write_text(described(), encoding="utf-8")

    # A file on its way into a draft comes onto the node's own disk.
    s3_node.run("user", "add", "sokha@example.org")
    said = s3_node.run("user", "token", "sokha@example.org", "--new", "x", "--scope", "deposit")
    (*_, secret) = re.findall(r"\S{30,}", said)
    token = f"Bearer {secret}"
    api = f"{s3_node.url}/api/v1/deposits"
    kind = json.dumps({"kind": "dataset"}).encode()
    made = call(api, kind, Authorization=token, **{"Content-Type": "application/json"})
    draft = json.loads(made[2])["id"]
    sent = call(f"{api}/{draft}/files/survey.bin", survey, Authorization=token, Method="PUT")
    assert sent[0] == 201
    assert json.loads(sent[2])["sha512"] == hashlib.sha512(survey).hexdigest()
    assert call(f"{api}/{draft}/files/survey.bin", Authorization=token)[2] == survey

    # Published, it stands in the store and nowhere here; whoever asks gets it from the node.
    s3_node.run("import", "--report", str(tmp_path / "report"), str(crate))
    record = json.loads((tmp_path / "report").read_text(encoding="utf-8"))["record"]
    address = f"{s3_node.url}/records/{record}/files/survey.bin"
    assert not (s3_node.data / "ocfl").exists()
    status, headers, body = call(address)
    assert (status, body) == (200, survey)
    assert not any("amz" in name.lower() for name in headers)
    part = call(address, Range=f"bytes={SIZE - 300_000}-")
    assert (part[0], part[2]) == (206, survey[-300_000:])
    assert call(address, Range=f"bytes={SIZE}-")[0] == 416

    # After a power cut it is all there, and a node that is not let in says so and ends.
    s3_node.kill()
    with pytest.raises(AssertionError, match="may not use the place") as refused:
        Node(s3_node.data, **options_of(s3_node, TONLE_FILES_SECRET="wrong")).tonle("serve")
    assert SECRET not in str(refused.value)
    with pytest.raises(AssertionError, match="TONLE_FILES says"):
        Node(s3_node.data, **options_of(s3_node, TONLE_FILES="")).tonle("serve")
    s3_node.start("up")
    assert call(address, Range="bytes=5-9")[2] == survey[5:10]
    s3_node.tonle("check")


def options_of(node: Node, **other: str) -> dict[str, str]:
    known = {name: value for name, value in node.environment.items() if "TONLE_FILES" in name}
    return {**known, **other}


def described() -> str:
    graph: list[dict[str, Any]] = [
        {
            "@id": "ro-crate-metadata.json",
            "@type": "CreativeWork",
            "about": {"@id": "./"},
        },
        {
            "@id": "./",
            "@type": "Dataset",
            "name": "Rain at Kratie",
            "author": {"@type": "Person", "name": "Chan Sophea"},
            "license": {"@id": "https://creativecommons.org/licenses/by/4.0/"},
        },
    ]
    return json.dumps({"@context": "https://w3id.org/ro/crate/1.2/context", "@graph": graph})
