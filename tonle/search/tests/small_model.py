"""A model that knows twenty words in three languages, for tests: a real one of its size, given
through the same door as the large one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

from tonle.search.vectors import node
from tonle.search.vectors.embedder import Centres

if TYPE_CHECKING:
    from tonle.search.vectors.embedder import Vector

DIMENSIONS = 64
MEANINGS = (
    ("rice", "paddy", "ข้าว", "ស្រូវ"),
    ("water", "น้ำ", "ទឹក"),
    ("fish", "ปลา", "ត្រី"),
    ("forest", "ป่าไม้", "ព្រៃឈើ"),
    ("market", "ตลาด", "ទីផ្សារ"),
)


class SmallModel:
    """Each meaning is a direction of its own; other words point anywhere, and weakly."""

    name = "small"
    centres = Centres(*np.zeros((2, DIMENSIONS), dtype=np.float32))

    def __init__(self) -> None:
        self.texts = 0
        self.questions = 0

    def question(self, text: str) -> Vector:
        self.questions += 1
        return self._vector(text)

    def text(self, text: str) -> Vector:
        self.texts += 1
        return self._vector(text)

    def _vector(self, text: str) -> Vector:
        vector = np.zeros(DIMENSIONS, dtype=np.float32)
        for word in text.lower().split():
            seed = int.from_bytes(blake2b(word.encode(), digest_size=4).digest(), "big")
            vector += 0.02 * np.random.default_rng(seed).standard_normal(DIMENSIONS)
        for number, words in enumerate(MEANINGS):
            said = sum(text.lower().count(word) for word in words)
            # Four numbers for each, so that codes of signs tell them apart.
            vector[number * 8 : number * 8 + 8] += said * np.array([1, -1] * 4, dtype=np.float32)
        return vector / np.float32(np.linalg.norm(vector) or 1)


@contextmanager
def in_use(model: SmallModel) -> Iterator[SmallModel]:
    """Let the node use it, and the one before again afterwards."""
    small = node.Model(lambda: model.name, DIMENSIONS, lambda: model, lambda: True, least=0.5)
    before = node.use(small)
    try:
        yield model
    finally:
        node.use(before)
