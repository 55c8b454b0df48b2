"""The one Django app."""

from django.apps import AppConfig


class AppliancesConfig(AppConfig):
    name = "appliances"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "VoltSafe"
