"""Files that come in pieces: counted, cut, forged, promised, attached, given up, swept."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client, override_settings

from tonle.catalogue import public as catalogue
from tonle.deposit.curation.tests.factories import handed_in, submission
from tonle.deposit.forms import seals
from tonle.deposit.forms.tests.conftest import Reader
from tonle.deposit.uploads import digests, places, receiving, services
from tonle.deposit.uploads.errors import NoSpace, StillChecked, TooManyUploads, UploadBusy
from tonle.deposit.uploads.models import Upload
from tonle.deposit.uploads.rules import tus
from tonle.infra import clock
from tonle.infra.server.uploads import End, Received, SpoolPlan, _Sink
from tonle.kernel.actors import SYSTEM, Actor
from tonle.kernel.errors import NotFound, TooLarge
from tonle.people.services import create_token

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
Open = Callable[..., Reader]
DATA = bytes(range(256)) * 40


def headers(**more: Any) -> dict[str, str]:
    sent = {"Tus-Resumable": "1.0.0", **{k.replace("_", "-"): str(v) for k, v in more.items()}}
    return {name: value for name, value in sent.items() if value}


def announce(
    client: Client, address: str, length: int = len(DATA), said: Any = None, **more: Any
) -> Any:
    named = {"filename": "ស្រូវ.bin"} if said is None else said
    sent = headers(Upload_Length=length, Upload_Metadata=tus.encoded(named), **more)
    return client.post(address, headers=sent)


def append(url: str, offset: int, data: bytes, **more: Any) -> Any:
    sent = headers(Upload_Offset=offset, Content_Type=tus.OFFSET_TYPE, **more)
    return Client().generic("PATCH", url, data, content_type=tus.OFFSET_TYPE, headers=sent)


def checksum(data: bytes, algorithm: str = "sha256") -> str:
    raw = hashlib.new(algorithm, data).digest()
    return f"{algorithm} {base64.b64encode(raw).decode()}"


def bearer(actor: Actor) -> dict[str, Any]:
    _row, token = create_token(
        account_id=actor.id, label="put", scopes=["deposit"], actor=SYSTEM, now=clock.now()
    )
    return {"Authorization": f"Bearer {token}"}


def draft_bytes(draft_id: str, name: str, actor: Actor) -> bytes:
    _file, path = catalogue.draft_file(draft_id=draft_id, name=name, actor=actor, now=clock.now())
    return path.read_bytes()


def begun(draft_id: str, actor: Actor, name: str = "a.bin", **more: Any) -> Upload:
    return services.begin(
        draft_id=draft_id,
        said=tus.Announced(name, **more),
        length_bytes=len(DATA),
        metadata="",
        actor=actor,
        now=clock.now(),
    )


def test_a_file_comes_in_pieces_and_is_attached_once(
    reader: Open, sokha: Actor, home: Path
) -> None:
    made = submission(sokha, home, files={})
    signed = bearer(sokha)
    answer = announce(Client(), f"/uploads/{made.id}", **signed)
    assert answer.status_code == 201
    url, name = answer["Location"], answer["Tonle-Upload"]

    # From here on nobody is signed in: the address alone adds bytes.
    first = append(url, 0, DATA[:4_000], Upload_Checksum=checksum(DATA[:4_000], "sha1"))
    assert (first.status_code, first["Upload-Offset"]) == (204, "4000")
    broken = append(url, 4_000, b"x" * 100, Upload_Checksum=checksum(b"y" * 100))
    assert (broken.status_code, broken["Upload-Offset"]) == (460, "4000")
    again = append(url, 0, DATA[:4_000])
    assert (again.status_code, again["Upload-Offset"]) == (409, "4000")
    assert append(url, 4_000, DATA).status_code == 413
    asked = Client().head(url, headers=headers())
    assert (asked["Upload-Offset"], asked["Upload-Length"]) == ("4000", str(len(DATA)))
    assert asked["Cache-Control"] == "no-store"
    assert asked["Upload-Metadata"] == tus.encoded({"filename": "ស្រូវ.bin"})

    one = reader(sokha)
    attach = f"/api/v1/deposits/{made.id}/uploads/{name}/attach"
    early = one.client.post(attach, headers=signed)
    assert (early.status_code, early.json()["code"]) == (409, "not_whole")
    # Networks that know no PATCH; and an answer to the last piece that was lost.
    rest = DATA[4_000:]
    last = Client().post(
        url, rest, content_type=tus.OFFSET_TYPE,
        headers=headers(Upload_Offset=4_000, X_HTTP_Method_Override="PATCH"),
    )  # fmt: skip
    assert (last.status_code, last["Upload-Offset"]) == (204, str(len(DATA)))
    assert append(url, len(DATA), b"").status_code == 204

    for _time in range(2):
        taken = one.client.post(attach, headers=signed)
        assert taken.status_code == 200
        assert taken.json()["sha256"] == hashlib.sha256(DATA).hexdigest()
    assert draft_bytes(made.id, "ស្រូវ.bin", sokha) == DATA
    listed = one.client.get(f"/api/v1/deposits/{made.id}/uploads", headers=signed)
    assert listed.json() == []


def test_what_is_refused_before_a_byte_is_read(
    reader: Open, sokha: Actor, bopha: Actor, home: Path
) -> None:
    made = submission(sokha, home, files={})
    place, signed = f"/uploads/{made.id}", bearer(sokha)
    one = reader(sokha)
    seal = seals.seal(seals.FORM, made.id, sokha)

    def status(client: Client, **more: Any) -> int:
        found: int = announce(client, place, **more).status_code
        return found

    assert status(Client()) == 401
    # A page of somebody else's has the reader's cookie and no seal.
    assert status(one.client) == 403
    assert status(one.client, Tonle_Seal=seals.seal(seals.FORM, made.id, bopha)) == 403
    assert status(Client(), **bearer(bopha)) == 404
    assert status(Client(), said={}, **signed) == 400
    assert status(Client(), said={"filename": "../up"}, **signed) == 422
    assert status(Client(), length=200 << 40, **signed) == 413
    assert Client().post(place, headers=signed).status_code == 412
    with override_settings(TONLE_DRAFT_SIZE=0):
        assert status(Client(), **signed) == 413
    assert Upload.objects.count() == 0

    answer = announce(one.client, place, Tonle_Seal=seal)
    url = answer["Location"]
    wrong_type = Client().generic("PATCH", url, b"x", headers=headers(Upload_Offset=0))
    assert wrong_type.status_code == 415
    assert append(url, 0, b"x", Upload_Checksum="md5 AAAA").status_code == 400
    guessed = url[:-1] + ("0" if url[-1] != "0" else "1")
    assert append(guessed, 0, b"x").status_code == 404
    assert Client().head(guessed, headers=headers()).status_code == 404
    # An address is of one draft: for another one it is nobody's.
    other = submission(sokha, home, files={})
    with pytest.raises(NotFound):
        services.attach(
            draft_id=other.id, upload_id=answer["Tonle-Upload"], actor=sokha, now=clock.now()
        )
    options = Client().options(place, headers={"Origin": "https://elsewhere.example"})
    assert options["Tus-Extension"] == tus.EXTENSIONS
    assert not [name for name in options.headers if name.startswith("Access-Control")]


def test_room_is_held_by_what_is_on_its_way(
    sokha: Actor, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = submission(sokha, home, files={})
    now = clock.now()
    room = catalogue.file_room(draft_id=made.id, name="b", actor=sokha, now=now)
    begun(made.id, sokha)

    def also(length: int) -> Upload:
        return services.begin(
            draft_id=made.id, said=tus.Announced("b"), length_bytes=length, metadata="",
            actor=sokha, now=now,
        )  # fmt: skip

    # A disk that has room for everything, and one that has for nothing.
    monkeypatch.setattr(services, "RESERVE_BYTES", -(1 << 60))
    with pytest.raises(TooLarge):
        also(room)
    also(room - len(DATA)).delete()
    monkeypatch.setattr(services, "RESERVE_BYTES", 1 << 60)
    with pytest.raises(NoSpace):
        also(1)
    monkeypatch.setattr(services, "MOST_UNDER_WAY", 1)
    with pytest.raises(TooManyUploads):
        also(1)


def test_one_body_at_a_time_and_what_a_dead_one_left(sokha: Actor, home: Path) -> None:
    made = submission(sokha, home, files={})
    upload, now = begun(made.id, sokha), clock.now()
    path, later = places.path_of(upload), now + receiving.GRACE * 2
    lease = receiving.admit(upload, offset=0, checked=False, now=now)
    for at in (now, later):
        if at == later:
            sink = _Sink(SpoolPlan(path, 0, len(DATA)))
            sink.take(DATA[:1_000])
        with pytest.raises(UploadBusy):
            receiving.admit(_fresh(upload), offset=0, checked=False, now=at)
    # Its process dies: the lock goes with it, the row knows nothing, and the bytes count.
    sink.__exit__()
    assert receiving.settled(_fresh(upload), later).offset_bytes == 1_000
    late = Received(SpoolPlan(path, 0, len(DATA)), 1_000, End.CUT)
    with pytest.raises(UploadBusy):
        receiving.landed(upload, lease=lease, received=late, now=later)

    # The next one brings a checksum, which nobody can compare any more.
    receiving.admit(_fresh(upload), offset=1_000, checked=True, now=now)
    with path.open("ab") as file:
        file.write(b"who knows")
    assert receiving.settled(_fresh(upload), later).offset_bytes == 1_000
    assert path.stat().st_size == 1_000
    # A node restored from its backup has the row and not the bytes.
    path.unlink()
    assert receiving.settled(_fresh(upload), later).offset_bytes == 0


def test_the_whole_is_compared_with_what_was_promised(
    sokha: Actor, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = submission(sokha, home, files={})
    monkeypatch.setattr(digests, "AT_ONCE_BYTES", 0)
    for promised, state in (("0" * 64, "refused"), (hashlib.sha256(DATA).hexdigest(), "ready")):
        upload = begun(made.id, sokha, sha256=promised)
        answer = append(f"/uploads/{places.capability(upload, made.id)}", 0, DATA)
        assert answer.status_code == 204
        with pytest.raises(StillChecked):
            services.attach(draft_id=made.id, upload_id=upload.id, actor=sokha, now=clock.now())
        for _time in range(2):
            digests.take(_fresh(upload), clock.now())
        assert _fresh(upload).state == state
        assert places.path_of(upload).exists() is (state == "ready")
    frozen = handed_in(sokha, home, now=clock.now())
    upload_now = Upload.objects.get(state="ready")
    Upload.objects.filter(key=upload_now.key).update(
        draft=catalogue.Draft.objects.get(id=frozen.id)
    )
    # Handed in meanwhile: the file waits until it is taken back.
    with pytest.raises(Exception, match="Take it back first"):
        services.attach(draft_id=frozen.id, upload_id=upload_now.id, actor=sokha, now=clock.now())
    assert _fresh(upload_now).state == "ready"


def test_what_lapses_is_swept_and_what_is_given_up_is_gone(sokha: Actor, home: Path) -> None:
    made = submission(sokha, home, files={})
    now = clock.now()
    lapsed, given, kept = (begun(made.id, sokha, name) for name in ("a", "b", "c"))
    for upload in (lapsed, given, kept):
        url = f"/uploads/{places.capability(upload, made.id)}"
        assert append(url, 0, DATA[:10]).status_code == 204
    Upload.objects.filter(key=lapsed.key).update(expires_at=now - timedelta(seconds=1))
    assert append(f"/uploads/{places.capability(lapsed, made.id)}", 10, b"x").status_code == 410
    url = f"/uploads/{places.capability(given, made.id)}"
    assert Client().delete(url, headers=headers()).status_code == 204
    assert Client().delete(url, headers=headers()).status_code == 404
    assert services.sweep(clock.now()) == 1
    assert [path.name for path in places.room().glob("*/*")] == [kept.id]
    # Bytes without a row, as a crash leaves them, go when they are a day old.
    kept.delete()
    assert services.sweep(clock.now() + timedelta(days=2)) == 0
    assert list(places.room().glob("*/*")) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "else"},
        {"offset_bytes": len(DATA) + 1},
        {"state": "arrived"},
        {"state": "ready", "offset_bytes": len(DATA)},
        {"lease": "x"},
    ],
)
def test_the_database_refuses_what_cannot_be(
    sokha: Actor, home: Path, wrong: dict[str, Any]
) -> None:
    upload = begun(submission(sokha, home, files={}).id, sokha)
    with pytest.raises(IntegrityError), transaction.atomic():
        Upload.objects.filter(key=upload.key).update(**wrong)


def _fresh(upload: Upload) -> Upload:
    return Upload.objects.select_related("draft").get(key=upload.key)


def test_a_page_without_script_adds_what_waits_and_gives_up_the_rest(
    reader: Open, sokha: Actor, home: Path
) -> None:
    made = submission(sokha, home, files={})
    ready, half = begun(made.id, sokha, "ស្រូវ.bin"), begun(made.id, sokha, "half.bin")
    for upload, data in ((ready, DATA), (half, DATA[:5_000])):
        append(f"/uploads/{places.capability(upload, made.id)}", 0, data)
    address, one = f"/deposit/{made.id}/files", reader(sokha)

    words = one.open(address)
    assert "It has arrived whole." in words
    assert "Choose the same file again" in words
    early = {"do": f"take:{half.id}"}
    one.press(address, early)
    assert one.status == 409
    assert "Only a part of the file has arrived" in one.words
    one.press(address, early, script=True)
    assert (one.status, one.answer.json()["code"]) == (409, "not_whole")
    one.open(address)
    one.press(address, {"do": f"take:{ready.id}"})
    for _time in range(2):
        one.press(address, {"do": f"drop:{half.id}"})
        assert one.status == 200
    assert draft_bytes(made.id, "ស្រូវ.bin", sokha) == DATA
    assert "On their way" not in one.words
    assert not Upload.objects.filter(state="receiving").exists()
