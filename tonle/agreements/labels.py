"""What pages call the codes of agreements. All are gettext messages."""

from __future__ import annotations

from collections.abc import Mapping

from tonle.kernel.errors import N_

TYPES: Mapping[str, str] = {
    "memorandum": N_("Memorandum of understanding"),
    "agreement": N_("Agreement"),
    "arrangement": N_("Arrangement"),
    "protocol": N_("Protocol"),
    "programme": N_("Programme"),
    "plan_of_action": N_("Plan of action"),
    "joint_statement": N_("Joint statement"),
}
PUBLIC_FROM: Mapping[str, str] = {
    "agreed": N_("Once all parties have agreed to the text"),
    "signed": N_("Once all have signed"),
    "in_force": N_("Once it is in force"),
}
CONSENT: Mapping[str, str] = {
    "signature": N_("Signature"),
    "ratification": N_("Ratification after signature"),
}
TERMS: Mapping[str, str] = {
    "consent": N_("It binds by"),
    "needed": N_("Parties needed before it binds anybody"),
    "after_days": N_("Days from consent to effect"),
    "not_before": N_("Not in force before"),
    "until": N_("First day on which it is no longer in force"),
    "months": N_("First term, in months"),
    "renews_months": N_("Each further term, in months"),
    "notice_months": N_("Notice against renewal, in months before the end of a term"),
    "withdrawal_months": N_("Months from a party’s notice to its leaving"),
    "survivals": N_("Articles that bind on after the end"),
    "depositary": N_("Depositary"),
    "calendar": N_("Days count as in"),
}
WAYS: Mapping[str, str] = {"screen": N_("on screen"), "paper": N_("on paper")}
