"""Commands that act as an account, held against the use cases that they call."""

from __future__ import annotations

import argparse
import inspect
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from tonle.cli import accounts, main, registry


def in_the_table() -> Iterator[accounts.ForAccount]:
    main.discover()
    for command in registry.commands():
        if isinstance(command.run, partial) and isinstance(
            command.run.args[0], accounts.ForAccount
        ):
            yield command.run.args[0]


def test_each_gives_its_use_case_what_it_takes() -> None:
    seen = list(in_the_table())
    assert {"claim", "grant", "answer", "hand-in"} <= {one.name for one in seen}
    for command in seen:
        parser = argparse.ArgumentParser()
        given = {one.add_to(parser): None for one in command.arguments}
        who: dict[str, Any] = {"actor": None, "now": None}
        inspect.signature(command.resolved()).bind(**given, **who)


def test_what_is_answered_is_told_or_is_the_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "_acting", [lambda email: {"actor": email, "now": "today"}])
    monkeypatch.setattr(registry, "_commands", {})
    monkeypatch.setattr(registry, "_groups", {})
    told: list[object] = []

    def tell(answer: object) -> int:
        told.append(answer)
        return 0

    size = accounts.argument("--size", dest="metres", type=int, default=1)
    accounts.register_for_accounts(
        "boat", "Boats.", tell,
        (
            accounts.ForAccount("row", "Row.", lambda **given: given, (size,)),
            accounts.ForAccount("sink", "Sink.", lambda **_given: 1),
        ),
    )  # fmt: skip
    row, sink = registry.commands()
    parser = argparse.ArgumentParser()
    row.configure(parser)
    assert row.run(parser.parse_args(["--as", "sokha@example.org", "--size", "4"])) == 0
    assert told == [{"metres": 4, "actor": "sokha@example.org", "now": "today"}]
    assert sink.run(parser.parse_args(["--as", "sokha@example.org"])) == 1
    with pytest.raises(SystemExit):
        parser.parse_args([])
