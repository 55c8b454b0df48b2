"""Whoever has the newest is told so, and nothing is read for it."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appliances.models import Home
from appliances.models.home import new_lineage
from appliances.models.membership import Role
from tests.api.conftest import Caller, Flat
from tests.builders import a_home, a_person, turn_off

READS = (
    "/homes",
    "/homes/harbour-flat",
    "/homes/harbour-flat/load",
    "/homes/harbour-flat/appliances",
    "/homes/harbour-flat/circuits",
    "/homes/harbour-flat/decisions",
    "/appliances/{lamp}",
    "/appliances/{lamp}/fit",
    "/circuits/{main}",
)


@pytest.mark.parametrize("path", READS)
def test_the_same_revision_is_not_told_twice(ask: Any, flat: Flat, path: str) -> None:
    path = path.format(lamp=flat.lamp.pk, main=flat.main.pk)
    etag = ask("get", path).headers["ETag"]

    known = ask("get", path, If_None_Match=etag)
    turn_off(flat.oven)
    changed = ask("get", path, If_None_Match=etag)

    assert (known.status_code, known.content, known.headers["ETag"]) == (304, b"", etag)
    assert "Content-Type" not in known.headers
    assert changed.status_code == 200
    assert changed.headers["ETag"] != etag


@pytest.mark.parametrize("path", READS)
def test_the_same_revision_of_another_lineage_is_told(ask: Any, flat: Flat, path: str) -> None:
    path = path.format(lamp=flat.lamp.pk, main=flat.main.pk)
    etag = ask("get", path).headers["ETag"]

    Home.objects.update(lineage=new_lineage())

    assert ask("get", path, If_None_Match=etag).status_code == 200


def test_the_tag_is_the_same_for_all_who_look(ask: Any, flat: Flat) -> None:
    viewer = Caller(a_person(home=flat.home, role=Role.VIEWER))

    etag = ask("get", "/homes/harbour-flat/load").headers["ETag"]

    assert viewer.ask("get", "/homes/harbour-flat/load", If_None_Match=etag).status_code == 304


def test_tags_are_compared_as_the_standard_says(ask: Any) -> None:
    etag = ask("get", "/homes/harbour-flat").headers["ETag"]

    for given in (f"W/{etag}", f'"a", {etag}, "b"', "*"):
        assert ask("get", "/homes/harbour-flat", If_None_Match=given).status_code == 304, given


def test_an_odd_tag_is_just_another(ask: Any) -> None:
    for given in ("", '"', "x", '"x"', "W/", ",,,", "ä"):
        assert ask("get", "/homes/harbour-flat", If_None_Match=given).status_code == 200, given


def test_a_compressed_answer_is_known_by_its_weak_tag(api: Caller) -> None:
    etag = api.ask("get", "/openapi.json", Accept_Encoding="gzip").headers["ETag"]

    assert etag.startswith("W/")
    assert api.ask("get", "/openapi.json", If_None_Match=etag).status_code == 304


def test_a_new_home_changes_the_list(ask: Any, flat: Flat) -> None:
    etag = ask("get", "/homes").headers["ETag"]

    a_home("Cabin", owner=flat.owner)

    assert ask("get", "/homes", If_None_Match=etag).status_code == 200


def test_a_stranger_with_the_tag_is_still_a_stranger(ask: Any, flat: Flat) -> None:
    etag = ask("get", "/homes/harbour-flat").headers["ETag"]

    assert Caller(a_person()).ask("get", "/homes/harbour-flat", If_None_Match=etag).status_code == 404


def test_a_known_revision_costs_three_queries(ask: Any) -> None:
    etag = ask("get", "/homes/harbour-flat/load").headers["ETag"]

    with CaptureQueriesContext(connection) as asked:
        ask("get", "/homes/harbour-flat/load", If_None_Match=etag)

    assert len(asked) == 3
