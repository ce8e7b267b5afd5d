"""SMS through any gateway that speaks HTTP: how it is asked stands in the options."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import quote, quote_plus

from tonle.infra import outbound
from tonle.infra.messaging.answers import LIMITS, asked, by_status
from tonle.infra.messaging.port import Delivered, Failed, Message, Outcome, Reason
from tonle.infra.messaging.segments import segments
from tonle.kernel.errors import N_
from tonle.kernel.sentences import invalid

_PLACE = re.compile(r"\{(to|text|key)\}")


@dataclass(frozen=True)
class Sms:
    """url, body, headers: templates as in the options TONLE_SMS_…; success: a pattern or ""."""

    url: str = field(repr=False)
    method: str = "POST"
    body: str = field(default="", repr=False)
    headers: str = field(default="", repr=False)
    success: str = ""
    name: str = "sms"
    interval_seconds: ClassVar[float] = 1.0

    def send(self, address: str, message: Message, *, key: str) -> Outcome:
        return asked(lambda: self._send(address, message, key))

    def _send(self, address: str, message: Message, key: str) -> Outcome:
        text = message.short()
        values = {"to": address, "text": text, "key": key}
        try:
            headers = _headers(self.headers)
            body, media_type = _body(self.body, values)
            pattern = re.compile(self.success) if self.success else None
        except (ValueError, re.error):
            # Templates that are no JSON, or no pattern: the steward's to mend.
            return Failed(Reason.ABSENT, permanent=True)
        if body is not None:
            headers.setdefault("Content-Type", media_type)
        answer = outbound.send(
            self.method,
            _filled(self.url, values, lambda value: quote(value, safe="")),
            headers=headers,
            body=body,
            limits=LIMITS,
        )
        if not 200 <= answer.status < 300:
            if answer.status == 404:
                # Of a gateway it is the address in the options that is wrong.
                return Failed(Reason.KEY, permanent=True)
            return by_status(answer)
        if pattern and not pattern.search(answer.body.decode("utf-8", "replace")):
            return Failed(Reason.REFUSED, permanent=True)
        return Delivered(segments(text))


def _filled(template: str, values: dict[str, str], write: Callable[[str], str]) -> str:
    return _PLACE.sub(lambda place: write(values[place[1]]), template)


def _headers(template: str) -> dict[str, str]:
    found = json.loads(template) if template else {}
    if not isinstance(found, dict):
        raise ValueError("headers are a JSON object")
    return {str(name): str(value) for name, value in found.items()}


def _body(template: str, values: dict[str, str]) -> tuple[bytes | None, str]:
    """The body and its type. In JSON values are put into its strings, whatever they hold."""
    if not template:
        return None, ""
    if template.lstrip().startswith(("{", "[")):
        filled = _in_json(json.loads(template), values)
        return json.dumps(filled, ensure_ascii=False).encode(), "application/json; charset=utf-8"
    return _filled(template, values, quote_plus).encode(), "application/x-www-form-urlencoded"


def _in_json(value: Any, values: dict[str, str]) -> Any:
    if isinstance(value, str):
        return _filled(value, values, str)
    if isinstance(value, list):
        return [_in_json(one, values) for one in value]
    if isinstance(value, dict):
        return {name: _in_json(one, values) for name, one in value.items()}
    return value


def clean_number(text: str) -> str:
    """A telephone number as +<country><number> (E.164). Raises Invalid.

    Blanks, dots, hyphens and brackets between the digits are dropped, and 00 is a plus.
    """
    digits = re.sub(r"[\s.()\-]", "", text)
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}", digits, re.ASCII):
        raise invalid(
            "address",
            N_(
                "Write the number with its country, such as +855 12 345 678: plus, country code, "
                "and the number without its first zero."
            ),
        )
    return digits
