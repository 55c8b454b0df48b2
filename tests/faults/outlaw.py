"""Writers that know no service: bulk calls of the ORM and raw SQL, at random, until it is told to end."""

import json
import sys
import threading
from random import Random, random

import django


def main(home_id: int) -> None:
    django.setup()

    from django.db import DatabaseError, connection

    from appliances.models import Appliance, Circuit

    done, refused, ended = 0, 0, threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    dice = Random(random())
    as_they_were = list(Circuit.objects.filter(home=home_id).order_by("pk"))
    circuits = [row.pk for row in as_they_were]
    rows = list(Appliance.objects.filter(home=home_id))

    def raw(sql: str, *values: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)

    def insert_ignoring() -> None:
        new = Appliance(home_id=home_id, circuit_id=dice.choice(circuits), name="kettle", rated=2000, is_on=True)
        Appliance.objects.bulk_create([new], ignore_conflicts=True)
        Appliance.objects.filter(home=home_id, name="kettle").delete()

    def update_all() -> None:
        some = dice.sample([row.pk for row in rows], 4)
        Appliance.objects.filter(pk__in=some).update(is_on=True)

    def update_bulk() -> None:
        row = dice.choice(rows)
        row.is_on = True
        Appliance.objects.bulk_update([row], ["is_on"])

    def stale_save() -> None:
        """Every column as it was at the beginning, the load too."""
        dice.choice(as_they_were).save()

    def raw_load() -> None:
        raw("UPDATE appliances_circuit SET load_mw = 0 WHERE id = %s", dice.choice(circuits))

    def raw_on() -> None:
        raw("UPDATE appliances_appliance SET is_on = %s WHERE home_id = %s", True, home_id)

    def raw_lower() -> None:
        raw("UPDATE appliances_circuit SET limit_mw = 1000000 WHERE id = %s", circuits[1])
        raw("UPDATE appliances_circuit SET limit_mw = 4000000 WHERE id = %s", circuits[1])

    def all_off() -> None:
        Appliance.objects.filter(home=home_id).update(is_on=False)

    print("ready", flush=True)  # noqa: T201
    crimes = [insert_ignoring, update_all, update_bulk, stale_save, raw_load, raw_on, raw_lower, all_off]
    while not ended.wait(0.01):
        try:
            dice.choice(crimes)()
            done += 1
        except DatabaseError:
            refused += 1
    print(json.dumps([done, refused]))  # noqa: T201


if __name__ == "__main__":
    main(int(sys.argv[1]))
