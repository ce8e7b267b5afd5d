"""Publishing: `protocol` tells how; `plans` is what is asked, `visible` what comes of it."""

from tonle.catalogue.publication.plans import (
    DATA,
    RECORD_JSON,
    Outcome,
    Plan,
    PlannedFile,
    bare,
    compose,
    is_bare,
    object_id,
    storage,
)
from tonle.catalogue.publication.protocol import carry_out, recover
from tonle.catalogue.publication.visible import forget_dependants, write_dependants

__all__ = [
    "DATA",
    "RECORD_JSON",
    "Outcome",
    "Plan",
    "PlannedFile",
    "bare",
    "carry_out",
    "compose",
    "forget_dependants",
    "is_bare",
    "object_id",
    "recover",
    "storage",
    "write_dependants",
]
