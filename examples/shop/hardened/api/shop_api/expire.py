"""Deletes old orders. Run once a night."""

from shop_api import store


def main() -> None:
    """Deletes and says how many."""
    print(f"{store.expire_orders(days=90)} old orders deleted")


if __name__ == "__main__":
    main()
