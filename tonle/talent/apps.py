from django.apps import AppConfig


class TalentConfig(AppConfig):
    name = "tonle.talent"
    label = "talent"
    verbose_name = "Talent"
