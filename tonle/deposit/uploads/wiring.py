"""What uploads register below, once, when the app is ready."""

from __future__ import annotations

# Whole files read at once, over all workers: a disk that seeks between two reads neither well.
AT_ONCE = 1


def connect() -> None:
    from tonle.deposit.uploads import services  # noqa: F401 # Registers its jobs by being imported.
    from tonle.infra import jobs

    jobs.limit("uploads", AT_ONCE)
