from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "tonle.governance"
    label = "governance"
    verbose_name = "Governance"
