"""Orders in PostgreSQL, and the queue of orders in Redis."""

import json

import psycopg
import redis

from shop_api import settings

SCHEMA = """
CREATE TABLE IF NOT EXISTS orders (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    item TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
)
"""


def database() -> psycopg.Connection:
    """A connection to the database."""
    return psycopg.connect(
        host=settings.DATABASE_HOST,
        dbname=settings.DATABASE_NAME,
        user=settings.DATABASE_USER,
        password=settings.DATABASE_PASSWORD,
        connect_timeout=3,
    )


def cache() -> redis.Redis:
    """A connection to the cache."""
    return redis.Redis(
        host=settings.CACHE_HOST,
        password=settings.REDIS_PASSWORD,
        socket_timeout=3,
        decode_responses=True,
    )


def create_schema() -> None:
    """Makes the tables when they are missing."""
    with database() as connection:
        connection.execute(SCHEMA)


def add_order(item: str, amount: int) -> int:
    """Stores an order and queues it for the worker."""
    with database() as connection:
        row = connection.execute(
            "INSERT INTO orders (item, amount) VALUES (%s, %s) RETURNING id",
            (item, amount),
        ).fetchone()
    order_id = int(row[0])
    order = json.dumps({"id": order_id, "item": item, "amount": amount})
    cache().lpush("orders", order)
    return order_id


def receipt(order_id: int) -> str | None:
    """The receipt that the worker wrote, once it has."""
    return cache().get(f"receipt:{order_id}")


def expire_orders(days: int) -> int:
    """Deletes orders older than `days`; how many there were."""
    with database() as connection:
        cursor = connection.execute(
            "DELETE FROM orders WHERE created_at < now() - make_interval(days => %s)",
            (days,),
        )
        return cursor.rowcount
