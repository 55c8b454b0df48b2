"""The sockets: HTML fragments for htmx, a wall screen's, JSON for automations, which alone take commands.

Plain ASGI: a consumer of Channels spends a thread hop and three tasks on every message it receives.
"""

from typing import Any

from appliances.live import asked, carrying, hub, rendering, visitor
from appliances.live.asked import Asked, Wrong
from appliances.live.rendering import Variant
from appliances.live.visitor import TOO_MANY, Closed, Visitor
from appliances.presentation import problems
from appliances.presentation.faults import Fault
from appliances.services.answered import Answer
from appliances.telemetry import lines

MOST_UNANSWERED = 32
"""Commands of one socket that may wait for their answer; one more is not taken."""

MOST_IN_VAIN = 256
"""Messages in a row that no command came of; who says one more is not listening to the answers."""


SAYING = "voltsafe.say"
"""An extension of ASGI: a text said at once, by a call and no coroutine. Any other server is spoken to as ever."""


class HomeSocket:
    """Fragments of a home. What is received is ignored: its extension sends again what was meant for another hour."""

    form = rendering.HTML
    visitor: Visitor
    variant: Variant

    def __init__(self, scope: Any, send: Any) -> None:
        self.scope = scope
        self._send = send
        self._say = scope.get("extensions", {}).get(SAYING, {}).get("say")
        self.is_open = False

    @classmethod
    def as_asgi(cls) -> Any:
        async def application(scope: Any, receive: Any, send: Any) -> None:
            await cls(scope, send).live(receive)

        application.consumer_class = cls  # type: ignore[attr-defined]
        return application

    async def live(self, receive: Any) -> None:
        self.hub = hub.of_this_process()
        has_joined = False
        try:
            while (message := await receive())["type"] != "websocket.disconnect":
                if message["type"] == "websocket.receive":
                    await self.hear(message.get("text"))
                else:
                    has_joined = await self.connect()
            self.is_open = False
            if has_joined:
                await self.hub.leave(self)
        finally:
            # However it ended: a place that is not given back is lost to its person.
            self.is_open = False
            self.hub.crowd.leave(self)

    async def connect(self) -> bool:
        """Whether it watches from now on."""
        # Accepted first, since a browser is told the code only of a socket that was open.
        await self._send({"type": "websocket.accept"})
        self.is_open = True
        try:
            admitted = await self.hub.in_thread(self.admitted)
        except Closed as why:
            await self.end(why.code)
            return False
        if not self.hub.crowd.enter(self, admitted):
            await self.end(TOO_MANY)
            return False
        self.visitor = admitted
        self.variant = Variant(self.form, admitted.role)
        lines.let_in(self.scope, self.form, user=admitted.user_id, home=admitted.home_id)
        await self.hub.join(self)
        return True

    def admitted(self) -> Visitor:
        """In a thread of the hub's. Raises Closed."""
        return visitor.admit(self.scope["headers"], self.scope["url_route"]["kwargs"]["slug"])

    async def hear(self, text: str | None) -> None:
        return

    async def frame(self, text: str) -> None:
        if not self.is_open:
            return
        if self._say is not None:
            self._say(text)
        else:
            await self._send({"type": "websocket.send", "text": text})

    async def end(self, code: int) -> None:
        if self.is_open:
            self.is_open = False
            await self._send({"type": "websocket.close", "code": code})


class HomeApiSocket(HomeSocket):
    """The same facts as JSON: first `state`, then `change` with `previous`, and a `heartbeat` every ten seconds.

    And commands, each answered by its `id` (docs/design/socket-commands.md).
    """

    form = rendering.JSON
    unanswered = 0
    in_vain = 0

    async def hear(self, text: str | None) -> None:
        if not self.is_open:
            return
        try:
            command = self.command(text)
        except Wrong as why:
            await self.refuse(why)
        else:
            self.in_vain = 0
            self.unanswered += 1
            self.hub.lanes.put(command, self.answer)

    def command(self, text: str | None) -> Asked:
        """Raises Wrong."""
        if text is None:
            raise Wrong(Fault(problems.MALFORMED, "Send text: one JSON object."))
        command = asked.read(text, self.visitor, self.scope["path"])
        if self.unanswered >= MOST_UNANSWERED:
            busy = f"{MOST_UNANSWERED} commands of this socket are not answered yet. Nothing was changed; try again."
            raise Wrong(Fault(problems.BUSY, busy), command.message.id)
        return command

    async def refuse(self, why: Wrong) -> None:
        self.in_vain += 1
        if self.in_vain > MOST_IN_VAIN:
            await self.end(TOO_MANY)
            return
        body = carrying.problem(why.fault, self.scope["path"])
        await self.frame(carrying.sent(why.id, Answer(why.fault.kind.status, body)))

    async def answer(self, text: str) -> None:
        self.unanswered -= 1
        await self.frame(text)


class WallSocket(HomeSocket):
    """Fragments of the one home that a wall screen is of; its cookie says which."""

    form = rendering.WALL

    def admitted(self) -> Visitor:
        return visitor.admit_wall(self.scope["headers"])
