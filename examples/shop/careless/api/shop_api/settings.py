"""Where the API finds its neighbours, and the passwords for them, all from the environment."""

import os

DATABASE_HOST = os.environ.get("DATABASE_HOST", "database")
DATABASE_NAME = os.environ.get("DATABASE_NAME", "shop")
DATABASE_USER = os.environ.get("DATABASE_USER", "shop")
DATABASE_PASSWORD = os.environ["POSTGRES_PASSWORD"]
CACHE_HOST = os.environ.get("CACHE_HOST", "cache")
REDIS_PASSWORD = os.environ["REDIS_PASSWORD"]
