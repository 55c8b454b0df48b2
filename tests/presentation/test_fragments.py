"""What a pushed fragment may be, and what no template may hold."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from appliances.presentation import frames
from appliances.presentation.views import Board
from tests.builders import a_limit
from tests.presentation import markup
from tests.presentation.test_push_equals_page import STEPS, flat, seen

__all__ = ["flat"]

TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
PUSHED = sorted((settings.BASE_DIR / "templates/appliances/fragments").glob("*.html"))
FORM_PARTS = {"input", "textarea", "select", "form", "script", "style", "iframe"}


@pytest.fixture
def shown(db: None, flat: dict) -> Board:  # type: ignore[type-arg]
    """With everything on it that may be: one waits, one was shed, limits now and to come, too much load."""
    STEPS["one waits"](flat)
    STEPS["one shed"](flat)
    STEPS["one to come"](flat)
    a_limit(flat["home"], 500, at=flat["kitchen"])
    full = seen(flat["home"])
    assert full.overloads
    assert {one.why for one in full.queue} == {"waiting", "shed"}
    return full


def test_every_piece_of_a_frame_has_one_root_with_an_id(shown: Board) -> None:
    for piece in markup.roots(frames.full(shown)):
        assert piece[1].get("id")


def test_a_pushed_fragment_holds_nothing_a_person_types_into(shown: Board) -> None:
    for piece in markup.roots(frames.full(shown)):
        assert not FORM_PARTS & {node[0] for node in markup.every(piece)}


def test_every_id_is_there_once(shown: Board) -> None:
    ids = [n[1]["id"] for piece in markup.roots(frames.full(shown)) for n in markup.every(piece) if "id" in n[1]]

    assert len(ids) == len(set(ids))


def test_every_control_has_an_id_so_that_focus_survives_a_swap(shown: Board) -> None:
    for piece in markup.roots(frames.full(shown)):
        for node in markup.every(piece):
            if node[0] in {"button", "a"}:
                assert "id" in node[1], node


@pytest.mark.parametrize("template", PUSHED, ids=lambda path: path.name)
def test_a_fragment_knows_no_request_and_no_token(template: Path) -> None:
    text = template.read_text()

    assert "csrf" not in text
    assert "request" not in text


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_needs_nothing_unsafe_of_the_content_security_policy(template: Path) -> None:
    text = template.read_text()

    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"\son[a-z]+\s*=", text)
    assert "hx-on" not in text
    assert not re.search(r"hx-(vals|headers)\s*=\s*['\"]\s*js:", text)
    for opening in re.findall(r"<script[^>]*>", text):
        assert "src=" in opening or "application/json" in opening


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_is_short(template: Path) -> None:
    assert len(template.read_text().splitlines()) <= 90
