"""What lists and forms show of a load and its limit, in the words of every other page."""

from decimal import Decimal

from appliances.balancer import status, units
from appliances.models import Home
from appliances.presentation import wording


def utilisation(load: Decimal, limit: Decimal) -> str:
    return wording.percent(status.utilization_tenths(units.to_mw(load), units.to_mw(limit)))


def status_word(load: Decimal, limit: Decimal, home: Home) -> str:
    found = status.status(units.to_mw(load), units.to_mw(limit), home.warning_percent, home.critical_percent)
    return wording.status(found)
