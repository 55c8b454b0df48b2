"""The rows. Django needs the names here; the order is the order fixtures are dumped in."""

from appliances.models.user import User  # isort: skip
from appliances.models.home import Home  # isort: skip
from appliances.models.membership import Membership  # isort: skip
from appliances.models.token import Token  # isort: skip
from appliances.models.invitation import Invitation  # isort: skip
from appliances.models.wall import Wall  # isort: skip
from appliances.models.circuit import Circuit  # isort: skip
from appliances.models.appliance import Appliance  # isort: skip
from appliances.models.decision import Decision  # isort: skip
from appliances.models.checkpoint import Checkpoint  # isort: skip
from appliances.models.controller import Controller, Heartbeat  # isort: skip
from appliances.models.temporary_limit import TemporaryLimit  # isort: skip
from appliances.models.claims import Shed, Wait  # isort: skip
from appliances.models.answered import Answered  # isort: skip
from appliances.models.attempt import Attempt  # isort: skip

__all__ = [
    "Answered",
    "Appliance",
    "Attempt",
    "Checkpoint",
    "Circuit",
    "Controller",
    "Decision",
    "Heartbeat",
    "Home",
    "Invitation",
    "Membership",
    "Shed",
    "TemporaryLimit",
    "Token",
    "User",
    "Wait",
    "Wall",
]
