"""A Redis that has fallen silent is given up, not waited for."""

import pytest
from channels.layers import get_channel_layer

pytestmark = pytest.mark.redis


def test_patience_with_redis_outlasts_the_layer_s_own_wait_for_a_message() -> None:
    """Otherwise every home in which nothing happens would break its connection; without any a lost answer ends none."""
    layer = get_channel_layer()

    patience = layer.create_pool(0).connection_kwargs["socket_timeout"]

    assert layer.brpop_timeout + 1 < patience < 10
