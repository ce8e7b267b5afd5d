"""Names of things: our own, and those that others gave."""

from tonle.kernel.identifiers.ark import TEST_NAAN, Ark
from tonle.kernel.identifiers.noid import (
    BETANUMERICS,
    ID_LENGTH,
    check_character,
    is_valid,
    mint,
    normalise_id,
)
from tonle.kernel.identifiers.schemes import SCHEMES, Scheme, detect, normalise, resolver_url

__all__ = [
    "BETANUMERICS",
    "ID_LENGTH",
    "SCHEMES",
    "TEST_NAAN",
    "Ark",
    "Scheme",
    "check_character",
    "detect",
    "is_valid",
    "mint",
    "normalise",
    "normalise_id",
    "resolver_url",
]
