"""How a program is installed, as lines to copy: written by us, from names that were checked.

Nothing that a depositor typed stands in a line but a package's name, which its registry would
take for one, an address of a known form, and the name and digest of a file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from tonle.kernel.packages import LABELS, Package, package_from

System = Literal["any", "unix", "windows", "r"]
MOST_WAYS: Final = 8

_SAFE_ADDRESS: Final = re.compile(
    r"https?://[A-Za-z0-9.-]+(?::\d{1,5})?/[A-Za-z0-9._~/%+-]*", re.ASCII
)
# Places whose page of a project is also the address that git takes.
_GIT_HOSTS: Final = frozenset(
    {"github.com", "gitlab.com", "codeberg.org", "bitbucket.org", "gitee.com", "framagit.org"}
)
_GIT_PATH: Final = re.compile(r"/[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9][A-Za-z0-9._-]*", re.ASCII)
_WHEEL: Final = re.compile(
    r"[A-Za-z0-9._]+-[A-Za-z0-9._!+]+(?:-\d\w*)?-\w[\w.]*-\w+-\w[\w.]*\.whl", re.ASCII
)
_SOURCE: Final = re.compile(r"[A-Za-z][A-Za-z0-9.]*_[0-9][0-9.-]*\.tar\.gz", re.ASCII)
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Way:
    """One way to have it. code: of `messages.WAYS`; name: of the package, the place or the file.

    lines: what is typed, by the system or program in which it is.
    """

    code: str
    name: str
    lines: tuple[tuple[System, str], ...]


def ways(document: Mapping[str, Any], file_urls: Mapping[str, str]) -> list[Way]:
    """Every way that the record tells, the likeliest first.

    file_urls: absolute addresses of the files that anybody may have, by name.
    """
    profile = document.get("profile", {})
    said = [*profile.get("packages", ()), profile.get("package", "")]
    packages = [one for text in said if isinstance(text, str) and (one := package_from(text))]
    found = [of_package(one) for one in dict.fromkeys(packages)]
    found += [way for file in document.get("files", ())
              if (way := of_file(file, file_urls.get(file["name"], "")))]  # fmt: skip
    git = git_address(str(profile.get("repository", "")))
    if git:
        found.append(Way("git", urlsplit(git).netloc, (("any", f"git clone {git}"),)))
    return found[:MOST_WAYS]


def of_package(package: Package) -> Way:
    """The line that the registry's own program takes."""
    name, version = package.name, package.version
    lines: tuple[tuple[System, str], ...]
    if package.registry == "pypi":
        wanted = f"{name}=={version}" if version else name
        lines = (
            ("unix", f"python3 -m pip install {wanted}"),
            ("windows", f"py -m pip install {wanted}"),
        )
    elif package.registry == "cran":
        # R has no word for a version here: what CRAN has now is installed.
        lines = (("r", f'install.packages("{name}")'),)
    elif package.registry == "npm":
        lines = (("any", f"npm install {name}{f'@{version}' if version else ''}"),)
    elif package.registry == "conda":
        channel, _, plain = name.rpartition("/")
        wanted = f"{plain}={version}" if version else plain
        lines = (("any", f"conda install {f'-c {channel} ' if channel else ''}{wanted}"),)
    else:
        lines = (("any", f"docker pull {name}{f':{version}' if version else ''}"),)
    return Way("package", f"{LABELS[package.registry]}: {name}", lines)


def of_file(file: Mapping[str, Any], url: str) -> Way | None:
    """The line for a file of the record that is itself a package; None for any other."""
    name, digest = file["name"].rpartition("/")[2], file.get("sha256", "")
    if not _SAFE_ADDRESS.fullmatch(url) or not _DIGEST.fullmatch(digest):
        return None
    if _WHEEL.fullmatch(name):
        # pip holds what it fetched against the digest.
        return Way("file", name, (
            ("unix", f'python3 -m pip install "{url}#sha256={digest}"'),
            ("windows", f'py -m pip install "{url}#sha256={digest}"'),
        ))  # fmt: skip
    if _SOURCE.fullmatch(name):
        line = f'install.packages("{url}", repos = NULL, type = "source")'
        return Way("file", name, (("r", line),))
    return None


def git_address(repository: str) -> str:
    """The address that git takes, of a page of a project; "" where that is not sure."""
    place = urlsplit(repository.strip()) if repository.isascii() else urlsplit("")
    path = place.path.rstrip("/")
    host = place.netloc.lower().removeprefix("www.")
    if place.scheme not in {"http", "https"} or place.query or place.fragment:
        return ""
    if host in _GIT_HOSTS and _GIT_PATH.fullmatch(path):
        return f"https://{host}{path.removesuffix('.git')}.git"
    address = f"https://{place.netloc}{path}"
    # Between two of "%", Windows writes what the reader's machine calls so, and sends it there.
    safe = "%" not in path and _SAFE_ADDRESS.fullmatch(address)
    return address if safe and path.endswith(".git") else ""


# Where programs can be tried; an address of theirs that a record gives is such a page.
_TRIED_AT: Final = (
    "mybinder.org", "colab.research.google.com", "shinyapps.io", "streamlit.app", "hf.space",
    "observablehq.com", "posit.cloud", "kaggle.com",
)  # fmt: skip


def tries(document: Mapping[str, Any]) -> list[str]:
    """Pages on which the program can be tried, as the record gives them."""
    given: Sequence[Any] = document.get("profile", {}).get("try_at", ())
    found = [one for one in given if isinstance(one, str)]
    for relation in document.get("relations", ()):
        value = str(relation.get("target", {}).get("value", ""))
        host = urlsplit(value).netloc.lower() if value.startswith("https://") else ""
        if any(f".{host}".endswith(f".{place}") for place in _TRIED_AT):
            found.append(value)
    return list(dict.fromkeys(found))[:MOST_WAYS]
