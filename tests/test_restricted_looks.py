"""What is made of a restricted file (previews, answers, what is found in it) is as closed as it.

`test_restricted_never_leaves` asks for every address; here are those that need a question, of a
table, a photograph and a document whose owner has looked into them, so that all of it was made.
"""

from __future__ import annotations

import io
import secrets
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from tonle.catalogue import grants, services
from tonle.catalogue.models import Record
from tonle.catalogue.tests.conftest import home as home
from tonle.catalogue.tests.factories import make_draft
from tonle.explore.rules.tests.hostile import document, run
from tonle.infra import clock, jobs
from tonle.kernel.actors import SYSTEM, Scope
from tonle.people.models import Account
from tonle.people.public import create_token
from tonle.people.tests.factories import account, actor, holder
from tonle.search.public import catch_up

pytestmark = [
    pytest.mark.django_db(databases=["default", "cache"]),
    pytest.mark.usefixtures("home"),
    # Who may have a file is compared on both databases by the catalogue.
    pytest.mark.one_database,
]

# Words that stand in the files alone: a village, and a mineral.
PLACE, MINERAL = "Preksvaychrum", "zirconolite"
TABLE = f"village,wells\n{PLACE},3\nPhum,5\n".encode()
TEXT = document(f"<w:p>{run(f'A survey of {MINERAL} by the river')}</w:p>")
COLOUR = (18, 130, 77)
DAY = timedelta(days=1)


def photograph() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (1600, 1200), COLOUR).save(made, "JPEG")
    return made.getvalue()


@pytest.fixture
def readers(settings: Any) -> dict[str, Account | None]:
    settings.TONLE_SQL = True
    now = clock.now()
    names = ("outsider", "let in", "let in before", "let out")
    return {
        "anonymous": None,
        "owner": account("sokha", now=now),
        "curator": holder("dara", "curator", now=now),
        "other curator": holder("chan", "curator", Scope("community", "fish"), now=now),
        **{name: account(name.replace(" ", "-"), now=now) for name in names},
    }


@pytest.fixture
def record(readers: dict[str, Account | None], tmp_path: Path) -> Record:
    """Restricted, and looked into by its owner."""
    owner = readers["owner"]
    assert owner is not None
    now = clock.now()
    files = {"wells.csv": TABLE, "field.jpg": photograph(), "survey.docx": TEXT}
    draft = make_draft(
        files, folder=tmp_path, actor=actor(owner, now), now=now, access={"level": "restricted"}
    )
    services.publish(draft_id=draft.id, actor=SYSTEM, now=now)
    given: dict[str, Any] = {}
    for name, begins, ends in (
        ("let in", now, now + DAY),
        ("let in before", now - 2 * DAY, now - DAY),
        ("let out", now, now + DAY),
    ):
        who = readers[name]
        assert who is not None
        given[name] = grants.grant_access(
            record_id=draft.record.id, grantee=who.pk, actor=SYSTEM, now=begins, valid_until=ends
        )
    grants.withdraw_access(grant_id=given["let out"].id, actor=SYSTEM, now=now)
    for name in files:
        browser(owner).get(f"/records/{draft.record.id}/look/{name}")
    jobs.run_all_due(now + DAY / 24)
    catch_up()
    return draft.record


MAY = {"owner", "curator", "let in"}


def browser(who: Account | None) -> Client:
    """Signed in on pages; over REST with a token to read, and nothing else."""
    if who is None:
        return Client(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE="en")
    _, token = create_token(
        account_id=who.pk,
        label=secrets.token_hex(8),
        scopes=["read"],
        actor=SYSTEM,
        now=clock.now(),
    )
    client = Client(
        HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE="en", HTTP_AUTHORIZATION=f"Bearer {token}"
    )
    client.force_login(who)
    return client


def doors(record: str, versions: Sequence[int]) -> Iterator[tuple[str, str]]:
    """Address, and what comes out of it: a word of the files, or the picture.

    versions: besides the newest, those to be asked for by their numbers.
    """
    rest, page = f"/api/v1/explore/{record}", f"/records/{record}"
    for version in ("", *(f"/v{number}" for number in versions)):
        look, ask = f"{page}{version}/look", f"{page}{version}/ask/wells.csv"
        yield f"{look}/wells.csv", PLACE
        yield f"{look}/survey.docx", MINERAL
        yield f"{look}/field.jpg?part=picture", "picture"
        yield f"{ask}?by=village&what=sum&of=wells", PLACE
        yield f"{ask}?sql=SELECT+village+FROM+data", PLACE
        for form in ("csv", "json"):
            yield f"{ask}?format={form}", PLACE
            yield f"{ask}?format={form}&sql=SELECT+village+FROM+data", PLACE
    for version in ("", *(f"&version={number}" for number in versions)):
        yield f"{rest}/preview?file=wells.csv{version}", PLACE
        yield f"{rest}/preview?file=survey.docx{version}", MINERAL
        yield f"{rest}/rows?file=wells.csv{version}", PLACE
        yield f"{rest}/rows?file=wells.csv&sql=SELECT+village+FROM+data{version}", PLACE


def comes_out(response: Any, what: str) -> bool:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if what == "picture":
        kind: str = response.headers.get("Content-Type", "")
        return response.status_code == 200 and kind.startswith("image/")
    return what.encode() in body


@pytest.mark.parametrize(
    "versions",
    [pytest.param((), id="newest"), pytest.param((1,), id="all", marks=pytest.mark.deep)],
)
def test_what_was_made_of_a_file_comes_out_for_those_who_may_have_the_file(
    record: Record, readers: dict[str, Account | None], versions: tuple[int, ...]
) -> None:
    for name, who in readers.items():
        client = browser(who)
        for address, what in doors(record.id, versions):
            response = client.get(address)
            assert comes_out(response, what) is (name in MAY), (name, address, response.status_code)
            if name in MAY and not address.startswith("/api/"):
                # What is asked with a token, no cache between keeps (RFC 9111, 3.5).
                cache = response.headers.get("Cache-Control", "")
                assert "private" in cache or "no-store" in cache, address
            if name not in MAY:
                assert response.status_code == 403, (name, address)


def test_what_stands_in_a_closed_file_is_found_by_nobody(
    record: Record, readers: dict[str, Account | None]
) -> None:
    for who in readers.values():
        client = browser(who)
        for word in (PLACE, MINERAL):
            assert client.get("/api/v1/records", {"q": word}).json()["items"] == []
            for address in ("/search", "/feeds/search.atom"):
                assert record.id not in client.get(address, {"q": word}).content.decode()


def test_what_was_made_lies_where_previews_lie_and_goes_with_the_record(
    record: Record, home: Path, settings: Any
) -> None:
    services.withdraw(
        record_id=record.id, category="x", reason={"en": "x"}, actor=SYSTEM, now=clock.now()
    )
    jobs.run_all_due(clock.now() + DAY / 12)
    for root in (home / "previews", Path(settings.TONLE_INDEX)):
        for path in root.rglob("*"):
            if path.is_file():
                held = path.read_bytes()
                assert PLACE.encode() not in held, path
                assert MINERAL.encode() not in held, path
