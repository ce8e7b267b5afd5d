"""Two harvesters that others wrote take everything from a node that runs, and is at work."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.conf import settings
from oaipmh_scythe import Scythe
from sickle import Sickle

from config.options import BASE_DIR
from tests.node import Node
from tonle.federation.oai.tests.harvester import told

PAGE = 7


@dataclass(frozen=True)
class Got:
    """One record as a harvester handed it over. title: "" where deleted."""

    name: str
    datestamp: str
    title: str
    sets: tuple[str, ...]
    deleted: bool


def by_sickle(url: str, **given: str) -> Iterator[Got]:
    asked = given if "resumptionToken" in given else {"metadataPrefix": "oai_dc", **given}
    for one in Sickle(url).ListRecords(**asked):
        header = one.header
        titles = [] if one.deleted else one.metadata.get("title", [])
        yield Got(
            header.identifier, header.datestamp, " ".join(titles), tuple(header.setSpecs),
            bool(one.deleted),
        )  # fmt: skip


def by_scythe(url: str, **given: str) -> Iterator[Got]:
    names = {
        "from": "from_", "set": "set_", "metadataPrefix": "metadata_prefix",
        "resumptionToken": "resumption_token",
    }  # fmt: skip
    asked: dict[str, Any] = {names.get(name, name): value for name, value in given.items()}
    with Scythe(url) as scythe:
        for one in scythe.list_records(**asked):
            header = one.header  # type: ignore[union-attr] # Items, as nothing else was asked for.
            titles = [] if header.deleted else one.metadata.get("title", [])  # type: ignore[union-attr] # As above.
            yield Got(
                str(header.identifier), str(header.datestamp), " ".join(map(str, titles)),
                tuple(header.setSpecs), bool(header.deleted),
            )  # fmt: skip


Harvest = Callable[..., Iterator[Got]]
HARVESTERS = pytest.mark.parametrize("harvest", [by_sickle, by_scythe])


@contextmanager
def database_of_its_own() -> Iterator[str]:
    """The address of an empty database beside the one that tests use; "" on SQLite."""
    if "postgresql" not in settings.DATABASES["default"]["ENGINE"]:
        yield ""
        return
    import psycopg

    given, name = os.environ["TONLE_DATABASE_URL"], "oai_harvesters"
    with psycopg.connect(given, autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        try:
            yield urlsplit(given)._replace(path=f"/{name}").geturl()
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """A node with its starter set, which has records of every kind, seven to a page."""
    with database_of_its_own() as database:
        made = Node(
            tmp_path_factory.mktemp("oai") / "node",
            TONLE_OAI_PAGE=str(PAGE),
            TONLE_OAI_LIMIT="0",
            TONLE_DATABASE_URL=database,
        )
        made.start("up")
        try:
            yield made
        finally:
            made.stop()


class Busy:
    """The other process, which changes records one step at a time."""

    def __init__(self, node: Node) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tonle.federation.oai.tests.busy", "7"],
            cwd=BASE_DIR,
            env=node.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def step(self) -> None:
        assert self._ask("step") == "done\n"

    def truth(self) -> dict[str, str | None]:
        """Record id to its title, or None where it was withdrawn."""
        made: dict[str, str | None] = json.loads(self._ask("truth"))
        return made

    def _ask(self, line: str) -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        return self.process.stdout.readline()


@pytest.fixture(scope="module")
def busy(node: Node) -> Iterator[Busy]:
    """One for all tests: to start it takes longer than all its steps."""
    made = Busy(node)
    try:
        yield made
    finally:
        made.process.kill()
        made.process.wait()


def _ask(node: Node, **given: str) -> bytes:
    asked = f"{node.url}/oai?{urlencode(given)}"
    request = urllib.request.Request(asked, headers={"Accept-Encoding": "gzip"})  # noqa: S310 # Our own.
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 # Our own.
        assert answer.headers["Content-Encoding"] == "gzip"
        return gzip.decompress(answer.read())


def _ids(node: Node, given: dict[str, str]) -> list[str]:
    """Identifiers of a list by a client of ours, to compare with."""
    page = told(_ask(node, verb="ListIdentifiers", metadataPrefix="oai_dc", **given))
    found = page.texts("oai:identifier")
    while page.token:
        page = told(_ask(node, verb="ListIdentifiers", resumptionToken=page.token))
        found += page.texts("oai:identifier")
    return found


@HARVESTERS
def test_everything_is_harvested_once_and_is_valid(node: Node, harvest: Harvest) -> None:
    names = [one.name for one in harvest(f"{node.url}/oai")]

    assert len(names) > 3 * PAGE
    assert len(set(names)) == len(names)
    assert names == _ids(node, {})


@pytest.mark.parametrize("prefix", ["oai_dc", "oai_datacite", "datacite"])
def test_the_starter_set_is_valid_in_every_format(node: Node, prefix: str) -> None:
    page = told(_ask(node, verb="ListRecords", metadataPrefix=prefix))
    kinds = set(page.texts("oai:setSpec"))
    while page.token:
        page = told(_ask(node, verb="ListRecords", resumptionToken=page.token))
        kinds |= set(page.texts("oai:setSpec"))

    assert len([spec for spec in kinds if spec.startswith("kind:")]) >= 10


def test_while_a_node_is_at_work_nothing_is_missed_and_no_state_comes_twice(
    node: Node, busy: Busy
) -> None:
    """Both at once, record by record, and the node changes between."""
    url = f"{node.url}/oai"
    for _ in range(5):
        busy.step()
    first = told(_ask(node, verb="Identify")).text("oai:responseDate")
    got: dict[Harvest, list[Got]] = {by_sickle: [], by_scythe: []}
    for number, met in enumerate(zip_longest(*(harvest(url) for harvest in got))):
        for taken, one in zip(got.values(), met, strict=True):
            if one is not None:
                taken.append(one)
        if number % 2 and number < 50:
            busy.step()
    truth = busy.truth()

    for harvest, taken in got.items():
        states = [(one.name, one.deleted, one.title) for one in taken]
        assert len(set(states)) == len(states), "the same state twice"
        # What changed behind the last page is for the next harvest, from when this one began.
        held = {one.name: one for one in [*taken, *harvest(url, **{"from": first})]}
        mine = {name.rpartition(":")[2]: one for name, one in held.items()}
        assert {name: None if mine[name].deleted else mine[name].title for name in truth} == truth
        assert set(held) == set(_ids(node, {}))


@pytest.mark.parametrize("harvest", [by_sickle, pytest.param(by_scythe, marks=pytest.mark.deep)])
def test_a_part_is_just_what_headers_say_belongs_to_it(node: Node, harvest: Harvest) -> None:
    url = f"{node.url}/oai"
    everything = list(harvest(url))
    for spec in ("kind:dataset", "kind:funding_opportunity", "member:KHM", "access:open"):
        expected = [one.name for one in everything if spec in one.sets]
        assert expected, spec
        assert [one.name for one in harvest(url, set=spec)] == expected, spec
    middle = sorted(one.datestamp for one in everything)[len(everything) // 2]
    assert {one.name for one in harvest(url, **{"from": middle})} == {
        one.name for one in everything if one.datestamp >= middle
    }
    assert {one.name for one in harvest(url, until=middle)} == {
        one.name for one in everything if one.datestamp <= middle
    }


def test_a_token_holds_after_the_node_was_down(node: Node, busy: Busy) -> None:
    url = f"{node.url}/oai"
    everything = _ids(node, {})
    token = told(_ask(node, verb="ListRecords", metadataPrefix="oai_dc")).token
    assert token
    known = set(busy.truth())
    node.stop()
    while not (new := set(busy.truth()) - known):
        busy.step()
    node.start()

    for harvest in (by_sickle, by_scythe):
        after = [one.name for one in harvest(url, resumptionToken=token)]
        assert after == _ids(node, {})[PAGE:]
        assert new <= {name.rpartition(":")[2] for name in after}
        # Nothing that stood behind the token was passed over.
        assert set(everything[PAGE:]) <= set(after)


def test_post_is_answered_as_get_is(node: Node) -> None:
    names = [one.header.identifier for one in Sickle(f"{node.url}/oai", http_method="POST")
             .ListRecords(metadataPrefix="oai_dc")]  # fmt: skip

    assert names == _ids(node, {})


def test_sets_formats_and_identity_are_read_by_both(node: Node) -> None:
    sickle = Sickle(f"{node.url}/oai")
    with Scythe(f"{node.url}/oai") as scythe:
        assert [one.setSpec for one in sickle.ListSets()] == [
            str(one.setSpec) for one in scythe.list_sets()  # type: ignore[union-attr] # Items.
        ]  # fmt: skip
        assert {one.metadataPrefix for one in sickle.ListMetadataFormats()} == {
            "oai_dc", "oai_datacite", "datacite",
        }  # fmt: skip
        assert sickle.Identify().deletedRecord == "persistent"
        assert scythe.identify().deletedRecord == "persistent"  # type: ignore[attr-defined] # Set from the answer.


@pytest.fixture(scope="module", autouse=True)
def _no_proxies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The harvesters would ask the proxies of the environment for this machine too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_PROXY", "localhost,127.0.0.1")
        yield tmp_path_factory.getbasetemp()
