"""Message catalogues compiled in Python, so that no node needs the system's gettext."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from django.conf import settings
from django.utils.translation import to_locale

LOCALE = Path(__file__).resolve().parent.parent / "locale"


def compile_stale() -> list[Path]:
    """Compile each django.po of the interface that is newer than its django.mo.

    Returns what was written; the catalogue of a language that is not switched on is left. Costs
    a few calls of stat when all is up to date; Babel is imported only then.
    """
    spoken = [to_locale(code) for code, _ in settings.LANGUAGES]
    found = [po for name in spoken for po in sorted(LOCALE.glob(f"{name}/LC_MESSAGES/*.po"))]
    return [compile_catalogue(po) for po in found if _is_stale(po)]


def _is_stale(po: Path) -> bool:
    mo = po.with_suffix(".mo")
    return not mo.exists() or mo.stat().st_mtime_ns < po.stat().st_mtime_ns


def compile_catalogue(po: Path) -> Path:
    """Write the .mo beside the .po, whole or not at all. Unsure (fuzzy) messages are left out."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with po.open("rb") as source:
        catalogue = read_po(source, locale=po.parent.parent.name)
    mo = po.with_suffix(".mo")
    handle, name = tempfile.mkstemp(dir=mo.parent, suffix=".mo")
    try:
        with os.fdopen(handle, "wb") as target:
            write_mo(target, catalogue)
        # mkstemp closes the file to others; a node may run as somebody else than its installer.
        os.chmod(name, 0o644)
        os.replace(name, mo)
    except BaseException:
        os.unlink(name)
        raise
    return mo
