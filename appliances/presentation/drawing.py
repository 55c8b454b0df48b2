"""The template tag by which a page or a larger fragment takes in a smaller one, drawn once for all that show it."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from appliances.presentation import fragments

register = template.Library()


@register.simple_tag
def drawn(name: str, of: Any) -> SafeString:
    """`{% drawn "circuit_bar" section.circuit %}`: as it stands in a page, without the mark of a push."""
    return fragments.part(name, of)
