"""Random histories of an object agree with a plain model of them."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tonle.infra.ocfl import Existing, Given, Source
from tonle.infra.ocfl.tests.helpers import (
    ID,
    NOW,
    SOKHA,
    assert_sound,
    contents,
    left_in_staging,
    make_root,
    put,
)
from tonle.kernel.digests import of_bytes

NAMES = st.sampled_from(
    ["record.json", "data.csv", "Data.csv", "ទិន្នន័យ/ទឹក.csv", "ข้าว", "a/b/c", "con", "x."]
)
BYTES = st.sampled_from([b"", b"one", b"two", b"three" * 1000])


class ObjectHistory(RuleBasedStateMachine):
    """One object; `model` is a list with the whole content of every version."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.base = Path(self.folder.name)
        self.model: list[dict[str, bytes]] = []

    @initialize(name=NAMES, data=BYTES)
    def first_version(self, name: str, data: bytes) -> None:
        self.root = make_root(self.base)
        self._put({name: data}, {name: data})

    def _put(self, sources: dict[str, Source], meaning: dict[str, bytes]) -> None:
        put(self.root, sources)
        self.model.append(meaning)
        assert contents(self.root) == self.model

    def _kept(self) -> tuple[dict[str, Source], dict[str, bytes]]:
        meaning = dict(self.model[-1])
        return {p: Existing(of_bytes(data).sha512) for p, data in meaning.items()}, meaning

    @rule(name=NAMES, data=BYTES, how=st.sampled_from(["bytes", "path", "given"]))
    def add_or_change(self, name: str, data: bytes, how: str) -> None:
        sources, meaning = self._kept()
        outside = self.base / "outside"
        outside.unlink(missing_ok=True)
        outside.write_bytes(data)
        ways: dict[str, Source] = {"bytes": data, "path": outside, "given": Given(outside)}
        sources[name] = ways[how]
        self._put(sources, meaning | {name: data})

    @precondition(lambda self: len(self.model[-1]) > 1)
    @rule(pick=st.randoms(use_true_random=False))
    def remove(self, pick: random.Random) -> None:
        sources, meaning = self._kept()
        name = pick.choice(sorted(meaning))
        del sources[name], meaning[name]
        self._put(sources, meaning)

    @precondition(lambda self: self.model[-1])
    @rule(pick=st.randoms(use_true_random=False), name=NAMES)
    def rename_or_duplicate(self, pick: random.Random, name: str) -> None:
        sources, meaning = self._kept()
        old = pick.choice(sorted(meaning))
        sources[name], meaning[name] = sources[old], meaning[old]
        if pick.random() < 0.5 and old != name:
            del sources[old], meaning[old]
        self._put(sources, meaning)

    @precondition(lambda self: len(self.model) > 1)
    @rule(pick=st.randoms(use_true_random=False))
    def return_to_an_earlier_version(self, pick: random.Random) -> None:
        meaning = dict(pick.choice(self.model))
        self._put({p: Existing(of_bytes(d).sha512) for p, d in meaning.items()}, meaning)

    @rule(data=BYTES)
    def purge(self, data: bytes) -> None:
        gone = of_bytes(data).sha512
        staged = self.root.purge(
            ID, digests=[gone], message="Removed by order.", user=SOKHA, created=NOW
        )
        if not any(data in version.values() for version in self.model):
            assert staged is None
            return
        self.model = [
            {p: d for p, d in version.items() if d != data}
            for version in [*self.model, self.model[-1]]
        ]
        assert contents(self.root) == self.model
        # Gone means gone, in staging as in the root.
        for path in self.base.rglob("*"):
            if path.is_file() and path.name != "outside" and "locks" not in path.parts:
                assert path.read_bytes() != data
                assert gone.encode() not in path.read_bytes()

    def teardown(self) -> None:
        assert_sound(self.root)
        assert left_in_staging(self.root) == set()
        inventory = self.root.inventory(ID)
        assert all(len(paths) == 1 for paths in inventory.manifest.values()), "bytes stored once"
        self.folder.cleanup()


TestObjectHistory = ObjectHistory.TestCase
TestObjectHistory.settings = settings(max_examples=25, stateful_step_count=12, deadline=None)
