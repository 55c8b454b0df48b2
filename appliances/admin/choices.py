"""The circuits a form offers: of its home, or, while the home is still open, of every home by name."""

from typing import Any

from django import forms

from appliances.models import Circuit, Home


class OfManyHomes(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.home} · {obj}"


def offer(form: Any, name: str, *, besides: int | None = None) -> None:
    """Fill the form's choice of a circuit; one that is of another home is for the service to refuse."""
    field = form.fields[name]
    field.required = True
    home_id = form.instance.home_id or form.initial.get("home")
    found = Circuit.objects.select_related("home").order_by("home__name", "home_id", "id")
    if str(home_id or "").isdecimal():
        field.empty_label = None
        field.queryset = found.filter(home_id=home_id).exclude(pk=besides or 0)
    else:
        form.fields[name] = OfManyHomes(found, label=field.label)


def only_home() -> dict[str, Any]:
    """The home, chosen beforehand where there is but one."""
    ids = list(Home.objects.values_list("pk", flat=True)[:2])
    return {"home": ids[0]} if len(ids) == 1 else {}
