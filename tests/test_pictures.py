"""Pictures in the documentation are few and small: a clone stays quick."""

from __future__ import annotations

from config.options import BASE_DIR
from tests.browser import agreement_pictures, pictures, walk_pictures
from tests.repository import files

ALL_TOGETHER = 1_500_000  # bytes


def test_pictures_are_small() -> None:
    makers = (agreement_pictures, pictures, walk_pictures)
    bounds = {maker.FOLDER: maker.LARGEST for maker in makers}
    there = [file for kind in ("png", "webp") for file in (BASE_DIR / "docs").rglob(f"*.{kind}")]
    sizes = {file: file.stat().st_size for file in there}
    assert [file.name for file, size in sizes.items() if size > bounds.get(file.parent, size)] == []
    assert sum(sizes.values()) <= ALL_TOGETHER


def test_every_picture_of_the_guides_is_made_by_the_walk_and_shown_by_a_page() -> None:
    kept = {
        f"{station}-{name.partition('-')[0]}-{width}.png"
        for name, stations in walk_pictures.STATIONS.items()
        for station, width in stations
    } | {f"{name}-{language}-{width}.png" for name, _, language, width, _ in walk_pictures.PAGES}
    pages = "".join(page.read_text(encoding="utf-8") for page in files("*.md"))
    there = {file.name for file in walk_pictures.FOLDER.glob("*.png")}
    assert there == kept
    assert {name for name in there if f"pictures/walk/{name})" not in pages} == set()


def test_every_picture_of_the_guide_to_agreements_is_made_by_its_journey_and_shown() -> None:
    guide = (BASE_DIR / "docs" / "how-to" / "make-an-agreement.md").read_text(encoding="utf-8")
    there = {file.stem for file in agreement_pictures.FOLDER.glob("*.png")}
    assert there == set(agreement_pictures.KEPT)
    assert {name for name in there if f"pictures/agreements/{name}.png)" not in guide} == set()
