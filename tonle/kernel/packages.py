"""Packages of software: a registry and a name there, written as a package URL.

Only what a registry itself would take for a name is one, so that a name may stand in a command.
Source: package URL (ECMA-427), types pypi, cran, npm, conda and docker; names: PEP 508 and 440,
"Writing R Extensions" 1.1.1, npm "package.json" name, conda CEP 26, OCI distribution 1.1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, quote, unquote, urlsplit

LONGEST: Final = 300

# What a name looks like, in each registry. A letter or digit stands first: no name is an option.
_NAMES: Final[Mapping[str, re.Pattern[str]]] = {
    "pypi": re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?", re.ASCII),
    "cran": re.compile(r"[A-Za-z][A-Za-z0-9.]{0,98}[A-Za-z0-9]", re.ASCII),
    "npm": re.compile(r"(?:@[a-z0-9][a-z0-9._-]{0,98}/)?[a-z0-9][a-z0-9._-]{0,98}", re.ASCII),
    "conda": re.compile(r"(?:[a-z0-9][a-z0-9_-]{0,60}/)?[a-z0-9_][a-z0-9._-]{0,98}", re.ASCII),
    "docker": re.compile(
        r"(?:[a-z0-9][a-z0-9.-]{0,60}(?::\d{1,5})?/)?"
        r"[a-z0-9]+(?:[._-]{1,2}[a-z0-9]+){0,8}(?:/[a-z0-9]+(?:[._-]{1,2}[a-z0-9]+){0,8}){0,4}",
        re.ASCII,
    ),
}
_VERSION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,60}", re.ASCII)

# What each is called; people write them in many ways.
LABELS: Final[Mapping[str, str]] = {
    "pypi": "PyPI",
    "cran": "CRAN",
    "npm": "npm",
    "conda": "conda",
    "docker": "Docker",
}
_CALLED: Final = {
    "pypi": "pypi", "pip": "pypi", "python": "pypi", "cran": "cran", "npm": "npm",
    "conda": "conda", "anaconda": "conda", "docker": "docker", "oci": "docker",
    "container": "docker", "podman": "docker",
}  # fmt: skip
# Pages of registries: a part of the host's name, and where in the path the package's name is.
_PAGES: Final = (
    ("pypi", re.compile(r"/(?:project|pypi)/([^/]+)"), "pypi"),
    ("r-project", re.compile(r"/(?:web/packages/|package=)([^/]+)"), "cran"),
    ("npmjs", re.compile(r"/package/((?:@[^/]+/)?[^/]+)"), "npm"),
    ("anaconda", re.compile(r"/([^/]+/[^/]+)/?"), "conda"),
    ("docker", re.compile(r"/r/([^/]+/[^/]+)"), "docker"),
)


@dataclass(frozen=True)
class Package:
    """registry: a key of LABELS. name: with its scope, channel or host. version: "" for any."""

    registry: str
    name: str
    version: str = ""

    @property
    def purl(self) -> str:
        """The package URL, by which records keep it."""
        name, asked = self.name, ""
        if self.registry == "conda" and "/" in name:
            channel, _, name = name.partition("/")
            asked = f"?channel={quote(channel)}"
        if self.registry == "docker":
            host, _, rest = name.partition("/")
            if rest and ("." in host or ":" in host or host == "localhost"):
                name, asked = rest, f"?repository_url={quote(host)}"
        version = f"@{quote(self.version)}" if self.version else ""
        return f"pkg:{self.registry}/{quote(name)}{version}{asked}"

    @property
    def in_words(self) -> str:
        """As people write it: `PyPI: attacut 1.0`."""
        version = f" {self.version}" if self.version else ""
        return f"{LABELS[self.registry]}: {self.name}{version}"


def package(registry: str, name: str, version: str = "") -> Package | None:
    """The package of that name; None for what cannot be one."""
    pattern = _NAMES.get(registry)
    if pattern is None or len(name) > LONGEST or not pattern.fullmatch(name):
        return None
    if version and not _VERSION.fullmatch(version):
        return None
    return Package(registry, name, version)


def package_from(text: str) -> Package | None:
    """A package as people and programs write it; None for anything else.

    `pkg:pypi/attacut@1.0`, `PyPI: attacut`, `npm:myanmar-tools`, `conda-forge::gdal`, or the
    address of its page in the registry.
    """
    text = text.strip()
    if len(text) > LONGEST:
        return None
    if text.startswith("pkg:"):
        return _from_purl(text)
    if text.startswith(("https://", "http://")):
        return _from_page(text)
    channel, two, name = text.partition("::")
    if two:
        return package("conda", f"{channel}/{name}")
    registry, colon, rest = text.partition(":")
    called = _CALLED.get(registry.strip().lower(), "")
    name, _, version = rest.strip().partition(" ")
    return package(called, name, version.strip()) if colon and called else None


def _from_page(text: str) -> Package | None:
    try:
        place = urlsplit(text)
    except ValueError:
        return None
    parts = place.netloc.lower().split(".")
    for part, path, registry in _PAGES:
        if part in parts and (found := path.match(place.path)):
            return package(registry, unquote(found[1]))
    return None


def _from_purl(text: str) -> Package | None:
    head, _, asked = text.removeprefix("pkg:").partition("?")
    kind, slash, path = head.partition("#")[0].lstrip("/").partition("/")
    kind = {"oci": "docker"}.get(kind.lower(), kind.lower())
    if not slash:
        return None
    # The version follows the last mark; that of a scope is written %40.
    name, mark, version = path.rpartition("@")
    if not mark or not name:
        name, version = path, ""
    name, version = unquote(name).strip("/"), unquote(version)
    given = dict(parse_qsl(asked))
    if kind == "conda" and given.get("channel"):
        name = f"{given['channel']}/{name}"
    if kind == "docker" and given.get("repository_url"):
        name = f"{given['repository_url'].rstrip('/')}/{name}"
    return package(kind, name, version)
