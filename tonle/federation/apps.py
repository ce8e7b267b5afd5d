from django.apps import AppConfig


class FederationConfig(AppConfig):
    name = "tonle.federation"
    label = "federation"
    verbose_name = "Federation"

    def ready(self) -> None:
        from tonle.federation.dois import wiring as dois
        from tonle.federation.harvest import wiring as harvest
        from tonle.federation.hooks import wiring as hooks

        harvest.register()
        dois.register()
        hooks.register()
