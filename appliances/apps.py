"""The one Django app."""

from django.apps import AppConfig


class AppliancesConfig(AppConfig):
    name = "appliances"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "VoltSafe"

    def ready(self) -> None:
        from appliances.web import account_record  # noqa: PLC0415  (needs the models)

        account_record.listen()
