"""The sockets: HTML fragments for htmx, a wall screen's, JSON for automations. They only speak; commands go by POST."""

from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer

from appliances.live import hub, rendering, visitor
from appliances.live.rendering import Variant
from appliances.live.visitor import TOO_MANY, Closed, Visitor
from appliances.telemetry import lines


class HomeSocket(AsyncWebsocketConsumer):  # type: ignore[misc]
    """Fragments of a home. What is received is ignored."""

    # The hub joins the groups; a channel of each socket's own would cost five times as much.
    channel_layer_alias = "none: see appliances.live.hub"
    form = rendering.HTML
    visitor: Visitor | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.hub = hub.of_this_process()
        try:
            await super().__call__(scope, receive, send)
        finally:
            # However it ended: a place that is not given back is lost to its person.
            self.hub.crowd.leave(self)

    async def connect(self) -> None:
        # Accepted first, since a browser is told the code only of a socket that was open.
        await self.accept()
        try:
            admitted = await self.hub.in_thread(self.admitted)
        except Closed as why:
            await self.close(why.code)
            return
        if not self.hub.crowd.enter(self, admitted):
            await self.close(TOO_MANY)
            return
        self.visitor = admitted
        self.variant = Variant(self.form, admitted.role)
        lines.let_in(self.scope, self.form, user=admitted.user_id, home=admitted.home_id)
        await self.hub.join(self)

    def admitted(self) -> Visitor:
        """In a thread of the hub's. Raises Closed."""
        return visitor.admit(self.scope["headers"], self.scope["url_route"]["kwargs"]["slug"])

    async def disconnect(self, code: int) -> None:
        if self.visitor is not None:
            await self.hub.leave(self)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        return

    async def frame(self, text: str) -> None:
        await self.send(text_data=text)

    async def end(self, code: int) -> None:
        await self.close(code)


class HomeApiSocket(HomeSocket):
    """The same facts as JSON: first `state`, then `change` with `previous`, and a `heartbeat` every ten seconds."""

    form = rendering.JSON


class WallSocket(HomeSocket):
    """Fragments of the one home that a wall screen is of; its cookie says which."""

    form = rendering.WALL

    def admitted(self) -> Visitor:
        return visitor.admit_wall(self.scope["headers"])
