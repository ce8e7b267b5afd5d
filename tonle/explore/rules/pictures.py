"""Pictures, photographs and grids of pixels: facts, and a small picture made anew.

What is shown is never the file's own bytes: it is decoded, made small and written as WebP
without anything that the file says of its maker or place. Of a photograph there is a smaller
copy as well, as JPEG, which every program opens.
"""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

from tonle.explore.rules import shapes, tiff
from tonle.explore.rules.limits import Limits
from tonle.explore.rules.preview import Preview

SIDE = 480
MOST_BYTES = 28 << 10
# The longest side of a smaller copy: a printed page, or a whole screen.
COPY_SIDE = 1600
MOST_COPY_BYTES = 900 << 10
# A copy that saves less than this is of no use to anybody.
_COPY_SHARE = 0.7
# What browsers and old telephones do not show: a copy is offered however small the file is.
_SELDOM_SHOWN = frozenset({"HEIF", "AVIF", "TIFF", "JPEG2000"})
_BROKEN: tuple[type[Exception], ...] = (
    OSError,
    ValueError,
    SyntaxError,
    TypeError,
    KeyError,
    IndexError,
    EOFError,
)
_BROKEN += (ZeroDivisionError, OverflowError, AttributeError, NotImplementedError, RuntimeError)


def look(path: Path, limits: Limits) -> Preview:
    """Size and kind of a picture, where it lies if it says so, and the picture made small."""
    found = Preview("picture")
    with path.open("rb") as file:
        head = file.read(16)
    if head[:2] in {b"II", b"MM"}:
        _grid(path, found)
    _heif(head)
    Image.MAX_IMAGE_PIXELS = limits.pixels
    try:
        with warnings.catch_warnings():
            # Twice the pixels is a warning of Pillow's; here it is too many at once.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            _draw(path, found)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        found.note("pixels")
    except _BROKEN:
        found.note("no_picture" if found.facts else "broken")
    return found


def _heif(head: bytes) -> None:
    """Let Pillow read what telephones write, where that is what the file is."""
    if head[4:8] == b"ftyp":
        import pi_heif

        pi_heif.register_heif_opener(thumbnails=False)


def _draw(path: Path, found: Preview) -> None:
    with Image.open(path) as picture:
        width, height = picture.size
        if not any(code == "width" for code, _ in found.facts):
            found.fact("width", width)
            found.fact("height", height)
        frames = getattr(picture, "n_frames", 1)
        if frames > 1:
            found.fact("frames", frames)
        if picture.format == "JPEG":
            # Decodes a half, a quarter or an eighth of the pixels where that is enough.
            picture.draft("RGB", (COPY_SIDE, COPY_SIDE))
        seldom = picture.format in _SELDOM_SHOWN
        upright = ImageOps.exif_transpose(picture)
        photograph = found.reader == "picture" and frames == 1 and upright.mode in _PHOTOGRAPHIC
        if photograph and (seldom or max(width, height) > COPY_SIDE):
            upright.thumbnail((COPY_SIDE, COPY_SIDE))
            copy = copy_of(upright)
            if seldom or len(copy) < _COPY_SHARE * path.stat().st_size:
                found.copy, found.copy_size = copy, upright.size
        small = small_of(upright)
    found.picture, found.picture_size = small


_PHOTOGRAPHIC = frozenset({"RGB", "RGBA", "L", "LA", "P", "CMYK", "YCbCr"})


def copy_of(upright: Image.Image) -> bytes:
    """JPEG bytes of a picture, in its own colours, without a word of what the file says."""
    colours = upright.info.get("icc_profile", b"") or b""
    plain = upright
    if upright.mode in {"RGBA", "LA", "P"}:
        # What is seen through becomes white, as on paper.
        seen = upright.convert("RGBA")
        plain = Image.new("RGB", seen.size, "white")
        plain.paste(seen, mask=seen.getchannel("A"))
    elif upright.mode not in {"RGB", "L"}:
        plain, colours = upright.convert("RGB"), b""
    for quality in (82, 70, 55, 40):
        out = io.BytesIO()
        profile = colours if len(colours) < 8 << 10 else b""
        plain.save(out, "JPEG", quality=quality, optimize=True, icc_profile=profile, exif=b"")
        if out.tell() <= MOST_COPY_BYTES:
            break
    return out.getvalue()


def small_of(picture: Image.Image) -> tuple[bytes, tuple[int, int]]:
    """WebP bytes of a picture made small, and their size in pixels."""
    upright = ImageOps.exif_transpose(picture)
    if upright.mode.startswith(("I", "F")):
        upright = _stretched(upright)
    elif upright.mode not in {"RGB", "L", "RGBA"}:
        upright = upright.convert("RGBA" if "transparency" in upright.info else "RGB")
    upright.thumbnail((SIDE, SIDE))
    for quality in (70, 50, 30, 10):
        out = io.BytesIO()
        upright.save(out, "WEBP", quality=quality, method=4, exif=b"", icc_profile=b"", xmp=b"")
        if out.tell() <= MOST_BYTES:
            break
    return out.getvalue(), upright.size


def _stretched(picture: Image.Image) -> Image.Image:
    """A grid of numbers as greys: from the least to the greatest, without the far outer ones."""
    small = picture.convert("F")
    small.thumbnail((SIDE, SIDE), Image.Resampling.NEAREST)
    values = sorted(one for one in _numbers(small) if one == one and abs(one) < 1e30)
    if not values:
        raise ValueError("no values")
    low, high = values[len(values) // 100], values[-1 - len(values) // 100]
    wide = (high - low) or 1.0
    return small.point(lambda one: one * (255.0 / wide) - low * 255.0 / wide).convert("L")


def _numbers(picture: Any) -> Any:
    return picture.get_flattened_data()


def _grid(path: Path, found: Preview) -> None:
    """What the tags of a TIFF say, also of one that cannot be drawn."""
    try:
        tags = tiff.tags(path)
    except ValueError:
        return
    found.fact("width", tags.get(256, ("",))[0])
    found.fact("height", tags.get(257, ("",))[0])
    bands = tags.get(277, (1,))[0]
    bounds, system = tiff.bounds(tags), tiff.crs(tags)
    if bounds is None and not system:
        return
    found.reader = "grid"
    found.fact("bands", bands)
    form = {1: "unsigned", 2: "signed", 3: "floating point"}.get(tags.get(339, (1,))[0], "")
    found.fact("values", f"{tags.get(258, ('',))[0]} bit {form}".strip())
    found.fact("crs", system)
    if 42113 in tags:
        found.fact("no_data", tags[42113][0])
    if bounds is None:
        return
    west, south, east, north = bounds
    scale = tags[33550]
    found.fact("pixel", f"{scale[0]:g} × {scale[1]:g}")
    found.fact("west_east", f"{west:.10g} – {east:.10g}")
    found.fact("south_north", f"{south:.10g} – {north:.10g}")
    if tiff.is_geographic(tags):
        corners = ((west, south), (east, south), (east, north), (west, north))
        box = tuple(one for corner in corners if (one := shapes.point_of(corner)) is not None)
        if len(box) == 4:
            found.places = shapes.drawn([shapes.Shape(box, closed=True)])
