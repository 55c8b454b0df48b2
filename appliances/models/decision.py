"""The append-only record of everything decided; the database refuses to change or delete a row of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from appliances.models.home import Home
from appliances.models.watts import WattsField


class Action(models.TextChoices):
    SWITCH_ON = "switch_on", _("switch on")
    SWITCH_OFF = "switch_off", _("switch off")
    SWAP = "swap", _("swap")
    ADD_APPLIANCE = "add_appliance", _("add appliance")
    CHANGE_APPLIANCE = "change_appliance", _("change appliance")
    REMOVE_APPLIANCE = "remove_appliance", _("remove appliance")
    ADD_CIRCUIT = "add_circuit", _("add circuit")
    CHANGE_CIRCUIT = "change_circuit", _("change circuit")
    REMOVE_CIRCUIT = "remove_circuit", _("remove circuit")
    ADD_HOME = "add_home", _("add home")
    CHANGE_HOME = "change_home", _("change home")
    REMOVE_HOME = "remove_home", _("remove home")
    CHANGE_ORDER = "change_order", _("change order")
    ADD_LIMIT = "add_limit", _("add temporary limit")
    REMOVE_LIMIT = "remove_limit", _("remove temporary limit")
    BEGIN_LIMIT = "begin_limit", _("temporary limit begins")
    END_LIMIT = "end_limit", _("temporary limit ends")
    WAIT = "wait", _("wait for room")
    CANCEL_WAIT = "cancel_wait", _("stop waiting")
    EXPIRE_WAIT = "expire_wait", _("waited too long")
    START = "start", _("start when there is room")
    SHED = "shed", _("shed")
    RESTORE = "restore", _("bring back")
    EXPIRE_SHED = "expire_shed", _("stays off")
    TOO_LONG = "too_long", _("on for too long")
    HOLD_RETURNS = "hold_returns", _("hold returns")
    NEEDS_PERSON = "needs_person", _("needs a person")
    NEEDS_NOBODY = "needs_nobody", _("is within its limit again")
    CHANGE_CONTROLLER = "change_controller", _("change controller")
    INVITE = "invite", _("invite")
    UNINVITE = "uninvite", _("take back invitation")
    JOIN = "join", _("join")
    CHANGE_ROLE = "change_role", _("change role")
    REMOVE_MEMBER = "remove_member", _("remove member")
    ADD_WALL = "add_wall", _("add wall screen")
    CHANGE_WALL = "change_wall", _("change wall screen")
    LINK_WALL = "link_wall", _("link wall screen")
    REMOVE_WALL = "remove_wall", _("remove wall screen")
    CHANGE_CODE = "change_code", _("change installer code")
    GIVE_CODE = "give_code", _("give installer code")
    SIGN_IN = "sign_in", _("sign in")
    SIGN_OUT = "sign_out", _("sign out")
    END_SESSIONS = "end_sessions", _("end sessions")
    CONFIRM = "confirm", _("confirm it is you")
    ADD_ACCOUNT = "add_account", _("add account")
    CHANGE_ACCOUNT = "change_account", _("change account")
    REMOVE_ACCOUNT = "remove_account", _("remove account")
    CHANGE_PASSWORD = "change_password", _("change password")
    ADD_FACTOR = "add_factor", _("add second factor")
    REMOVE_FACTOR = "remove_factor", _("remove second factor")
    ADD_TOKEN = "add_token", _("add token")
    REMOVE_TOKEN = "remove_token", _("revoke token")


class Outcome(models.TextChoices):
    GRANTED = "granted", _("granted")
    REFUSED = "refused", _("refused")
    OBSERVED = "observed", _("observed")
    """What an armed controller would have done; nothing was touched."""


class Actor(models.TextChoices):
    PERSON = "person", _("person")
    TOKEN = "token", _("token")
    WALL = "wall", _("wall screen")
    SYSTEM = "system", _("VoltSafe")


class Subject(models.TextChoices):
    HOME = "home", _("home")
    CIRCUIT = "circuit", _("circuit")
    APPLIANCE = "appliance", _("appliance")
    PERSON = "person", _("person")
    INVITATION = "invitation", _("invitation")
    TOKEN = "token", _("token")
    WALL = "wall", _("wall screen")


class Decision(models.Model):
    """One decision and the numbers it was taken on, as they were then.

    What concerns an account and no home (signing in, tokens) has no home, and the revision 0.

    Names and ids are copies, not references: the record outlives what it speaks of. `circuit` is the
    breaker that was the limit: of a refusal the one exceeded most, of a grant the one with the least headroom.
    `facts` holds `changes` {field: [old, new]}, `off` and `make_room` (lists of {id, name, watts}), `cause` (why
    VoltSafe acted), `temporary_limit` (all about it), `owner` of a new home ({id, name}), `address` and `agent` (where
    a person came from); watts and moments as text.
    """

    home = models.ForeignKey(
        Home, models.DO_NOTHING, null=True, related_name="decisions", db_constraint=False, verbose_name=_("home")
    )
    revision = models.PositiveBigIntegerField(_("revision"))
    at = models.DateTimeField(_("at"))
    actor = models.CharField(_("by"), max_length=8, choices=Actor)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(_("by whom"), max_length=150, blank=True)
    action = models.CharField(_("action"), max_length=20, choices=Action)
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome)
    subject = models.CharField(_("subject"), max_length=10, choices=Subject)
    subject_id = models.BigIntegerField()
    subject_name = models.CharField(_("name"), max_length=80)
    account_id = models.BigIntegerField(null=True)
    """Whose account a decision without a home is about."""
    circuit_id = models.BigIntegerField(null=True)
    circuit_name = models.CharField(_("circuit"), max_length=80, blank=True)
    requested = WattsField(_("requested (W)"), db_column="requested_mw", null=True)
    load_before = WattsField(_("load before (W)"), db_column="load_before_mw", null=True)
    load_after = WattsField(_("load after (W)"), db_column="load_after_mw", null=True)
    limit = WattsField(_("limit (W)"), db_column="limit_mw", null=True)
    exceeded_by = WattsField(_("too much (W)"), db_column="exceeded_by_mw", null=True)
    facts = models.JSONField(_("facts"), default=dict)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["home", "revision"], name="one_decision_per_revision"),
        ]
        indexes = [
            models.Index(fields=["home", "-id"], name="newest_decisions_of_a_home"),
            models.Index(fields=["account_id", "-id"], condition=models.Q(home=None), name="newest_of_an_account"),
        ]

    def __str__(self) -> str:
        return f"{self.revision}: {self.action} {self.subject_name} {self.outcome}"
