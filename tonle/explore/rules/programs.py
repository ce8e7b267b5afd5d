"""Programs in Python and R, as text: what they load, define and name. Nothing of them is run."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal

from tonle.explore.rules.preview import clean
from tonle.kernel.packages import package

Language = Literal["python", "r"]
MOST_CHARS: Final = 400_000
_MOST: Final = 30
_CHARS: Final = 160

_DATA_FILE: Final = re.compile(
    r"[^\x00-\x1f<>\"'|?*:;{}$`]{1,150}\."
    r"(?:csv|tsv|xlsx?|ods|json|geojson|jsonl|parquet|nc|h5|hdf5|tiff?|shp|gpkg|kml|dta|sav|rds|"
    r"rda|rdata|sqlite|db|txt|zip|gz|png|jpe?g|feather|pkl|npy|npz|grib2?|xml|fasta|fa|bib)",
    re.IGNORECASE,
)
_ADDRESS: Final = re.compile(r"https?://[^\s\"'<>\\{}|^`]{4,300}")
_PIP: Final = re.compile(
    r"^[ \t]*[%!][ \t]*(?:python3? -m )?(?:pip3?|uv pip)[ \t]+install[ \t]+(.+)$", re.MULTILINE
)
_MAGIC: Final = re.compile(r"^[ \t]*[%!?].*$", re.MULTILINE)
# Source: Python packaging user guide, "Inline script metadata" (PEP 723).
_INLINE: Final = re.compile(r"^# /// script\s*$\n((?:#(?: .*)?\n)+?)# ///\s*$", re.MULTILINE)
_REQUIRED: Final = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")

_R_LOADED: Final = re.compile(
    r"(?:\b(?:library|require|requireNamespace|loadNamespace)\(\s*[\"']?([A-Za-z][A-Za-z0-9.]{1,60})"
    r"|\b([A-Za-z][A-Za-z0-9.]{1,60}):::?[A-Za-z.])"
)
_R_FUNCTION: Final = re.compile(
    r"^([A-Za-z.][A-Za-z0-9._]{0,60})[ \t]*(?:<-|=)[ \t]*function[ \t]*\(([^()\n]{0,200})",
    re.MULTILINE,
)
_R_TEXT: Final = re.compile(r"\"((?:[^\"\\\n]|\\.){1,400})\"|'((?:[^'\\\n]|\\.){1,400})'")
_R_OWN: Final = frozenset(
    ("base", "compiler", "datasets", "graphics", "grDevices", "grid", "methods", "parallel",
     "splines", "stats", "stats4", "tcltk", "tools", "utils")
)  # fmt: skip


@dataclass
class Program:
    """A program as its text shows it.

    definitions: whether a script only defines things, so that loading it does nothing else.
    functions: those that can be called, as `name(arguments)`. loads: packages by the name they
    are loaded by, but for the language's own. declared: names in their registry that the program
    itself asks for. addresses, files: of data that its text names. broken: whether some of it is
    not of the language.
    """

    language: Language
    definitions: bool = False
    functions: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    declared: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    broken: bool = False

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def python(parts: Sequence[str]) -> Program:
    """A script as one part, or a notebook's cells of code."""
    found = Program("python")
    trees: list[ast.Module] = []
    for text in parts:
        found.declared += _declared(text)
        plain = _MAGIC.sub("pass", text) if len(parts) > 1 or _PIP.search(text) else text
        try:
            trees.append(ast.parse(plain))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            found.broken = True
    loads: list[str] = []
    texts: list[str] = []
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                loads += [one.name.partition(".")[0] for one in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                loads.append(node.module.partition(".")[0])
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.append(node.value)
        found.functions += [
            f"{node.name}({_arguments(node.args)})"
            for node in tree.body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and not node.name.startswith("_")
        ]
    found.loads = [one for one in loads if one not in sys.stdlib_module_names]
    found.definitions = (
        len(parts) == 1 and not found.broken and all(map(_only_defines, trees[0].body))
    )
    _name(found, texts)
    return _bounded(found)


def _only_defines(node: ast.stmt) -> bool:
    """Whether a statement at the top of a script does nothing by being loaded."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return not node.decorator_list or isinstance(node, ast.ClassDef)
    if isinstance(node, ast.Import | ast.ImportFrom | ast.Pass):
        return True
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.If):
        # What follows `if __name__ == "__main__"` is for whoever runs it.
        return "__name__" in ast.unparse(node.test)[:200]
    if isinstance(node, ast.Assign | ast.AnnAssign):
        calls = (ast.Call, ast.Await, ast.Yield, ast.NamedExpr)
        return not any(isinstance(part, calls) for part in ast.walk(node))
    return False


def _arguments(given: ast.arguments) -> str:
    names = [one.arg for one in (*given.posonlyargs, *given.args)]
    names += [f"*{given.vararg.arg}"] if given.vararg else []
    names += [one.arg for one in given.kwonlyargs]
    names += [f"**{given.kwarg.arg}"] if given.kwarg else []
    return ", ".join(names)


def _declared(text: str) -> list[str]:
    """Names that the program itself asks its registry for."""
    asked = [word for line in _PIP.findall(text) for word in line.split() if word[:1] not in "-"]
    if inline := _INLINE.search(text):
        body = "".join(line[2:] for line in inline[1].splitlines(keepends=True))
        try:
            wanted = tomllib.loads(body).get("dependencies", [])
        except (tomllib.TOMLDecodeError, RecursionError):
            wanted = []
        asked += [one for one in wanted if isinstance(one, str)] if isinstance(wanted, list) else []
    names = [match[1] for one in asked if (match := _REQUIRED.match(one.strip("'\"")))]
    return [one for one in names if package("pypi", one)]


def r(parts: Sequence[str]) -> Program:
    """A script as one part, or a notebook's cells of code. By patterns: nothing here parses R."""
    found = Program("r")
    texts: list[str] = []
    for text in parts:
        code = re.sub(r"(?m)^[ \t]*#.*$", "", text)
        found.loads += [one or two for one, two in _R_LOADED.findall(code)]
        found.functions += [
            f"{name}({', '.join(one.partition('=')[0].strip() for one in given.split(',') if one)})"
            for name, given in _R_FUNCTION.findall(code)
            if not name.startswith(".")
        ]
        texts += [one or two for one, two in _R_TEXT.findall(code)]
    found.loads = [one for one in found.loads if one not in _R_OWN]
    lines = [
        line for text in parts for line in text.splitlines() if line[:1] not in {"", " ", "\t"}
    ]
    found.definitions = len(parts) == 1 and bool(found.functions) and all(
        re.match(r"#|[})]|library\(|[A-Za-z.][\w.]*\s*(?:<-|=)\s*function\b", one) for one in lines
    )  # fmt: skip
    _name(found, texts)
    return _bounded(found)


def _name(found: Program, texts: Iterable[str]) -> None:
    for text in texts:
        for address in _ADDRESS.findall(text[:2_000]):
            found.addresses.append(address.rstrip(".,;)]"))
        if _DATA_FILE.fullmatch(text):
            found.files.append(text)


def _bounded(found: Program) -> Program:
    for name in ("functions", "loads", "declared", "addresses", "files"):
        said = dict.fromkeys(clean(one, _CHARS) for one in getattr(found, name))
        setattr(found, name, [one for one in said if one][:_MOST])
    return found
