from django.apps import AppConfig


class FacilitiesConfig(AppConfig):
    name = "tonle.facilities"
    label = "facilities"
    verbose_name = "Facilities"
