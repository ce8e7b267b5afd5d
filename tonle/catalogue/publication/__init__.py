"""Publishing: `protocol` tells how; `plans` is what is asked, `visible` what comes of it."""

from tonle.catalogue.publication.plans import (
    BARE_TITLES,
    DATA,
    RECORD_JSON,
    Outcome,
    Plan,
    PlannedFile,
    compose,
    is_bare,
    object_id,
    storage,
)
from tonle.catalogue.publication.protocol import carry_out, recover
from tonle.catalogue.publication.visible import forget_dependants, write_dependants

__all__ = [
    "BARE_TITLES",
    "DATA",
    "RECORD_JSON",
    "Outcome",
    "Plan",
    "PlannedFile",
    "carry_out",
    "compose",
    "forget_dependants",
    "is_bare",
    "object_id",
    "recover",
    "storage",
    "write_dependants",
]
