"""
Posts many haiku as the textbook's client does: a pool of processes that call requests. Written for the comparison.

Example: python3 Benchmarks/client/textbook_client.py http://127.0.0.1:8080 post_many 300
"""

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import requests

HAIKU = {"username": "松尾芭蕉", "first": "閑さや", "second": "岩にしみ入る", "third": "蝉の声"}


def post(url: str, number: int) -> int:
    return requests.post(url, json=HAIKU | {"third": f"蝉の声 {number}"}, timeout=30).status_code


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("endpoint")
    parser.add_argument("command", choices=["post_many"])
    parser.add_argument("count", type=int)
    parser.add_argument("--processes", type=int, default=10, help="number of processes (default 10)")
    options = parser.parse_args()
    with ProcessPoolExecutor(options.processes) as pool:
        statuses = list(pool.map(partial(post, f"{options.endpoint.rstrip('/')}/haiku"), range(options.count)))
    print(f"Sent POST /haiku requests {options.count} times.")
    return 0 if all(status == 201 for status in statuses) else 1


if __name__ == "__main__":
    sys.exit(main())
