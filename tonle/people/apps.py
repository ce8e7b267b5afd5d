from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "tonle.people"
    label = "people"
    verbose_name = "People and organisations"
