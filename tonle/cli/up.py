"""`tonle up`: from a fresh checkout to a served node, in few processes so that it is quick."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tonle.cli import main, registry

# Says what has become of the starter set; without it, the node was not made by `tonle up`.
STARTER_FILE = "starter"
WANTED, LOADED, DECLINED = "wanted", "loaded", "declined"


def bring_up(*, empty: bool) -> int:
    """Create or upgrade the node, load the starter set if it is new, then serve.

    Returns the server's exit code, or that of the first step that failed.
    """
    from tonle.infra import catalogues

    catalogues.compile_stale()
    code = _create(empty=empty)
    loads = code == 0 and _wants_starter_set()
    if loads:
        code = _load_starter_set()
    if code == 0:
        _welcome()
        code = _serve(anew=loads)
    return code


def _serve(*, anew: bool) -> int:
    """anew: in a process that does not hold, for as long as it serves, what loading took."""
    from tonle.infra.ocfl.bucket import in_use

    # A bucket has threads of its own, which the processes of a server would not inherit.
    if anew or in_use():
        sys.stdout.flush()
        os.execv(sys.executable, [sys.executable, "-m", "tonle", "serve"])  # noqa: S606 # Ourselves.
    return main.execute(["serve"])


def _starter_file() -> Path:
    from django.conf import settings

    return Path(settings.TONLE_DATA) / STARTER_FILE


def _create(*, empty: bool) -> int:
    from tonle.cli import node

    file = _starter_file()
    if not node.exists() and not file.exists():
        node.refuse_strangers(file.parent)
        # Written first, so that a creation that is cut short still ends with a starter set.
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.write_text(DECLINED if empty else WANTED, encoding="ascii")
        print(f"Making a new node in {file.parent}", flush=True)
    return main.execute(["init", "--quiet"])


def _wants_starter_set() -> bool:
    file = _starter_file()
    return file.exists() and file.read_text(encoding="ascii") == WANTED


def _load_starter_set() -> int:
    """Load it; a load that was cut short is begun again and loses nothing."""
    # Indexed before anybody is welcomed: whoever searches first finds what is there.
    code = main.execute(["starter"]) or main.execute(["index"])
    if code == 0:
        _starter_file().write_text(LOADED, encoding="ascii")
    return code


def _welcome() -> None:
    from django.conf import settings

    from tonle.infra import clock
    from tonle.infra.server import serving

    # Nobody is sent to an address that another program answers.
    serving.usable_address()
    now = clock.now()
    print(f"\nOpen {settings.TONLE_URL}/ in a browser. Ctrl-C stops the node.")
    for hook in registry.welcome_hooks():
        sentence = hook(now)
        if sentence:
            print(sentence)
    print(flush=True)
