"""Where the API finds its neighbours. Secrets come as files, never as environment values."""

import os
from pathlib import Path


def secret(name: str) -> str:
    """The content of the secret file called `name`."""
    folder = Path(os.environ.get("SECRETS_FOLDER", "/run/secrets"))
    return (folder / name).read_text(encoding="utf-8").strip()


DATABASE_HOST = os.environ.get("DATABASE_HOST", "database")
DATABASE_NAME = os.environ.get("DATABASE_NAME", "shop")
DATABASE_USER = os.environ.get("DATABASE_USER", "shop")
CACHE_HOST = os.environ.get("CACHE_HOST", "cache")
