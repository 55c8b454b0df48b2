"""A Redis that has fallen silent is given up, not waited for."""

import socket

import pytest
from channels.layers import get_channel_layer

pytestmark = [
    pytest.mark.redis,
    pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="this system gives nothing up by itself"),
]


async def test_the_system_gives_up_what_the_network_has_swallowed_within_ten_seconds() -> None:
    layer = get_channel_layer()
    await layer.new_channel()
    connection = layer.connection(0)
    await connection.ping()
    [opened] = connection.connection_pool._available_connections
    ours = opened._writer.get_extra_info("socket")

    def option(name: str) -> int:
        return int(ours.getsockopt(socket.IPPROTO_TCP, getattr(socket, name)))

    assert ours.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    assert option("TCP_USER_TIMEOUT") <= 10_000
    assert option("TCP_KEEPIDLE") + option("TCP_KEEPINTVL") * option("TCP_KEEPCNT") <= 12


def test_no_patience_of_the_client_s_own_loses_a_cancellation() -> None:
    """asyncio.wait_for, which it would wait with, does so on Python 3.11: who listens then listens for ever."""
    assert get_channel_layer().create_pool(0).connection_kwargs.get("socket_timeout") is None
