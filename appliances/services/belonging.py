"""Who belongs to a home, and which screens hang on its walls, as the record tells it."""

from dataclasses import dataclass, field
from typing import Any

from appliances.models import Decision, Home, Membership, Wall
from appliances.models.decision import Action

Fields = dict[str, Any]
Rows = dict[int, tuple[str, Fields]]

ACTIONS = {
    Action.JOIN,
    Action.CHANGE_ROLE,
    Action.REMOVE_MEMBER,
    Action.ADD_WALL,
    Action.CHANGE_WALL,
    Action.LINK_WALL,
    Action.REMOVE_WALL,
}


@dataclass
class Belonging:
    """Fields by id. A record that began before people were told of in it knows those only whom it has named since."""

    members: dict[int, Fields] = field(default_factory=dict)
    walls: dict[int, Fields] = field(default_factory=dict)
    left: set[int] = field(default_factory=set)
    tells_everybody: bool = False

    @classmethod
    def kept(cls, state: Fields) -> "Belonging":
        """Of a checkpoint, as `to_keep` made it."""
        members, walls = ({int(pk): one for pk, one in state[name].items()} for name in ("members", "walls"))
        return cls(members, walls, set(state["left"]), state["tells_everybody"])

    def to_keep(self) -> Fields:
        """As JSON keeps it."""
        members, walls = ({str(pk): one for pk, one in rows.items()} for rows in (self.members, self.walls))
        return {"members": members, "walls": walls, "left": sorted(self.left), "tells_everybody": self.tells_everybody}

    def begin(self, facts: Fields) -> None:
        """With the decision that made the home."""
        self.tells_everybody = "owner" in facts
        if owner := facts.get("owner"):
            self.members[owner["id"]] = {"name": owner["name"], "role": "owner"}

    def play(self, row: Decision) -> None:
        """Take in one of ACTIONS."""
        pk, facts = row.subject_id, row.facts
        match row.action:
            case Action.JOIN:
                self.members[pk] = {"name": row.subject_name, "role": facts["role"]}
                self.left.discard(pk)
            case Action.CHANGE_ROLE:
                self.members[pk] = {"name": row.subject_name, "role": facts["changes"]["role"][1]}
            case Action.REMOVE_MEMBER:
                self.members.pop(pk, None)
                self.left.add(pk)
            case Action.ADD_WALL if not facts.get("again"):
                told = {"name": row.subject_name, "is_read_only": str(facts["is_read_only"])}
                self.walls[pk] = {**told, "is_linked": False}
            case Action.CHANGE_WALL:
                told = {name: after for name, (_before, after) in facts["changes"].items()}
                self.walls[pk] |= {name: told[name] for name in ("name", "is_read_only") if name in told}
            case Action.LINK_WALL:
                self.walls[pk]["is_linked"] = True
            case Action.REMOVE_WALL:
                self.walls.pop(pk, None)

    def members_there(self, home: Home) -> Rows:
        """The rows that this can be compared with: name and fields by id."""
        rows = Membership.objects.filter(home=home).values_list("user_id", "user__username", "role")
        known = self.members.keys() | self.left
        return {pk: (name, {"role": role}) for pk, name, role in rows if self.tells_everybody or pk in known}


def walls_there(home: Home) -> Rows:
    return {row.pk: (row.name, _fields(row)) for row in Wall.objects.filter(home=home)}


def _fields(row: Wall) -> Fields:
    """As the record keeps them: what only looks, as text."""
    return {"name": row.name, "is_read_only": str(row.is_read_only), "is_linked": bool(row.digest)}
