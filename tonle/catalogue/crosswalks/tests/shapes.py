"""DCAT-AP's own shapes over what we print: nothing violated, and every warning has its reason."""

from __future__ import annotations

from functools import cache
from typing import Final

import pyshacl
import rdflib

from tests.shared import shared

SH: Final = rdflib.Namespace("http://www.w3.org/ns/shacl#")
DCT: Final = "http://purl.org/dc/terms/"
DCAT: Final = "http://www.w3.org/ns/dcat#"

# What the profile recommends and a record cannot always say.
REASONS: Final = {
    f"{DCT}accessRights": "a record of what has no files says nothing of access",
    f"{DCT}creator": "nobody may be named",
    f"{DCT}description": "files have names and no descriptions of their own",
    f"{DCT}format": "of formats without a code in the European list the media type is given",
    f"{DCT}language": "a language without two letters has no sure code in the European list",
    f"{DCT}license": "rights may be stated in words alone, or not at all",
    f"{DCT}publisher": "publishers of this region are in no list of European bodies",
    f"{DCT}spatial": "places have names and coordinates, not the addresses of a list",
    f"{DCT}temporal": "not every record is of a time",
    f"{DCT}type": "kinds of ours are in no European list; what kind of body an agent is, unknown",
    f"{DCT}rights": "rights are stated once, at the record",
    f"{DCAT}bbox": "a place may be a point or a name alone",
    f"{DCAT}centroid": "a place may be a box or a name alone",
    f"{DCAT}contactPoint": "of a harvested record, questions go to its home",
    f"{DCAT}distribution": "a record may have no files, or none that anybody may have",
    f"{DCAT}endpointDescription": "no record tells where a service describes itself",
    f"{DCAT}keyword": "not every record has words",
    f"{DCAT}servesDataset": "no record tells what data a service has",
    f"{DCAT}theme": "not every record is of a field of research; fields may be of other lists",
    "http://data.europa.eu/r5r/availability": "nobody promises how long a file stays",
    "http://www.w3.org/ns/locn#geometry": "a place may be a point or a name alone",
    f"{DCAT}startDate": "a period may be open at its beginning",
    f"{DCAT}endDate": "a period may be open at its end",
    f"{DCAT}mediaType": "what stays elsewhere may not say its media type",
    f"{DCAT}downloadURL": "what stays elsewhere may be reached by a page alone",
    f"{DCAT}byteSize": "what stays elsewhere may not say its size",
}


@cache
def _shapes() -> rdflib.Graph:
    graph = rdflib.Graph()
    for path in sorted(shared("schemas/dcat-ap-3.0.1").glob("*.ttl")):
        graph.parse(path)
    return graph


def judged(turtle: str) -> tuple[list[str], set[str]]:
    """(violations told, properties that were warned of without a reason above)."""
    data = rdflib.Graph().parse(data=turtle, format="turtle")
    _, report, _ = pyshacl.validate(data, shacl_graph=_shapes(), allow_warnings=True)
    violations, warned = [], set()
    for result in report.objects(None, SH.result):
        path = str(report.value(result, SH.resultPath))
        if report.value(result, SH.resultSeverity) == SH.Warning:
            warned.add(path)
        else:
            said = report.value(result, SH.resultMessage)
            violations.append(f"{report.value(result, SH.focusNode)} {path}: {said}")
    return violations, warned - set(REASONS)
