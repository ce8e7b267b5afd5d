from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from config.options import BASE_DIR
from tonle.cli import main, node, up
from tonle.cli.errors import DirectoryTaken


def init(data: Path) -> str:
    environment = {k: v for k, v in os.environ.items() if k != "TONLE_SECRET_KEY"}
    return subprocess.run(
        [sys.executable, "-m", "tonle", "init"],
        check=True,
        capture_output=True,
        text=True,
        cwd=BASE_DIR,
        env={**environment, "TONLE_DATA": str(data), "TONLE_DATABASE_URL": ""},
    ).stdout


def test_init_makes_a_node_that_only_its_owner_can_read_and_keeps_it(tmp_path: Path) -> None:
    data = tmp_path / "node"
    assert "is ready" in init(data)
    key = data / "keys" / "secret_key"
    secret = key.read_text()
    assert len(secret) >= 80
    assert key.stat().st_mode & 0o777 == 0o600
    for path in data.rglob("*"):
        assert not path.stat().st_mode & 0o077 or path.name == "starter", path
    assert data.stat().st_mode & 0o777 == 0o700

    assert "up to date" in init(data)
    assert key.read_text() == secret


def test_of_two_keys_the_first_one_stays(tmp_path: Path) -> None:
    key = tmp_path / "secret_key"
    assert node.write_secret_key(key)
    secret = key.read_text()
    assert not node.write_secret_key(key)
    assert key.read_text() == secret
    assert list(tmp_path.iterdir()) == [key]


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Any) -> list[str]:
    """The commands that `tonle up` carries out, recorded; each one succeeds."""
    done: list[str] = []

    def execute(argv: list[str]) -> int:
        done.append(argv[0])
        if argv[0] == "init":
            (tmp_path / "keys").mkdir(exist_ok=True)
            (tmp_path / "keys" / "secret_key").touch()
        return 0

    def execv(_program: str, argv: list[str]) -> None:
        done.append(f"{argv[-1]} anew")
        # What replaces a process does not come back into it.
        raise SystemExit

    monkeypatch.setattr("tonle.cli.main.execute", execute)
    monkeypatch.setattr("os.execv", execv)
    # What contexts ask of a real node before it is shown; here is none.
    monkeypatch.setattr("tonle.infra.server.gates._always", [])
    monkeypatch.setattr("tonle.cli.registry._welcome_hooks", [lambda _: "Welcome.", lambda _: None])
    settings.TONLE_DATA = tmp_path
    settings.TONLE_KEYS = tmp_path / "keys"
    return done


def test_a_new_node_gets_the_starter_set_once(
    steps: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        up.bring_up(empty=False)
    assert steps == ["init", "starter", "index", "serve anew"]
    assert "Welcome." in capsys.readouterr().out
    steps.clear()
    assert up.bring_up(empty=False) == 0
    assert steps == ["init", "serve"]


def test_an_empty_node_stays_empty(steps: list[str]) -> None:
    up.bring_up(empty=True)
    up.bring_up(empty=False)
    assert steps == ["init", "serve", "init", "serve"]


def test_a_starter_set_cut_short_is_taken_up_again(
    steps: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    going = main.execute

    def cut(argv: list[str]) -> int:
        going(argv)
        return 1 if argv == ["starter"] else 0

    monkeypatch.setattr("tonle.cli.main.execute", cut)
    assert up.bring_up(empty=False) == 1
    monkeypatch.setattr("tonle.cli.main.execute", going)
    with pytest.raises(SystemExit):
        up.bring_up(empty=False)
    assert steps == ["init", "starter", "init", "starter", "index", "serve anew"]


def test_a_node_made_by_hand_gets_no_starter_set(steps: list[str], tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "secret_key").touch()
    up.bring_up(empty=False)
    assert steps == ["init", "serve"]


def test_a_new_node_is_not_put_among_other_files(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").write_bytes(b"sea")

    with pytest.raises(DirectoryTaken, match=r"holiday\.jpg"):
        node.refuse_strangers(tmp_path)

    (tmp_path / "holiday.jpg").unlink()
    for name in ("lost+found", "starter", "node.sqlite3-wal"):
        (tmp_path / name).touch()
    node.refuse_strangers(tmp_path)


def test_a_lost_database_is_told_with_the_way_out(tmp_path: Path) -> None:
    init(tmp_path / "node")
    for path in (tmp_path / "node").glob("node.sqlite3*"):
        path.unlink()

    done = subprocess.run(
        [sys.executable, "-m", "tonle", "check"],
        check=False,
        capture_output=True,
        text=True,
        cwd=BASE_DIR,
        env={**os.environ, "TONLE_DATA": str(tmp_path / "node"), "TONLE_DATABASE_URL": ""},
    )

    assert done.returncode == 1
    assert "tonle rebuild" in done.stderr
