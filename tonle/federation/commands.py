"""The commands of federation, as its subjects declare them."""

from __future__ import annotations

from tonle.federation.dois import commands as dois
from tonle.federation.harvest import commands as harvest
from tonle.federation.hooks import commands as hooks

harvest.register_commands()
dois.register_commands()
hooks.register_commands()
