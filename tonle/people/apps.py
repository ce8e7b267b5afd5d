from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "tonle.people"
    label = "people"
    verbose_name = "People and organisations"

    def ready(self) -> None:
        from tonle.api.public import register_authenticator
        from tonle.people import letters, receivers, topics  # noqa: F401 - connects the signals
        from tonle.people.actors import actor_for_request, actor_for_token
        from tonle.web.public import register_actor_resolver

        topics.register()
        register_actor_resolver(actor_for_request)
        register_authenticator(actor_for_token)
