"""Seals of deposit beside that of a form: for files on their way."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from tonle.web.public import FORM, Purpose, fits, seal

__all__ = ["BRING", "FORM", "UPLOAD", "fits", "seal"]

# An upload that goes on through the night; photographs that wait on a telephone until it is back
# from the field.
UPLOAD: Final = Purpose("tonle.deposit.upload", timedelta(days=1))
BRING: Final = Purpose("tonle.deposit.bring", timedelta(days=14))
