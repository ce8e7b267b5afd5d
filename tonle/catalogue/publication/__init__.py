"""Publishing: `protocol` tells how; `plans` is what is asked, `visible` what comes of it."""

from tonle.catalogue.publication.plans import (
    DATA,
    RECORD_JSON,
    Outcome,
    Plan,
    PlannedFile,
    compose,
    object_id,
    storage,
)
from tonle.catalogue.publication.protocol import carry_out, recover
from tonle.catalogue.publication.visible import write_dependants

__all__ = [
    "DATA",
    "RECORD_JSON",
    "Outcome",
    "Plan",
    "PlannedFile",
    "carry_out",
    "compose",
    "object_id",
    "recover",
    "storage",
    "write_dependants",
]
