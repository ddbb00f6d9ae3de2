"""Asks the API for its health; ends with 0 when it is well."""

import sys
import urllib.request

URL = "http://127.0.0.1:8000/api/health"


def main() -> int:
    """The exit code."""
    try:
        with urllib.request.urlopen(URL, timeout=2) as answer:
            return 0 if answer.status == 200 else 1
    except OSError:
        return 1


if __name__ == "__main__":
    sys.exit(main())
