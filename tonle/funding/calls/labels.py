"""What pages call the codes of joint calls. All are gettext messages."""

from __future__ import annotations

from collections.abc import Mapping

from tonle.kernel.errors import N_

MODES: Mapping[str, str] = {
    "parallel": N_("Each party evaluates by itself, then they make one list"),
    "joint_panel": N_("One panel of all parties"),
    "lead_agency": N_("One party evaluates for all"),
}
BLINDNESS: Mapping[str, str] = {
    "none": N_("Everybody knows everybody’s name"),
    "single": N_("Applicants do not know their reviewers"),
    "double": N_("Neither applicants nor reviewers know the other’s name"),
}
DECISIONS: Mapping[str, str] = {
    "strict": N_("By rank, until one cannot be paid"),
    "bypass": N_("By rank; who cannot be paid is passed over"),
    "mixed": N_("By rank, with a balancing pot"),
}
SORTS: Mapping[str, str] = {
    "added": N_("put in"),
    "removed": N_("taken out"),
    "changed": N_("changed"),
}
