"""What the `tonle` command can do: a registry that contexts fill from their `commands.py`.

`tonle.cli.main` imports every installed context's `commands.py` before Django is
set up, so that `tonle --help` answers at once. Such a module therefore imports
nothing of its context at the top; its `run` functions do so inside, when Django
is ready.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


def _no_arguments(parser: argparse.ArgumentParser) -> None:
    """Most commands with no arguments need no parser of their own."""


@dataclass(frozen=True)
class Command:
    """One command of `tonle`.

    name: one word, or two where the first names a group (`user signin-link`).
    help: one sentence; shown by `tonle --help` and in docs/reference/commands.md.
    run: gets the parsed arguments, returns the exit code: 0 done, 1 refused or
        something was left undone, 2 wrongly called.
    configure: adds arguments.
    needs_node: refuse with a sentence unless `tonle init` has been run.
    needs_django: whether Django is set up before `run` is called.
    """

    name: str
    help: str
    run: Callable[[argparse.Namespace], int]
    configure: Callable[[argparse.ArgumentParser], None] = _no_arguments
    needs_node: bool = True
    needs_django: bool = True


# What a context adds to `tonle init`. It must be safe to repeat; now is UTC.
InitHook = Callable[[datetime], None]

# What a context says to the steward when the node comes up: a sentence, or None. now is UTC.
WelcomeHook = Callable[[datetime], str | None]

_commands: dict[str, Command] = {}
_groups: dict[str, str] = {}
_init_hooks: list[InitHook] = []
_welcome_hooks: list[WelcomeHook] = []


def register(command: Command) -> None:
    """Add a command. Raises ValueError where another command has the name."""
    known = _commands.setdefault(command.name, command)
    if known is not command and known != command:
        raise ValueError(f"Two commands are called {command.name!r}.")


def register_group(name: str, help: str) -> None:
    """Say in one sentence what a group of two-word commands is about."""
    _groups[name] = help


def register_init(hook: InitHook) -> None:
    """Run hook(now) at the end of every `tonle init`, in the order of registration."""
    if hook not in _init_hooks:
        _init_hooks.append(hook)


def register_welcome(hook: WelcomeHook) -> None:
    """Ask hook(now) for a sentence whenever `./run` is about to serve the node."""
    if hook not in _welcome_hooks:
        _welcome_hooks.append(hook)


def commands() -> list[Command]:
    """All commands, by name."""
    return sorted(_commands.values(), key=lambda command: command.name)


def group_help(name: str) -> str:
    return _groups.get(name, "")


def init_hooks() -> tuple[InitHook, ...]:
    return tuple(_init_hooks)


def welcome_hooks() -> tuple[WelcomeHook, ...]:
    return tuple(_welcome_hooks)
