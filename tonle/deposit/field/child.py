"""The process that reads one file from the field: see infra/confined.

python -m tonle.deposit.field.child     asked {"do": "tables" | "photograph", "name": …}
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tonle.infra.confined import attend


def answer(path: Path, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """What was asked for, and no bytes. A file that breaks its reader ends the process."""
    if request["do"] == "photograph":
        from tonle.deposit.field.rules.camera import look as see

        return see(path).to_json(), b""
    from tonle.deposit.field.rules.tables import look

    return look(path, request["name"]).to_json(), b""


if __name__ == "__main__":
    raise SystemExit(attend(answer))
