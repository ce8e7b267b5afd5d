"""Files on their way into a draft: raw, in a form, twice, cut, forged, and put in order."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signing import TimestampSigner
from django.test import override_settings

from tonle.catalogue import public as catalogue
from tonle.deposit.curation.tests.factories import handed_in, submission
from tonle.deposit.forms import seals, uploading
from tonle.deposit.forms.tests.conftest import Reader
from tonle.deposit.forms.views import uploaded
from tonle.infra import clock
from tonle.infra.server.uploads import End, Received
from tonle.kernel.actors import Actor

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("home"),
    pytest.mark.one_database,
]
Open = Callable[..., Reader]


def names(draft_id: str, actor: Actor) -> list[str]:
    view = catalogue.draft_view(draft_id=draft_id, actor=actor, now=clock.now())
    return [file.name for file in view.files]


def upload_address(draft_id: str, actor: Actor, name: str = "") -> str:
    address = f"/deposit/{draft_id}/upload/{seals.seal(seals.UPLOAD, draft_id, actor)}"
    return f"{address}/{name}" if name else address


def put(one: Reader, address: str, body: bytes, kind: str = "application/octet-stream") -> Any:
    return one.client.put(address, body, content_type=kind, headers={"accept": "application/json"})


def left_over(home: Path) -> list[Path]:
    return [path for path in (home / "drafts" / "incoming").glob("*") if path.is_file()]


def test_a_raw_body_becomes_a_file(reader: Open, sokha: Actor, home: Path) -> None:
    made = submission(sokha, home, files={})
    one = reader(sokha)
    address = upload_address(made.id, sokha, "ស្រូវ 2024.csv")
    for _time in range(2):
        answer = put(one, address, b"a,b\n1,2\n")
        assert answer.status_code == 201
        assert answer.json()["name"] == "ស្រូវ 2024.csv"

    assert names(made.id, sokha) == ["ស្រូវ 2024.csv"]
    assert left_over(home) == []
    assert "8 B" in one.open(f"/deposit/{made.id}/files")


def test_a_plain_form_brings_several_files(reader: Open, sokha: Actor, home: Path) -> None:
    made = submission(sokha, home, files={})
    one = reader(sokha)
    answer = one.client.post(
        upload_address(made.id, sokha),
        {
            "file": [
                SimpleUploadedFile("one.csv", b"a\n" * 70_000, "text/csv"),
                SimpleUploadedFile("../../two.txt", b"two", "text/plain"),
            ]
        },
    )

    assert answer.status_code == 303
    assert names(made.id, sokha) == ["one.csv", "two.txt"]
    assert "2 files were added." in one.open(answer["Location"])
    assert left_over(home) == []


def test_of_several_files_a_bad_one_keeps_nobody_out(
    reader: Open, sokha: Actor, home: Path
) -> None:
    made = submission(sokha, home, files={"folder/a.csv": b"a"})
    one = reader(sokha)
    answer = one.client.post(
        upload_address(made.id, sokha),
        {
            "file": [
                SimpleUploadedFile("folder", b"a name that is a folder"),
                SimpleUploadedFile("good.txt", b"good"),
            ]
        },
    )

    assert answer.status_code == 422
    assert "one name" in answer.content.decode()
    assert names(made.id, sokha) == ["folder/a.csv", "good.txt"]
    assert left_over(home) == []


def test_a_form_without_a_file_is_told(reader: Open, sokha: Actor, home: Path) -> None:
    made = submission(sokha, home)
    one = reader(sokha)
    answer = one.client.post(upload_address(made.id, sokha), {"file": ""})

    assert answer.status_code == 422
    assert "No file was chosen" in answer.content.decode()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"nonsense", "multipart/form-data; boundary=x"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"a=b", "application/x-www-form-urlencoded"),
        (b"", "multipart/form-data"),
    ],
)
def test_a_broken_form_is_told_and_leaves_nothing(
    reader: Open, sokha: Actor, home: Path, body: bytes, kind: str
) -> None:
    made = submission(sokha, home)
    one = reader(sokha)
    answer = one.client.generic("POST", upload_address(made.id, sokha), body, kind)

    assert answer.status_code == 422
    assert names(made.id, sokha) == ["data.csv"]
    assert left_over(home) == []


def test_nobody_else_can_send_files(reader: Open, sokha: Actor, bopha: Actor, home: Path) -> None:
    made, other = submission(sokha, home), submission(sokha, home)
    address = upload_address(made.id, sokha, "x.txt")
    assert put(reader(bopha), address, b"x").status_code == 404
    assert put(reader(), address, b"x").status_code == 401
    assert put(reader(bopha), upload_address(made.id, bopha, "x.txt"), b"x").status_code == 404
    # A capability is for one draft.
    moved = address.replace(made.id, other.id, 1)
    assert put(reader(sokha), moved, b"x").status_code == 404
    assert names(made.id, sokha) == names(other.id, sokha) == ["data.csv"]


def test_a_capability_expires(
    reader: Open, sokha: Actor, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = submission(sokha, home)
    with monkeypatch.context() as patch:
        patch.setattr(TimestampSigner, "timestamp", lambda _self: "1")
        address = upload_address(made.id, sokha, "x.txt")

    assert put(reader(sokha), address, b"x").status_code == 404


@pytest.mark.parametrize("name", ["a/../b", "..", "a%00b", "a//b"])
def test_a_name_that_climbs_is_refused(reader: Open, sokha: Actor, home: Path, name: str) -> None:
    made = submission(sokha, home)
    answer = put(reader(sokha), upload_address(made.id, sokha, name), b"x")

    assert answer.status_code in {400, 404, 422}
    assert names(made.id, sokha) == ["data.csv"]


def test_what_says_it_is_too_large_is_not_read(reader: Open, sokha: Actor, home: Path) -> None:
    made = submission(sokha, home)
    one = reader(sokha)
    with override_settings(TONLE_DRAFT_SIZE=0):
        answer = put(one, upload_address(made.id, sokha, "big.bin"), b"x" * 100)

    assert answer.status_code == 413
    assert answer.json()["code"] == "too_large"


@pytest.mark.parametrize(
    ("end", "status", "words"),
    [
        (End.CUT, 400, "connection broke"),
        (End.STALLED, 408, "Nothing arrived"),
        (End.TOO_LARGE, 413, "too large"),
        (End.BUSY, 400, "once more"),
    ],
)
def test_a_body_that_did_not_come_whole_is_no_file(
    reader: Open, sokha: Actor, home: Path, end: End, status: int, words: str
) -> None:
    made = submission(sokha, home)
    request = reader(sokha).client.get("/deposit").wsgi_request
    plan = uploading.plan(100)
    plan.path.write_bytes(b"half")
    answer = uploaded._taken(made.id, "half.txt", Received(plan, 4, end), sokha, request)

    assert answer.status_code == status
    assert words in json.loads(answer.content)["detail"]
    assert names(made.id, sokha) == ["data.csv"]
    assert left_over(home) == []


def test_files_lie_still_while_curators_have_them(reader: Open, sokha: Actor, home: Path) -> None:
    made = handed_in(sokha, home, now=clock.now())
    answer = put(reader(sokha), upload_address(made.id, sokha, "late.txt"), b"x")

    assert answer.status_code == 409
    assert "Take it back first" in answer.json()["detail"]


def test_files_are_renamed_moved_and_removed(reader: Open, sokha: Actor, home: Path) -> None:
    made = submission(sokha, home, files={"a.txt": b"a", "b.txt": b"b", "c.txt": b"c"})
    address = f"/deposit/{made.id}/files"
    one = reader(sokha)
    one.open(address)
    one.press(address, {"to-0": "ក.txt", "do": "names"})
    assert names(made.id, sokha) == ["ក.txt", "b.txt", "c.txt"]
    one.press(address, {"do": "up:c.txt"})
    assert names(made.id, sokha) == ["ក.txt", "c.txt", "b.txt"]
    removing = one.form(address) | {"do": "remove:c.txt"}
    for _time in range(2):
        one.press(address, removing, keep=False)
        assert one.status == 200
        assert names(made.id, sokha) == ["ក.txt", "b.txt"]

    one.press(address, {"to-0": "b.txt", "do": "names"})
    assert one.status == 422
    assert names(made.id, sokha) == ["ក.txt", "b.txt"]
