"""What stands in the homes of these tests: everything a backup may lose, in words that are hard to write down."""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from appliances.models import Appliance, Circuit, Decision, Home, User
from appliances.services import appliance
from tests.builders import (
    a_circuit,
    a_home,
    a_limit,
    a_passkey,
    a_person,
    a_token,
    a_wall,
    an_appliance,
    an_installer_code,
    an_invitation,
)
from tests.services.asking import BY

WORDS = 'Tab\tline\nback\\slash \\N "quote" é 電'


def bring_in() -> None:
    """What there was in every version."""
    flat = a_home("Flat", limit_watts=5000, owner=a_person("ada"))
    kitchen = a_circuit(flat, "Kitchen", limit_watts=3000)
    worktop = a_circuit(flat, "Worktop", limit_watts=2500, fed_from=kitchen)
    an_appliance(flat, "Oven", watts="2400.001", at=worktop, on=True)
    kettle = an_appliance(flat, "Kettle", watts=500, at=kitchen, on=True)
    appliance.change(appliance_id=kettle.pk, wanted={"note": WORDS}, **BY)
    an_appliance(flat, "Heater", watts=1500)
    a_limit(flat, 4500)
    a_home("Loft")


def bring_in_what_is_newer() -> None:
    ada, flat = User.objects.get(), Home.objects.get(name="Flat")
    appliance.remove(appliance_id=an_appliance(flat, "Gone", watts=1).pk, **BY)
    an_installer_code(flat)
    an_invitation(flat)
    a_wall(flat)
    a_token(ada)
    a_passkey(ada)
    Session.objects.create(session_key="open sesame", session_data="", expire_date=timezone.now() + timedelta(days=1))


def rows() -> dict[str, list[tuple[object, ...]]]:
    """Of what was there in every version, by what was true of it."""
    return {
        "homes": list(Home.objects.order_by("pk").values_list("pk", "name", "slug", "revision")),
        "circuits": list(Circuit.objects.order_by("pk").values_list("pk", "name", "parent_id", "limit", "load")),
        "appliances": list(Appliance.objects.order_by("pk").values_list("pk", "name", "rated", "is_on", "note")),
        "decisions": list(Decision.objects.order_by("pk").values_list("pk", "home_id", "revision", "action", "facts")),
    }


def decisions() -> int:
    """How many, whatever the version."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM appliances_decision")
        return int(cursor.fetchone()[0])
