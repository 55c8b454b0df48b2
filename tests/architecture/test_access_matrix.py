"""Every role, token and screen at every door gets what the policy says, and the table in the docs says the same."""

import pytest

from appliances.services import access
from appliances.services.access import May
from tests.access_matrix import declared, routes, table, walk
from tests.access_matrix.needs import ASKERS, NO, YES
from tests.access_matrix.routes import Undeclared


def test_every_address_says_what_it_needs_and_nothing_else_does() -> None:
    pages = {route.name for route, _door in routes.declared_pages()}
    operations = {route.name for route, _door in routes.of_operations()}
    sockets = {route.name for route in routes.of_sockets()}

    assert pages == declared.doors().keys()
    assert operations == declared.API.keys()
    assert sockets == declared.SOCKETS.keys()


def test_an_address_without_a_line_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(declared.WEB, "decisions")

    with pytest.raises(Undeclared, match=r"decisions/ .* add a line .*`make matrix`"):
        list(routes.declared_pages())


def test_the_table_in_the_docs_is_what_the_policy_says() -> None:
    assert table.in_page() == table.markdown(table.expected()).strip(), table.RENEW


@pytest.mark.django_db
@pytest.mark.timeout(300)
def test_the_table_in_the_docs_is_what_everybody_gets() -> None:
    found = walk.walked()

    assert table.contradictions(found) == []
    assert table.in_page() == table.markdown(found).strip(), table.RENEW


@pytest.mark.django_db
def test_the_walk_notices_a_policy_that_lets_everybody_do_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    house, viewer = walk.furnish(), next(one for one in ASKERS if one.name == "viewer")
    route, door = next(one for one in routes.declared_pages() if one[0].name == "home_edit")
    before = walk.at_door(house, route, door, "GET", viewer)

    monkeypatch.setattr(access, "may", lambda _role, _capability: True)

    assert (before, walk.at_door(house, route, door, "GET", viewer)) == (NO, YES)


@pytest.mark.django_db
def test_a_page_takes_no_method_that_it_does_not_declare() -> None:
    house = walk.furnish()

    for route, door in routes.declared_pages():
        if route.name in declared.WEB:
            for method in {"GET", "POST"} - door.needs.keys():
                answer = house.clients["superuser"].generic(method, house.address(route))
                assert answer.status_code == 405, (method, route.path)


def test_everything_that_may_be_done_is_needed_somewhere() -> None:
    needed = {getattr(need, "capability", None) for _route, _method, need in table.rows()}

    assert needed >= set(May)
