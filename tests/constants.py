"""What every test may take for granted."""

from __future__ import annotations

from datetime import UTC, datetime

# A morning in Phnom Penh; the day begins an hour earlier there than in Kunming.
NOW = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
