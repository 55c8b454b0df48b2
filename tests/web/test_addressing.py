"""Addresses for other devices."""

from typing import Any

import pytest
from django.test import RequestFactory

from appliances.web import addressing


def test_it_is_the_one_the_person_came_by(rf: RequestFactory) -> None:
    assert addressing.whole(rf.get("/", headers={"host": "127.0.0.1:8000"}), "/wall/") == "http://127.0.0.1:8000/wall/"


def test_what_the_home_is_called_from_outside_goes_before(rf: RequestFactory, settings: Any) -> None:
    settings.PUBLIC_URL = "https://home.example/"

    assert addressing.whole(rf.get("/"), "/wall/") == "https://home.example/wall/"


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000/", "http://localhost/", "http://[::1]:8000/", "http://a.localhost/"]
)
def test_no_other_device_gets_to_this_machines_own_names(url: str) -> None:
    assert addressing.is_of_this_machine(url)


@pytest.mark.parametrize("url", ["http://192.168.1.7:8000/", "https://home.example/", "http://volt.local/"])
def test_others_do_to_its_names_in_the_network(url: str) -> None:
    assert not addressing.is_of_this_machine(url)
