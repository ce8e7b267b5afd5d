"""JSON from strangers: bounded, and any fault is a refusal."""

from __future__ import annotations

import codecs
import json
from typing import Any, Final

from tonle.catalogue.crosswalks.common import Remark
from tonle.kernel.errors import N_

MAX_DEPTH: Final = 60


class NotJson(Exception):  # Internal: the readers turn it into a refusal.
    def __init__(self, remark: Remark) -> None:
        super().__init__(str(remark))
        self.remark = remark


def parse(data: bytes) -> Any:
    """The value in the file: UTF-8 with or without a byte order mark, UTF-16 or UTF-32.

    Of a name given twice the last value counts. Raises NotJson and nothing else.
    """
    if data.startswith(codecs.BOM_UTF8):
        data = data[len(codecs.BOM_UTF8) :]
    try:
        value = json.loads(data, parse_constant=lambda _: None, parse_int=_integer)
    except (ValueError, RecursionError) as error:
        reason = str(error)[:200] or type(error).__name__
        raise NotJson(
            Remark("", N_("The file is not valid JSON: %(reason)s."), {"reason": reason})
        ) from None
    if _depth(value) > MAX_DEPTH:
        raise NotJson(Remark("", N_("The JSON is nested too deeply.")))
    return value


def _integer(digits: str) -> int | str:
    # Python refuses integers of thousands of digits with an error of its own.
    return int(digits) if len(digits) <= 30 else digits


def _depth(value: Any) -> int:
    """How deeply lists and objects are nested, found without recursion."""
    depth, level = 0, [value]
    while level and depth <= MAX_DEPTH:
        inner: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                inner.extend(item.values())
            elif isinstance(item, list):
                inner.extend(item)
        depth += 1
        level = inner
    return depth
