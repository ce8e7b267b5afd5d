"""Lines to copy: right for each registry, and never anything that somebody else wrote."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.explore.rules.installing import git_address, of_file, of_package, tries, ways
from tonle.kernel.packages import package_from

DIGEST = "a" * 64


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("PyPI: attacut", ["python3 -m pip install attacut", "py -m pip install attacut"]),
        ("PyPI: a 1.0", ["python3 -m pip install a==1.0", "py -m pip install a==1.0"]),
        ("CRAN: sf", ['install.packages("sf")']),
        ("npm: @vue/cli 5.0.1", ["npm install @vue/cli@5.0.1"]),
        ("conda-forge::gdal", ["conda install -c conda-forge gdal"]),
        ("docker: ghcr.io/osgeo/gdal 3.9", ["docker pull ghcr.io/osgeo/gdal:3.9"]),
    ],
)
def test_each_registry_has_its_line(text: str, lines: list[str]) -> None:
    package = package_from(text)
    assert package is not None
    assert [line for _, line in of_package(package).lines] == lines


def test_a_record_tells_its_ways_in_order() -> None:
    wheel = {"name": "dist/seg-1.0-py3-none-any.whl", "sha256": DIGEST}
    odd = {"name": "x; rm -rf ~.whl", "sha256": DIGEST}
    document = {
        "profile": {
            "packages": ["pkg:pypi/seg@1.0", "npm; rm"],
            "package": "npm: seg",
            "repository": "http://github.com/Some-One/seg",
        },
        "files": [wheel, odd, {"name": "sf_1.0-2.tar.gz", "sha256": DIGEST}],
    }
    here = "https://node.example/records/x/files"
    urls = {
        wheel["name"]: f"{here}/dist/seg-1.0-py3-none-any.whl",
        odd["name"]: f"{here}/x%3B%20rm.whl",
        "sf_1.0-2.tar.gz": f"{here}/sf_1.0-2.tar.gz",
    }
    found = ways(document, urls)

    assert [(way.code, way.name) for way in found] == [
        ("package", "PyPI: seg"),
        ("package", "npm: seg"),
        ("file", "seg-1.0-py3-none-any.whl"),
        ("file", "sf_1.0-2.tar.gz"),
        ("git", "github.com"),
    ]
    assert found[2].lines[0][1].endswith(f'any.whl#sha256={DIGEST}"')
    assert found[-1].lines == (("any", "git clone https://github.com/Some-One/seg.git"),)


@pytest.mark.parametrize(
    "address",
    [
        "", "https://github.com", "https://github.com/one", "https://github.com/a/b/tree/main",
        "https://github.com/a/b;id", "https://github.com/-a/b", "ssh://git@github.com/a/b",
        "https://example.org/project", "https://example.org/$(id).git", "javascript:alert(1)//.git",
        "https://example.org/a b.git", "https://user:word@github.com/a/b", "ext::sh -c id.git",
        "https://example.org/%USERNAME%/x.git",
    ],
)  # fmt: skip
def test_what_may_be_no_repository_is_not_cloned(address: str) -> None:
    assert git_address(address) == ""


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_line_holds_what_a_shell_would_read(name: str, address: str) -> None:
    document = {"profile": {"package": name, "packages": [f"PyPI: {name}"],
                            "repository": f"https://github.com/{address}.git"}}  # fmt: skip
    lines = [line for way in ways(document, {}) for _, line in way.lines]
    lines += [
        line
        for way in [of_file({"name": f"{name}-1-py3-none-any.whl", "sha256": DIGEST}, address)]
        if way
        for _, line in way.lines
    ]
    assert not any(set(line) & set("\n\r`$;&|<>\\!*?") for line in lines)


def test_pages_to_try_are_those_that_the_record_gives() -> None:
    relations = [
        {"type": "IsSourceOf", "target": {"scheme": "url", "value": value}}
        for value in (
            "https://mybinder.org/v2/gh/a/b/HEAD",
            "https://evil-mybinder.org/x",
            "https://a.shinyapps.io/b",
            "http://mybinder.org/x",
        )
    ]
    assert tries({"profile": {"try_at": ["https://apps.example/"]}, "relations": relations}) == [
        "https://apps.example/",
        "https://mybinder.org/v2/gh/a/b/HEAD",
        "https://a.shinyapps.io/b",
    ]
