"""What is made of values alone is made once in each language: the same values make the same thing."""

from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

from django.utils import translation

P = ParamSpec("P")
T = TypeVar("T")


def kept(most: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Keep up to so many. Nothing but its arguments and the language may go into what the function makes."""

    def around(make: Callable[P, T]) -> Callable[P, T]:
        @lru_cache(maxsize=most)
        def made(_language: str | None, *given: Hashable) -> T:
            return make(*given)  # type: ignore[arg-type, call-arg]

        @wraps(make)
        def asked(*given: P.args, **_named: P.kwargs) -> T:
            return made(translation.get_language(), *given)

        return asked

    return around
