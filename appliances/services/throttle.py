"""Guessing gets slow: each try counts before it is judged, and after some without success there is a wait.

A wait is for one place at one secret, never for the secret itself: whoever guesses at an account slows down their own
address, and its owner still gets in from theirs (OWASP ASVS 5.0, 6.3.1).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

from appliances.models import Attempt
from appliances.services import durable, secret_text

PATIENCE = 5.0


class Throttled(Exception):
    """Too many tries; `seconds` tells when the next one is judged."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Too many tries. Wait {seconds} s, then try again.")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Rule:
    """So many tries are free; from then on the wait doubles from a second up to the longest."""

    name: str
    free: int
    longest: timedelta

    def wait(self, failures: int) -> timedelta:
        beyond = min(failures - self.free, 30)
        return min(self.longest, timedelta(seconds=2**beyond)) if beyond >= 0 else timedelta()


ACCOUNT = Rule("account", 5, timedelta(minutes=1))
"""One account tried from one address."""
ADDRESS = Rule("address", 30, timedelta(minutes=15))
"""Any account tried from one address."""
FACTOR = Rule("second factor", 5, timedelta(minutes=15))
"""The second factor of one account tried from one address, by somebody who has its password already: giving that
again does not forgive these."""
CODE = Rule("installer code", 5, timedelta(minutes=15))
"""The installer code of one home tried by one person."""
SETUP = Rule("setup code", 10, timedelta(minutes=5))
LINK = Rule("link", 20, timedelta(minutes=15))
"""Links of invitations and walls, from one address: there is nothing to guess, but a reason to slow down."""

FORGOTTEN_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Try:
    rule: Rule
    of: str
    """What is tried, and from where."""

    @property
    def key(self) -> str:
        return secret_text.digest(f"{self.rule.name}\0{self.of}")


def place(address: str) -> str:
    """What counts as one address: of IPv6 its network, since a subscriber has the whole of it."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return address
    return str(found.ipv4_mapped) if found.ipv4_mapped else found.exploded[:19]


def sign_in(username: str, address: str) -> tuple[Try, Try]:
    where = place(address)
    return Try(ACCOUNT, f"{username.casefold()}\0{where}"), Try(ADDRESS, where)


def second_factor(user_id: int, address: str) -> tuple[Try, Try]:
    where = place(address)
    return Try(FACTOR, f"{user_id}\0{where}"), Try(ADDRESS, where)


def passkey(address: str) -> tuple[Try]:
    """A passkey tells whose it is only by itself, so there is no account to count for."""
    return (Try(ADDRESS, place(address)),)


def setup(address: str) -> tuple[Try]:
    return (Try(SETUP, place(address)),)


def take(tries: Iterable[Try], now: datetime) -> None:
    """Count a try of each before it is judged; two at once are two. Raises Throttled, and then counts nothing."""
    by_key = {one.key: one for one in tries}

    def step() -> None:
        rows = [_locked(key, now) for key in sorted(by_key)]
        waits = [_left(row, by_key[row.key].rule, now) for row in rows]
        if (longest := max(waits)) > timedelta():
            raise Throttled(max(1, -(-longest // timedelta(seconds=1))))
        for row in rows:
            row.failures, row.last_at = _counted(row, now) + 1, now
            row.save(update_fields=["failures", "last_at"])

    durable.run(step, patience=PATIENCE)


def succeeded(tries: Iterable[Try]) -> None:
    """It was no guess: what was tried at one secret is forgotten, at one address only this try is."""
    found = list(tries)

    def step() -> None:
        for one in sorted(found, key=lambda one: one.key):
            rows = Attempt.objects.filter(key=one.key)
            if one.rule is ADDRESS:
                for row in rows.select_for_update().filter(failures__gt=0):
                    Attempt.objects.filter(pk=row.pk).update(failures=row.failures - 1)
            else:
                rows.delete()

    durable.run(step, patience=PATIENCE)


def once(secret: str, within: timedelta, now: datetime) -> bool:
    """Whether what counts only once is seen for the first time in so long; kept for every process, as a digest."""
    key = secret_text.digest(f"once\0{secret}")

    def step() -> bool:
        row = _locked(key, now - within)
        if now - row.last_at < within:
            return False
        row.last_at = now
        row.save(update_fields=["last_at"])
        return True

    return durable.run(step, patience=PATIENCE)


def prune(now: datetime) -> int:
    """Forget what is long past; tells how many."""
    gone, _by_model = Attempt.objects.filter(last_at__lt=now - FORGOTTEN_AFTER).delete()
    return gone


def _locked(key: str, last_at: datetime) -> Attempt:
    """Its row, held until the transaction ends: found or made in one statement, as `succeeded` may just remove it."""
    new = Attempt(key=key, last_at=last_at)
    Attempt.objects.bulk_create([new], update_conflicts=True, unique_fields=["key"], update_fields=["key"])
    return Attempt.objects.get(key=key)


def _counted(row: Attempt, now: datetime) -> int:
    return 0 if now - row.last_at > FORGOTTEN_AFTER else row.failures


def _left(row: Attempt, rule: Rule, now: datetime) -> timedelta:
    return row.last_at + rule.wait(_counted(row, now)) - now
