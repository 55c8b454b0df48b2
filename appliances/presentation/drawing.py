"""The template tags by which a page or a larger fragment takes in smaller ones, drawn once for all that show them."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.safestring import SafeString

from appliances.presentation import fragments

register = template.Library()


@register.simple_tag
def drawn(name: str, of: Any) -> SafeString:
    """`{% drawn "circuit_bar" section.circuit %}`: as it stands in a page, without the mark of a push."""
    return fragments.part(name, of)


@register.simple_tag
def drawn_each(name: str, of: Iterable[Any]) -> SafeString:
    """`{% drawn_each "tile" section.appliances %}`: one after the other."""
    return fragments.parts(name, of)
