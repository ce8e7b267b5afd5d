"""A notebook or a script as its page offers it: to be run on the reader's own machine."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from tonle.catalogue.public import decide
from tonle.explore.messages import PROGRAMS, SYSTEMS
from tonle.explore.rules import running
from tonle.explore.selectors import Looked
from tonle.kernel.actors import ANONYMOUS


def offered(looked: Looked, now: datetime) -> dict[str, Any] | None:
    """What program.html shows; None for a file that is no program. Two queries for one."""
    program = (looked.preview or {}).get("program")
    if not program:
        return None
    view, file = looked.view, looked.file
    notebook = file["name"].lower().endswith(".ipynb")
    sort: running.Sort = (
        "notebook" if notebook else "functions" if program.get("definitions") else "script"
    )
    language = str(program.get("language", ""))
    beside = [one["name"] for one in view.files if one["name"] != file["name"]]
    needs = running.needed(program, beside)
    run = running.run_lines(language, sort, file["name"], _address(looked, now), file["sha256"])
    # A notebook is opened by JupyterLab, whatever its cells are in.
    known = ["jupyterlab", *needs.known] if notebook and language == "python" else needs.known
    return {
        "title": gettext(PROGRAMS[sort]),
        "run": [(gettext(SYSTEMS[system]), line) for system, line in run],
        "install": [
            (gettext(SYSTEMS[system]), line)
            for system, line in running.install_lines(language, known)
        ],
        "fetches": any(file["sha256"] in line for _, line in run),
        "others": needs.others,
        **{name: program.get(name, ()) for name in ("functions", "addresses", "files")},
    }


def _address(looked: Looked, now: datetime) -> str:
    """The absolute address of these bytes, "" where not everybody may have them: a program of
    the reader's does not sign in."""
    view = looked.view
    if not decide(ANONYMOUS, "read_files", [view.record], now)[view.record.id]:
        return ""
    args = [view.record.id, view.document["version"], looked.file["name"]]
    return f"{settings.TONLE_URL}{reverse('catalogue:version-file', args=args)}"
