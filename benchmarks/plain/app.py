"""The control: what one would write first. FastAPI, async SQLAlchemy on SQLite, one lock for everything.

No sign-in, no roles, no record, no push, one flat limit; a success is on the disk before it is answered.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel
from sqlalchemy import Boolean, Float, Integer, String, event, func, select
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

LIMIT = 5000.0
engine = create_async_engine(f"sqlite+aiosqlite:///{os.environ['PLAIN_DATABASE']}")
Session = async_sessionmaker(engine, expire_on_commit=False)
lock = asyncio.Lock()


class Base(DeclarativeBase):
    pass


class Appliance(Base):
    __tablename__ = "appliance"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String)
    watts: Mapped[float] = mapped_column(Float)
    is_on: Mapped[bool] = mapped_column(Boolean, default=False)


class Wanted(BaseModel):
    is_on: bool


@event.listens_for(engine.sync_engine, "connect")
def _durable(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with Session() as session:
        session.add_all(Appliance(id=n, name=f"Appliance {n}", watts=1.0) for n in range(1, 76))
        await session.commit()
    yield


app = FastAPI(lifespan=lifespan)


@app.get("/healthz")
async def healthz() -> dict[str, bool]:
    return {"ok": True}


@app.post("/appliances/{appliance_id}/toggle")
async def toggle(appliance_id: int, wanted: Wanted) -> dict[str, Any]:
    async with lock, Session() as session:
        row = await session.get(Appliance, appliance_id)
        if row is None:
            raise HTTPException(404)
        load = (await session.execute(select(func.sum(Appliance.watts)).where(Appliance.is_on))).scalar() or 0.0
        if wanted.is_on and not row.is_on and load + row.watts > LIMIT:
            raise HTTPException(403, "too much")
        if row.is_on != wanted.is_on:
            load += row.watts if wanted.is_on else -row.watts
            row.is_on = wanted.is_on
        await session.commit()
    return {"id": appliance_id, "is_on": wanted.is_on, "load_watts": load, "limit_watts": LIMIT}
