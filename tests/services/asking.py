"""Who asks in these tests, and when."""

from typing import Any

from appliances.services import actor
from tests.builders import NOW

BY: dict[str, Any] = {"by": actor.SYSTEM, "now": NOW}
