from __future__ import annotations

import grimp
import pytest

from tools.doors import PublicDoors


def is_kept(importer: str, imported: str) -> bool:
    graph = grimp.ImportGraph()
    graph.add_import(importer=importer, imported=imported, line_number=3, line_contents="import")
    contract = PublicDoors(
        name="doors",
        session_options={"root_packages": ["tonle"]},
        contract_options={"open": ["tonle.kernel", "tonle.infra"]},
    )
    return contract.check(graph, verbose=False).kept


@pytest.mark.parametrize(
    ("importer", "imported", "kept"),
    [
        ("tonle.funding.services", "tonle.catalogue.public", True),
        ("tonle.funding.services", "tonle.funding.models", True),
        ("tonle.funding.services", "tonle.infra.jobs", True),
        ("tonle.funding.rules.awards", "tonle.kernel.money", True),
        ("tonle.funding.services", "config.options", True),
        ("tonle.funding.tests.factories", "tonle.catalogue.models", True),
        ("tonle.funding.services", "tonle.catalogue.models", False),
        ("tonle.funding.services", "tonle.catalogue.rules.public", False),
        ("tonle.funding.services", "tonle.catalogue", False),
    ],
)
def test_a_context_has_one_door(importer: str, imported: str, kept: bool) -> None:
    assert is_kept(importer, imported) is kept
