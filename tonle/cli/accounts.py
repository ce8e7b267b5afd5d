"""Commands that act as one of the node's accounts: what they may do is what that person may.

A context names its use cases in a table, one row a command:

    register_for_accounts("review", "The curators' desk.", told, (
        ForAccount("claim", "Take a deposit on.", "tonle.deposit.….claim", (DRAFT,)),
    ))

A use case is called with all that its arguments were given, by their `dest`, and with the
account: `actor` and `now`. Rows are printed with their parts set apart by tabs, for eyes
and for `cut`.
"""

from __future__ import annotations

import argparse
import pkgutil
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from tonle.cli.registry import Command, register, register_group


@dataclass(frozen=True)
class Argument:
    """An argument of a command, as `argparse.ArgumentParser.add_argument` takes it."""

    flags: tuple[str, ...]
    options: Mapping[str, Any]

    def add_to(self, parser: argparse.ArgumentParser) -> str:
        """Its `dest`."""
        return parser.add_argument(*self.flags, **self.options).dest


def argument(*flags: str, **options: Any) -> Argument:
    return Argument(flags, options)


ACCOUNT = argument("--as", dest="email", required=True, metavar="EMAIL",
                   help="the account that acts")  # fmt: skip


@dataclass(frozen=True)
class ForAccount:
    """A command that calls one use case as an account.

    name: the word after the group's. help: one sentence.
    use_case: a function, or where it stands where naming it would import Django.
    arguments: their `dest` are names of the use case's own parameters.
    """

    name: str
    help: str
    use_case: str | Callable[..., Any]
    arguments: tuple[Argument, ...] = ()

    def configure(self, parser: argparse.ArgumentParser) -> None:
        for one in (ACCOUNT, *self.arguments):
            one.add_to(parser)

    def call(self, args: argparse.Namespace) -> Any:
        """What the use case answers."""
        parser = argparse.ArgumentParser(add_help=False)
        names = [one.add_to(parser) for one in self.arguments]
        given = {name: getattr(args, name) for name in names}
        [acting] = _acting
        return self.resolved()(**given, **acting(args.email))

    def resolved(self) -> Callable[..., Any]:
        found = self.use_case
        return pkgutil.resolve_name(found) if isinstance(found, str) else found


# What finds the `actor` and the `now` of an address: people fills it, which knows accounts.
_acting: list[Callable[[str], Mapping[str, Any]]] = []


def register_acting(find: Callable[[str], Mapping[str, Any]]) -> None:
    """Say who finds the account of an address: find(email) gives `actor` and `now`."""
    _acting[:] = [find]


def register_for_accounts(
    group: str, help: str, told: Callable[[Any], int], commands: Iterable[ForAccount]
) -> None:
    """Add a group of commands. told(answer) prints what a use case gave, and gives the exit code.

    A use case that answers with an exit code has printed what it has to say.
    """
    register_group(group, help)
    for command in commands:
        run = partial(_run, command, told)
        register(Command(f"{group} {command.name}", command.help, run, command.configure))


def _run(command: ForAccount, told: Callable[[Any], int], args: argparse.Namespace) -> int:
    answer = command.call(args)
    return answer if isinstance(answer, int) else told(answer)


def line(*parts: str) -> None:
    """Print one row."""
    sys.stdout.write("\t".join(parts).rstrip() + "\n")
