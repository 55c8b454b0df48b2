"""A prepared data folder with one busy home in it: run as a process of its own, it says as JSON what there is.

Nine appliances of up to 2000 W on four nested breakers: a third of what is asked for does not fit. One has to rest for
a second each time.
"""

import json
import sys
from decimal import Decimal

import django


def main(tokens: int) -> None:
    django.setup()

    from django.conf import settings
    from django.test import Client
    from django.utils import timezone

    from appliances.models import Appliance, Circuit
    from appliances.services import actor, appliance, setup
    from tests.builders import a_circuit, a_home, a_person, a_token, an_appliance
    from voltsafe import startup

    startup.prepare(lambda _text: None)
    owner = a_person("ada", is_staff=True, is_superuser=True)
    home = a_home("Flat", limit_watts=5000, owner=owner)
    floor = a_circuit(home, limit_watts=4000)
    circuits = [floor, a_circuit(home, limit_watts=3000), a_circuit(home, limit_watts=2500, fed_from=floor)]
    for number in range(9):
        an_appliance(home, watts=Decimal(500 + 187 * number) + Decimal("0.001"), at=circuits[number % 3])
    rests = home.appliances.order_by("pk")[4].pk
    appliance.change(appliance_id=rests, wanted={"min_off_seconds": 1}, by=actor.SYSTEM, now=timezone.now())
    slow = a_home("Slow", owner=owner)
    lamp = an_appliance(slow, "Lamp", watts=10)
    assert setup.is_set_up()
    browser = Client()
    browser.force_login(owner)
    told = {
        "slug": home.slug,
        "home_id": home.pk,
        "appliances": list(Appliance.objects.filter(home=home).order_by("pk").values_list("pk", flat=True)),
        "circuits": list(Circuit.objects.filter(home=home).order_by("pk").values_list("pk", flat=True)),
        "slow": {"slug": slow.slug, "home_id": slow.pk, "lamp": lamp.pk},
        "session": f"{settings.SESSION_COOKIE_NAME}={browser.session.session_key}",
        "tokens": [a_token(owner, f"watcher {number}")[1] for number in range(tokens)],
    }
    print(json.dumps(told))  # noqa: T201


if __name__ == "__main__":
    main(int(sys.argv[1]))
