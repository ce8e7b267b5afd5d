"""How much, how many and how long: every bound of the server in one place."""

from __future__ import annotations

import os
from dataclasses import dataclass

from config.options import read

KIB = 1024
MIB = 1024 * KIB

# A body up to this size stays in memory; a larger one goes to a temporary file.
BODY_IN_MEMORY_BYTES = 64 * KIB
# What is gathered in memory before it is written to a temporary file or an upload.
WRITE_BYTES = 1 * MIB
# How much of a streamed answer is made in one turn of a pool thread.
TURN_BYTES = 128 * KIB
# A turn also ends after this time, so that a slow generator is seen to make progress.
TURN_SECONDS = 0.25
# A stopping server waits so long for answers under way, then closes their connections.
GRACE_SECONDS = 5.0
# What a client told to come back later should wait.
RETRY_AFTER_SECONDS = 2
# Time a client has to send the head of a request.
HEAD_SECONDS = 15
# Connections a worker serves at once; more wait in the kernel's queue.
CONNECTIONS = 4096


@dataclass(frozen=True)
class Limits:
    """The bounds an operator may change.

    body_bytes: the largest ordinary body. body_idle_seconds: longest silence
    while a body arrives. body_seconds: longest time an ordinary body may take.
    answer_seconds: longest time a view may take before the client is told to
    come back later. threads, queue: pages that run and that wait for a thread.
    """

    body_bytes: int = 2 * MIB
    body_idle_seconds: float = 20
    body_seconds: float = 300
    answer_seconds: float = 60
    threads: int = 8
    queue: int = 64


def from_options() -> Limits:
    """The bounds as the environment says. Raises BadOption."""
    return Limits(
        body_bytes=read("TONLE_MAX_BODY", os.environ),
        body_idle_seconds=read("TONLE_BODY_IDLE", os.environ),
        body_seconds=read("TONLE_BODY_TIME", os.environ),
        answer_seconds=read("TONLE_ANSWER_TIME", os.environ),
        threads=read("TONLE_THREADS", os.environ),
        queue=read("TONLE_QUEUE", os.environ),
    )
