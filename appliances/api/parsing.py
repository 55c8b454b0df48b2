"""The body of a request as ninja is to read it."""

from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser

from appliances.presentation import exact


class ExactParser(Parser):
    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        parsed: dict[str, Any] = exact.parsed(request.body)
        return parsed
