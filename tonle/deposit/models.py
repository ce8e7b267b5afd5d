"""The tables of deposit, as its subjects declare them."""

from __future__ import annotations
