"""Lines by which a reader runs a program of a record on their own machine, to be copied.

Each fetches the file, holds it against its digest and opens it with what runs it: one line,
which needs nothing but Python, or R, and is read the same way by every shell. Written by us from
an address of ours, a digest, and names that were checked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from tonle.explore.rules.installing import System
from tonle.kernel.packages import package

_DATA: Final = Path(__file__).parent.parent / "data" / "packages.json"
_ADDRESS: Final = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d{1,5})?/[A-Za-z0-9._~/%-]*", re.ASCII)
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,100}", re.ASCII)
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")

Sort = Literal["notebook", "functions", "script"]


@dataclass(frozen=True)
class Needed:
    """What a program loads. known: names in the registry that may be installed; others: what its
    text names and nobody here knows."""

    known: tuple[str, ...]
    others: tuple[str, ...]


@cache
def _listed() -> tuple[Mapping[str, str], frozenset[str]]:
    said = json.loads(_DATA.read_text(encoding="utf-8"))
    return said["pypi"], frozenset(said["cran"])


def needed(program: Mapping[str, Any], beside: Iterable[str]) -> Needed:
    """beside: names of the record's other files, one of which may be what is loaded."""
    own = {name.rpartition("/")[2].rpartition(".")[0] for name in beside}
    own |= {name.partition("/")[0] for name in beside if "/" in name}
    loads = [one for one in program.get("loads", ()) if one not in own]
    pypi, cran = _listed()
    if program.get("language") == "r":
        known = [one for one in loads if one in cran]
        return Needed(tuple(known), tuple(one for one in loads if one not in cran))
    said = [one for one in program.get("declared", ()) if package("pypi", one)]
    plain = {_plain(one) for one in said}
    known = said + [pypi[one] for one in loads if one in pypi and _plain(pypi[one]) not in plain]
    others = [one for one in loads if one not in pypi and _plain(one) not in plain]
    return Needed(tuple(dict.fromkeys(known)), tuple(others))


def _plain(name: str) -> str:
    """Source: PEP 503, normalised names."""
    return re.sub(r"[-_.]+", "-", name).lower()


def install_lines(language: str, names: Sequence[str]) -> list[tuple[System, str]]:
    """The line that brings what is needed; none where nothing is."""
    if not names:
        return []
    if language == "r":
        wanted = ", ".join(f'"{one}"' for one in names)
        return [("r", f"install.packages(c({wanted}))")]
    wanted = " ".join(names)
    return [
        ("unix", f"python3 -m pip install {wanted}"),
        ("windows", f"py -m pip install {wanted}"),
    ]


def run_lines(
    language: str, sort: Sort, name: str, url: str, digest: str
) -> list[tuple[System, str]]:
    """The line that fetches the program, checks and opens it; url "": it lies there already.

    None where a part is not what it should be.
    """
    if (url and not _ADDRESS.fullmatch(url)) or not _DIGEST.fullmatch(digest):
        return []
    local = _local(name, sort, language)
    if language == "r" and sort != "notebook":
        fetched = f'download.file("{url}", f, mode = "wb"); ' if url else ""
        fetched += f'stopifnot(tools::sha256sum(f) == "{digest}"); ' if url else ""
        return [("r", f'f <- "{local}"; {fetched}source(f)')]
    opened = {"notebook": "'-m','jupyterlab',", "functions": "'-i',", "script": ""}[sort]
    then = f"import subprocess,sys;subprocess.run([sys.executable,{opened}'{local}'])"
    if not url:
        plain = {"notebook": "-m jupyterlab ", "functions": "-i ", "script": ""}[sort]
        return [("unix", f"python3 {plain}{local}"), ("windows", f"py {plain}{local}")]
    fetched = (
        f"import hashlib,urllib.request as u;d=u.urlopen('{url}').read();"
        f"hashlib.sha256(d).hexdigest()=='{digest}' or exit('These are other bytes.');"
        f"open('{local}','wb').write(d);"
    )
    return [
        ("unix", f'python3 -c "{fetched}{then}"'),
        ("windows", f'py -c "{fetched}{then}"'),
    ]


def _local(name: str, sort: Sort, language: str) -> str:
    """What the file is called on the reader's machine: its name, where every shell reads that."""
    last = name.rpartition("/")[2]
    if _NAME.fullmatch(last):
        return last
    ending = "ipynb" if sort == "notebook" else "R" if language == "r" else "py"
    return f"program.{ending}"
