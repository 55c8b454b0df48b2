"""The rows. Django needs the names here; the order is the order fixtures are dumped in."""

from appliances.models.user import User  # isort: skip
from appliances.models.home import Home  # isort: skip
from appliances.models.membership import Membership  # isort: skip
from appliances.models.token import Token  # isort: skip
from appliances.models.circuit import Circuit  # isort: skip
from appliances.models.appliance import Appliance  # isort: skip
from appliances.models.decision import Decision  # isort: skip

__all__ = ["Appliance", "Circuit", "Decision", "Home", "Membership", "Token", "User"]
