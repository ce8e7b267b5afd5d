from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.options import BASE_DIR
from tonle.cli import main, registry
from tonle.kernel.errors import N_, NotPermitted, TonleError


class Dry(TonleError):
    code = "dry"
    message = N_("The river %(name)s is dry. Wait for the rain.")


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Exception | BaseException]]:
    """A command `wade` that raises what the test puts into the list."""
    raised: list[Exception | BaseException] = []

    def run(args: argparse.Namespace) -> int:
        if raised:
            raise raised[0]
        print(f"waded {args.far}")
        return 0

    def configure(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--far", type=int, default=1)

    handler = signal.getsignal(signal.SIGTERM)
    # What is imported first while this test runs would register with its registry, and be lost.
    main.discover()
    monkeypatch.setattr(registry, "_commands", {})
    monkeypatch.setattr(registry, "_groups", {"river": "Rivers."})
    for name in ("wade", "river wade"):
        registry.register(registry.Command(name, "Wade.", run, configure, needs_node=False))
    yield raised
    signal.signal(signal.SIGTERM, handler)


def test_a_command_runs_with_its_arguments(
    command: list[Exception], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["wade", "--far", "3"]) == 0
    assert main.main(["river", "wade"]) == 0
    assert capsys.readouterr().out == "waded 3\nwaded 1\n"


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (Dry(name="Nam Ou"), 1, "tonle: The river Nam Ou is dry. Wait for the rain.\n"),
        (NotPermitted(reason="Sign in."), 1, "tonle: You may not do this. Sign in.\n"),
        (
            PermissionError(13, "Permission denied", "/mnt/full"),
            1,
            "tonle: Permission denied: /mnt/full",
        ),
        (ZeroDivisionError("by zero"), 1, "ZeroDivisionError: by zero"),
        (KeyboardInterrupt(), 130, "tonle: Stopped.\n"),
        (main.Terminated(), 143, ""),
    ],
)
def test_an_error_is_a_sentence_and_an_exit_code(
    command: list[BaseException],
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    code: int,
    words: str,
) -> None:
    command.append(error)
    assert main.main(["wade"]) == code
    said = capsys.readouterr().err
    assert words in said
    assert "Traceback" not in said


def test_a_developer_sees_the_traceback(
    command: list[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TONLE_DEBUG", "1")
    command.append(ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        main.main(["wade"])


def test_a_wrong_call_is_told_apart(command: list[Exception]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main.main(["swim"])
    assert stopped.value.code == 2


def test_two_commands_cannot_have_one_name(command: list[Exception]) -> None:
    with pytest.raises(ValueError, match="wade"):
        registry.register(registry.Command("wade", "Otherwise.", lambda _: 0))


def tonle(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tonle", *arguments],
        check=False,
        capture_output=True,
        text=True,
        cwd=BASE_DIR,
        env={**os.environ, **environment},
    )


def test_an_option_that_does_not_fit_is_explained() -> None:
    done = tonle("init", TONLE_PORT="eighty")
    assert done.returncode == 2
    assert done.stderr == "tonle: TONLE_PORT must be a whole number, not 'eighty'.\n"


def test_a_command_without_a_node_says_how_to_make_one(tmp_path: Path) -> None:
    done = tonle("--data", str(tmp_path / "nowhere"), "serve")
    assert done.returncode == 1
    assert "tonle init" in done.stderr
    assert not (tmp_path / "nowhere").exists()


def test_output_cut_off_by_its_reader_is_no_error() -> None:
    script = '"$0" -m tonle options | head -n 1'
    done = subprocess.run(
        ["sh", "-c", script, sys.executable],
        check=False,
        capture_output=True,
        text=True,
        cwd=BASE_DIR,
    )
    assert done.stdout == "# Options\n"
    assert done.stderr == ""
