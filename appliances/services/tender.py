"""One home, tended once, inside its turn."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from appliances.balancer import admission, control, overload, units
from appliances.balancer import claims as queue
from appliances.balancer.admission import Granted
from appliances.balancer.claims import Standing, State, Why
from appliances.balancer.control import Plan
from appliances.balancer.tree import Load
from appliances.models import Home, Shed, Wait
from appliances.models.controller import Mode
from appliances.models.decision import Action
from appliances.services import claims, controlling, limits, shedding, switching, waiting
from appliances.services.turn import Turn

BACK_FOR_GOOD = timedelta(seconds=queue.FAILED_WITHIN_SECONDS)


class Tender:
    """Books what time has brought, then does (or observes) what the balancer plans, then says when to look again."""

    def __init__(self, here: Turn, *, resumed: bool) -> None:
        self.here = here
        self.now = here.now
        self.resumed = resumed
        self.controller = controlling.of(here.home)
        self.remembered = self._to_remember()

    def run(self) -> None:
        since = self.here.home.revision
        self._book()
        plan = self._plan()
        match self.controller.mode:
            case Mode.ARMED:
                self._act(plan)
            case Mode.OBSERVING:
                self._observe(plan)
        self._call_a_person()
        self._remember(plan)
        if self.here.home.revision == since:
            # Otherwise what was just done is looked at in the next tick.
            Home.objects.filter(pk=self.here.home.pk).update(wake_at=min(self._turns(plan), default=None))

    def _book(self) -> None:
        """What has begun, ended or expired. It switches nothing, so it happens in every mode."""
        here, since = self.here, self.here.home.revision
        for limit in here.rows.limits:
            if limit.ends_at <= self.now:
                limits.end(here, limit, Action.END_LIMIT)
            elif limit.starts_at <= self.now and not limit.begun:
                limits.begin(here, limit)
        for row in here.rows.appliances.values():
            wait, shed = claims.waiting(row), claims.ever_shed(row)
            if wait is not None and wait.expires_at <= self.now:
                waiting.end(here, row, Action.EXPIRE_WAIT)
            if shed is not None and shed.returned_at is None and shed.expires_at <= self.now:
                shedding.give_up(here, row)
            elif shed is not None and shed.returned_at is not None and shed.returned_at + BACK_FOR_GOOD <= self.now:
                Shed.objects.filter(pk=shed.pk).delete()
        if here.home.revision != since:
            here.read_again()

    def _plan(self) -> Plan:
        return control.plan(
            self.here.tree,
            claims.of(self.here.rows.appliances.values(), forget=self.resumed),
            now=self.now,
            last_start_at=self.controller.last_start_at,
            returns_held_until=self.controller.returns_held_until,
        )

    def _act(self, plan: Plan) -> None:
        here = self.here
        for load in plan.too_long:
            verdict = Granted(at=shedding.numbers(here.tree, load.circuit_id, load.id, on=False))
            switching.carry_out(here, Action.TOO_LONG, load, on=False, verdict=verdict, facts=_too_long(load))
        failed = shedding.cut(here, plan.shed)
        self._note_failures(len(failed))
        if plan.start is not None:
            self._start(plan.start)

    def _start(self, standing: Standing) -> None:
        here, load = self.here, self.here.tree.load(standing.claim.load_id)
        verdict = self._would_start(load)
        if verdict is None:
            return
        action, facts = self._why_start(standing)
        if standing.claim.why is Why.SHED:
            Shed.objects.filter(appliance=load.id).update(returned_at=self.now, fits_since=None)
        else:
            Wait.objects.filter(appliance=load.id).delete()
        switching.carry_out(here, action, load, on=True, verdict=verdict, facts=facts)
        self.controller.last_start_at = self.now

    def _would_start(self, load: Load) -> Granted | None:
        """By the same check as a person's switch."""
        tree = self.here.tree
        after = tree.switched(on=[load.id])
        verdict = admission.decide(before=tree, after=after, wanted=frozenset([load.id]), about=load.circuit_id)
        return verdict if isinstance(verdict, Granted) else None

    def _why_start(self, standing: Standing) -> tuple[Action, dict[str, object]]:
        row = self.here.rows.appliances[standing.claim.load_id]
        shed, wait = claims.shed(row), claims.waiting(row)
        if shed is not None:
            return Action.RESTORE, {"cause": shed.cause, "shed_at": self.here.local(shed.at)}
        passed = [self.here.tree.load(pk).name for pk in standing.passes]
        asked = {"asked_by": wait.asked_by, "asked_at": self.here.local(wait.asked_at)} if wait else {}
        return Action.START, {**asked, "passed": passed}

    def _note_failures(self, failures: int) -> None:
        """Returns that failed; too many of them close together hold all of them."""
        if not failures:
            return
        noted = [*self.controller.watching.get("failed_at", []), *[self.now.isoformat()] * failures]
        failed_at = [datetime.fromisoformat(text) for text in noted]
        recent = [at for at in failed_at if self.now - at <= 2 * BACK_FOR_GOOD]
        self.controller.watching["failed_at"] = [at.isoformat() for at in recent]
        until = queue.locked_until(recent, self.now)
        if until is not None and until != self.controller.returns_held_until:
            self.controller.returns_held_until = until
            facts = {"until": self.here.local(until), "failures": len(recent)}
            self.here.record(Action.HOLD_RETURNS, self.here.home, facts=facts)

    def _observe(self, plan: Plan) -> None:
        """Record once what an armed controller would do now; nothing is touched."""
        known = set(self.controller.watching.get("would", []))
        would = []
        for action, load, facts in self._steps(plan):
            key = f"{action}:{load.id}"
            would.append(key)
            if key in known:
                continue
            if action == Action.SHED:
                shedding.observe(self.here, plan.shed, load)
            else:
                on = action in {Action.START, Action.RESTORE}
                at = shedding.numbers(self.here.tree, load.circuit_id, load.id, on=on)
                switching.observe(self.here, action, load, on=on, verdict=Granted(at=at), facts=facts)
        self.controller.watching["would"] = would

    def _steps(self, plan: Plan) -> Iterator[tuple[Action, Load, dict[str, object]]]:
        yield from ((Action.TOO_LONG, load, _too_long(load)) for load in plan.too_long)
        yield from ((Action.SHED, load, {}) for load in plan.shed.off)
        if plan.start is not None:
            action, facts = self._why_start(plan.start)
            yield action, self.here.tree.load(plan.start.claim.load_id), facts

    def _call_a_person(self) -> None:
        """Where it is still too much: say so, loudly and once, and again when the numbers change."""
        left = overload.overloads(self.here.tree)
        needs = {str(each.breaker.id): str(units.to_watts(each.exceeded_by_mw)) for each in left}
        before = self.controller.watching.get("needs", {})
        if needs == before:
            return
        self.controller.watching["needs"] = needs
        if not left:
            self.here.record(Action.NEEDS_NOBODY, self.here.home)
            return
        worst = left[0]
        numbers = admission.numbers(worst.breaker, self.here.tree, self.here.tree)
        row = self.here.circuit(worst.breaker.id)
        decision_facts = {"exceeded_by": needs[str(worst.breaker.id)], "mode": self.controller.mode}
        self.here.record(Action.NEEDS_PERSON, row, verdict=Granted(at=numbers), facts=decision_facts)
        self.here.circuits.add(row.pk)

    def _remember(self, plan: Plan) -> None:
        for standing in plan.standings:
            if standing.claim.why is Why.SHED:
                self._note_fit(standing)
        if self._to_remember() != self.remembered:
            self.controller.save()

    def _note_fit(self, standing: Standing) -> None:
        fits = standing.state not in {State.SHORT, State.BEHIND}
        since = (standing.claim.fits_since or self.now) if fits else None
        shed = claims.ever_shed(self.here.rows.appliances[standing.claim.load_id])
        if shed is not None and shed.fits_since != since:
            Shed.objects.filter(pk=shed.pk, returned_at=None).update(fits_since=since)

    def _to_remember(self) -> tuple[object, ...]:
        row = self.controller
        return (dict(row.watching), row.last_start_at, row.returns_held_until)

    def _turns(self, plan: Plan) -> Iterator[datetime]:
        """The moments at which time alone changes something."""
        every = [plan.next_at] if plan.next_at else []
        for limit in self.here.rows.limits:
            every += [limit.starts_at, limit.ends_at]
        for row in self.here.rows.appliances.values():
            wait, shed = claims.waiting(row), claims.ever_shed(row)
            every += [wait.expires_at] if wait else []
            if shed is not None:
                every.append(shed.expires_at if shed.returned_at is None else shed.returned_at + BACK_FOR_GOOD)
        return (at for at in every if at > self.now)


def _too_long(load: Load) -> dict[str, object]:
    return {"max_on_seconds": load.rules.max_on_seconds}
