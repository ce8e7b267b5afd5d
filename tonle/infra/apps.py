from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class InfraConfig(AppConfig):
    name = "tonle.infra"
    label = "infra"
    verbose_name = "The node's machinery"

    def ready(self) -> None:
        # Some are imported for what they register.
        from tonle.infra import gauges, tasks, triggers, usage  # noqa: F401 # As said.

        pre_migrate.connect(triggers.before_migrate, dispatch_uid="tonle.triggers.before")
        post_migrate.connect(triggers.after_migrate, dispatch_uid="tonle.triggers.after")
