"""The published checks of RO-Crate 1.2, run on a crate of ours without a network.

The validator asks for the context by its address; it is given the copy that lies beside the
repository, and nothing else is fetched.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from tests.shared import shared

CONTEXT = "https://w3id.org/ro/crate/1.2/context"


class _Answer:
    status_code = 200
    headers = {"Content-Type": "application/ld+json"}

    def __init__(self, text: str) -> None:
        self.text = text

    def json(self) -> Any:
        return json.loads(self.text)


@contextmanager
def _offline() -> Iterator[None]:
    from rocrate_validator.utils.http import HttpRequester

    text = shared("schemas/ro-crate/context-1.2.jsonld").read_text(encoding="utf-8")

    def get(_self: Any, url: str, **_wishes: Any) -> _Answer:
        assert url == CONTEXT, f"the validator asked for {url}"
        return _Answer(text)

    with patch.object(HttpRequester, "get", get, create=True):
        yield


def faults(crate: dict[str, Any] | Path) -> list[str]:
    """What the specification forbids. crate: a detached one's metadata, or a folder."""
    from rocrate_validator import services

    with TemporaryDirectory() as folder, _offline():
        settings: dict[str, Any] = {
            "rocrate_uri": "." if isinstance(crate, dict) else str(crate),
            "profile_identifier": "ro-crate-1.2",
            "requirement_severity": "REQUIRED",
            "offline": True,
            "cache_path": Path(folder),
            "skip_availability_check": True,
        }
        if isinstance(crate, dict):
            detached = settings | {"metadata_only": True, "packaging_mode": "detached"}
            result = services.validate_metadata_as_dict(crate, detached)
        else:
            result = services.validate(settings)
        return [f"{issue.check.name}: {issue.message}" for issue in result.get_issues()]
