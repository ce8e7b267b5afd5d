"""A command of `tonle`, called as the command line calls it once it has parsed."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import pytest

from tonle.cli import main, registry
from tonle.infra.i18n import say
from tonle.kernel.errors import TonleError


@dataclass(frozen=True)
class Console:
    """What one group of commands says."""

    group: str
    capsys: pytest.CaptureFixture[str]

    def __call__(self, name: str, *arguments: str) -> tuple[int, str]:
        """Exit code, and all that was printed."""
        main.discover()
        wanted = f"{self.group} {name}"
        command = next(one for one in registry.commands() if one.name == wanted)
        parser = argparse.ArgumentParser()
        command.configure(parser)
        try:
            code = command.run(parser.parse_args(arguments))
        except TonleError as error:
            return 1, self.capsys.readouterr().out + say(error)
        captured = self.capsys.readouterr()
        return code, captured.out + captured.err

    def said(self, name: str, *arguments: str) -> str:
        """What is printed where all goes well."""
        code, out = self(name, *arguments)
        assert code == 0, out
        return out.strip()
