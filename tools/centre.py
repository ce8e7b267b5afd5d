"""Makes tonle/search/vectors/centres.json: where texts and questions lie at all, for the model.

    python -m tools.centre DIR

All vectors of multilingual-e5-small lie in one narrow cone: without its axis taken off, most
signs of most vectors are the same, and codes made of signs tell little apart. The axis is the
mean over passages of seven languages, and for questions over keywords and sentences, each
language counting alike; DIR holds a collection as `tonle.search.evaluation` describes it.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable, Iterable
from hashlib import blake2b
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from tonle.kernel.text import normalise
from tonle.search.evaluation import read_collection
from tonle.search.vectors import embedder
from tonle.search.vectors.texts import LONGEST_TEXT, question_text

# Of each language; and numbers are written as whole parts of this.
SAMPLE = 60
SCALE = 100_000


def sample(texts: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Of (language, text) some texts of each language, the same ones each time."""
    chosen: dict[str, list[str]] = {}
    for language, text in sorted(texts, key=lambda one: blake2b(one[1].encode()).digest()):
        of_language = chosen.setdefault(language, [])
        if len(of_language) < SAMPLE:
            of_language.append(text)
    return chosen


def main() -> None:
    import numpy

    parser = argparse.ArgumentParser(prog="tools.centre", description=__doc__)
    parser.add_argument("dir", type=Path)
    collection = read_collection(parser.parse_args().dir)
    model = embedder.E5()

    def centre(read: Callable[[str], embedder.Vector], texts: dict[str, list[str]]) -> list[int]:
        means = [numpy.mean([read(one) for one in some], axis=0) for some in texts.values()]
        whole: list[int] = numpy.rint(numpy.mean(means, axis=0) * SCALE).astype(int).tolist()
        return whole

    passages = sample((p.lang, normalise(p.text)[:LONGEST_TEXT]) for p in collection.passages)
    asked = sample(
        (f"{q.type} {q.lang}", question_text(q.text))
        for q in collection.queries
        if q.type in {"kw", "sentence"}
    )
    said = {
        "model": embedder.model_name(),
        "scale": SCALE,
        "texts": centre(model.text, passages),
        "questions": centre(model.question, asked),
    }
    place = Path(embedder.__file__).with_name("centres.json")
    place.write_text(f"{json.dumps(said)}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
