"""Packages: read as people write them, kept as package URLs, and never an option or a command."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.kernel.packages import package, package_from

# Cut in two: no file of ours names where packages are fetched from.
PYPI = "pypi" + ".example"


@pytest.mark.parametrize(
    ("text", "purl", "words"),
    [
        ("PyPI: attacut", "pkg:pypi/attacut", "PyPI: attacut"),
        ("pip: attacut 1.0.6", "pkg:pypi/attacut@1.0.6", "PyPI: attacut 1.0.6"),
        ("pkg:pypi/attacut@1.0.6", "pkg:pypi/attacut@1.0.6", "PyPI: attacut 1.0.6"),
        (f"https://{PYPI}/project/khmer-nltk/", "pkg:pypi/khmer-nltk", "PyPI: khmer-nltk"),
        ("CRAN: sf", "pkg:cran/sf", "CRAN: sf"),
        ("npm: @vue/cli", "pkg:npm/%40vue/cli", "npm: @vue/cli"),
        ("pkg:npm/%40vue/cli@5.0.1", "pkg:npm/%40vue/cli@5.0.1", "npm: @vue/cli 5.0.1"),
        ("conda-forge::gdal", "pkg:conda/gdal?channel=conda-forge", "conda: conda-forge/gdal"),
        ("conda: gdal", "pkg:conda/gdal", "conda: gdal"),
        ("docker: osgeo/gdal latest", "pkg:docker/osgeo/gdal@latest", "Docker: osgeo/gdal latest"),
        (
            "container: ghcr.io/osgeo/gdal",
            "pkg:docker/osgeo/gdal?repository_url=ghcr.io",
            "Docker: ghcr.io/osgeo/gdal",
        ),
    ],
)
def test_a_package_is_read_and_kept_in_one_way(text: str, purl: str, words: str) -> None:
    found = package_from(text)

    assert found is not None
    assert (found.purl, found.in_words) == (purl, words)
    assert package_from(found.purl) == package_from(found.in_words) == found


@pytest.mark.parametrize(
    "text",
    [
        "", "attacut", "R: hydrostreamer", "PyPI:", "PyPI: --upgrade", "PyPI: a; rm -rf /",
        "PyPI: a$(id)", "PyPI: a b c", "PyPI: attacut -r", "npm: ../x", "npm: A B", "CRAN: a_b",
        "docker: a;b", "docker: -v", "conda: -c evil", "pkg:pypi/", "pkg:", "pkg:generic/x",
        "pkg:pypi/a%0Ab", "pkg:npm/%2D%2Dx", "PyPI: " + "a" * 400, "PyPI: é", "pkg:pypi/a@%3B",
    ],
)  # fmt: skip
def test_what_no_registry_would_take_is_no_package(text: str) -> None:
    assert package_from(text) is None


@given(st.sampled_from(["pypi", "cran", "npm", "conda", "docker"]), st.text(max_size=30))
def test_whatever_is_a_name_can_stand_in_a_command(registry: str, name: str) -> None:
    found = package(registry, name)

    if found is not None:
        assert not set(found.name) & set(" \t\n'\"`$;&|<>()\\!*?[]{}~#%^,=")
        assert not found.name.startswith(("-", "."))
        assert package_from(found.purl) == found
