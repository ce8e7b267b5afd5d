"""`tonle …`: finds the command, prepares Django, runs it, says in a sentence what went wrong."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
import re
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

from config.options import BadOption, read
from tonle import __version__
from tonle.cli import language, registry

DONE, REFUSED, WRONGLY_CALLED = 0, 1, 2
INTERRUPTED = 128 + signal.SIGINT
TERMINATED = 128 + signal.SIGTERM

DESCRIPTION = """\
Tonle: a shared research commons, one node at a time.

A node lives in one directory, named by TONLE_DATA or by --data. `tonle init`
creates it, `tonle serve` shows it to readers. Every option of a node is listed
by `tonle options`. Each command explains itself: `tonle COMMAND --help`.
"""
EPILOGUE = "Exit codes: 0 done, 1 refused or left undone, 2 wrongly called, 130 or 143 interrupted."


class Terminated(BaseException):
    """SIGTERM, as an exception, so that `finally` and `with` clean up as for Ctrl-C."""


def _terminate(_number: int, _frame: FrameType | None) -> NoReturn:
    raise Terminated


def discover() -> None:
    """Import the `commands.py` of each context, so that it registers what it can do.

    The list of contexts is the settings' own; reading it does not set Django up.
    """
    from config.settings import INSTALLED_APPS

    for app in INSTALLED_APPS:
        if app.startswith("tonle.") and importlib.util.find_spec(f"{app}.commands"):
            importlib.import_module(f"{app}.commands")


def build_parser() -> argparse.ArgumentParser:
    """The parser of all registered commands."""
    parser = argparse.ArgumentParser(
        prog="tonle",
        description=DESCRIPTION,
        epilog=EPILOGUE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"tonle {__version__}")
    parser.add_argument("--data", metavar="DIR", help="the node's directory (or TONLE_DATA)")
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True)
    groups: dict[str, argparse._SubParsersAction[argparse.ArgumentParser]] = {}
    for command in registry.commands():
        group, _, word = command.name.rpartition(" ")
        if group and group not in groups:
            sentence = registry.group_help(group)
            group_parser = subparsers.add_parser(group, help=sentence, description=sentence)
            groups[group] = group_parser.add_subparsers(metavar="COMMAND", required=True)
        place = groups[group] if group else subparsers
        own = place.add_parser(word, help=command.help, description=command.help)
        command.configure(own)
        own.set_defaults(command=command)
    return parser


# Arguments that are options of the node: they reach every process of it by the environment.
PASSED_BY_ENVIRONMENT = {"data": "TONLE_DATA", "port": "TONLE_PORT"}


def _take_options(argv: Sequence[str]) -> None:
    """Put --data and --port into the environment before the settings are read."""
    early = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    for name in PASSED_BY_ENVIRONMENT:
        early.add_argument(f"--{name}")
    try:
        known, _ = early.parse_known_args(list(argv))
    except argparse.ArgumentError:
        return  # A missing value: the real parser says so, in the words of its command.
    for name, variable in PASSED_BY_ENVIRONMENT.items():
        if getattr(known, name):
            os.environ[variable] = getattr(known, name)


def say(sentence: str) -> None:
    """Tell the person at the terminal, apart from the command's output."""
    print(f"tonle: {sentence}", file=sys.stderr)


def execute(argv: Sequence[str]) -> int:
    """Run one command line in this process. Returns its exit code; errors pass through."""
    args = build_parser().parse_args(argv)
    command: registry.Command = args.command
    if command.needs_django:
        import django

        django.setup()
        language.speak_the_callers_language()
    if command.needs_node:
        from tonle.cli import node

        node.require()
    return command.run(args)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns its exit code; never shows a traceback unless TONLE_DEBUG is on."""
    argv = sys.argv[1:] if argv is None else list(argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    signal.signal(signal.SIGTERM, _terminate)
    debug = False
    try:
        _take_options(argv)
        debug = read("TONLE_DEBUG", os.environ)
        discover()
        return execute(argv)
    except BadOption as error:
        say(str(error))
        return WRONGLY_CALLED
    except BrokenPipeError:
        # The reader of our output went away (`tonle search … | head`): no news for anybody.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return TERMINATED
    except KeyboardInterrupt:
        say("Stopped.")
        return INTERRUPTED
    except Terminated:
        return TERMINATED
    except Exception as error:
        if debug:
            raise
        say(_sentence(error))
        return REFUSED


# What SQLite and PostgreSQL say of a database without our tables.
_NO_TABLE = re.compile(r"no such table|relation .* does not exist")


def _sentence(error: Exception) -> str:
    """What a person reads of an error: ours as they are, others with where to look."""
    from tonle.kernel.errors import TonleError

    if isinstance(error, TonleError):
        return language.said(error)
    if type(error).__name__ in {"OperationalError", "ProgrammingError"} and _NO_TABLE.search(
        str(error)
    ):
        from tonle.cli.errors import NoTables

        return _sentence(NoTables())
    from tonle.infra.faults import in_words

    refused = in_words(error)
    if refused is not None:
        return _sentence(refused)
    if isinstance(error, OSError) and error.filename and error.strerror:
        # A wrong path or a missing right of the caller; Python's own words say which.
        return f"{error.strerror}: {os.fsdecode(error.filename)}"
    return (
        f"This went wrong: {type(error).__name__}: {error}. "
        "Set TONLE_DEBUG=1 and repeat the command to see where."
    )
