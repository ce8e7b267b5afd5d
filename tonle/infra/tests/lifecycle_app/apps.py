"""A context of the tests' own: its table and its machine exist while tests run."""

from django.apps import AppConfig


class LifecycleAppConfig(AppConfig):
    name = "tonle.infra.tests.lifecycle_app"
    label = "lifecycle_app"

    def ready(self) -> None:
        from tonle.infra.tests.lifecycle_app import machines

        machines.register()
