"""A large file that nothing packs, for what is sent and fetched over bad links."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

MIB = 1 << 20


def noise(path: Path, size_bytes: int, seed: int) -> str:
    """Write a file of whole mebibytes of noise, the same for the same seed. Returns its SHA-256."""
    digest, made = hashlib.sha256(), random.Random(seed)
    with path.open("wb") as file:
        for _ in range(size_bytes // MIB):
            piece = made.randbytes(MIB)
            digest.update(piece)
            file.write(piece)
    return digest.hexdigest()
