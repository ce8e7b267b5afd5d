"""Programs that act for Sokha, Dara and Bopha."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.constants import NOW
from tonle.catalogue.tests.conftest import home as home
from tonle.infra import clock, jobs
from tonle.kernel.actors import SYSTEM
from tonle.people.models import Account
from tonle.people.services import create_token
from tonle.people.tests.factories import account, holder


def digest_field(data: bytes, algorithm: str = "sha-256") -> str:
    raw = hashlib.new(algorithm.replace("-", ""), data).digest()
    return f"{algorithm}=:{base64.b64encode(raw).decode()}:"


@dataclass
class Program:
    """A client with somebody's token."""

    account: Account
    token: str

    def __call__(
        self, method: str, path: str, body: Any = None, *, raw: bytes | None = None, **headers: str
    ) -> Any:
        data = raw if raw is not None else (b"" if body is None else json.dumps(body).encode())
        kind = "application/json" if raw is None else headers.pop("content_type", "text/csv")
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return Client().generic(
            method,
            f"/api/v1{path}",
            data,
            content_type=kind,
            headers={"Authorization": f"Bearer {self.token}", **sent},
        )


def program(made: Account, *scopes: str) -> Program:
    _, token = create_token(
        account_id=made.pk, label=" ".join(scopes), scopes=list(scopes), actor=SYSTEM, now=NOW
    )
    return Program(made, token)


@pytest.fixture
def sokha(home: Path) -> Program:
    return program(account("sokha"), "deposit")


@pytest.fixture
def bopha(home: Path) -> Program:
    return program(account("bopha"), "deposit")


@pytest.fixture
def dara(home: Path) -> Program:
    return program(holder("dara", "curator"), "curate", "deposit")


def in_background() -> None:
    """Let the node do what it does beside the pages."""
    jobs.run_all_due(clock.now() + timedelta(seconds=1))
