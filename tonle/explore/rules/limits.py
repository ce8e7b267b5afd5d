"""How much of a file is read before its preview is made."""

from __future__ import annotations

import time
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Limits:
    """read_bytes: of text, or unpacked from what is packed. pixels: of a picture that is decoded.

    ends: when reading stops, in the processor time of this process: on a busy machine, nobody
    reads less.
    """

    read_bytes: int = 64 << 20
    rows: int = 500_000
    pixels: int = 80_000_000
    depth: int = 60
    seconds: float = 12.0
    ends: float = field(default=0.0)

    def started(self) -> Limits:
        """The same limits, their time counted from now."""
        return Limits(
            self.read_bytes,
            self.rows,
            self.pixels,
            self.depth,
            self.seconds,
            time.process_time() + self.seconds,
        )

    def go_on(self) -> bool:
        return not self.ends or time.process_time() < self.ends
