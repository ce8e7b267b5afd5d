"""What somebody may not have never comes out, by whichever door they try.

Every address of the URL map, those of the API with it, is asked for by everybody, its
places filled with the names of records and drafts whose files carry a marker of their own.
A new route is asked as soon as it is in the map; one whose places cannot be filled fails
here, so that nothing is passed over in silence.
"""

from __future__ import annotations

import functools
import gzip
import io
import itertools
import json
import logging
import re
import secrets
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db.models import BinaryField, CharField, JSONField, TextField
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, converters, get_resolver, resolve
from django.utils.regex_helper import normalize

from tonle.catalogue import drafts, grants, services
from tonle.catalogue.models import Document, Draft, Record
from tonle.catalogue.selectors import permitted
from tonle.catalogue.tests.conftest import home as home
from tonle.catalogue.tests.factories import make_draft
from tonle.deposit import curation
from tonle.infra import clock
from tonle.kernel import identifiers
from tonle.kernel.actors import SYSTEM, Actor, Scope
from tonle.people.models import Account
from tonle.people.public import create_token, token_scopes
from tonle.people.tests.factories import account, actor, holder
from tonle.search import indexing

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("home"),
    # Thousands of requests; who may have what is compared on both databases by the catalogue.
    pytest.mark.one_database,
]

DAY = timedelta(days=1)
FILE = "interviews.txt"


@dataclass
class Reader:
    """Somebody with a browser and, where they have an account, a token of every scope."""

    name: str
    account: Account | None = None
    token: str = ""

    def browser(self) -> Client:
        client = Client(
            HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE="en", raise_request_exception=False
        )
        if self.account is not None:
            client.force_login(self.account)
        return client

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}


@dataclass
class Kept:
    """Bytes that not everybody may have: where they are, and who may."""

    marker: bytes
    record: str
    draft: str
    may: set[str]


@dataclass
class Stage:
    """All that is on the node, and everybody who asks."""

    readers: dict[str, Reader] = field(default_factory=dict)
    kept: dict[str, Kept] = field(default_factory=dict)
    # Corrections of records that are public, and the secrets of links to them.
    corrections: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)

    @property
    def records(self) -> list[str]:
        return list(dict.fromkeys(kept.record for kept in self.kept.values()))

    @property
    def drafts(self) -> list[str]:
        return [kept.draft for kept in self.kept.values() if kept.draft] + self.corrections


LOOK_AFTER = {"owner", "curator", "community curator"}
WITHOUT_ANY = ("anonymous", "outsider")


@pytest.fixture
def stage(tmp_path: Path, settings: Any) -> Stage:
    """Sokha's records, each closed in another way, and what everybody is to them."""
    settings.TONLE_INDEX = tmp_path / "index"
    # Whoever is told to come back later has not been told what they may not have.
    settings.TONLE_API_LIMIT = 10**9
    now, rice = clock.now(), Scope("community", "rice")
    made = Stage()
    people = {
        "outsider": account("bopha", now=now),
        "owner": account("sokha", now=now),
        "curator": holder("dara", "curator", now=now),
        "community curator": holder("nuon", "curator", rice, now=now),
        "other curator": holder("chan", "curator", Scope("community", "fish"), now=now),
        **{
            name: account(name.replace(" ", "-"), now=now)
            for name in ("let in", "let in later", "let in before", "let out", "co-writer")
        },
    }
    made.readers["anonymous"] = Reader("anonymous")
    for name, who in people.items():
        _, token = create_token(
            account_id=who.pk, label="test", scopes=list(token_scopes()), actor=SYSTEM, now=now
        )
        made.readers[name] = Reader(name, who, token)
    sokha = actor(people["owner"], now)

    def keep(name: str, may: set[str], *, publish: bool = True, **fields: Any) -> Record:
        marker = f"{name}-{secrets.token_hex(24)}".encode()
        folder = tmp_path / name
        folder.mkdir()
        draft = make_draft(
            {FILE: b"Sokha, +855 12 345 678\n" + marker + b"\n"},
            folder=folder,
            actor=sokha,
            now=now,
            communities=["rice"],
            **fields,
        )
        drafts.assign_community(draft_id=draft.id, community="rice", actor=sokha, now=now)
        if publish:
            services.publish(draft_id=draft.id, actor=SYSTEM, now=now)
        made.kept[name] = Kept(marker, draft.record.id, "" if publish else draft.id, may)
        return draft.record

    restricted = {"level": "restricted"}
    record = keep("restricted", LOOK_AFTER | {"let in"}, access=restricted)
    keep(
        "embargoed",
        LOOK_AFTER,
        access={"level": "embargoed", "embargo_until": str((now + 30 * DAY).date())},
    )
    keep("described", set(), access={"level": "metadata_only"})
    burdened = keep("burdened", set(), access={"level": "open"})
    services.set_effects(
        record_id=burdened.id,
        effects=[{"action": "read_files", "rule": "deny"}],
        actor=SYSTEM,
        now=now,
    )
    withdrawn = keep("withdrawn", set(), access={"level": "open"})
    for public in (burdened, withdrawn):
        correction = curation.start_next(
            record_id=public.id, replaces_files=False, actor=sokha, now=now
        )
        drafts.add_draft_editor(
            draft_id=correction.id, account_actor_id=people["co-writer"].pk, actor=sokha, now=now
        )
        co_writer = actor(people["co-writer"], now)
        made.corrections.append(correction.id)
        made.links += [
            curation.share(draft_id=correction.id, days=7, actor=who, now=now)[1]
            for who in (sokha, co_writer)
        ]
    services.withdraw(
        record_id=withdrawn.id, category="x", reason={"en": "x"}, actor=SYSTEM, now=now
    )
    keep("reserved", LOOK_AFTER, publish=False, access={"level": "open"})
    made.kept["next version"] = _next_version(record, sokha, tmp_path)
    drafts.add_draft_editor(
        draft_id=made.kept["next version"].draft,
        account_actor_id=people["co-writer"].pk,
        actor=sokha,
        now=now,
    )

    def let_in(name: str, at: Any, **options: Any) -> str:
        given = grants.grant_access(
            record_id=record.id, grantee=people[name].pk, actor=SYSTEM, now=at, **options
        )
        return given.id

    let_in("let in", now, valid_until=now + DAY)
    let_in("let in later", now, valid_from=now + DAY, valid_until=now + 2 * DAY)
    let_in("let in before", now - 2 * DAY, valid_until=now - DAY)
    grants.withdraw_access(
        grant_id=let_in("let out", now, valid_until=now + DAY), actor=SYSTEM, now=now
    )
    indexing.catch_up()
    return made


def _next_version(record: Record, sokha: Actor, folder: Path) -> Kept:
    """What is being written about a record that everybody knows."""
    marker = f"next-{secrets.token_hex(24)}".encode()
    spooled = folder / "spooled"
    spooled.write_bytes(marker)
    draft = drafts.create_successor(
        record_id=record.id, actor=sokha, now=clock.now(), replaces_files=True
    )
    drafts.take_file(
        draft_id=draft.id, name="next.txt", spooled=spooled, actor=SYSTEM, now=clock.now()
    )
    return Kept(marker, record.id, draft.id, LOOK_AFTER | {"co-writer"})


# --- the URL map ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Route:
    """One route: as the map writes it, its path with places, and what fills each by its type."""

    written: str
    template: str
    places: tuple[str, ...]
    types: dict[str, Any] = field(hash=False, compare=False)

    def __str__(self) -> str:
        return "/" + self.template


def routes() -> list[Route]:
    """Every route of the map, each once, however many names it has."""
    return list(dict.fromkeys(_walk(get_resolver().url_patterns, "", "", (), {})))


def _walk(
    patterns: Sequence[URLPattern | URLResolver],
    route: str,
    before: str,
    places: tuple[str, ...],
    types: dict[str, Any],
) -> Iterator[Route]:
    for one in patterns:
        found = {**types, **one.pattern.converters}
        for template, names in normalize(one.pattern.regex.pattern):
            # As Django joins them, so that they can be compared.
            written = route + str(one.pattern).removeprefix("^" if route else "")
            path, all_places = before + template, (*places, *names)
            if isinstance(one, URLResolver):
                yield from _walk(one.url_patterns, written, path, all_places, found)
            else:
                yield Route(written, path, all_places, found)


def fill(route: Route, stage: Stage) -> list[str]:
    """Addresses of a route: every record, draft and file where one can stand.

    Fails for a type of place that it does not know, and for a route that nothing fills.
    """
    choices = [_choices(route, place, stage) for place in route.places]
    found: list[str] = []
    for values in itertools.product(*choices):
        if found and set(values) & set(FORMS):
            continue
        path = "/" + route.template % dict(zip(route.places, values, strict=True))
        try:
            # One without places may be shadowed by another route; it is asked for all the same.
            if resolve(path).route == route.written or not route.places:
                found.append(path)
        except Resolver404:
            continue
    if not found:
        pytest.fail(f"Nothing fills the places of {route}: teach `_choices` what may stand there.")
    return list(dict.fromkeys(found))


def some(route: Route, stage: Stage, request: pytest.FixtureRequest) -> list[str]:
    """Addresses of a route: all with --deep; usually those of files, and two of the others."""
    found = fill(route, stage)
    if request.config.getoption("--deep"):
        return found
    files = [address for address in found if address.endswith(".txt")]
    return files or found[:2]


def _choices(route: Route, place: str, stage: Stage) -> list[str]:
    kind = route.types.get(place)
    known = {
        "record_id": stage.records,
        "draft_id": stage.drafts,
        "secret": stage.links,
        # A file on its way: its identifier, and what nobody can guess.
        "arriving": [f"{stage.drafts[0]}{'0' * 40}"],
        "naan": ["99999"],
        # A person's page is called by ORCID or by a name.
        "who": ["0000-0002-1825-0097", "Sokha"],
        # Of people: somebody else's account, and a role in the whole node or in a scope.
        "account_id": [one.account.pk for one in stage.readers.values() if one.account][1:3],
        "scope": ["node", "community:rice"],
        "role": ["curator"],
        "member": ["KHM"],
        "day": ["2026-11-27"],
    }
    if place in known:
        return known[place]
    if isinstance(kind, converters.IntConverter):
        return ["1"]
    if isinstance(kind, converters.PathConverter):
        return [FILE, "next.txt"]
    if isinstance(kind, converters.UUIDConverter):
        return ["00000000-0000-4000-8000-000000000000"]
    if kind is None or isinstance(kind, converters.StringConverter | converters.SlugConverter):
        # Whatever it is called, it may be the name of any of these, or a word.
        # Or it has the form of an identifier, of a code, of a digest.
        return [stage.records[0], stage.drafts[0], *FORMS]
    pytest.fail(f"{route} has a place of the type {type(kind).__name__}; say what fills it.")


@functools.cache
def _interface() -> dict[str, set[str]]:
    """The methods that the OpenAPI document names, by address with bare places."""
    found = json.loads(Client(HTTP_HOST="localhost").get("/api/v1/openapi.json").content)
    return {re.sub(r"\{\w+\}", "{}", path): set(ways) for path, ways in found["paths"].items()}


def methods(route: Route) -> set[str]:
    """What may be asked of a route: of the API what it offers, of a page GET and POST."""
    bare = re.sub(r"%\(\w+\)s", "{}", str(route))
    return _interface().get(bare, {"get"}) if bare.startswith("/api/") else {"get", "post"}


# Tried where neither a record nor a draft fits: the sample ORCID, a ROR, a code.
FORMS = ("0000-0002-1825-0097", "05dxps055", "ABCD-EFGH-JKMN")


# --- asking --------------------------------------------------------------------------------

WHOLE: dict[str, str] = {}
PART, PACKED = {"Range": "bytes=0-"}, {"Accept-Encoding": "gzip"}
WRITE = {"post", "put", "patch", "delete"}


def body_of(response: Any) -> bytes:
    """All that comes out, unpacked where it is packed."""
    data = b"".join(response.streaming_content) if response.streaming else response.content
    if response.headers.get("Content-Encoding") == "gzip":
        data = gzip.decompress(data)
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return data + b"".join(archive.read(name) for name in archive.namelist())
    return bytes(data)


def ask(
    reader: Reader, addresses: Sequence[str], *, every_way: bool
) -> Iterator[tuple[str, Any, bytes]]:
    """Each of these addresses: (request in words, response, bytes).

    every_way: a file also in part, packed, and by its head alone.
    """
    client = reader.browser()
    for address in addresses:
        of_file = every_way and address.endswith(".txt")
        for headers in (WHOLE, PART, PACKED) if of_file else (WHOLE,):
            extra = {**headers, **(reader.bearer if address.startswith("/api/") else {})}
            response = client.get(address, headers=extra)
            yield f"GET {address} {headers}", response, body_of(response)
        if of_file:
            response = client.head(address)
            yield f"HEAD {address}", response, body_of(response)


def test_no_route_gives_out_what_its_reader_may_not_have(
    stage: Stage, caplog: pytest.LogCaptureFixture, request: pytest.FixtureRequest
) -> None:
    caplog.set_level(logging.DEBUG, "tonle")
    everything = [address for route in routes() for address in some(route, stage, request)]
    # What a passed or coming grant is about, is one record.
    granted = [one for one in everything if stage.kept["restricted"].record in one]
    named = [
        one for one in everything if any(name in one for name in (*stage.records, *stage.drafts))
    ]
    # The outsider asks for all there is, and the curator with --deep; who has some right in
    # between is asked about where files are. In a usual run the outsider tries every
    # way to a file, the others one.
    files = [one for one in named if one.endswith(".txt")]
    whole = request.config.getoption("--deep")
    asked = {"outsider": everything, "curator": everything if whole else files}
    if not whole:
        asked["anonymous"] = [one for one in everything if one.endswith(".txt") or one in granted]
        granted = [one for one in granted if one.endswith(".txt")]
    asked |= dict.fromkeys(("let in later", "let in before", "let out", "other curator"), granted)
    asked |= dict.fromkeys(("owner", "community curator", "let in", "co-writer"), files)
    given: set[tuple[str, str]] = set()
    for reader in stage.readers.values():
        queries = ["/search?q=interviews", "/api/v1/records?q=Sokha", "/metrics"]
        wanted = [*asked.get(reader.name, named), *queries]
        every_way = whole or reader.name == "outsider"
        for what, response, body in ask(reader, wanted, every_way=every_way):
            for name, kept in stage.kept.items():
                if kept.marker not in body:
                    continue
                assert reader.name in kept.may, f"{reader.name} got {name} by {what}"
                given.add((name, reader.name))
                cache = response.headers.get("Cache-Control", "")
                assert "private" in cache or "no-store" in cache, what
                assert not hasattr(response, "tonle_cache"), what
    # Else the test might ask where nothing ever comes out.
    expected = {(name, who) for name in ("restricted", "embargoed") for who in stage.kept[name].may}
    assert expected <= given
    for kept in stage.kept.values():
        assert kept.marker.decode() not in caplog.text


def test_no_write_gives_out_what_its_writer_may_not_have(
    stage: Stage, request: pytest.FixtureRequest
) -> None:
    """Who may do nothing tries everything: forms sent empty, and every method of the API."""
    for name in WITHOUT_ANY if request.config.getoption("--deep") else ("outsider",):
        reader = stage.readers[name]
        for route in routes():
            for address in some(route, stage, request):
                client = reader.browser()
                api = address.startswith("/api/")
                for method in methods(route) & WRITE:
                    response = getattr(client, method)(
                        address,
                        data="{}" if api else {},
                        headers=reader.bearer if api else {},
                        **({"content_type": "application/json"} if api else {}),
                    )
                    body = body_of(response)
                    assert not any(kept.marker in body for kept in stage.kept.values()), (
                        method,
                        address,
                    )
    # And nothing of it has changed anything.
    assert Record.objects.filter(state="published").count() == 4
    assert Draft.objects.filter(state="open").count() == len(stage.drafts)


def test_every_path_of_the_interface_is_in_the_url_map() -> None:
    """What the OpenAPI document promises is asked for by the other tests."""
    in_map = {re.sub(r"%\(\w+\)s", "{}", str(route)) for route in routes()}

    assert _interface()
    assert set(_interface()) <= in_map


# --- hidden and absent ---------------------------------------------------------------------


def answer(client: Client, method: str, address: str, name: str, headers: dict[str, str]) -> Any:
    """Status, headers and bytes, without what differs from one request to the next."""
    response = getattr(client, method)(address, headers=headers)
    body = body_of(response).replace(name.encode(), b"NAME")
    body = re.sub(rb'(csrfmiddlewaretoken" value=")[^"]+', rb"\1", body)
    # A key that a form carries so that it is done once.
    body = re.sub(rb'(name="(?:idempotency_)?key" value=")[^"]+', rb"\1", body)
    headers_out = {
        key: value.replace(name, "NAME")
        for key, value in response.headers.items()
        if key not in {"X-Request-ID", "Date", "Expires"}
    }
    return response.status_code, headers_out, body, sorted(response.cookies)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("anonymous", marks=pytest.mark.deep),
        "outsider",
        pytest.param("let in", marks=pytest.mark.deep),
        pytest.param("other curator", marks=pytest.mark.deep),
    ],
)
def test_hidden_and_absent_are_answered_alike(stage: Stage, name: str) -> None:
    reader = stage.readers[name]
    hidden = {
        "record_id": [stage.kept["reserved"].record],
        "draft_id": [stage.kept["reserved"].draft],
    }
    for route in routes():
        ways = methods(route) | {"get", "head"}
        # One who is let in, or curates elsewhere, is signed in as any other is.
        ways -= set() if name in WITHOUT_ANY else WRITE
        places = [place for place in route.places if place in hidden]
        for place in places:
            for address in fill(route, stage):
                shown = next((one for one in hidden[place] if one in address), None)
                if shown is None:
                    continue
                absent = identifiers.mint()
                api = address.startswith("/api/")
                headers = reader.bearer if api else {}
                for method in sorted(ways):
                    there = answer(reader.browser(), method, address, shown, headers)
                    nowhere = answer(
                        reader.browser(), method, address.replace(shown, absent), absent, headers
                    )
                    assert there == nowhere, (method, address)


# --- what is kept --------------------------------------------------------------------------


def test_nothing_but_the_storage_keeps_the_bytes(stage: Stage, home: Path, settings: Any) -> None:
    """Not the database in any column, not the index, not any other file of the node."""
    markers = [kept.marker for kept in stage.kept.values()]
    for model in apps.get_models():
        columns = [
            column.name
            for column in model._meta.concrete_fields
            if isinstance(column, CharField | TextField | BinaryField | JSONField)
        ]
        for row in model._default_manager.values_list(*columns) if columns else ():
            text = b" ".join(
                bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in row
            )
            assert not any(marker in text for marker in markers), model

    allowed = [home / "ocfl", home / "drafts"]
    for root in (home, Path(settings.TONLE_INDEX)):
        for path in root.rglob("*"):
            if path.is_file() and not any(path.is_relative_to(place) for place in allowed):
                assert not any(marker in path.read_bytes() for marker in markers), path


def test_what_is_written_of_drafts_and_grants_is_in_no_public_document(stage: Stage) -> None:
    let_in = stage.readers["let in"].account
    assert let_in is not None
    public = b"".join(bytes(row.body) for row in Document.objects.all())

    assert let_in.pk.encode() not in public
    for kept in stage.kept.values():
        if kept.draft:
            assert kept.draft.encode() not in public
    visible = Record.objects.filter(
        permitted(actor(stage.readers["outsider"].account), "read_metadata", clock.now())  # type: ignore[arg-type] # An outsider has an account.
    )
    assert stage.kept["reserved"].record not in set(visible.values_list("id", flat=True))
