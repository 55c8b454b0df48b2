"""What waits for somebody who takes all of it at once: whoever serves it is woken once for many."""

import threading
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Gathering(Generic[T]):
    """In the order it came. Whoever is woken takes until nothing is left; only then is it woken again."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._waiting: deque[T] = deque()
        self._is_awake = False

    def put(self, one: T) -> bool:
        """Whether somebody has to be woken for it."""
        with self._mutex:
            self._waiting.append(one)
            was_awake, self._is_awake = self._is_awake, True
        return not was_awake

    def take(self, at_most: int) -> list[T]:
        """The next ones; none means that whoever asks may rest."""
        with self._mutex:
            taken = [self._waiting.popleft() for _ in range(min(at_most, len(self._waiting)))]
            self._is_awake = bool(taken)
        return taken
