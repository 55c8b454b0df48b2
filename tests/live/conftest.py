"""Sockets in the test's own process: the consumers and the hub as they run, without the server around them."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.test import Client

from appliances.live import hub
from appliances.live.routing import websocket_urlpatterns
from appliances.models import Appliance, User
from tests.builders import a_token


class Socket(WebsocketCommunicator):
    """A watcher; `told` skips heartbeats, which come by the clock. One of JSON may command too."""

    said = 0

    async def say(self, action: str, about: Appliance, **more: Any) -> int:
        """Send a command; its id."""
        self.said += 1
        await self.send_json_to({"id": self.said, "action": action, "appliance": about.pk, **more})
        return self.said

    async def answer(self, seconds: float = 5) -> dict[str, Any]:
        """The next one; pushes before it are skipped."""
        while (message := await self.receive_json_from(seconds))["type"] != "answer":
            pass
        return message

    async def ask(self, action: str, about: Appliance, **more: Any) -> dict[str, Any]:
        said = await self.say(action, about, **more)
        answer = await self.answer()
        assert answer["id"] == said
        return answer

    async def toggle(self, about: Appliance, is_on: bool = True, **more: Any) -> dict[str, Any]:
        return await self.ask("toggle", about, is_on=is_on, **more)

    async def told(self, seconds: float = 5) -> dict[str, Any]:
        while (message := await self.receive_json_from(seconds))["type"] == "heartbeat":
            pass
        return message

    async def closed_with(self, seconds: float = 5) -> int:
        while (event := await self.receive_output(seconds))["type"] != "websocket.close":
            pass
        return int(event["code"])


@pytest.fixture
def quick_survey(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "SURVEY", 0.05)


@pytest.fixture
async def dial() -> AsyncIterator[Callable[..., Any]]:
    """`await dial(path, user)` opens a socket with a bearer token; with `client=` with that browser's session.

    With `token=` it is that token, with `wall=` the secret of a wall screen.
    """
    opened: list[Socket] = []

    async def dialled(
        path: str, user: User | None = None, *, client: Client | None = None, token: str = "", wall: str = ""
    ) -> Socket:
        headers, cookies = [], []
        if user is not None:
            _row, token = await sync_to_async(a_token)(user)
        if token:
            headers.append((b"authorization", f"Bearer {token}".encode()))
        if client is not None:
            held = (settings.SESSION_COOKIE_NAME, settings.WALL_COOKIE_NAME)
            cookies += [f"{name}={client.cookies[name].value}" for name in held if name in client.cookies]
        if wall:
            cookies.append(f"{settings.WALL_COOKIE_NAME}={wall}")
        if cookies:
            headers.append((b"cookie", "; ".join(cookies).encode()))
        socket = Socket(URLRouter(websocket_urlpatterns), path, headers=headers)
        connected, _protocol = await socket.connect(5)
        assert connected
        opened.append(socket)
        return socket

    yield dialled
    for socket in opened:
        await socket.disconnect()
