"""The model at work once, in a process of its own: `embedder.trial` reads what this prints."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from tonle.search.vectors.embedder import E5
from tonle.search.vectors.errors import ModelFailed
from tonle.search.vectors.texts import LONGEST_TEXT

_ASKED = "water quality of the river"
_SAME = "គុណភាពទឹកទន្លេ"
_OTHER = "ការខ្ចីប្រាក់ពីធនាគារ"


def _resident() -> int:
    """Bytes, 0 where the system does not say."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    except OSError:
        return 0
    return int(pages) * 4096


def main() -> None:
    import numpy  # noqa: F401 # It comes anyway; what the model adds is measured.

    before = _resident()
    model = E5()
    asked = model.question(_ASKED)
    began = time.process_time()
    model.question(_ASKED)
    question = time.process_time() - began
    if not float(asked @ model.text(_SAME)) > float(asked @ model.text(_OTHER)):
        raise ModelFailed(reason="it takes a loan for water")
    long = (_ASKED + ". ") * LONGEST_TEXT
    began = time.process_time()
    model.text(long[:LONGEST_TEXT])
    text = time.process_time() - began
    print(json.dumps({"question": question, "text": text, "resident": _resident() - before}))


if __name__ == "__main__":
    try:
        main()
    except ModelFailed as error:
        sys.exit(str(error))
