"""What all sockets of a process share is made once."""

import pytest

from appliances.live import hub
from appliances.live.hub import Hub


async def test_a_loop_makes_one_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    begin = Hub.__init__

    def counted(self: Hub) -> None:
        made.append(self)
        begin(self)

    monkeypatch.setattr(Hub, "__init__", counted)

    assert hub.of_this_process() is hub.of_this_process()
    assert len(made) == 1
