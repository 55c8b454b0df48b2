"""`{% static "icons.svg" %}` as Django has it, worked out once for each file: a tile alone asks for five."""

from functools import lru_cache

from django import template
from django.templatetags import static

register = template.Library()
register.tags.update(static.register.tags)


class StaticAddress(static.StaticNode):
    handle_simple = staticmethod(lru_cache(maxsize=1024)(static.StaticNode.handle_simple))


@register.tag("static")
def address(parser: template.base.Parser, token: template.base.Token) -> static.StaticNode:
    return StaticAddress.handle_token(parser, token)
