"""A database and a Redis number of our own on servers that are there, gone again afterwards."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

import psycopg
import redis
from psycopg import sql

NEEDS = """\
It needs a PostgreSQL server where it may make a database of its own, and a Redis server:
DATABASE_URL=postgres://user:password@127.0.0.1:5432/postgres REDIS_URL=redis://127.0.0.1:6379 make cluster"""
NUMBERS = range(15, 0, -1)


@contextmanager
def a_database() -> Iterator[tuple[str, str]]:
    """Its address without the password, and the password."""
    given = urlsplit(os.environ.get("DATABASE_URL", ""))
    if given.scheme not in {"postgres", "postgresql"}:
        raise SystemExit(NEEDS)
    name = f"voltsafe_cluster_{uuid.uuid4().hex[:12]}"
    try:
        connection = psycopg.connect(given.geturl(), autocommit=True)
    except psycopg.Error as why:
        raise SystemExit(f"PostgreSQL cannot be used: {str(why).strip()}\n{NEEDS}") from why
    with connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield _without_password(given._replace(path=f"/{name}").geturl()), unquote(given.password or "")
    finally:
        with psycopg.connect(given.geturl(), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def a_redis() -> Iterator[tuple[str, str]]:
    """The address of an empty number without the password, and the password."""
    given = urlsplit(os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379")
    for number in NUMBERS:
        address = given._replace(path=f"/{number}").geturl()
        with redis.Redis.from_url(address) as server:
            try:
                is_empty = not server.dbsize()
            except redis.RedisError as why:
                raise SystemExit(f"Redis cannot be used: {why}\n{NEEDS}") from why
        if is_empty:
            break
    else:
        raise SystemExit("Redis has no empty number from 1 to 15.")
    try:
        yield _without_password(address), unquote(given.password or "")
    finally:
        with redis.Redis.from_url(address) as server:
            server.flushdb()


def _without_password(address: str) -> str:
    parts = urlsplit(address)
    user, at, host = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{user.partition(':')[0]}{at}{host}").geturl()
