"""What a browser calls itself, in plain words: "Firefox on Android"."""

import re

from django.utils.translation import gettext as _

NAMES = (
    ("Edge", r"Edg(?:e|A|iOS)?/"),
    ("Opera", r"OPR/|Opera"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/|Chromium/"),
    ("Safari", r"Safari/"),
)
"""The first that fits: each names itself beside those it wants to be taken for."""

PLACES = (
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Android", r"Android"),
    ("ChromeOS", r"CrOS"),
    ("Windows", r"Windows"),
    ("Mac", r"Macintosh|Mac OS X"),
    ("Linux", r"Linux|X11"),
)


def name(agent: str) -> str:
    browser, place = _first(NAMES, agent), _first(PLACES, agent)
    if browser and place:
        return _("%(browser)s on %(place)s") % {"browser": browser, "place": place}
    return browser or place or _product(agent) or _("An unknown browser")


def _first(known: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((word for word, pattern in known if re.search(pattern, agent)), "")


def _product(agent: str) -> str:
    """Of a program that is no browser: what it calls itself before the first slash."""
    found = re.match(r"[A-Za-z][\w.-]{1,30}(?=/)", agent)
    return found[0] if found else ""
