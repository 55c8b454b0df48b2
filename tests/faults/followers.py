"""Sockets that follow a home as a page does: what does not build on what they have makes them come again."""

import asyncio
import json
import threading
import time
from collections import Counter
from collections.abc import Sequence

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.faults.place import Place
from tests.faults.scale import RIGHT_AGAIN, until

GONE_FOR_GOOD = {4401, 4403}
PER_TOKEN = 5


class Followers:
    """So many at each of the doors; `shown` is the revision each of them shows."""

    def __init__(self, place: Place, doors: Sequence[int], many: int, *, slug: str = "", first_token: int = -1) -> None:
        self._place = place
        self._slug, self._first_token = slug or place.home["slug"], first_token
        self._doors = [door for door in doors for _ in range(many)]
        self.shown = [0] * len(self._doors)
        self.opened = [0] * len(self._doors)
        self.closed: Counter[int | None] = Counter()
        self.gaps = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=[self._all()])
        self._stop = asyncio.Event()

    def __enter__(self) -> "Followers":
        self._thread.start()
        until(lambda: all(self.shown), within=60, what=f"every socket is told of the home: {self.closed}")
        return self

    def __exit__(self, *_why: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._loop.close()

    def current(self, revision: int, *, within: float = RIGHT_AGAIN) -> float:
        """Wait until everybody shows the revision or a later one; how many seconds that took."""
        began = time.monotonic()
        until(
            lambda: min(self.shown) >= revision,
            within=within,
            what=f"every socket shows {revision}: {sorted(self.shown)[:5]}, closed: {self.closed}",
        )
        return time.monotonic() - began

    async def _all(self) -> None:
        following = [asyncio.create_task(self._follow(place)) for place in range(len(self._doors))]
        await self._stop.wait()
        for task in following:
            task.cancel()
        await asyncio.gather(*following, return_exceptions=True)

    async def _follow(self, place: int) -> None:
        token = self._place.home["tokens"][self._first_token - (place // PER_TOKEN)]
        url = f"ws://127.0.0.1:{self._doors[place]}/ws/api/v1/homes/{self._slug}/"
        headers = {"Authorization": f"Bearer {token}"}
        while True:
            try:
                async with connect(url, additional_headers=headers, open_timeout=10, close_timeout=1) as socket:
                    self.opened[place] += 1
                    async for text in socket:
                        if not self._takes(place, json.loads(text)):
                            self.gaps += 1
                            break
            except ConnectionClosed as why:
                self._note(why.rcvd.code if why.rcvd else 1006)
            except (OSError, InvalidHandshake, TimeoutError, EOFError):
                self._note(None)
            else:
                self._note(socket.close_code)
            await asyncio.sleep(0.2)

    def _note(self, code: int | None) -> None:
        assert code not in GONE_FOR_GOOD, code
        self.closed[code] += 1

    def _takes(self, place: int, said: dict[str, int]) -> bool:
        """Whether it leads on from what is shown."""
        kind, revision = said["type"], said["revision"]
        if kind == "heartbeat":
            return bool(revision <= self.shown[place])
        if kind == "change" and said["previous"] != self.shown[place]:
            return bool(revision <= self.shown[place])
        self.shown[place] = revision
        return True
