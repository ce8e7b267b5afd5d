"""CodeMeta 1 to 3.1: software, in schema.org's words and a few of its own.

Source: CodeMeta 3.1 terms (codemeta.github.io); 1.0 and 2.0 before it.
"""

from __future__ import annotations

from typing import Final

from tonle.catalogue.crosswalks import jsontext, schema_org
from tonle.catalogue.crosswalks.common import Parsed, Remark, refused_file
from tonle.catalogue.crosswalks.jsonld import Graph, types
from tonle.kernel.errors import N_

FORMAT: Final = "codemeta"


def parse(data: bytes, name: str) -> Parsed:
    """One codemeta.json: one piece of software."""
    try:
        graph = Graph(jsontext.parse(data))
    except jsontext.NotJson as error:
        return refused_file(FORMAT, data, name, error.remark)
    software = next((e for e in graph.entities if "softwaresourcecode" in types(e)), None)
    entity = software or next(iter(graph.entities), None)
    if entity is None:
        return refused_file(FORMAT, data, name, Remark("", N_("The file describes no software.")))
    if not types(entity):
        entity = {**entity, "@type": "SoftwareSourceCode"}
    record = schema_org.record(entity, graph, FORMAT, name, data)
    return Parsed(FORMAT, (record,))
