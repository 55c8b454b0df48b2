"""The house rules that a linter does not know."""

import ast
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

APP = settings.BASE_DIR / "appliances"
MODULES = sorted(path for path in APP.rglob("*.py") if "migrations" not in path.parts)


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def floor_of(path: Path) -> str:
    return path.relative_to(APP).parts[0]


@cache
def names_in(path: Path) -> set[str]:
    return {node.attr for node in ast.walk(tree_of(path)) if isinstance(node, ast.Attribute)} | {
        node.id for node in ast.walk(tree_of(path)) if isinstance(node, ast.Name)
    }


@cache
def called_on_something(path: Path) -> set[str]:
    return {node.attr for node in ast.walk(tree_of(path)) if isinstance(node, ast.Attribute)}


def ids(path: Path) -> str:
    return str(path.relative_to(APP))


@pytest.mark.parametrize("path", MODULES, ids=ids)
def test_every_module_says_what_it_is_for(path: Path) -> None:
    assert path.read_text() == "" or ast.get_docstring(tree_of(path))


@pytest.mark.parametrize("path", MODULES, ids=ids)
def test_no_file_grows_beyond_three_hundred_lines(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 300


@pytest.mark.parametrize("path", MODULES, ids=ids)
def test_no_function_grows_beyond_fifty_lines(path: Path) -> None:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 50, node.name


@pytest.mark.parametrize("path", [one for one in MODULES if floor_of(one) in {"web", "api", "live"}], ids=ids)
def test_a_door_writes_no_row_and_opens_no_transaction(path: Path) -> None:
    assert "transaction" not in names_in(path)
    assert not {"select_for_update", "bulk_create", "bulk_update", "save", "create"} & called_on_something(path)


@pytest.mark.parametrize("path", [one for one in MODULES if floor_of(one) != "presentation"], ids=ids)
def test_fragments_are_rendered_in_one_place(path: Path) -> None:
    assert "render_to_string" not in names_in(path)


@pytest.mark.parametrize("path", [one for one in MODULES if floor_of(one) != "services"], ids=ids)
def test_only_services_open_transactions(path: Path) -> None:
    assert "atomic" not in names_in(path) or floor_of(path) == "interlock"


@pytest.mark.parametrize("path", [one for one in MODULES if floor_of(one) == "balancer"], ids=ids)
def test_the_balancer_holds_no_float(path: Path) -> None:
    for node in ast.walk(tree_of(path)):
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), node.lineno
        assert not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)) or path.name == "units.py"


@pytest.mark.parametrize("path", MODULES, ids=ids)
def test_no_place_is_named_after_nothing(path: Path) -> None:
    assert path.stem not in {"utils", "helpers", "common", "core", "managers", "mixins", "misc", "base_views"}
