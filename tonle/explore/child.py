"""The process that looks into one file: `python -m tonle.explore.child`, see infra/confined.

What it is asked: {"do": "look", "name": …} or {"do": "ask", …}.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tonle.infra.confined import attend


def answer(path: Path, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """The preview, its small picture and, behind it, the smaller copy; or the answer to a question
    and its file."""
    if request["do"] == "ask":
        from tonle.explore.rules.answering import answered

        return answered(path, request)
    from tonle.explore.rules.limits import Limits
    from tonle.explore.rules.look import look

    found = look(path, request["name"], Limits().started())
    said = found.to_json()
    if found.contents:
        # For the index; no page and no answer over REST has it.
        said["contents"] = found.contents
    return said, found.picture + found.copy


if __name__ == "__main__":
    raise SystemExit(attend(answer))
